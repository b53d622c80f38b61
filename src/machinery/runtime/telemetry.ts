/**
 * What Tenantry tells about itself: the metrics of `core/names/metrics` through the OpenTelemetry
 * SDK, Node's process metrics through prom-client, both as one exposition text. Never a tenant
 * label: the SDK folds many label sets into one.
 */
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import type { Histogram, Meter } from '@opentelemetry/api'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { assert } from '../../core/assert.ts'
import { METRICS, type MetricName, type MetricRow } from '../../core/names/metrics.ts'
import type { CounterReader, Counters, Log } from '../../core/ports.ts'
import { mergeExpositions } from './exposition-merge.ts'
import { openEventLoopDelay } from './event-loop-delay.ts'
import { openLabelledValues, type LabelledValues } from './labelled-values.ts'

export interface Telemetry extends Counters, CounterReader {
  /** Writes everything in Prometheus' text format 0.0.4. */
  exposition(): Promise<string>
  close(): Promise<void>
}

/** Bucket bounds of every histogram, in seconds: from a fast tick to a request that times out. */
const BOUNDS_SECONDS = [
  0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
]

/** Opens the metrics of this process. Adding to a counter costs one map lookup: the SDK reads
 *  the sums when it collects. */
export function openTelemetry({ log }: { log: Log }): Telemetry {
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const serializer = new PrometheusSerializer('', false, undefined, true, true)
  const provider = new MeterProvider({ readers: [exporter] })
  const meter = provider.getMeter('tenantry')
  const processMetrics = new Registry()
  collectDefaultMetrics({ register: processMetrics })
  const delay = openEventLoopDelay()

  const sums = new Map<string, LabelledValues<{ sum: number }>>()
  const gauges = new Map<string, LabelledValues<{ read: () => number }>>()
  const histograms = new Map<string, Histogram>()
  for (const [name, row] of Object.entries<MetricRow>(METRICS)) {
    if (row.kind === 'counter') sums.set(name, observedSums(meter, name, row))
    else if (row.kind === 'gauge') gauges.set(name, observedGauges(meter, name, row, log))
    else histograms.set(name, histogram(meter, name, row))
  }

  const gauge: Counters['gauge'] = (name, read, labels) => {
    valuesOf(gauges, name, 'gauge').at(labels).read = read
  }
  delay.gaugesInto((quantile, read) =>
    gauge('tenantry_event_loop_delay_seconds' satisfies MetricName, read, { quantile }),
  )
  return {
    add(name, amount, labels) {
      valuesOf(sums, name, 'counter').at(labels).sum += amount
    },
    observe: (name, value, labels = {}) =>
      valuesOf(histograms, name, 'histogram').record(value, labels),
    gauge,
    sums: (name) =>
      Array.from(valuesOf(sums, name, 'counter').entries(), ([labels, { sum }]) => ({
        labels,
        sum,
      })),
    async exposition() {
      delay.collect()
      const [{ resourceMetrics, errors }, processText] = await Promise.all([
        exporter.collect(),
        processMetrics.metrics(),
      ])
      for (const error of errors) log.error({ error }, 'a metric could not be collected')
      return mergeExpositions(serializer.serialize(resourceMetrics), processText)
    },
    async close() {
      delay.close()
      await provider.shutdown()
    },
  }
}

function valuesOf<Kind>(known: ReadonlyMap<string, Kind>, name: string, kind: string): Kind {
  const values = known.get(name)
  assert(values !== undefined, `${name} is a ${kind} of core/names/metrics`)
  return values
}

function observedSums(
  meter: Meter,
  name: string,
  { help }: MetricRow,
): LabelledValues<{ sum: number }> {
  const values = openLabelledValues(() => ({ sum: 0 }))
  meter.createObservableCounter(name, { description: help }).addCallback((result) => {
    for (const [labels, { sum }] of values.entries()) result.observe(sum, labels)
  })
  return values
}

function observedGauges(
  meter: Meter,
  name: string,
  { help }: MetricRow,
  log: Log,
): LabelledValues<{ read: () => number }> {
  const values = openLabelledValues(() => ({ read: (): number => Number.NaN }))
  meter.createObservableGauge(name, { description: help }).addCallback((result) => {
    for (const [labels, { read }] of values.entries()) {
      try {
        result.observe(read(), labels)
      } catch (error) {
        log.error({ error, metric: name, ...labels }, 'a gauge could not be read')
      }
    }
  })
  return values
}

function histogram(meter: Meter, name: string, { help }: MetricRow): Histogram {
  assert(name.endsWith('_seconds'), `the bucket bounds fit ${name}`)
  const advice = { explicitBucketBoundaries: BOUNDS_SECONDS }
  return meter.createHistogram(name, { description: help, advice })
}
