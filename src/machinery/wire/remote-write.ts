/**
 * Walks a Prometheus remote-write 1.0 request (prometheus.WriteRequest, already uncompressed) and
 * tells a visitor what is in it, without making strings or objects: a series is the byte range of
 * its labels. Fields may come in any order; unknown ones are skipped.
 *
 *   WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
 *   TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2;
 *                  repeated Exemplar exemplars = 3; repeated Histogram histograms = 4; }
 *   Label        { string name = 1; string value = 2; }
 *   Sample       { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
 *
 * The start is no field of 1.0: it is that of 2.0, and what Tenantry scraped itself has it.
 * Source: prometheus/prompb types.proto and remote.proto; Prometheus remote-write specification
 * 1.0.
 */
import { Cursor, tagOf, wrongType, BYTES, FIXED64, VARINT } from './cursor.ts'
import {
  BATCH_RANGES,
  ENDS,
  linearMemory,
  NEXT,
  STARTS,
  TIMES,
  VALUES,
} from '../wasm/linear-memory.ts'
import { readNativeHistogram, type NativeHistogram } from './native-histogram.ts'
import { append, clear, openScratch } from './scratch.ts'

export interface RemoteWriteVisitor {
  /**
   * Tells many series at once that have one sample each, where the message lies in the linear
   * memory, at `base`: the columns STARTS and ENDS (of labels, relative to it), VALUES and TIMES
   * hold them until the call returns. No stale markers are among them.
   */
  batch?(bytes: Uint8Array, base: number, count: number): void
  /**
   * Begins a series that has at least one sample; they follow in their order on the wire.
   * Shape: whole Label fields, tags included, in wire order; empty where the series has none.
   * Ownership: the bytes hold until this call returns. They are a copy where the labels did not lie
   * together.
   */
  series(bytes: Uint8Array, labelsStart: number, labelsEnd: number): void
  sample(value: number, timestampMs: number): void
  /** A sample whose sender says when it began to count. */
  sampleSince(value: number, timestampMs: number, startMs: number): void
  /**
   * The series ended: a NaN with exactly the bits 0x7ff0000000000002. Every other NaN is a sample.
   */
  stale(timestampMs: number): void
  /**
   * A native histogram of the series with these labels, stale markers included. Told after the
   * samples of its series, which are rare beside it; `series` is not called for it.
   */
  nativeHistogram(
    bytes: Uint8Array,
    labelsStart: number,
    labelsEnd: number,
    histogram: NativeHistogram,
  ): void
}

const WRITE_REQUEST = { timeseries: 1 } as const
const TIME_SERIES = { labels: 1, samples: 2, histograms: 4 } as const
const LABELS_TAG = tagOf(TIME_SERIES.labels, BYTES)
const SAMPLES_TAG = tagOf(TIME_SERIES.samples, BYTES)
const HISTOGRAMS_TAG = tagOf(TIME_SERIES.histograms, BYTES)
const VALUE_TAG = tagOf(1, FIXED64)
const TIMESTAMP_TAG = tagOf(2, VARINT)
const START_TAG = tagOf(3, VARINT)

const STALE_HIGH = 0x7ff0_0000
const STALE_LOW = 2

const cursor = new Cursor()
const scratch = openScratch()

/**
 * Walks a request. Throws WireError; what the visitor was told before that must then be forgotten.
 * Not reentrant.
 */
export function readWriteRequest(bytes: Uint8Array, visitor: RemoteWriteVisitor): void {
  cursor.open(bytes, 0)
  const end = bytes.length
  const walksBatches = visitor.batch !== undefined && linearMemory.holds(bytes)
  try {
    while (cursor.position < end) {
      if (walksBatches) readBatches(bytes, end, visitor)
      if (cursor.position === end) break
      const tag = cursor.readTag(end)
      if (tag === tagOf(WRITE_REQUEST.timeseries, BYTES)) readSeries(cursor.readEnd(end), visitor)
      else if (tag >>> 3 === WRITE_REQUEST.timeseries) {
        throw wrongType('WriteRequest', tag, cursor.position)
      } else cursor.skip(tag, end)
    }
  } finally {
    cursor.close()
  }
}

