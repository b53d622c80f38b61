import { describe, expect, it } from 'vitest'
import { readPlan } from '../../loadtests/lib/plan.ts'
import { resultOf, type Summary } from '../../loadtests/lib/result.ts'
import { optionsOf } from '../../loadtests/lib/scenarios.ts'
import { missedInWords, reportOf } from '../../loadtests/run/report.ts'
import { markdownOf } from '../../src/machinery/documents/markdown.ts'

const PLAN = readPlan({
  BASE_URL: 'http://127.0.0.1:1/',
  TENANTS: 'acme, bolt:starter',
  RATE: '100',
  DURATION_SECONDS: '10',
})

describe('a plan', () => {
  it('reads tenants with their tiers, and an address without its last stroke', () => {
    expect(PLAN.targets).toEqual([
      { tenant: 'acme', tier: 'enterprise' },
      { tenant: 'bolt', tier: 'starter' },
    ])
    expect(PLAN.baseUrl).toBe('http://127.0.0.1:1')
  })

  it.each([
    [{}, 'BASE_URL is missing'],
    [{ BASE_URL: 'http://x', RATE: 'fast' }, 'RATE: expected a number, not fast'],
    [{ BASE_URL: 'http://x', TENANTS: 'a:gold' }, 'there is no tier gold'],
    [{ BASE_URL: 'http://x', TENANTS: 'a,,b' }, 'expected names by commas'],
  ])('refuses %j', (env, message) => {
    expect(() => readPlan(env)).toThrow(message)
  })
})

describe('the shapes of load', () => {
  it('judge a steady rate by what was promised, by its rate and by what was left out', () => {
    const { thresholds } = optionsOf('steady', PLAN)
    expect(thresholds).toMatchObject({
      'http_req_failed{tenant:acme,phase:measured}': ['rate<0.001'],
      'http_req_duration{tenant:bolt,phase:measured}': ['p(95)<200', 'p(99)<200'],
      'iterations{scenario:measured_acme}': ['count>=990'],
      dropped_iterations: ['count==0'],
    })
  })

  it('promise a noisy neighbour nothing, and send ten times as much for it', () => {
    const { thresholds, scenarios } = optionsOf('neighbour', PLAN)
    expect(Object.keys(thresholds ?? {}).filter((name) => name.includes('bolt'))).toEqual([])
    expect(scenarios?.['measured_bolt']).toMatchObject({ rate: 1_000 })
    expect(scenarios?.['measured_acme']).toMatchObject({ rate: 100 })
    expect(() => optionsOf('neighbour', { ...PLAN, targets: [PLAN.targets[0]!] })).toThrow(
      'somebody beside it',
    )
  })
})

const SUMMARY: Summary = {
  state: { testRunDurationMs: 20_000 },
  metrics: {
    dropped_iterations: { values: { count: 3 }, thresholds: { 'count==0': { ok: false } } },
    'http_reqs{tenant:acme,phase:measured}': {
      values: { count: 1_000, rate: 50 },
      thresholds: { 'count>0': { ok: true } },
    },
    'iterations{scenario:measured_acme}': { values: { count: 1_000 } },
    'http_req_failed{tenant:acme,phase:measured}': { values: { rate: 0.002 } },
    'http_req_duration{tenant:acme,phase:measured}': {
      values: { med: 5, 'p(95)': 10.25, 'p(99)': 250, max: 900 },
    },
  },
}

describe('a result', () => {
  const result = resultOf({ test: 'throughput', shape: 'steady', plan: PLAN }, SUMMARY)

  it('tells what was measured of each tenant, by the seconds that count', () => {
    expect(result.tenants).toEqual([
      {
        tenant: 'acme',
        tier: 'enterprise',
        requests: 1_000,
        perSecond: 100,
        failedRatio: 0.002,
        medianMs: 5,
        p95Ms: 10.25,
        p99Ms: 250,
        maxMs: 900,
      },
    ])
    expect(result).toMatchObject({ missed: ['dropped_iterations count==0'], thresholds: 2 })
  })

  it.each([
    [
      'http_req_failed{tenant:acme,phase:measured} rate<0.001',
      'acme: fewer than 0.1 % of requests fail',
    ],
    [
      'http_req_duration{tenant:acme,phase:measured} p(99)<200',
      'acme: 99 % of requests are answered within 200 ms',
    ],
    [
      'iterations{scenario:measured_acme} count>=59400',
      'acme: at least 59,400 requests are sent in time',
    ],
    ['dropped_iterations count==0', 'no request is left out'],
    ['something{else} x', 'something{else} x'],
  ])('says %s in words', (missed, words) => {
    expect(missedInWords(missed)).toBe(words)
  })

  it('is read by people: what was kept, what not, who generated it', () => {
    const generator = { cpuCores: 0.5, machine: '2 cores, of some kind', version: '1.1.0' }
    const text = markdownOf(reportOf({ ...result, runId: 'run_1', startedAtMs: 0, generator }))
    expect(text).toContain('1 of 2')
    expect(text).toContain('no request is left out')
    expect(text).toMatch(/acme.*0\.200 %.*10\.3 ms.*250\.0 ms/)
    expect(text).toContain('0.50 cores')
  })
})
