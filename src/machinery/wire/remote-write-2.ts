/**
 * Walks a Prometheus remote-write 2.0 request (io.prometheus.write.v2.Request, already
 * uncompressed) and tells a visitor what is in it. A series is told as the label bytes that a 1.0
 * request would carry; see symbols.ts. Fields may come in any order; unknown ones are skipped.
 *
 *   Request    { repeated string symbols = 4; repeated TimeSeries timeseries = 5; }
 *   TimeSeries { repeated uint32 labels_refs = 1; repeated Sample samples = 2;
 *                repeated Histogram histograms = 3; repeated Exemplar exemplars = 4;
 *                Metadata metadata = 5; int64 created_timestamp = 6; }
 *   Sample     { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
 *   Exemplar   { repeated uint32 labels_refs = 1; double value = 2; int64 timestamp = 3; }
 *   Metadata   { MetricType type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
 *
 * Two generations of senders are in the wild: before the specification's last candidate the start
 * time stood in the series (field 6), since then in each sample. Both are read; a sample's own
 * wins.
 * Source: Prometheus remote-write specification 2.0; prometheus/prompb
 * io/prometheus/write/v2/types.proto.
 */
import { Cursor, tagOf, wrongType, BYTES, FIXED64, VARINT } from './cursor.ts'
import { readNativeHistogram } from './native-histogram.ts'
import type { RemoteWriteVisitor } from './remote-write.ts'
import { MAX_LABEL_BYTES, Symbols } from './symbols.ts'
import { WireError } from './wire-error.ts'

export interface RemoteWrite2Visitor extends RemoteWriteVisitor {
  /** Says that label ranges in these bytes hold until the next such call or the next request. */
  holdLabels(bytes: Uint8Array): void
  /** A series that cannot be read, with what it had. Nothing else of it is told. */
  refuseSeries(why: string, samples: number, histograms: number): void
  /** What came along with a series, checked. */
  extras(exemplars: number, metadata: number): void
  refuseExemplar(why: string): void
}

const MESSAGE = 'io.prometheus.write.v2.Request'
const SYMBOLS_TAG = tagOf(4, BYTES)
const SERIES_TAG = tagOf(5, BYTES)
const PACKED_REFS_TAG = tagOf(1, BYTES)
const REF_TAG = tagOf(1, VARINT)
const SAMPLES_TAG = tagOf(2, BYTES)
const HISTOGRAMS_TAG = tagOf(3, BYTES)
const EXEMPLARS_TAG = tagOf(4, BYTES)
const METADATA_TAG = tagOf(5, BYTES)
const CREATED_TAG = tagOf(6, VARINT)
const LAST_SERIES_FIELD = 6
const VALUE_TAG = tagOf(1, FIXED64)
const TIMESTAMP_TAG = tagOf(2, VARINT)
const START_TAG = tagOf(3, VARINT)
const HELP_TAG = tagOf(3, VARINT)
const UNIT_TAG = tagOf(4, VARINT)

const STALE_HIGH = 0x7ff0_0000
const STALE_LOW = 2

const cursor = new Cursor()
const symbols = new Symbols()

/** References as they come, and the first of them that names no symbol. */
class Refs {
  numbers = new Int32Array(256)
  count = 0
  bad = -1

  clear(): void {
    this.count = 0
    this.bad = -1
  }

  add(ref: number): void {
    if (ref < 0 || ref >= symbols.count) {
      if (this.bad < 0) this.bad = ref < 0 ? ref + 2 ** 64 : ref
      return
    }
    if (this.count === this.numbers.length) {
      const larger = new Int32Array(2 * this.count)
      larger.set(this.numbers)
      this.numbers = larger
    }
    this.numbers[this.count] = ref
    this.count += 1
  }

  /** Tells why these references cannot be labels. */
  fault(): string | undefined {
    if (this.bad >= 0) return outside('label', this.bad)
    return this.count % 2 === 0 ? undefined : `${this.count} label references, an odd number`
  }
}

