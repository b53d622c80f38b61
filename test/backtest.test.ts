import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../src/core/ids.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../src/core/time.ts'
import { openBacktest } from '../src/backtest.ts'
import { bookOfSlos, type SloSpec } from '../src/domain/slo/slo.ts'
import { tenantConfigSchema } from '../src/domain/tenants/tenants.ts'
import { replay, stepAt, type ReplaySample } from './replay.ts'

const START_MS = Date.UTC(2026, 2, 2, 10)
const ERRORS: SloSpec = {
  sloId: 'errors',
  title: 'Errors',
  indicator: {
    kind: 'event-ratio',
    bad: { signal: 'requests', classes: ['5xx'] },
    total: { signal: 'requests' },
  },
  period: { rolling: '30d' },
  objectives: [{ percent: 99 }],
}
const labels = (code: string, tenant = 'acme') => ({ tenant, code, instance: 'a' })

/** Samples of both outcomes every half minute: the given number of failures in each. */
function* served(failures: readonly number[], tenant = 'acme'): Generator<ReplaySample> {
  let failed = 0
  for (const [i, failure] of failures.entries()) {
    const atMs = START_MS + i * 30 * SECOND_MS
    failed += failure
    yield { labels: labels('200', tenant), atMs, value: 100 * i - failed }
    yield { labels: labels('500', tenant), atMs, value: failed }
  }
}

