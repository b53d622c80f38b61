/**
 * Reads a Prometheus native histogram. Both versions of remote write carry the same message.
 *
 *   Histogram  { oneof count { uint64 count_int = 1; double count_float = 2; }
 *                double sum = 3; sint32 schema = 4; double zero_threshold = 5;
 *                oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
 *                repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9;
 *                repeated double negative_counts = 10;
 *                repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12;
 *                repeated double positive_counts = 13; ResetHint reset_hint = 14;
 *                int64 timestamp = 15; repeated double custom_values = 16;
 *                int64 start_timestamp = 17; }
 *   BucketSpan { sint32 offset = 1; uint32 length = 2; }
 *
 * Source: prometheus/prompb types.proto and io/prometheus/write/v2/types.proto. A bucket of index i
 * and schema s holds observations up to 2^(i x 2^-s); of schema -53 up to custom value i.
 */
import type { Cursor } from './cursor.ts'
import { tagOf, wrongType, BYTES, FIXED64, VARINT } from './cursor.ts'

/** Buckets of one sign, from the lowest index to the highest. */
export interface NativeBuckets {
  /** Only the first `length` of both hold. */
  indexes: Float64Array
  counts: Float64Array
  length: number
}

/** What the exponential histograms of Prometheus and OpenTelemetry have in common. */
export interface ExponentialHistogram {
  count: number
  /** NaN where there is none. */
  sum: number
  /** OpenTelemetry calls it the scale. */
  schema: number
  zeroThreshold: number
  zeroCount: number
  readonly positive: NativeBuckets
  readonly negative: NativeBuckets
}

/** One histogram sample. Reused by the next one. */
export interface NativeHistogram extends ExponentialHistogram {
  timestampMs: number
  /** When counting began, 0 where the sender does not say. */
  startMs: number
  /** The series ended: the sum is a NaN with the bits of a stale marker. */
  isStale: boolean
  /** Its counts may fall without a restart. */
  isGauge: boolean
  /** The sender says that counting began anew after the sample before. */
  isReset: boolean
  /** Upper bounds of schema -53, only the first `customLength` hold. */
  customValues: Float64Array
  customLength: number
  /** Why the buckets cannot be believed. */
  fault: string | undefined
  /** The message as it lies on the wire, for who passes it on. */
  wire: { readonly bytes: Uint8Array; readonly start: number; readonly end: number }
}

/** Values of ResetHint: unknown, yes, no, gauge. */
const YES = 1
const GAUGE = 3
const STALE_HIGH = 0x7ff0_0000
const STALE_LOW = 2

const TAGS = {
  countInt: tagOf(1, VARINT),
  countFloat: tagOf(2, FIXED64),
  sum: tagOf(3, FIXED64),
  schema: tagOf(4, VARINT),
  zeroThreshold: tagOf(5, FIXED64),
  zeroCountInt: tagOf(6, VARINT),
  zeroCountFloat: tagOf(7, FIXED64),
  resetHint: tagOf(14, VARINT),
  timestamp: tagOf(15, VARINT),
  customValues: tagOf(16, BYTES),
  customValue: tagOf(16, FIXED64),
  startTimestamp: tagOf(17, VARINT),
} as const
const SIDES = { negative: 8, positive: 11 } as const
const LAST_FIELD = 17

/** The spans and counts of one sign as they come, before each count gets its index. */
class Side implements NativeBuckets {
  indexes: Float64Array = new Float64Array(64)
  counts: Float64Array = new Float64Array(64)
  length = 0
  #offsets = new Float64Array(16)
  #lengths = new Float64Array(16)
  #spans = 0
  #last = 0
  #hasDeltas = false
  #hasCounts = false

  clear(): void {
    this.length = 0
    this.#spans = 0
    this.#last = 0
    this.#hasDeltas = false
    this.#hasCounts = false
  }

  addSpan(offset: number, length: number): void {
    if (this.#spans === this.#offsets.length) {
      this.#offsets = doubled(this.#offsets)
      this.#lengths = doubled(this.#lengths)
    }
    this.#offsets[this.#spans] = offset
    this.#lengths[this.#spans] = length
    this.#spans += 1
  }

  addDelta(delta: number): void {
    this.#hasDeltas = true
    this.#last += delta
    this.#add(this.#last)
  }

  addCount(count: number): void {
    this.#hasCounts = true
    this.#add(count)
  }

  /** Gives each count its index. Returns what is wrong. */
  index(): string | undefined {
    if (this.#hasDeltas && this.#hasCounts) return 'both deltas and counts are given'
    let index = 0
    let at = 0
    for (let span = 0; span < this.#spans; span += 1) {
      const offset = this.#offsets[span]!
      const length = this.#lengths[span]!
      if (span > 0 && offset < 0) return `span ${span} begins before the one before it ends`
      if (length > this.length - at) return `spans cover more than the ${this.length} buckets given`
      index += offset
      for (let step = 0; step < length; step += 1, at += 1, index += 1) this.indexes[at] = index
    }
    return at === this.length ? undefined : `spans cover ${at} of ${this.length} buckets given`
  }

  #add(count: number): void {
    if (this.length === this.counts.length) {
      this.counts = doubled(this.counts)
      this.indexes = doubled(this.indexes)
    }
    this.counts[this.length] = count
    this.length += 1
  }
}