/** What the first walk over a series finds. */
const found = {
  labels: new Refs(),
  firstSample: -1,
  firstHistogram: -1,
  samples: 0,
  histograms: 0,
  exemplars: 0,
  metadata: 0,
  createdMs: 0,
  metadataFault: undefined as string | undefined,
}
const exemplarRefs = new Refs()

/**
 * Walks a request. Throws WireError; what the visitor was told before that must then be forgotten.
 * Not reentrant. Cost: about that of 1.0; see `npm run bench -- wire`.
 */
export function readWriteRequest2(bytes: Uint8Array, visitor: RemoteWrite2Visitor): void {
  const end = bytes.length
  cursor.open(bytes, 0)
  symbols.open(bytes)
  try {
    const firstSeries = readSymbols(end)
    visitor.holdLabels(symbols.arena)
    cursor.position = firstSeries
    while (cursor.position < end) {
      const tag = cursor.readTag(end)
      if (tag === SERIES_TAG) readSeries(cursor.readEnd(end), visitor)
      else cursor.skip(tag, end)
    }
  } finally {
    cursor.close()
    symbols.close()
  }
}

/** Collects the symbols, which may lie anywhere, and returns where the first series is. */
function readSymbols(end: number): number {
  let firstSeries = end
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    if (tag === SYMBOLS_TAG) {
      const stop = cursor.readEnd(end)
      symbols.add(cursor.position, stop)
      cursor.position = stop
      continue
    }
    const field = tag >>> 3
    if (field <= 3) throw new WireError(`field ${field} of ${MESSAGE} is reserved`, at)
    if (tag === SERIES_TAG) firstSeries = Math.min(firstSeries, at)
    else if (field <= 5) throw wrongType(MESSAGE, tag, cursor.position)
    cursor.skip(tag, end)
  }
  return firstSeries
}

function readSeries(end: number, visitor: RemoteWrite2Visitor): void {
  lookOver(end, visitor)
  const { labels, samples, histograms } = found
  const fault = labels.fault() ?? found.metadataFault ?? resolveLabels(visitor)
  if (fault !== undefined) {
    visitor.refuseSeries(fault, samples, histograms)
  } else {
    if (samples > 0) {
      visitor.series(symbols.arena, symbols.start, symbols.end)
      tellSamples(end, visitor)
    }
    if (histograms > 0) tellHistograms(end, visitor)
    if (found.exemplars + found.metadata > 0) visitor.extras(found.exemplars, found.metadata)
  }
  cursor.position = end
}

function lookOver(end: number, visitor: RemoteWrite2Visitor): void {
  clearFound()
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    switch (tag) {
      case PACKED_REFS_TAG:
        readRefs(cursor.readEnd(end), found.labels)
        break
      case REF_TAG:
        found.labels.add(cursor.readVarint(end))
        break
      case SAMPLES_TAG:
        if (found.samples === 0) found.firstSample = at
        found.samples += 1
        cursor.skip(tag, end)
        break
      case HISTOGRAMS_TAG:
        if (found.histograms === 0) found.firstHistogram = at
        found.histograms += 1
        cursor.skip(tag, end)
        break
      case EXEMPLARS_TAG:
        readExemplar(cursor.readEnd(end), visitor)
        break
      case METADATA_TAG:
        readMetadata(cursor.readEnd(end))
        break
      case CREATED_TAG:
        found.createdMs = cursor.readVarint(end)
        break
      default:
        if (tag >>> 3 <= LAST_SERIES_FIELD) throw wrongType('TimeSeries', tag, cursor.position)
        cursor.skip(tag, end)
    }
  }
}

function clearFound(): void {
  found.labels.clear()
  found.samples = 0
  found.histograms = 0
  found.exemplars = 0
  found.metadata = 0
  found.createdMs = 0
  found.metadataFault = undefined
}

