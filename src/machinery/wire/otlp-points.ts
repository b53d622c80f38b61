/**
 * Walks one OTLP data point and tells it.
 *
 *   both               { fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; }
 *   NumberDataPoint    { oneof value { double as_double = 4; sfixed64 as_int = 6; }
 *                        repeated Exemplar exemplars = 5;
 *                        repeated KeyValue attributes = 7; uint32 flags = 8; }
 *   HistogramDataPoint { fixed64 count = 4; optional double sum = 5;
 *                        repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7;
 *                        repeated Exemplar exemplars = 8;
 *                        repeated KeyValue attributes = 9; uint32 flags = 10;
 *                        optional double min = 11; optional double max = 12; }
 *
 * Bit 0 of the flags says that there is no recorded value. Exemplars, least and greatest value are
 * only counted.
 */
import type { Cursor } from './cursor.ts'
import { tagOf, BYTES, FIXED64, VARINT } from './cursor.ts'
import { bits, doubled, gather, NO_RECORDED_VALUE, skipUnread } from './otlp-point.ts'
import type { OtlpHistogramPoint, OtlpVisitor } from './otlp.ts'

const START_TIME = tagOf(2, FIXED64)
const TIME = tagOf(3, FIXED64)
const NUMBER = {
  asDouble: tagOf(4, FIXED64),
  asInt: tagOf(6, FIXED64),
  exemplars: tagOf(5, BYTES),
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
  exemplars: tagOf(8, BYTES),
  attributes: tagOf(9, BYTES),
  flags: tagOf(10, VARINT),
  min: tagOf(11, FIXED64),
  max: tagOf(12, FIXED64),
} as const
/**
 * Which field numbers are read, as bits: one of them with another wire type is refused, every other
 * field is skipped.
 */
const NUMBER_FIELDS = bits(2, 3, 4, 5, 6, 7, 8)
const HISTOGRAM_FIELDS = bits(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)

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
  let hasValue = false
  let exemplars = 0
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
    else if (tag === NUMBER.asDouble) {
      value = cursor.readDouble(end)
      hasValue = true
    } else if (tag === NUMBER.asInt) {
      value = cursor.readSignedFixed64(end)
      hasValue = true
    } else if (tag === NUMBER.flags) flags = cursor.readVarint(end)
    else if (tag === NUMBER.exemplars) {
      cursor.skip(tag, end)
      exemplars += 1
    } else skipUnread(cursor, tag, end, 'NumberDataPoint', NUMBER_FIELDS)
  }
  const noRecordedValue = (flags & NO_RECORDED_VALUE) !== 0
  if (exemplars > 0) visitor.leftOut('exemplar', exemplars)
  if (!hasValue && !noRecordedValue) {
    visitor.valuelessPoint()
    return
  }
  if (scattered) {
    const { bytes, length } = gather(cursor, NUMBER.attributes, attributesStart, end)
    visitor.numberPoint(bytes, 0, length, startMs, timeMs, value, noRecordedValue)
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
  let exemplars = 0
  let extremes = 0
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
    else if (tag === HISTOGRAM.exemplars) {
      cursor.skip(tag, end)
      exemplars += 1
    } else if (tag === HISTOGRAM.min || tag === HISTOGRAM.max) {
      cursor.skip(tag, end)
      extremes += 1
    } else if (tag === HISTOGRAM.bucketCount) addBucketCount(cursor.readFixed64(end))
    else if (tag === HISTOGRAM.explicitBound) addBound(cursor.readDouble(end))
    else skipUnread(cursor, tag, end, 'HistogramDataPoint', HISTOGRAM_FIELDS)
  }
  histogram.noRecordedValue = (flags & NO_RECORDED_VALUE) !== 0
  if (exemplars > 0) visitor.leftOut('exemplar', exemplars)
  if (extremes > 0) visitor.leftOut('extreme', extremes)
  if (scattered) {
    const { bytes, length } = gather(cursor, HISTOGRAM.attributes, attributesStart, end)
    visitor.histogramPoint(bytes, 0, length, startMs, timeMs, histogram)
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