const positive = new Side()
const negative = new Side()
const histogram: NativeHistogram = {
  timestampMs: 0,
  startMs: 0,
  count: 0,
  sum: 0,
  isStale: false,
  isGauge: false,
  isReset: false,
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  positive,
  negative,
  customValues: new Float64Array(64),
  customLength: 0,
  fault: undefined,
  wire: { bytes: new Uint8Array(0), start: 0, end: 0 },
}

/** Reads a histogram up to its end. Throws WireError. Ownership: holds until the next call. */
export function readNativeHistogram(cursor: Cursor, end: number): NativeHistogram {
  clear()
  histogram.wire = { bytes: cursor.bytes, start: cursor.position, end }
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === TAGS.timestamp) histogram.timestampMs = cursor.readVarint(end)
    else if (tag === TAGS.countInt) histogram.count = cursor.readUnsigned(end)
    else if (tag === TAGS.countFloat) histogram.count = cursor.readDouble(end)
    else if (tag === TAGS.sum) {
      histogram.sum = cursor.readDouble(end)
      histogram.isStale = cursor.low === STALE_LOW && cursor.high === STALE_HIGH
    } else if (tag === TAGS.schema) histogram.schema = cursor.readZigzag(end)
    else if (tag === TAGS.zeroThreshold) histogram.zeroThreshold = cursor.readDouble(end)
    else if (tag === TAGS.zeroCountInt) histogram.zeroCount = cursor.readUnsigned(end)
    else if (tag === TAGS.zeroCountFloat) histogram.zeroCount = cursor.readDouble(end)
    else if (tag === TAGS.resetHint) readResetHint(cursor.readVarint(end))
    else if (tag === TAGS.customValues) readCustomValues(cursor, cursor.readEnd(end))
    else if (tag === TAGS.customValue) addCustomValue(cursor.readDouble(end))
    else if (tag === TAGS.startTimestamp) histogram.startMs = cursor.readVarint(end)
    else if (!readSide(cursor, tag, end)) {
      if (tag >>> 3 <= LAST_FIELD) throw wrongType('Histogram', tag, cursor.position)
      cursor.skip(tag, end)
    }
  }
  histogram.fault = positive.index() ?? negative.index()
  return histogram
}

function clear(): void {
  histogram.timestampMs = 0
  histogram.startMs = 0
  histogram.count = 0
  histogram.sum = 0
  histogram.isStale = false
  readResetHint(0)
  histogram.schema = 0
  histogram.zeroThreshold = 0
  histogram.zeroCount = 0
  histogram.customLength = 0
  positive.clear()
  negative.clear()
}

function readResetHint(hint: number): void {
  histogram.isGauge = hint === GAUGE
  histogram.isReset = hint === YES
}

/** Reads a field of the buckets of one sign: spans, deltas, counts are three fields in a row. */
function readSide(cursor: Cursor, tag: number, end: number): boolean {
  const field = tag >>> 3
  const first = field >= SIDES.positive ? SIDES.positive : SIDES.negative
  const side = first === SIDES.positive ? positive : negative
  if (tag === tagOf(first, BYTES)) readSpan(cursor, cursor.readEnd(end), side)
  else if (tag === tagOf(first + 1, BYTES)) {
    const stop = cursor.readEnd(end)
    while (cursor.position < stop) side.addDelta(cursor.readZigzag(stop))
  } else if (tag === tagOf(first + 1, VARINT)) side.addDelta(cursor.readZigzag(end))
  else if (tag === tagOf(first + 2, BYTES)) {
    const stop = cursor.readEnd(end)
    while (cursor.position < stop) side.addCount(cursor.readDouble(stop))
  } else if (tag === tagOf(first + 2, FIXED64)) side.addCount(cursor.readDouble(end))
  else return false
  return true
}

function readSpan(cursor: Cursor, end: number, side: Side): void {
  let offset = 0
  let length = 0
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === tagOf(1, VARINT)) offset = cursor.readZigzag(end)
    else if (tag === tagOf(2, VARINT)) length = cursor.readVarint(end) % 2 ** 32
    else if (tag >>> 3 <= 2) throw wrongType('BucketSpan', tag, cursor.position)
    else cursor.skip(tag, end)
  }
  side.addSpan(offset, length < 0 ? length + 2 ** 32 : length)
}

function readCustomValues(cursor: Cursor, end: number): void {
  while (cursor.position < end) addCustomValue(cursor.readDouble(end))
}

function addCustomValue(bound: number): void {
  if (histogram.customLength === histogram.customValues.length) {
    histogram.customValues = doubled(histogram.customValues)
  }
  histogram.customValues[histogram.customLength] = bound
  histogram.customLength += 1
}

function doubled(column: Float64Array) {
  const larger = new Float64Array(2 * column.length)
  larger.set(column)
  return larger
}
