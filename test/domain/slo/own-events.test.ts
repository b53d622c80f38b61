import { describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../../../src/core/time.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { ownSloOf, type OwnSlo } from '../../../src/domain/slo/own-events.ts'
import { replay, stepAt } from '../../replay.ts'

const START_MS = Date.UTC(2026, 2, 2, 10)

function specOf(indicator: SloSpec['indicator']): SloSpec {
  return {
    sloId: 'own',
    title: 'Own',
    indicator,
    period: { rolling: '30d' },
    objectives: [{ percent: 99 }],
  }
}

function ownOf(indicator: SloSpec['indicator']): OwnSlo {
  const own = ownSloOf(specOf(indicator))
  if ('why' in own) throw new Error(own.why)
  return own
}

function whyNot(indicator: SloSpec['indicator']): string {
  const own = ownSloOf(specOf(indicator))
  return 'why' in own ? own.why : ''
}

const series = (name: string, labels: Record<string, string> = {}) => [
  { name: '__name__', value: name },
  ...Object.entries(labels).map(([label, value]) => ({ name: label, value })),
]

/** Counters that rise by so much a minute, and gauges that stay, for ten minutes after the first. */
async function replayed(indicator: SloSpec['indicator'], perMinute: Record<string, number>) {
  const counters = Object.entries(perMinute).map(([text, rise]) => {
    const [name = '', label = ''] = text.split(' ')
    const [key = '', value = ''] = label.split('=')
    const isGauge = key === 'gauge'
    const labels = { __name__: name, ...(key === '' || isGauge ? {} : { [key]: value }) }
    return { labels: { ...labels, tenant: 'acme', instance: 'a' }, rise, isGauge }
  })
  const samples = Array.from({ length: 11 }, (_, minute) => minute).flatMap((minute) =>
    counters.map(({ labels, rise, isGauge }) => ({
      labels,
      atMs: START_MS + minute * MINUTE_MS,
      value: isGauge ? rise : 7 + rise * minute,
    })),
  )
  const steps = await replay(samples, [], { own: [ownOf(indicator)], isEveryStepTold: true })
  const { good, total } = stepAt(steps, START_MS + 10 * MINUTE_MS, 'own').windows['1h']!
  return { good, total }
}

describe('an SLO of metrics of its own', () => {
  it('tells what a series is to it, by matchers as PromQL reads them', () => {
    const { partOf } = ownOf({
      kind: 'event-ratio',
      bad: { metric: 'jobs_total', where: [{ label: 'result', op: '=~', value: 'fail.*|lost' }] },
      total: { metric: 'jobs_total', where: [{ label: 'queue', op: '!=', value: 'test' }] },
    })
    const part = (labels: Record<string, string>) => partOf(series('jobs_total', labels))
    expect(part({ result: 'ok' })).toBe('good')
    expect(part({ result: 'failed' })).toBe('bad')
    expect(part({ result: 'not lost' })).toBe('good')
    expect(part({ result: 'ok', queue: 'test' })).toBeNull()
    // Bad by its own selector, and not among those that the total counts.
    expect(part({ result: 'lost', queue: 'test' })).toBe('turns-bad')
    expect(partOf(series('jobs', { result: 'lost' }))).toBeNull()
  })

  it.each([
    {
      name: 'bad of total, one metric',
      indicator: {
        kind: 'event-ratio',
        bad: { metric: 'jobs_total', where: [{ label: 'result', op: '=', value: 'failed' }] },
        total: { metric: 'jobs_total' },
      },
      perMinute: { 'jobs_total result=ok': 90, 'jobs_total result=failed': 10 },
      counted: { good: 900, total: 1_000 },
    },
    {
      name: 'bad and total as two metrics',
      indicator: {
        kind: 'event-ratio',
        bad: { metric: 'job_errors_total' },
        total: { metric: 'jobs_total' },
      },
      perMinute: { jobs_total: 100, job_errors_total: 3, others_total: 50 },
      counted: { good: 970, total: 1_000 },
    },
    {
      name: 'good and total as two metrics',
      indicator: {
        kind: 'event-ratio',
        good: { metric: 'jobs_done_total' },
        total: { metric: 'jobs_total' },
      },
      perMinute: { jobs_total: 100, jobs_done_total: 98 },
      counted: { good: 980, total: 1_000 },
    },
    {
      name: 'good and bad',
      indicator: {
        kind: 'event-ratio',
        good: { metric: 'jobs_done_total' },
        bad: { metric: 'jobs_lost_total' },
      },
      perMinute: { jobs_done_total: 40, jobs_lost_total: 2 },
      counted: { good: 400, total: 420 },
    },
    {
      name: 'minutes',
      indicator: {
        kind: 'time-slice',
        bad: { metric: 'job_errors_total' },
        total: { metric: 'jobs_total' },
        slicePercent: 95,
      },
      perMinute: { jobs_total: 100, job_errors_total: 6 },
      counted: { good: 0, total: 10 },
    },
    {
      name: 'shares of minutes',
      indicator: {
        kind: 'ratio-time-slice',
        good: { metric: 'jobs_done_total' },
        total: { metric: 'jobs_total' },
      },
      perMinute: { jobs_total: 8, jobs_done_total: 6 },
      counted: { good: 7.5, total: 10 },
    },
    {
      name: 'throughput',
      indicator: {
        kind: 'throughput',
        attempted: { metric: 'asked_total' },
        refused: { metric: 'refused_total' },
        servedPercent: 90,
        capPerMinute: 50,
      },
      perMinute: { asked_total: 100, refused_total: 55 },
      counted: { good: 10, total: 10 },
    },
    {
      name: 'a share of failures',
      indicator: { kind: 'event-ratio', raw: { metric: 'error_share' }, rawType: 'failure' },
      perMinute: { 'error_share gauge': 0.25 },
      counted: { good: 450, total: 600 },
    },
    {
      name: 'minutes by a share of successes',
      indicator: {
        kind: 'time-slice',
        raw: { metric: 'up_share' },
        rawType: 'success',
        slicePercent: 95,
      },
      perMinute: { 'up_share gauge': 0.9 },
      counted: { good: 0, total: 10 },
    },
    {
      name: 'a histogram',
      indicator: {
        kind: 'latency-threshold',
        histogram: { metric: 'job_seconds' },
        thresholdSeconds: 0.5,
      },
      perMinute: {
        'job_seconds_bucket le=0.5': 90,
        'job_seconds_bucket le=2.0': 95,
        'job_seconds_bucket le=+Inf': 100,
        job_seconds_count: 100,
        job_seconds_sum: 30,
      },
      counted: { good: 900, total: 1_000 },
    },
  ] as const satisfies readonly {
    name: string
    indicator: SloSpec['indicator']
    perMinute: Record<string, number>
    counted: object
  }[])('counts $name', async ({ indicator, perMinute, counted }) => {
    expect(await replayed(indicator, perMinute)).toEqual(counted)
  })

  it('says why it cannot be counted', () => {
    const jobs = { metric: 'jobs_total' }
    expect(whyNot({ kind: 'event-ratio', raw: { signal: 'error_ratio' } })).toMatch(/a signal/)
    expect(whyNot({ kind: 'time-slice', condition: { ...jobs, op: 'lt', value: 3 } })).toMatch(
      /^counts a measure/,
    )
    const good = { metric: 'done_total' }
    expect(whyNot({ kind: 'ratio-time-slice', good, total: jobs, slice: '90s' })).toMatch(
      /^counts slices of 90s/,
    )
    const odd = { ...good, where: [{ label: 'a', op: '=~', value: '(?i)x' } as const] }
    expect(whyNot({ kind: 'event-ratio', good: odd, total: jobs })).toMatch(/^has a pattern/)
    expect(whyNot({ kind: 'external', source: 'recovery' })).toBe('is of kind external')
  })
})
