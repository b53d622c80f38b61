/**
 * Prometheus' remote read: asks for raw samples, and cuts the answer into messages of remote write
 * 1.0 by time, because both have the same series in them. Native histograms come through whole.
 *
 *   ReadRequest  { repeated Query queries = 1; }
 *   Query        { int64 start_timestamp_ms = 1; int64 end_timestamp_ms = 2;
 *                  repeated LabelMatcher matchers = 3; }
 *   LabelMatcher { enum type = 1; string name = 2; string value = 3; }
 *   ReadResponse { repeated QueryResult results = 1; }
 *   QueryResult  { repeated TimeSeries timeseries = 1; }
 *
 * Source: prometheus/prompb remote.proto and types.proto; the range of a query is closed.
 */
import { BYTES, Cursor, tagOf, VARINT } from './cursor.ts'
import { openProtoWriter } from './encode.ts'
import { compressSnappy } from './write-request.ts'

const MATCHES = 2

export interface ReadQuery {
  /** (fromMs, toMs]. */
  readonly fromMs: number
  readonly toMs: number
  /** Which names, as a regular expression (RE2) of the whole name. */
  readonly names: string
}

/** Writes a request, compressed as it is sent. */
export function encodeReadRequest({ fromMs, toMs, names }: ReadQuery): Buffer {
  const writer = openProtoWriter()
  writer.message(1, () => {
    writer.varint(1, fromMs + 1)
    writer.varint(2, toMs)
    writer.message(3, () => {
      writer.varint(1, MATCHES)
      writer.text(2, '__name__')
      writer.text(3, names)
    })
  })
  return compressSnappy(writer.take())
}

/** What one step of time holds. */
export interface ReadStep {
  /** (endMs - stepMs, endMs]. */
  readonly endMs: number
  readonly message: Uint8Array
}

export interface ReadAnswer {
  readonly samples: number
  readonly series: number
  /** Shape: by time; steps without samples are left out. */
  readonly steps: () => Generator<ReadStep, void>
}

const RESULTS_TAG = tagOf(1, BYTES)
const SERIES_TAG = tagOf(1, BYTES)
const LABELS_TAG = tagOf(1, BYTES)
const SAMPLES_TAG = tagOf(2, BYTES)
const HISTOGRAMS_TAG = tagOf(4, BYTES)
const SAMPLE_TIME_TAG = tagOf(2, VARINT)
const HISTOGRAM_TIME_TAG = tagOf(15, VARINT)

/** A sample or histogram of a series: where its field lies. */
interface Piece {
  readonly series: number
  readonly from: number
  readonly to: number
}

/** Reads an answer that was uncompressed. Throws WireError. Ownership: the bytes are looked into
 *  until the last step was taken. */
export function readReadAnswer(bytes: Uint8Array, stepMs: number): ReadAnswer {
  const cursor = new Cursor()
  cursor.open(bytes, 0)
  const labels: Uint8Array[] = []
  const pieces = new Map<number, Piece[]>()
  let samples = 0

  const readPiece = (from: number, end: number, timeTag: number): void => {
    let timeMs = 0
    while (cursor.position < end) {
      const tag = cursor.readTag(end)
      if (tag === timeTag) timeMs = cursor.readVarint(end)
      else cursor.skip(tag, end)
    }
    const step = Math.ceil(timeMs / stepMs) * stepMs
    const piece = { series: labels.length, from, to: end }
    const known = pieces.get(step)
    if (known === undefined) pieces.set(step, [piece])
    else known.push(piece)
    samples += 1
  }
  const readSeries = (end: number): void => {
    const own: Uint8Array[] = []
    while (cursor.position < end) {
      const from = cursor.position
      const tag = cursor.readTag(end)
      if (tag === SAMPLES_TAG) readPiece(from, cursor.readEnd(end), SAMPLE_TIME_TAG)
      else if (tag === HISTOGRAMS_TAG) readPiece(from, cursor.readEnd(end), HISTOGRAM_TIME_TAG)
      else {
        cursor.skip(tag, end)
        if (tag === LABELS_TAG) own.push(bytes.subarray(from, cursor.position))
      }
    }
    labels.push(Buffer.concat(own))
  }
  while (cursor.position < bytes.length) {
    const tag = cursor.readTag(bytes.length)
    if (tag !== RESULTS_TAG) {
      cursor.skip(tag, bytes.length)
      continue
    }
    const end = cursor.readEnd(bytes.length)
    while (cursor.position < end) {
      const inner = cursor.readTag(end)
      if (inner === SERIES_TAG) readSeries(cursor.readEnd(end))
      else cursor.skip(inner, end)
    }
  }
  const writer = openProtoWriter()
  return {
    samples,
    series: labels.length,
    *steps() {
      for (const endMs of [...pieces.keys()].toSorted((left, right) => left - right)) {
        for (const own of seriesOf(pieces.get(endMs)!)) {
          writer.message(1, () => {
            writer.raw(labels[own[0]!.series]!)
            for (const { from, to } of own) writer.raw(bytes.subarray(from, to))
          })
        }
        yield { endMs, message: writer.take() }
      }
    },
  }
}

/** Puts the pieces of each series together: they follow each other. */
function* seriesOf(pieces: readonly Piece[]): Generator<readonly Piece[]> {
  for (let from = 0; from < pieces.length;) {
    let to = from + 1
    while (to < pieces.length && pieces[to]!.series === pieces[from]!.series) to += 1
    yield pieces.slice(from, to)
    from = to
  }
}