/** Walks the plain series from here on: up to the end or to one that is not plain. */
function readBatches(bytes: Uint8Array, end: number, visitor: RemoteWriteVisitor): void {
  const base = bytes.byteOffset
  const { writeWalk, words } = linearMemory
  for (;;) {
    const count = writeWalk.walk(
      base + cursor.position,
      base + end,
      base,
      BATCH_RANGES,
      STARTS,
      ENDS,
      VALUES,
      TIMES,
      NEXT,
    )
    if (count === 0) return
    cursor.position = words[NEXT / 4]!
    visitor.batch!(bytes, base, count)
    if (count < BATCH_RANGES) return
  }
}

/**
 * Finds the labels first, because they name the series, then goes back for the samples: they may
 * lie before, between or after them.
 */
function readSeries(end: number, visitor: RemoteWriteVisitor): void {
  const labelsStart = passLabels(end)
  const labelsEnd = cursor.position
  if (isOneSample(labelsEnd, end)) {
    visitor.series(cursor.bytes, labelsStart, labelsEnd)
    cursor.position = labelsEnd + 2
    readSample(end, visitor)
    return
  }
  let samplesStart = -1
  let histogramsStart = -1
  let scattered = false
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    if (tag === LABELS_TAG) scattered = true
    else if (tag === SAMPLES_TAG) {
      if (samplesStart < 0) samplesStart = at
    } else if (tag === HISTOGRAMS_TAG) {
      if (histogramsStart < 0) histogramsStart = at
    } else refuseKnown(tag)
    cursor.skip(tag, end)
  }
  if (scattered) gatherLabels(labelsStart, end)
  const bytes = scattered ? scratch.bytes : cursor.bytes
  const start = scattered ? 0 : labelsStart
  const stop = scattered ? scratch.length : labelsEnd
  if (samplesStart >= 0) {
    visitor.series(bytes, start, stop)
    cursor.position = samplesStart
    readSamples(end, visitor)
  }
  if (histogramsStart < 0) return
  cursor.position = histogramsStart
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === HISTOGRAMS_TAG) {
      const histogram = readNativeHistogram(cursor, cursor.readEnd(end))
      visitor.nativeHistogram(bytes, start, stop, histogram)
    } else cursor.skip(tag, end)
  }
}

/** Tells whether one short sample is all that follows the labels, as it nearly always is. */
function isOneSample(labelsEnd: number, end: number): boolean {
  const { bytes } = cursor
  const length = end - labelsEnd - 2
  return bytes[labelsEnd] === SAMPLES_TAG && length < 0x80 && bytes[labelsEnd + 1] === length
}

/**
 * Moves past the labels at the front, each of which normally has a one-byte tag and a one-byte
 * length. Returns where they began.
 */
function passLabels(end: number): number {
  const { bytes, position: start } = cursor
  let position = start
  while (position + 1 < end && bytes[position] === LABELS_TAG) {
    const length = bytes[position + 1] as number
    const next = position + 2 + length
    if (length >= 0x80 || next > end) {
      cursor.position = position + 1
      position = cursor.readEnd(end)
    } else position = next
  }
  cursor.position = position
  return start
}

function gatherLabels(start: number, end: number): void {
  clear(scratch)
  cursor.position = start
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    cursor.skip(tag, end)
    if (tag === LABELS_TAG) append(scratch, cursor.bytes, at, cursor.position)
  }
}

function readSamples(end: number, visitor: RemoteWriteVisitor): void {
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === SAMPLES_TAG) readSample(cursor.readEnd(end), visitor)
    else cursor.skip(tag, end)
  }
}

function readSample(end: number, visitor: RemoteWriteVisitor): void {
  let value = 0
  let timestampMs = 0
  let startMs = 0
  let stale = false
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === VALUE_TAG) {
      value = cursor.readDouble(end)
      stale = cursor.low === STALE_LOW && cursor.high === STALE_HIGH
    } else if (tag === TIMESTAMP_TAG) timestampMs = cursor.readVarint(end)
    else if (tag === START_TAG) startMs = cursor.readVarint(end)
    else if (tag >>> 3 <= 2) throw wrongType('Sample', tag, cursor.position)
    else cursor.skip(tag, end)
  }
  if (stale) visitor.stale(timestampMs)
  else if (startMs === 0) visitor.sample(value, timestampMs)
  else visitor.sampleSince(value, timestampMs, startMs)
}

function refuseKnown(tag: number): void {
  const field = tag >>> 3
  const known =
    field === TIME_SERIES.labels ||
    field === TIME_SERIES.samples ||
    field === TIME_SERIES.histograms
  if (known) throw wrongType('TimeSeries', tag, cursor.position)
}
