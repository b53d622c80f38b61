/** What protobufjs makes of OTLP bytes, in the shape of what the reader tells. */
import { openOracle } from './oracle.ts'
import type { ToldBucket, ToldMetric, ToldPoint } from './otlp-told.ts'

/** The reader looks into exemplars, metadata and scopes only where somebody asks. */
const oracle = openOracle('otlp-metrics.proto', 'ExportMetricsServiceRequest', (definitions) =>
  definitions.replaceAll(
    /(?:Exemplar (?=exemplars)|KeyValue (?=metadata)|InstrumentationScope (?=scope))/g,
    'bytes ',
  ),
)

/** The type by which bytes are judged. */
export const EXPORT_REQUEST = oracle.type

export const KINDS = ['gauge', 'sum', 'histogram', 'exponential-histogram', 'summary'] as const

interface DecodedPoint {
  readonly attributes?: DecodedAttribute[]
  readonly startTimeUnixNano?: string
  readonly timeUnixNano?: string
  readonly flags?: number
  readonly asDouble?: number
  readonly asInt?: string
  readonly count?: string
  readonly sum?: number
  readonly bucketCounts?: string[]
  readonly explicitBounds?: number[]
  readonly scale?: number
  readonly zeroCount?: string
  readonly zeroThreshold?: number
  readonly positive?: DecodedBuckets
  readonly negative?: DecodedBuckets
  readonly exemplars?: object[]
  readonly min?: number
  readonly max?: number
  readonly quantileValues?: { readonly quantile?: number; readonly value?: number }[]
}
interface DecodedBuckets {
  readonly offset?: number
  readonly bucketCounts?: string[]
}
interface DecodedAttribute {
  readonly key?: string
  readonly value?: DecodedValue
}
interface DecodedValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values: DecodedValue[] }
  readonly kvlistValue?: { readonly values: DecodedAttribute[] }
  readonly bytesValue?: Uint8Array
}
interface DecodedData {
  readonly dataPoints: DecodedPoint[]
  readonly aggregationTemporality?: number
  readonly isMonotonic?: boolean
}
interface DecodedMetric {
  readonly name?: string
  readonly unit?: string
  readonly [data: string]: unknown
}
interface DecodedRequest {
  readonly resourceMetrics: {
    readonly resource?: { readonly attributes: DecodedAttribute[] }
    readonly scopeMetrics: { readonly metrics: DecodedMetric[] }[]
  }[]
}

/** What the oracle makes of the bytes, in the shape of what the reader tells. */
export function expectedMetrics(bytes: Uint8Array): Omit<ToldMetric, 'scope'>[] {
  const { resourceMetrics } = oracle.decode(bytes) as unknown as DecodedRequest
  return resourceMetrics.flatMap((one) =>
    one.scopeMetrics.flatMap(({ metrics }) =>
      metrics
        .filter((each) => KINDS.some((kind) => camel(kind) in each))
        .map((each) => expectedMetric(expectedAttributes(one.resource?.attributes), each)),
    ),
  )
}

function expectedMetric(
  resourceAttributes: ToldMetric['resource'],
  decoded: DecodedMetric,
): Omit<ToldMetric, 'scope'> {
  const kind = KINDS.find((each) => camel(each) in decoded) ?? 'gauge'
  const data = decoded[camel(kind)] as DecodedData
  const isNumber = kind === 'gauge' || kind === 'sum'
  const isRead = (one: DecodedPoint) => !isNumber || hasValue(one) || ((one.flags ?? 0) & 1) === 1
  const sum = (of: (one: DecodedPoint) => number) =>
    data.dataPoints.reduce((total, one) => total + of(one), 0)
  return {
    resource: resourceAttributes,
    name: decoded.name ?? '',
    unit: decoded.unit ?? '',
    kind,
    temporality: data.aggregationTemporality ?? 0,
    monotonic: data.isMonotonic ?? false,
    points: data.dataPoints.filter(isRead).map((one) => expectedPoint(kind, one)),
    valueless: data.dataPoints.filter((one) => !isRead(one)).length,
    leftOut: {
      exemplar: sum((one) => one.exemplars?.length ?? 0),
      extreme: sum((one) => Number('min' in one) + Number('max' in one)),
      quantile: sum((one) => one.quantileValues?.length ?? 0),
    },
  }
}

