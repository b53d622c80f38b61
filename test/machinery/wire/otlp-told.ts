/** Collects what the OTLP reader tells, as plain values. */
import {
  readAttributes,
  readResourceAttributes,
  type Attribute,
} from '../../../src/machinery/wire/otlp-attributes.ts'
import { readExportMetrics } from '../../../src/machinery/wire/otlp.ts'

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
}

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
  skipped: number
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
        skipped: 0,
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
    skippedPoints(_reason, count) {
      const metric = metrics.at(-1)
      if (metric !== undefined) metric.skipped += count
    },
  })
  return metrics
}
