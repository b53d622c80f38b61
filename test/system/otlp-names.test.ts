/**
 * A real Prometheus takes OTLP under each of its four strategies: its names of metrics and labels are
 * those that `translation.ts` makes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TRANSLATION_STRATEGIES } from '../../src/core/names/translation-strategies.ts'
import {
  translateLabels,
  translateMetricName,
  type TranslatedType,
} from '../../src/domain/metrics/translation.ts'
import { requireTool } from '../tools/find-tool.ts'
import { startPrometheus, type TestPrometheus } from './harness/prometheus.ts'

const program = requireTool('prometheus')

const NAMES = [
  'http.server.requests',
  'total.things_total',
  'größe',
  'a..b__c',
  '5xx.rate',
  'rule:sum',
]
const UNITS = ['', '1', 's', 'By/s', '{request}', '%', 'a@b/c']
const TYPES: readonly TranslatedType[] = ['counter', 'gauge', 'other']
const PARTS = ['_bucket', '_count', '_sum']

/** A name of each kind and unit. What one strategy makes the same of two of them is sent once. */
const METRICS = NAMES.flatMap((name, index) =>
  UNITS.flatMap((unit, at) =>
    TYPES.map((type) => ({ name: `${name}.${String(index)}${String(at)}.${type}`, unit, type })),
  ),
)
const ATTRIBUTES = {
  'http.route': '/a',
  'http-route': '/b',
  '2xx': 'yes',
  _hidden: '1',
  __kept: '2',
  naïve: '3',
  empty: '',
}
const RESOURCE = {
  'service.name': 'cart',
  'service.namespace': 'shop',
  'service.instance.id': 'i1',
}

const keyValues = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }))
const named = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([name, value]) => ({ name, value }))

function exportBody(): string {
  const time = { timeUnixNano: String(BigInt(Date.now()) * 1_000_000n) }
  const attributes = keyValues(ATTRIBUTES)
  const metrics = METRICS.map(({ name, unit, type }) => {
    const number = { dataPoints: [{ ...time, attributes, asInt: '1' }] }
    if (type === 'gauge') return { name, unit, gauge: number }
    if (type === 'counter') {
      return { name, unit, sum: { ...number, aggregationTemporality: 2, isMonotonic: true } }
    }
    const point = { ...time, attributes, count: '1', sum: 1, bucketCounts: ['1', '0'] }
    const dataPoints = [{ ...point, explicitBounds: [1] }]
    return { name, unit, histogram: { aggregationTemporality: 2, dataPoints } }
  })
  const resource = { attributes: keyValues(RESOURCE) }
  return JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] })
}

describe.skipIf(program === undefined)('a real Prometheus', () => {
  describe.each(TRANSLATION_STRATEGIES)('with the strategy %s', (strategy) => {
    let prometheus: TestPrometheus

    beforeAll(async () => {
      prometheus = await startPrometheus(program ?? '', {
        config: () => `otlp:\n  translation_strategy: ${strategy}\n`,
        arguments: ['--web.enable-otlp-receiver'],
      })
      const sent = await fetch(`${prometheus.url}/api/v1/otlp/v1/metrics`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: exportBody(),
      })
      if (sent.status !== 200) throw new Error(`Prometheus refused: ${await sent.text()}`)
    }, 120_000)
    afterAll(() => prometheus.stop())

    const ask = async <Data>(path: string): Promise<Data> => {
      const response = await fetch(`${prometheus.url}${path}`)
      return ((await response.json()) as { data: Data }).data
    }

    it('has the same names of metrics', async () => {
      const expected = METRICS.flatMap((metric) => {
        const name = translateMetricName(metric, strategy)
        return metric.type === 'other' ? PARTS.map((part) => `${name}${part}`) : [`${name}`]
      })
      const names = await ask<string[]>('/api/v1/label/__name__/values')
      const others = ['target_info', ...names.filter((name) => name.startsWith('otel_'))]
      expect(names.filter((name) => !others.includes(name)).toSorted()).toEqual(
        [...new Set(expected)].toSorted(),
      )
    })

    it('has the same labels', async () => {
      const name = translateMetricName(
        METRICS.find(({ type }) => type === 'gauge')!,
        strategy,
      )
      const matcher = encodeURIComponent(`{__name__="${String(name)}"}`)
      const [series] = await ask<Record<string, string>[]>(`/api/v1/series?match[]=${matcher}`)
      const { __name__: _, ...labels } = series ?? {}
      const expected = translateLabels(named(ATTRIBUTES), named(RESOURCE), strategy)
      expect(labels).toEqual(Object.fromEntries(expected.map((one) => [one.name, one.value])))
    })
  })
})
