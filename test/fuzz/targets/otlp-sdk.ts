/**
 * OTLP as the OpenTelemetry SDK writes it: random data through its serializers for protobuf and for
 * JSON, whose readers must tell the same, and the numbers that were put in.
 */
import { isDeepStrictEqual } from 'node:util'
import { ValueType } from '@opentelemetry/api'
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  InstrumentType,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import type { Prng } from '../../../src/core/prng.ts'
import { otlpJsonToProtobuf } from '../../../src/machinery/wire/otlp-json.ts'
import { told, type ToldMetric } from '../../machinery/wire/otlp-told.ts'
import { Disagreement, type FuzzTarget } from '../target.ts'

const WHOLE = [0, 1, -7, 123_456_789, 2 ** 53 - 1, -(2 ** 40)]
const VALUES = [...WHOLE, -1.5, 0.1, 1e-9, 1e21]
const TEXTS = ['', 'a', 'tenant.id', 'größe', '日本 😀', '"\\\n']
const SECONDS = 1_700_000_000

type Point = ResourceMetrics['scopeMetrics'][number]['metrics'][number]['dataPoints'][number]

const pick = <V>(prng: Prng, values: readonly V[]): V => values[prng.below(values.length)]!

export function openTarget(): FuzzTarget {
  return {
    run(prng) {
      const metrics = randomMetrics(prng)
      const [protobuf, json] = [ProtobufMetricsSerializer, JsonMetricsSerializer].map(
        (serializer) => Buffer.from(serializer.serializeRequest(metrics) ?? []),
      ) as [Buffer, Buffer]
      const fromProtobuf = told(protobuf)
      const fromJson = told(otlpJsonToProtobuf(json))
      if (!isDeepStrictEqual(fromProtobuf.map(withoutScope), fromJson.map(withoutScope))) {
        throw new Disagreement('protobuf and JSON tell different things', protobuf)
      }
      const given = metrics.scopeMetrics.flatMap((scope) => scope.metrics)
      const expected = given.filter(({ dataPoints }) => dataPoints.length > 0).map(numbersOf)
      const read = fromProtobuf.filter(({ points }) => points.length > 0).map(readNumbers)
      if (!isDeepStrictEqual(read, expected)) {
        const shown = JSON.stringify([read, expected]).slice(0, 2_000)
        throw new Disagreement(`other numbers: ${shown}`, protobuf)
      }
      return 'accepted'
    },
  }
}

/** A scope is told as raw bytes, whose fields need not come in one order. */
function withoutScope({ scope: _, ...rest }: ToldMetric): Omit<ToldMetric, 'scope'> {
  return rest
}

/** Name, unit, and of each point its time in milliseconds and its number or numbers. */
function numbersOf({ descriptor, dataPoints }: (typeof NO_METRIC)[number]): unknown[] {
  const points = dataPoints.map(({ endTime, value }) => [
    endTime[0] * 1_000 + Math.floor(endTime[1] / 1e6),
    ...(typeof value === 'number' ? [value] : [value.count, value.sum ?? Number.NaN]),
  ])
  return [descriptor.name, descriptor.unit, ...points]
}
declare const NO_METRIC: ResourceMetrics['scopeMetrics'][number]['metrics']

function readNumbers({ name, unit, points }: ToldMetric): unknown[] {
  return [
    name,
    unit,
    ...points.map(({ timeMs, value, count, sum }) =>
      value === undefined ? [timeMs, count, sum] : [timeMs, value],
    ),
  ]
}

function randomMetrics(prng: Prng): ResourceMetrics {
  const scopes = Array.from({ length: prng.below(3) }, () => ({
    scope: { name: pick(prng, TEXTS), version: pick(prng, TEXTS) },
    metrics: Array.from({ length: prng.below(4) }, () => randomMetric(prng)),
  }))
  return { resource: resourceFromAttributes(randomAttributes(prng)), scopeMetrics: scopes }
}

function randomMetric(prng: Prng) {
  const dataPointType = pick(prng, [
    DataPointType.SUM,
    DataPointType.GAUGE,
    DataPointType.HISTOGRAM,
    DataPointType.EXPONENTIAL_HISTOGRAM,
  ])
  const valueType = pick(prng, [ValueType.INT, ValueType.DOUBLE])
  const dataPoints = Array.from({ length: prng.below(4) }, () =>
    randomPoint(prng, dataPointType, valueType),
  )
  const metric = {
    descriptor: {
      name: pick(prng, TEXTS),
      description: pick(prng, TEXTS),
      unit: pick(prng, ['', 's', 'By']),
      type: InstrumentType.COUNTER,
      valueType,
      advice: {},
    },
    aggregationTemporality: pick(prng, [
      AggregationTemporality.DELTA,
      AggregationTemporality.CUMULATIVE,
    ]),
    isMonotonic: prng.below(2) === 0,
    dataPointType,
    dataPoints,
  }
  return metric as unknown as (typeof NO_METRIC)[number]
}

function randomPoint(prng: Prng, type: DataPointType, valueType: ValueType): Point {
  return {
    startTime: [SECONDS, prng.below(1e9)],
    endTime: [SECONDS + prng.below(1e6), prng.below(1e9)],
    attributes: randomAttributes(prng),
    value: randomValue(prng, type, valueType),
  } as Point
}

function randomValue(prng: Prng, type: DataPointType, valueType: ValueType): unknown {
  if (type === DataPointType.SUM || type === DataPointType.GAUGE) {
    if (valueType === ValueType.INT) return pick(prng, WHOLE)
    return prng.below(3) === 0 ? prng.next() * 1_000 : pick(prng, VALUES)
  }
  const counts = Array.from({ length: 1 + prng.below(5) }, () => prng.below(1_000))
  const count = counts.reduce((sum, one) => sum + one, 0)
  const shared = { count, sum: prng.next() * count, min: prng.next(), max: 1 + prng.next() }
  if (type === DataPointType.HISTOGRAM) {
    return { ...shared, buckets: { boundaries: counts.slice(1).map((_, at) => at), counts } }
  }
  const buckets = () => ({ offset: prng.below(200) - 100, bucketCounts: counts })
  const scale = prng.below(31) - 10
  return { ...shared, scale, zeroCount: prng.below(9), positive: buckets(), negative: buckets() }
}

function randomAttributes(prng: Prng): Record<string, string | number | boolean | string[]> {
  const values = [...TEXTS, 7, -3, 2.5, true, ['a', 'b']]
  const entries = Array.from({ length: prng.below(4) }, (_, index) => [
    `${pick(prng, TEXTS)}${index}`,
    pick(prng, values),
  ])
  return Object.fromEntries(entries)
}
