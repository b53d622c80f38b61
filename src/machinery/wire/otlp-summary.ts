/**
 * Walks one OTLP point of a summary and tells it.
 *
 *   SummaryDataPoint { fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
 *                      fixed64 count = 4; double sum = 5;
 *                      repeated ValueAtQuantile quantile_values = 6;
 *                      repeated KeyValue attributes = 7; uint32 flags = 8; }
 *   ValueAtQuantile  { double quantile = 1; double value = 2; }
 *
 * Quantiles of several processes cannot be put together to one of a tenant: they are checked and
 * counted, not told.
 * Source: opentelemetry-proto metrics/v1: a quantile lies in 0..1, its value is not negative.
 */
import type { Cursor } from './cursor.ts'
import { tagOf, wrongType, BYTES, FIXED64 } from './cursor.ts'
import { bits, PointHead, skipUnread } from './otlp-point.ts'
import type { OtlpSummaryPoint, OtlpVisitor } from './otlp.ts'

const TAGS = {
  count: tagOf(4, FIXED64),
  sum: tagOf(5, FIXED64),
  quantiles: tagOf(6, BYTES),
} as const
const FIELDS = bits(2, 3, 4, 5, 6, 7, 8)
const head = new PointHead(7, 8)
const QUANTILE = tagOf(1, FIXED64)
const VALUE = tagOf(2, FIXED64)

const point: OtlpSummaryPoint = {
  count: 0,
  sum: 0,
  fault: undefined,
  noRecordedValue: false,
}

export function readSummaryPoint(cursor: Cursor, end: number, visitor: OtlpVisitor): void {
  let quantiles = 0
  head.clear()
  point.count = 0
  point.sum = 0
  point.fault = undefined
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    if (head.read(cursor, tag, at, end)) continue
    if (tag === TAGS.quantiles) {
      const fault = quantileFault(cursor, cursor.readEnd(end))
      point.fault ??= fault
      quantiles += 1
    } else if (tag === TAGS.count) point.count = cursor.readFixed64(end)
    else if (tag === TAGS.sum) point.sum = cursor.readDouble(end)
    else skipUnread(cursor, tag, end, 'SummaryDataPoint', FIELDS)
  }
  point.noRecordedValue = head.noRecordedValue
  if (quantiles > 0) visitor.leftOut('quantile', quantiles)
  head.tell(cursor, end, (bytes, from, to, startMs, timeMs) =>
    visitor.summaryPoint(bytes, from, to, startMs, timeMs, point),
  )
}

/** Reads a ValueAtQuantile up to its end. NaN is the value of a quantile without observations. */
function quantileFault(cursor: Cursor, end: number): string | undefined {
  let quantile = 0
  let value = 0
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === QUANTILE) quantile = cursor.readDouble(end)
    else if (tag === VALUE) value = cursor.readDouble(end)
    else if (tag >>> 3 <= 2) throw wrongType('ValueAtQuantile', tag, cursor.position)
    else cursor.skip(tag, end)
  }
  if (!(quantile >= 0 && quantile <= 1)) return `a quantile of ${quantile}, which is not in 0..1`
  return value < 0 ? `a quantile whose value is ${value}, below zero` : undefined
}