describe('a backtest', () => {
  it('says at every step what each window counts, as a recount does', async () => {
    const sample = fc.record({
      series: fc.integer({ min: 0, max: 2 }),
      afterSeconds: fc.integer({ min: 1, max: 90 }),
      value: fc.integer({ min: 0, max: 50 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 60 }), async (raw) => {
        const gains: { atMs: number; gain: number; bad: number }[] = []
        const last = new Map<number, number>()
        let atMs = START_MS
        const samples = raw.map(({ series, afterSeconds, value }) => {
          atMs += afterSeconds * SECOND_MS
          const before = last.get(series)
          last.set(series, value)
          // What falls began anew; the first point of a stranger is a baseline.
          const gain = before === undefined ? 0 : value < before ? value : value - before
          gains.push({ atMs, gain, bad: series === 2 ? gain : 0 })
          const code = series === 2 ? '500' : '200'
          return { labels: { ...labels(code), instance: `i${series}` }, atMs, value }
        })
        const steps = await replay(samples, [ERRORS], { stepSeconds: 10, isEveryStepTold: true })
        for (const { windows } of steps) {
          for (const [name, seconds] of [
            ['5m', 300],
            ['30m', 1_800],
            ['1h', 3_600],
          ] as const) {
            const { total, good, endsAtMs } = windows[name]!
            const within = gains.filter(
              (each) => each.atMs <= endsAtMs && each.atMs > endsAtMs - seconds * SECOND_MS,
            )
            expect(total).toBe(within.reduce((sum, { gain }) => sum + gain, 0))
            expect(total - good).toBe(within.reduce((sum, { bad }) => sum + bad, 0))
          }
        }
        const lastMs = Math.ceil(atMs / (10 * SECOND_MS)) * 10 * SECOND_MS
        expect(steps.at(-1)).toMatchObject({
          atMs: lastMs,
          windows: { '5m': { endsAtMs: lastMs } },
        })
      }),
      { numRuns: 20 },
    )
  })

  it('tells a change of a state, of a pair and of what is raised, once each', async () => {
    const failures = [
      ...Array.from({ length: 120 }, () => 0),
      ...Array.from({ length: 40 }, () => 60),
    ]
    const steps = await replay(served(failures), [ERRORS])
    const said = steps.map(({ state, alerts, raised }) => [
      state,
      alerts.filter(({ state }) => state === 'firing').map(({ speed }) => speed),
      raised.map(({ action, speed }) => [action, speed]),
    ])
    expect(said).toEqual([
      ['no-traffic', [], []],
      ['ok', [], []],
      ['ok', ['medium'], [['page', 'medium']]],
      ['ok', ['fast', 'medium'], [['page', 'fast']]],
    ])
    expect(steps.every(({ isChange }) => isChange)).toBe(true)
    const all = await replay(served(failures), [ERRORS], { isEveryStepTold: true })
    expect(all).toHaveLength(81)
    expect(all.filter(({ isChange }) => isChange)).toEqual(steps)
  })

  it('moves windows when samples come late', async () => {
    const early = [...served(Array.from({ length: 20 }, () => 0))]
    const late = early.map((sample) => ({
      ...sample,
      labels: { ...sample.labels, instance: 'late' },
      arrivesMs: Math.max(sample.atMs, START_MS + 8 * MINUTE_MS),
    }))
    const samples = [...early, ...late].toSorted(
      (left, right) => (left.arrivesMs ?? left.atMs) - (right.arrivesMs ?? right.atMs),
    )
    const steps = await replay(samples, [ERRORS], { isEveryStepTold: true })
    const totals = (minute: number): number =>
      stepAt(steps, START_MS + minute * MINUTE_MS, 'errors').windows['5m']!.total
    expect([totals(7), totals(8), totals(9)]).toEqual([1_000, 2_000, 2_000])
    const { windows } = stepAt(steps, START_MS + 9 * MINUTE_MS, 'errors')
    expect(windows['1h']).toMatchObject({ total: 3_600, good: 3_600 })
  })

  it('raises the silence of a tenant while others are heard', async () => {
    const samples = [
      ...served(
        Array.from({ length: 60 }, () => 0),
        'acme',
      ),
      ...served(
        Array.from({ length: 30 }, () => 0),
        'zeta',
      ),
    ].toSorted((left, right) => left.atMs - right.atMs)
    const steps = await replay(samples, [ERRORS])
    const silent = steps.filter(({ state }) => state === 'no-data')
    expect(silent).toMatchObject([
      {
        tenantId: 'zeta',
        atMs: START_MS + 20 * MINUTE_MS,
        raised: [{ cause: 'no-data', action: 'page', speed: null }],
      },
    ])
  })

  it('knows the tenants of a configuration, by their aliases and tiers, and no others', async () => {
    const config = tenantConfigSchema.parse({
      tenantId: 'acme',
      name: 'Acme',
      aliases: ['ACME Inc'],
      tier: 'starter',
      region: 'eu-central-1',
      isolation: 'shared',
    })
    const failures = [...Array.from({ length: 40 }, () => 0), 4, 4]
    const samples = [...served(failures, 'ACME Inc'), ...served(failures, 'zeta')]
    const options = { config: { tenants: [config], attribution: undefined, mapping: undefined } }
    const steps = await replay(
      samples.toSorted((left, right) => left.atMs - right.atMs),
      [{ ...ERRORS, objectives: [{ percent: 99.99 }] }],
      options,
    )
    expect(new Set(steps.map((step) => step.tenantId))).toEqual(new Set(['acme']))
    // 8 bad events wake an enterprise and not a starter.
    const [fast] = steps.at(-1)!.alerts
    expect(fast).toEqual({ speed: 'fast', action: 'page', state: 'suppressed' })
  })

  it('counts from a start that the history tells, and says what became of every sample', async () => {
    const steps: number[] = []
    const backtest = openBacktest({
      book: bookOfSlos([ERRORS]),
      tier: 'enterprise',
      tenantId: tenantId('acme'),
      stepSeconds: 60,
      settleSeconds: 0,
      onStep: ({ windows }) => void steps.push(windows['5m']!.total),
      isEveryStepTold: true,
    })
    const wire = (name: string) => [{ name: '__name__', value: name }]
    const requests = backtest.define(wire('http_requests_total'), 0)
    const other = backtest.define(wire('jobs_done_total'), -1)
    backtest.start(0, START_MS - HOUR_MS)
    for (const [minute, value] of [7, 9, 9].entries()) {
      const atMs = START_MS + minute * MINUTE_MS
      await backtest.sample(atMs, requests, atMs, value)
      await backtest.sample(atMs, other, atMs, value)
    }
    await backtest.sample(START_MS + 2 * MINUTE_MS, requests, START_MS + MINUTE_MS, 8)
    await backtest.finish()
    await backtest.close()
    expect(steps).toEqual([7, 9, 9])
    expect(backtest.tally()).toEqual({
      samples: 7,
      own: 0,
      attributed: 6,
      duplicate: 0,
      unmapped: 3,
      shadowed: 0,
      unattributed: {},
      discarded: { 'out-of-order': 1 },
      messages: [expect.stringContaining('out-of-order')],
    })
  })
})