function hasValue(point: DecodedPoint): boolean {
  return point.asDouble !== undefined || point.asInt !== undefined
}

function expectedPoint(kind: string, decoded: DecodedPoint): ToldPoint {
  const common = {
    attributes: expectedAttributes(decoded.attributes),
    startMs: milliseconds(decoded.startTimeUnixNano),
    timeMs: milliseconds(decoded.timeUnixNano),
    noRecordedValue: ((decoded.flags ?? 0) & 1) === 1,
  }
  if (kind === 'exponential-histogram') return { ...common, ...expectedExponential(decoded) }
  if (kind === 'summary') {
    const { count = 0, sum = 0 } = decoded
    return { ...common, count: Number(count), sum, fault: quantileFault(decoded) }
  }
  if (kind !== 'histogram') {
    return { ...common, value: Number(decoded.asDouble ?? decoded.asInt ?? Number.NaN) }
  }
  return {
    ...common,
    count: Number(decoded.count ?? 0),
    sum: decoded.sum ?? Number.NaN,
    bucketCounts: (decoded.bucketCounts ?? []).map(Number),
    bounds: decoded.explicitBounds ?? [],
  }
}

function quantileFault({ quantileValues = [] }: DecodedPoint): string | undefined {
  for (const { quantile = 0, value = 0 } of quantileValues) {
    if (!(quantile >= 0 && quantile <= 1)) {
      return `a quantile of ${quantile}, which is not in 0..1`
    }
    if (value < 0) return `a quantile whose value is ${value}, below zero`
  }
  return undefined
}

function expectedExponential(
  decoded: DecodedPoint,
): Pick<ToldPoint, 'count' | 'sum' | 'exponential'> {
  return {
    count: Number(decoded.count ?? 0),
    sum: decoded.sum ?? Number.NaN,
    exponential: {
      scale: decoded.scale ?? 0,
      zeroCount: Number(decoded.zeroCount ?? 0),
      zeroThreshold: decoded.zeroThreshold ?? 0,
      positive: expectedBuckets(decoded.positive),
      negative: expectedBuckets(decoded.negative),
    },
  }
}

/** Prometheus' index of a bucket is one higher than OpenTelemetry's. */
function expectedBuckets({ offset = 0, bucketCounts = [] }: DecodedBuckets = {}): ToldBucket[] {
  return bucketCounts.map((count, at) => [offset + at + 1, Number(count)])
}

function expectedAttributes(decoded: DecodedAttribute[] | undefined): ToldMetric['resource'] {
  return (decoded ?? []).map(({ key = '', value = {} }) => ({ key, value: textOf(value, false) }))
}

/** Writes an attribute value as text: bare, or as JSON inside of another. */
function textOf(value: DecodedValue, asJson: boolean): string {
  const quoted = (text: string) => (asJson ? JSON.stringify(text) : text)
  if (value.stringValue !== undefined) return quoted(value.stringValue)
  if (value.boolValue !== undefined) return String(value.boolValue)
  if (value.intValue !== undefined) return value.intValue
  if (value.doubleValue !== undefined) {
    const text = String(value.doubleValue)
    return Number.isFinite(value.doubleValue) ? text : quoted(text)
  }
  if (value.arrayValue !== undefined) {
    return `[${value.arrayValue.values.map((one) => textOf(one, true)).join(',')}]`
  }
  if (value.kvlistValue !== undefined) {
    const entries = value.kvlistValue.values.map(
      (one) => `${JSON.stringify(one.key ?? '')}:${one.value ? textOf(one.value, true) : 'null'}`,
    )
    return `{${entries.join(',')}}`
  }
  if (value.bytesValue !== undefined) {
    return quoted(Buffer.from(value.bytesValue).toString('base64'))
  }
  return asJson ? 'null' : ''
}

function milliseconds(text = '0'): number {
  return Number(BigInt(text) / 1_000_000n)
}

function camel(kind: string): string {
  return kind.replace('-h', 'H')
}
