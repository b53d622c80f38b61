/**
 * Walks one OTLP data point and tells it.
 *
 *   both               { fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; }
 *   NumberDataPoint    { oneof value { double as_double = 4; sfixed64 as_int = 6; }
 *                        repeated KeyValue attributes = 7; uint32 flags = 8; }
 *   HistogramDataPoint { fixed64 count = 4; optional double sum = 5;
 *                        repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7;
 *                        repeated KeyValue attributes = 9; uint32 flags = 10; }
 *
 * Bit 0 of the flags says that there is no recorded value. Exemplars, min and max are skipped.
 */
import type { Cursor } from './cursor.ts'
import { tagOf, wrongType, BYTES, FIXED64, VARINT } from './cursor.ts'
import type { OtlpHistogramPoint, OtlpVisitor } from './otlp.ts'
import { append, clear, openScratch } from './scratch.ts'

const START_TIME = tagOf(2, FIXED64)
const TIME = tagOf(3, FIXED64)
const NUMBER = {
  asDouble: tagOf(4, FIXED64),
  asInt: tagOf(6, FIXED64),
  attributes: tagOf(7, BYTES),
  flags: tagOf(8, VARINT),
} as const
const HISTOGRAM = {
  count: tagOf(4, FIXED64),
  sum: tagOf(5, FIXED64),
  bucketCounts: tagOf(6, BYTES),
  bucketCount: tagOf(6, FIXED64),
  explicitBounds: tagOf(7, BYTES),
  explicitBound: tagOf(7, FIXED64),
  attributes: tagOf(9, BYTES),
  flags: tagOf(10, VARINT),
} as const
/**
 * Which field numbers are read, as bits: one of them with another wire type is refused, every other
 * field is skipped.
 */
const NUMBER_FIELDS = bits(2, 3, 4, 6, 7, 8)
const HISTOGRAM_FIELDS = bits(2, 3, 4, 5, 6, 7, 9, 10)
const NO_RECORDED_VALUE = 1

const scratch = openScratch()
const histogram: OtlpHistogramPoint = {
  count: 0,
  sum: Number.NaN,
  bucketCounts: new Float64Array(64),
  bucketLength: 0,
  bounds: new Float64Array(64),
  boundsLength: 0,
  noRecordedValue: false,
}

export function readNumberPoint(cursor: Cursor, end: number, visitor: OtlpVisitor): void {
  let startMs = 0
  let timeMs = 0
  let value = Number.NaN
  let flags = 0
  let attributesStart = -1
  let attributesEnd = -1
  let scattered = false
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    if (tag === NUMBER.attributes) {
      cursor.position = cursor.readEnd(end)
      if (attributesStart < 0) attributesStart = at
      else if (at !== attributesEnd) scattered = true
      attributesEnd = cursor.position
    } else if (tag === TIME) timeMs = cursor.readNanosAsMs(end)
    else if (tag === START_TIME) startMs = cursor.readNanosAsMs(end)
    else if (tag === NUMBER.asDouble) value = cursor.readDouble(end)
    else if (tag === NUMBER.asInt) value = cursor.readSignedFixed64(end)
    else if (tag === NUMBER.flags) flags = cursor.readVarint(end)
    else skipUnread(cursor, tag, end, 'NumberDataPoint', NUMBER_FIELDS)
  }
  const noRecordedValue = (flags & NO_RECORDED_VALUE) !== 0
  if (scattered) {
    gather(cursor, NUMBER.attributes, attributesStart, end)
    visitor.numberPoint(scratch.bytes, 0, scratch.length, startMs, timeMs, value, noRecordedValue)
    return
  }
  if (attributesStart < 0) attributesStart = attributesEnd = 0
  const { bytes } = cursor
  visitor.numberPoint(
    bytes,
    attributesStart,
    attributesEnd,
    startMs,
    timeMs,
    value,
    noRecordedValue,
  )
}

export function readHistogramPoint(cursor: Cursor, end: number, visitor: OtlpVisitor): void {
  let startMs = 0
  let timeMs = 0
  let flags = 0
  let attributesStart = -1
  let attributesEnd = -1
  let scattered = false
  histogram.count = 0
  histogram.sum = Number.NaN
  histogram.bucketLength = 0
  histogram.boundsLength = 0
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    if (tag === HISTOGRAM.attributes) {
      cursor.position = cursor.readEnd(end)
      if (attributesStart < 0) attributesStart = at
      else if (at !== attributesEnd) scattered = true
      attributesEnd = cursor.position
    } else if (tag === HISTOGRAM.bucketCounts) readBucketCounts(cursor, cursor.readEnd(end))
    else if (tag === HISTOGRAM.explicitBounds) readBounds(cursor, cursor.readEnd(end))
    else if (tag === TIME) timeMs = cursor.readNanosAsMs(end)
    else if (tag === START_TIME) startMs = cursor.readNanosAsMs(end)
    else if (tag === HISTOGRAM.count) histogram.count = cursor.readFixed64(end)
    else if (tag === HISTOGRAM.sum) histogram.sum = cursor.readDouble(end)
    else if (tag === HISTOGRAM.flags) flags = cursor.readVarint(end)
    else if (tag === HISTOGRAM.bucketCount) addBucketCount(cursor.readFixed64(end))
    else if (tag === HISTOGRAM.explicitBound) addBound(cursor.readDouble(end))
    else skipUnread(cursor, tag, end, 'HistogramDataPoint', HISTOGRAM_FIELDS)
  }
  histogram.noRecordedValue = (flags & NO_RECORDED_VALUE) !== 0
  if (scattered) {
    gather(cursor, HISTOGRAM.attributes, attributesStart, end)
    visitor.histogramPoint(scratch.bytes, 0, scratch.length, startMs, timeMs, histogram)
    return
  }
  if (attributesStart < 0) attributesStart = attributesEnd = 0
  visitor.histogramPoint(cursor.bytes, attributesStart, attributesEnd, startMs, timeMs, histogram)
}

function readBucketCounts(cursor: Cursor, end: number): void {
  while (cursor.position < end) addBucketCount(cursor.readFixed64(end))
}

function readBounds(cursor: Cursor, end: number): void {
  while (cursor.position < end) addBound(cursor.readDouble(end))
}

function addBucketCount(count: number): void {
  if (histogram.bucketLength === histogram.bucketCounts.length) {
    histogram.bucketCounts = doubled(histogram.bucketCounts)
  }
  histogram.bucketCounts[histogram.bucketLength] = count
  histogram.bucketLength += 1
}

function addBound(bound: number): void {
  if (histogram.boundsLength === histogram.bounds.length) {
    histogram.bounds = doubled(histogram.bounds)
  }
  histogram.bounds[histogram.boundsLength] = bound
  histogram.boundsLength += 1
}

function doubled(column: Float64Array): Float64Array {
  const larger = new Float64Array(2 * column.length)
  larger.set(column)
  return larger
}

function skipUnread(
  cursor: Cursor,
  tag: number,
  end: number,
  message: string,
  readFields: number,
): void {
  const field = tag >>> 3
  if (field < 32 && ((readFields >>> field) & 1) === 1) {
    throw wrongType(message, tag, cursor.position)
  }
  cursor.skip(tag, end)
}

function gather(cursor: Cursor, attributes: number, start: number, end: number): void {
  clear(scratch)
  cursor.position = start
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    cursor.skip(tag, end)
    if (tag === attributes) append(scratch, cursor.bytes, at, cursor.position)
  }
}

function bits(...fields: readonly number[]): number {
  return fields.reduce((sum, field) => sum | (1 << field), 0)
}