/** Writes the labels out. Returns why the series is refused. */
function resolveLabels(visitor: RemoteWrite2Visitor): string | undefined {
  const { labels, samples, histograms } = found
  // Prometheus sends exemplars as series of their own
  if (samples + histograms === 0) return undefined
  const size = symbols.sizeOf(labels.numbers, labels.count)
  if (size > MAX_LABEL_BYTES) return `labels of ${size} bytes, the limit is ${MAX_LABEL_BYTES}`
  if (!symbols.hasRoom(size)) {
    visitor.holdLabels(symbols.arena)
    symbols.rewind()
  }
  symbols.resolve(labels.numbers, labels.count, size)
  return undefined
}

/** Most references have one or two bytes: they are read here, without the cursor's care for ten. */
function readRefs(end: number, refs: Refs): void {
  const { bytes } = cursor
  while (cursor.position < end) {
    const at = cursor.position
    const low = bytes[at]!
    const high = at + 1 < end ? bytes[at + 1]! : 0x80
    if (low < 0x80) {
      cursor.position = at + 1
      refs.add(low)
    } else if (high < 0x80) {
      cursor.position = at + 2
      refs.add((low & 0x7f) | (high << 7))
    } else refs.add(cursor.readVarint(end))
  }
}

function readExemplar(end: number, visitor: RemoteWrite2Visitor): void {
  exemplarRefs.clear()
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === PACKED_REFS_TAG) readRefs(cursor.readEnd(end), exemplarRefs)
    else if (tag === REF_TAG) exemplarRefs.add(cursor.readVarint(end))
    else if (tag >>> 3 === 1) throw wrongType('Exemplar', tag, cursor.position)
    else cursor.skip(tag, end)
  }
  const fault = exemplarRefs.fault()
  if (fault === undefined) found.exemplars += 1
  else visitor.refuseExemplar(fault)
}

function readMetadata(end: number): void {
  if (cursor.position < end) found.metadata = 1
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === HELP_TAG) checkMetadataRef('help', cursor.readVarint(end))
    else if (tag === UNIT_TAG) checkMetadataRef('unit', cursor.readVarint(end))
    else if (tag >>> 3 === 3 || tag >>> 3 === 4) throw wrongType('Metadata', tag, cursor.position)
    else cursor.skip(tag, end)
  }
}

function checkMetadataRef(what: string, ref: number): void {
  const isKnown = ref >= 0 && ref < symbols.count
  // An empty table is a sender's way to say nothing; reference 0 then means nothing too
  if (!isKnown && ref !== 0) found.metadataFault ??= outside(what, ref < 0 ? ref + 2 ** 64 : ref)
}

function outside(what: string, ref: number): string {
  return `${what} reference ${ref} is outside of the ${symbols.count} symbols`
}

function tellSamples(end: number, visitor: RemoteWrite2Visitor): void {
  cursor.position = found.firstSample
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === SAMPLES_TAG) tellSample(cursor.readEnd(end), visitor)
    else cursor.skip(tag, end)
  }
}

function tellSample(end: number, visitor: RemoteWrite2Visitor): void {
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
    else if (tag >>> 3 <= 3) throw wrongType('Sample', tag, cursor.position)
    else cursor.skip(tag, end)
  }
  if (startMs === 0) startMs = found.createdMs
  if (stale) visitor.stale(timestampMs)
  else if (startMs === 0) visitor.sample(value, timestampMs)
  else visitor.sampleSince(value, timestampMs, startMs)
}

function tellHistograms(end: number, visitor: RemoteWrite2Visitor): void {
  const { arena, start: labelsStart, end: labelsEnd } = symbols
  cursor.position = found.firstHistogram
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag !== HISTOGRAMS_TAG) {
      cursor.skip(tag, end)
      continue
    }
    const histogram = readNativeHistogram(cursor, cursor.readEnd(end))
    if (histogram.startMs === 0) histogram.startMs = found.createdMs
    visitor.nativeHistogram(arena, labelsStart, labelsEnd, histogram)
  }
}
