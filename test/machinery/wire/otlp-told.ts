/** Collects what the OTLP reader tells, as plain values. */
import {
  readAttributes,
  readResourceAttributes,
  type Attribute,
} from '../../../src/machinery/wire/otlp-attributes.ts'
import { readExportMetrics, type LeftOut } from '../../../src/machinery/wire/otlp.ts'
import type { NativeBuckets } from '../../../src/machinery/wire/native-histogram.ts'

export interface ToldPoint {
  readonly attributes: readonly Attribute[]
  readonly startMs: number
  readonly timeMs: number
  readonly noRecordedValue: boolean
  readonly value?: number
  readonly count?: number
  readonly sum?: number
  readonly bucketCounts?: readonly number[]
  readonly bounds?: readonly number[]
  readonly exponential?: ToldExponential
  /** Of a summary. */
  readonly fault?: string | undefined
}

export interface ToldExponential {
  readonly scale: number
  readonly zeroCount: number
  readonly zeroThreshold: number
  readonly positive: readonly ToldBucket[]
  readonly negative: readonly ToldBucket[]
}

export type ToldBucket = readonly [index: number, count: number]

export interface ToldMetric {
  readonly resource: readonly Attribute[]
  /** The raw scope in hexadecimal. */
  readonly scope: string
  readonly name: string
  readonly unit: string
  readonly kind: string
  readonly temporality: number
  readonly monotonic: boolean
  readonly points: ToldPoint[]
  /** Points without a value. */
  valueless: number
  readonly leftOut: Record<LeftOut, number>
}

export function told(bytes: Uint8Array): ToldMetric[] {
  const metrics: ToldMetric[] = []
  let resource: readonly Attribute[] = []
  const point = (one: ToldPoint): void => {
    metrics.at(-1)?.points.push(one)
  }
  readExportMetrics(bytes, {
    resource(from, start, end) {
      resource = readResourceAttributes(from, start, end)
    },
    metric(from, header) {
      const text = (start: number, end: number): string =>
        Buffer.from(from.subarray(start, end)).toString()
      metrics.push({
        resource,
        scope: Buffer.from(from.subarray(header.scopeStart, header.scopeEnd)).toString('hex'),
        name: text(header.nameStart, header.nameEnd),
        unit: text(header.unitStart, header.unitEnd),
        kind: header.kind,
        temporality: header.temporality,
        monotonic: header.monotonic,
        points: [],
        valueless: 0,
        leftOut: { exemplar: 0, extreme: 0, quantile: 0 },
      })
    },
    numberPoint(from, start, end, startMs, timeMs, value, noRecordedValue) {
      point({
        attributes: readAttributes(from, start, end),
        startMs,
        timeMs,
        value,
        noRecordedValue,
      })
    },
    histogramPoint(from, start, end, startMs, timeMs, histogram) {
      point({
        attributes: readAttributes(from, start, end),
        startMs,
        timeMs,
        count: histogram.count,
        sum: histogram.sum,
        bucketCounts: [...histogram.bucketCounts.subarray(0, histogram.bucketLength)],
        bounds: [...histogram.bounds.subarray(0, histogram.boundsLength)],
        noRecordedValue: histogram.noRecordedValue,
      })
    },
    exponentialPoint(from, start, end, startMs, timeMs, exponential) {
      const { schema, zeroCount, zeroThreshold, positive, negative } = exponential
      point({
        attributes: readAttributes(from, start, end),
        startMs,
        timeMs,
        count: exponential.count,
        sum: exponential.sum,
        exponential: {
          scale: schema,
          zeroCount,
          zeroThreshold,
          positive: bucketsOf(positive),
          negative: bucketsOf(negative),
        },
        noRecordedValue: exponential.noRecordedValue,
      })
    },
    summaryPoint(from, start, end, startMs, timeMs, { count, sum, fault, noRecordedValue }) {
      const all = readAttributes(from, start, end)
      point({ attributes: all, startMs, timeMs, count, sum, fault, noRecordedValue })
    },
    valuelessPoint() {
      const metric = metrics.at(-1)
      if (metric !== undefined) metric.valueless += 1
    },
    leftOut(what, count) {
      const metric = metrics.at(-1)
      if (metric !== undefined) metric.leftOut[what] += count
    },
  })
  return metrics
}

function bucketsOf({ indexes, counts, length }: NativeBuckets): ToldBucket[] {
  return Array.from({ length }, (_, at) => [indexes[at]!, counts[at]!])
}
