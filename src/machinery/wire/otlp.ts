/**
 * Walks an OTLP ExportMetricsServiceRequest (protobuf) and tells a visitor what is in it, without
 * making strings or objects: resources, names and attributes are byte ranges. Fields may come in
 * any order; unknown ones are skipped.
 *
 *   ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
 *   ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
 *   ScopeMetrics    { InstrumentationScope scope = 1; repeated Metric metrics = 2; }
 *
 * A message whose parts may come after what needs them is walked twice: once to find them, once to
 * tell. See `otlp-metric.ts`, `otlp-points.ts`.
 * Source: opentelemetry-proto 1.x, collector/metrics/v1 and metrics/v1.
 */
import { Cursor, tagOf, wrongType, BYTES } from './cursor.ts'
import type { ExponentialHistogram } from './native-histogram.ts'
import { readMetric } from './otlp-metric.ts'
import { append, clear, openScratch } from './scratch.ts'

export const METRIC_KINDS = [
  'gauge',
  'sum',
  'histogram',
  'exponential-histogram',
  'summary',
] as const
export type OtlpMetricKind = (typeof METRIC_KINDS)[number]

/**
 * What holds for all points of a metric. Ranges lie in the bytes given with it; an absent field is
 * an empty range. Reused by the next metric.
 */
export interface OtlpMetricHeader {
  nameStart: number
  nameEnd: number
  unitStart: number
  unitEnd: number
  /**
   * The raw body of InstrumentationScope: with the resource and the name part of what tells one
   * stream from another.
   */
  scopeStart: number
  scopeEnd: number
  kind: OtlpMetricKind
  /** 0 unspecified (also for gauges), 1 delta, 2 cumulative. */
  temporality: number
  /** Only sums. */
  monotonic: boolean
}

/**
 * A classic histogram point. Reused, the arrays too, by the next point. Nothing is checked: bounds
 * may be unsorted or of the wrong number.
 */
export interface OtlpHistogramPoint {
  count: number
  /** NaN when absent. */
  sum: number
  /** Counts of each bucket alone, not added up; only the first `bucketLength` hold. */
  bucketCounts: Float64Array
  bucketLength: number
  /**
   * Upper bounds; only the first `boundsLength` hold. A sound point has one bucket more than
   * bounds, or none of both.
   */
  bounds: Float64Array
  boundsLength: number
  noRecordedValue: boolean
}

/** An exponential histogram point. Reused, as above. Nothing is checked. */
export interface OtlpExponentialPoint extends ExponentialHistogram {
  noRecordedValue: boolean
}

/** A summary point. Reused, as above. */
export interface OtlpSummaryPoint {
  count: number
  sum: number
  /** What is wrong with its quantiles. */
  fault: string | undefined
  noRecordedValue: boolean
}

/** What comes along with points and is not told: exemplars, minimum and maximum, quantiles. */
export type LeftOut = 'exemplar' | 'extreme' | 'quantile'

/**
 * Is told in this order: a resource, each of its metrics, each of the metric's points.
 * Attributes: whole KeyValue fields, tags included. Times: epoch ms, rounded down; 0 where absent.
 * Ownership: bytes and objects hold until the call returns; the bytes of one call are not always
 * those of the call before.
 */
export interface OtlpVisitor {
  resource(bytes: Uint8Array, start: number, end: number): void
  metric(bytes: Uint8Array, header: OtlpMetricHeader): void
  /**
   * `value` is NaN where there is no recorded one; integers beyond 2^53 come as the nearest number.
   */
  numberPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    value: number,
    noRecordedValue: boolean,
  ): void
  histogramPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    point: OtlpHistogramPoint,
  ): void
  exponentialPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    point: OtlpExponentialPoint,
  ): void
  summaryPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    point: OtlpSummaryPoint,
  ): void
  /** A number point that has no value and does not say that none was recorded. */
  valuelessPoint(): void
  /** Called before the point that they came with. */
  leftOut(what: LeftOut, count: number): void
}

const RESOURCE_METRICS = tagOf(1, BYTES)
const RESOURCE = tagOf(1, BYTES)
const SCOPE_METRICS = tagOf(2, BYTES)
const SCOPE = tagOf(1, BYTES)
const METRICS = tagOf(2, BYTES)

const cursor = new Cursor()
const scratch = openScratch()

/**
 * Walks a request. Throws WireError; what the visitor was told before that must then be forgotten.
 * Not reentrant.
 */
export function readExportMetrics(bytes: Uint8Array, visitor: OtlpVisitor): void {
  cursor.open(bytes, 0)
  const end = bytes.length
  try {
    while (cursor.position < end) {
      const tag = cursor.readTag(end)
      if (tag === RESOURCE_METRICS) readResourceMetrics(cursor.readEnd(end), visitor)
      else if (tag >>> 3 === 1) {
        throw wrongType('ExportMetricsServiceRequest', tag, cursor.position)
      } else cursor.skip(tag, end)
    }
  } finally {
    cursor.close()
  }
}

function readResourceMetrics(end: number, visitor: OtlpVisitor): void {
  const start = cursor.position
  tellResource(end, visitor)
  cursor.position = start
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === SCOPE_METRICS) readScopeMetrics(cursor.readEnd(end), visitor)
    else cursor.skip(tag, end)
  }
}

/**
 * A message that is given twice is the two put together, in protobuf's rules and here byte by byte.
 */
function tellResource(end: number, visitor: OtlpVisitor): void {
  let resources = 0
  let resourceStart = 0
  let resourceEnd = 0
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === RESOURCE) {
      const next = cursor.readEnd(end)
      if (resources === 1) {
        clear(scratch)
        append(scratch, cursor.bytes, resourceStart, resourceEnd)
      }
      if (resources > 0) append(scratch, cursor.bytes, cursor.position, next)
      resourceStart = cursor.position
      resourceEnd = next
      resources += 1
      cursor.position = next
    } else if (tag >>> 3 <= 2 && tag !== SCOPE_METRICS) {
      throw wrongType('ResourceMetrics', tag, cursor.position)
    } else cursor.skip(tag, end)
  }
  if (resources > 1) visitor.resource(scratch.bytes, 0, scratch.length)
  else visitor.resource(cursor.bytes, resourceStart, resourceEnd)
}

function readScopeMetrics(end: number, visitor: OtlpVisitor): void {
  const start = cursor.position
  let scopeStart = 0
  let scopeEnd = 0
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === SCOPE) {
      scopeEnd = cursor.readEnd(end)
      scopeStart = cursor.position
      cursor.position = scopeEnd
    } else if (tag >>> 3 <= 2 && tag !== METRICS) {
      throw wrongType('ScopeMetrics', tag, cursor.position)
    } else cursor.skip(tag, end)
  }
  cursor.position = start
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === METRICS) readMetric(cursor, cursor.readEnd(end), scopeStart, scopeEnd, visitor)
    else cursor.skip(tag, end)
  }
}
