/**
 * Walks one OTLP point of an exponential histogram and tells it with the bucket indexes of
 * Prometheus, which are one higher: bucket i of scale s then ends at 2^(i x 2^-s).
 *
 *   ExponentialHistogramDataPoint {
 *     repeated KeyValue attributes = 1;
 *     fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
 *     fixed64 count = 4; optional double sum = 5; sint32 scale = 6; fixed64 zero_count = 7;
 *     Buckets positive = 8; Buckets negative = 9; uint32 flags = 10;
 *     repeated Exemplar exemplars = 11; optional double min = 12; optional double max = 13;
 *     double zero_threshold = 14; }
 *   Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
 *
 * Exemplars, least and greatest value are only counted.
 * Source: opentelemetry-proto metrics/v1; OpenTelemetry metrics data model, "ExponentialHistogram".
 */
import type { Cursor } from './cursor.ts'
import { tagOf, wrongType, BYTES, FIXED64, VARINT } from './cursor.ts'
import type { NativeBuckets } from './native-histogram.ts'
import { bits, doubled, PointHead, skipUnread } from './otlp-point.ts'
import type { OtlpExponentialPoint, OtlpVisitor } from './otlp.ts'

const TAGS = {
  count: tagOf(4, FIXED64),
  sum: tagOf(5, FIXED64),
  scale: tagOf(6, VARINT),
  zeroCount: tagOf(7, FIXED64),
  positive: tagOf(8, BYTES),
  negative: tagOf(9, BYTES),
  exemplars: tagOf(11, BYTES),
  min: tagOf(12, FIXED64),
  max: tagOf(13, FIXED64),
  zeroThreshold: tagOf(14, FIXED64),
} as const
const FIELDS = bits(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
const head = new PointHead(1, 10)
const OFFSET = tagOf(1, VARINT)
const PACKED_COUNTS = tagOf(2, BYTES)
const ONE_COUNT = tagOf(2, VARINT)

/** The buckets of one sign; a message that comes twice is the two put together. */
class Side implements NativeBuckets {
  indexes: Float64Array = new Float64Array(160)
  counts: Float64Array = new Float64Array(160)
  length = 0
  #offset = 0

  clear(): void {
    this.length = 0
    this.#offset = 0
  }

  read(cursor: Cursor, end: number): void {
    while (cursor.position < end) {
      const tag = cursor.readTag(end)
      if (tag === OFFSET) this.#offset = cursor.readZigzag(end)
      else if (tag === PACKED_COUNTS) {
        const stop = cursor.readEnd(end)
        while (cursor.position < stop) this.#add(cursor.readUnsigned(stop))
      } else if (tag === ONE_COUNT) this.#add(cursor.readUnsigned(end))
      else if (tag >>> 3 <= 2) throw wrongType('Buckets', tag, cursor.position)
      else cursor.skip(tag, end)
    }
  }

  index(): void {
    for (let at = 0; at < this.length; at += 1) this.indexes[at] = this.#offset + at + 1
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
const point: OtlpExponentialPoint = {
  count: 0,
  sum: Number.NaN,
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  positive,
  negative,
  noRecordedValue: false,
}

export function readExponentialPoint(cursor: Cursor, end: number, visitor: OtlpVisitor): void {
  let exemplars = 0
  let extremes = 0
  head.clear()
  clear()
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    if (head.read(cursor, tag, at, end)) continue
    if (tag === TAGS.count) point.count = cursor.readFixed64(end)
    else if (tag === TAGS.sum) point.sum = cursor.readDouble(end)
    else if (tag === TAGS.scale) point.schema = cursor.readZigzag(end)
    else if (tag === TAGS.zeroCount) point.zeroCount = cursor.readFixed64(end)
    else if (tag === TAGS.positive) positive.read(cursor, cursor.readEnd(end))
    else if (tag === TAGS.negative) negative.read(cursor, cursor.readEnd(end))
    else if (tag === TAGS.zeroThreshold) point.zeroThreshold = cursor.readDouble(end)
    else if (tag === TAGS.exemplars) {
      cursor.skip(tag, end)
      exemplars += 1
    } else if (tag === TAGS.min || tag === TAGS.max) {
      cursor.skip(tag, end)
      extremes += 1
    } else skipUnread(cursor, tag, end, 'ExponentialHistogramDataPoint', FIELDS)
  }
  positive.index()
  negative.index()
  point.noRecordedValue = head.noRecordedValue
  if (exemplars > 0) visitor.leftOut('exemplar', exemplars)
  if (extremes > 0) visitor.leftOut('extreme', extremes)
  head.tell(cursor, end, (bytes, from, to, startMs, timeMs) =>
    visitor.exponentialPoint(bytes, from, to, startMs, timeMs, point),
  )
}

function clear(): void {
  point.count = 0
  point.sum = Number.NaN
  point.schema = 0
  point.zeroThreshold = 0
  point.zeroCount = 0
  positive.clear()
  negative.clear()
}
