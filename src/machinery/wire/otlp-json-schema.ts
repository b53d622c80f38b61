/**
 * The messages of an OTLP metrics request as data: JSON key -> field number and type. Holds what
 * the binary reader reads, and of exemplars that they are there; descriptions and the like are left
 * out.
 * Source: opentelemetry-proto 1.x, metrics/v1/metrics.proto, common/v1/common.proto,
 * resource/v1/resource.proto.
 */
export interface JsonMessage {
  readonly [key: string]: JsonRow
}

export type JsonRow =
  | {
      readonly number: number
      readonly type: 'message'
      /** A function, because messages may hold themselves. */
      readonly message: () => JsonMessage
      readonly repeated?: true
    }
  | { readonly number: number; readonly type: JsonScalar; readonly repeated?: true }

export type JsonScalar =
  | 'string'
  | 'bool'
  | 'bytes'
  | 'double'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'fixed64'
  | 'sfixed64'

const ANY_VALUE: JsonMessage = {
  stringValue: { number: 1, type: 'string' },
  boolValue: { number: 2, type: 'bool' },
  intValue: { number: 3, type: 'int64' },
  doubleValue: { number: 4, type: 'double' },
  arrayValue: one(5, () => ARRAY_VALUE),
  kvlistValue: one(6, () => KEY_VALUE_LIST),
  bytesValue: { number: 7, type: 'bytes' },
}
const ARRAY_VALUE: JsonMessage = { values: many(1, () => ANY_VALUE) }
const KEY_VALUE: JsonMessage = {
  key: { number: 1, type: 'string' },
  value: one(2, () => ANY_VALUE),
}
const KEY_VALUE_LIST: JsonMessage = { values: many(1, () => KEY_VALUE) }

/** The messages that are part of a series' name: there the bytes matter, not only what they say. */
export const NAMING_MESSAGES: ReadonlySet<JsonMessage> = new Set([
  ANY_VALUE,
  ARRAY_VALUE,
  KEY_VALUE,
  KEY_VALUE_LIST,
])

const POINT_TIMES: JsonMessage = {
  startTimeUnixNano: { number: 2, type: 'fixed64' },
  timeUnixNano: { number: 3, type: 'fixed64' },
}
/** Exemplars are only counted. */
const EXEMPLAR: JsonMessage = {}
const NUMBER_POINT: JsonMessage = {
  ...POINT_TIMES,
  asDouble: { number: 4, type: 'double' },
  exemplars: many(5, () => EXEMPLAR),
  asInt: { number: 6, type: 'sfixed64' },
  attributes: many(7, () => KEY_VALUE),
  flags: { number: 8, type: 'uint32' },
}
const HISTOGRAM_POINT: JsonMessage = {
  ...POINT_TIMES,
  count: { number: 4, type: 'fixed64' },
  sum: { number: 5, type: 'double' },
  bucketCounts: { number: 6, type: 'fixed64', repeated: true },
  explicitBounds: { number: 7, type: 'double', repeated: true },
  exemplars: many(8, () => EXEMPLAR),
  attributes: many(9, () => KEY_VALUE),
  flags: { number: 10, type: 'uint32' },
  min: { number: 11, type: 'double' },
  max: { number: 12, type: 'double' },
}
const BUCKETS: JsonMessage = {
  offset: { number: 1, type: 'sint32' },
  bucketCounts: { number: 2, type: 'uint64', repeated: true },
}
const EXPONENTIAL_POINT: JsonMessage = {
  ...POINT_TIMES,
  attributes: many(1, () => KEY_VALUE),
  count: { number: 4, type: 'fixed64' },
  sum: { number: 5, type: 'double' },
  scale: { number: 6, type: 'sint32' },
  zeroCount: { number: 7, type: 'fixed64' },
  positive: one(8, () => BUCKETS),
  negative: one(9, () => BUCKETS),
  flags: { number: 10, type: 'uint32' },
  exemplars: many(11, () => EXEMPLAR),
  min: { number: 12, type: 'double' },
  max: { number: 13, type: 'double' },
  zeroThreshold: { number: 14, type: 'double' },
}
const VALUE_AT_QUANTILE: JsonMessage = {
  quantile: { number: 1, type: 'double' },
  value: { number: 2, type: 'double' },
}
const SUMMARY_POINT: JsonMessage = {
  ...POINT_TIMES,
  count: { number: 4, type: 'fixed64' },
  sum: { number: 5, type: 'double' },
  quantileValues: many(6, () => VALUE_AT_QUANTILE),
  attributes: many(7, () => KEY_VALUE),
  flags: { number: 8, type: 'uint32' },
}

const TEMPORALITY: JsonRow = { number: 2, type: 'uint32' }
const METRIC: JsonMessage = {
  name: { number: 1, type: 'string' },
  unit: { number: 3, type: 'string' },
  gauge: one(5, () => ({ dataPoints: many(1, () => NUMBER_POINT) })),
  sum: one(7, () => SUM),
  histogram: one(9, () => HISTOGRAM),
  exponentialHistogram: one(10, () => EXPONENTIAL_HISTOGRAM),
  summary: one(11, () => ({ dataPoints: many(1, () => SUMMARY_POINT) })),
}
const SUM: JsonMessage = {
  dataPoints: many(1, () => NUMBER_POINT),
  aggregationTemporality: TEMPORALITY,
  isMonotonic: { number: 3, type: 'bool' },
}
const HISTOGRAM: JsonMessage = {
  dataPoints: many(1, () => HISTOGRAM_POINT),
  aggregationTemporality: TEMPORALITY,
}
const EXPONENTIAL_HISTOGRAM: JsonMessage = {
  dataPoints: many(1, () => EXPONENTIAL_POINT),
  aggregationTemporality: TEMPORALITY,
}

const SCOPE: JsonMessage = {
  name: { number: 1, type: 'string' },
  version: { number: 2, type: 'string' },
  attributes: many(3, () => KEY_VALUE),
}
const SCOPE_METRICS: JsonMessage = {
  scope: one(1, () => SCOPE),
  metrics: many(2, () => METRIC),
}
const RESOURCE: JsonMessage = { attributes: many(1, () => KEY_VALUE) }
const RESOURCE_METRICS: JsonMessage = {
  resource: one(1, () => RESOURCE),
  scopeMetrics: many(2, () => SCOPE_METRICS),
}
export const EXPORT_METRICS_REQUEST: JsonMessage = {
  resourceMetrics: many(1, () => RESOURCE_METRICS),
}

function one(number: number, message: () => JsonMessage): JsonRow {
  return { number, type: 'message', message }
}

function many(number: number, message: () => JsonMessage): JsonRow {
  return { number, type: 'message', message, repeated: true }
}
