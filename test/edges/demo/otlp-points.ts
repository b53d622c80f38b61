/** Reads an export request into plain points, for the demo's tests. */
import {
  readAttributes,
  readResourceAttributes,
} from '../../../src/machinery/wire/otlp-attributes.ts'
import { readExportMetrics } from '../../../src/machinery/wire/otlp.ts'

export interface Point {
  readonly instanceId: string
  readonly metric: string
  readonly attributes: Readonly<Record<string, string>>
  readonly startMs: number
  readonly timeMs: number
  /** Of a number point, or the count of a histogram. */
  readonly value: number
  readonly bucketCounts: readonly number[]
  readonly bounds: readonly number[]
}

export function readPoints(body: Uint8Array): Point[] {
  const points: Point[] = []
  let instanceId = ''
  let metric = ''
  const decoder = new TextDecoder()
  const textOf = (pairs: { key: string; value: string }[]): Record<string, string> =>
    Object.fromEntries(pairs.map(({ key, value }) => [key, value]))
  readExportMetrics(body, {
    resource: (bytes, start, end) => {
      instanceId = textOf(readResourceAttributes(bytes, start, end))['service.instance.id'] ?? ''
    },
    metric: (bytes, { nameStart, nameEnd }) => {
      metric = decoder.decode(bytes.subarray(nameStart, nameEnd))
    },
    numberPoint: (bytes, start, end, startMs, timeMs, value) => {
      const attributes = textOf(readAttributes(bytes, start, end))
      points.push({
        instanceId,
        metric,
        attributes,
        startMs,
        timeMs,
        value,
        bucketCounts: [],
        bounds: [],
      })
    },
    histogramPoint: (bytes, start, end, startMs, timeMs, point) => {
      const attributes = textOf(readAttributes(bytes, start, end))
      const bucketCounts = [...point.bucketCounts.subarray(0, point.bucketLength)]
      const bounds = [...point.bounds.subarray(0, point.boundsLength)]
      points.push({
        instanceId,
        metric,
        attributes,
        startMs,
        timeMs,
        value: point.count,
        bucketCounts,
        bounds,
      })
    },
    exponentialPoint: () => {},
    summaryPoint: () => {},
    valuelessPoint: () => {},
    leftOut: () => {},
  })
  return points
}
