import { describe, expect, it } from 'vitest'
import { OUTCOMES } from '../../../../src/core/names/status-classes.ts'
import { DEFAULT_SLOS, DEFAULT_TEMPLATES } from '../../../../src/domain/slo/model/default-slos.ts'
import { sloBookSchema } from '../../../../src/domain/slo/model/slo-book.ts'
import { sloSpecSchema, type SloSpec } from '../../../../src/domain/slo/model/slo-spec.ts'
import { countingOf, templateOf } from '../../../../src/domain/slo/model/template-of.ts'
import { burnThreshold } from '../../../../src/domain/slo/burn.ts'
import { fieldProblems } from '../../../../src/machinery/runtime/field-problems.ts'

const CHECKOUT = {
  sloId: 'checkout',
  title: 'Checkout',
  indicator: {
    kind: 'event-ratio',
    good: { signal: 'requests', classes: ['2xx', '3xx'] },
    total: { signal: 'requests' },
  },
  period: { rolling: '28d' },
  objectives: [{ percent: 99.95 }],
} as const satisfies SloSpec

function problemsOf(spec: unknown): string[] {
  const parsed = sloSpecSchema.safeParse(spec)
  if (parsed.success) return []
  return fieldProblems(parsed.error, spec).map(({ field, message }) => `${field}: ${message}`)
}

function thresholdsOf(spec: SloSpec): number[] {
  const { pairs, periodSeconds } = templateOf(spec)
  return pairs.map(({ sharePpm, longSeconds }) =>
    burnThreshold({ sharePpm, longSeconds, periodSeconds }),
  )
}

describe('an SLO that configuration describes', () => {
  it('is the same as one of those that are there anyway', () => {
    expect(DEFAULT_SLOS.flatMap((spec) => problemsOf(spec))).toEqual([])
    const [availability, errors, latency, throughput] = DEFAULT_TEMPLATES
    expect(availability!.counting).toEqual({
      from: 'cells',
      input: {
        signal: 'requests',
        badOutcomes: ['other-5xx', '503'],
        standIn: {
          signal: 'probes',
          badOutcomes: OUTCOMES.filter((outcome) => outcome !== '2xx'),
        },
      },
      slice: { rule: 'good-share', targetPpm: 950_000 },
    })
    expect(errors!.objectives.starter).toEqual([
      { fromMs: 0, targetPpm: 999_000, recompute: false },
    ])
    expect(latency!.counting).toEqual({
      from: 'cells',
      input: { signal: 'duration', thresholdSeconds: 0.2 },
      slice: null,
    })
    expect(throughput!.counting).toEqual({
      from: 'cells',
      input: {
        signal: 'requests',
        badOutcomes: ['429', '503'],
        countedOutcomes: OUTCOMES.filter((outcome) => outcome !== 'quota'),
      },
      slice: { rule: 'served', servedPpm: 999_000, capPerMinute: 60_000 },
    })
  })

  it('raises at what its shares of the budget mean over its period', () => {
    expect(thresholdsOf({ ...CHECKOUT, period: { rolling: '30d' } })).toEqual([14.4, 6, 3, 1])
    const [fast, medium, slow, long] = thresholdsOf(CHECKOUT)
    expect([fast, medium, slow]).toEqual([13.44, 5.6, 2.8])
    expect(long).toBeCloseTo(0.933_333_333, 9)
  })

  it('counts what is not good as bad, of the classes that count at all', () => {
    expect(countingOf(CHECKOUT.indicator)).toEqual({
      from: 'cells',
      input: {
        signal: 'requests',
        badOutcomes: OUTCOMES.filter((outcome) => !['2xx', '3xx'].includes(outcome)),
      },
      slice: null,
    })
    const served: SloSpec['indicator'] = {
      kind: 'event-ratio',
      good: { signal: 'probes', classes: ['2xx'] },
      bad: { signal: 'probes', classes: ['5xx'] },
    }
    expect(countingOf(served)).toEqual({
      from: 'cells',
      input: {
        signal: 'probes',
        badOutcomes: ['other-5xx', '503'],
        countedOutcomes: ['2xx', 'other-5xx', '503'],
      },
      slice: null,
    })
  })

  it('says that a metric of its own is not counted here', () => {
    const counting = countingOf({
      kind: 'event-ratio',
      bad: { metric: 'http_requests_total', where: [{ label: 'code', op: '=~', value: '5..' }] },
      total: { metric: 'http_requests_total' },
    })
    expect(counting).toMatchObject({ from: 'elsewhere' })
    const slices = (slice: string): SloSpec['indicator'] =>
      ({ ...DEFAULT_SLOS[0]!.indicator, slice }) as SloSpec['indicator']
    expect(countingOf(slices('5m'))).toMatchObject({
      from: 'cells',
      slice: { rule: 'good-share', targetPpm: 950_000, minutes: 5 },
    })
    expect(countingOf(slices('1m'))).toEqual(countingOf(DEFAULT_SLOS[0]!.indicator))
    for (const slice of ['10s', '90s', '7m', '2h']) {
      expect(countingOf(slices(slice))).toEqual({
        from: 'elsewhere',
        why: `counts slices of ${slice}; here they are 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60 minutes`,
      })
    }
  })

  it('has windows of whole slices', () => {
    const slices = (slice: string) => ({ ...DEFAULT_SLOS[0]!.indicator, slice })
    expect(problemsOf({ ...CHECKOUT, indicator: slices('5m') })).toEqual([])
    expect(problemsOf({ ...CHECKOUT, indicator: slices('10m') })).toEqual([
      'alerts: is missing: 5m of the usual pairs is no multiple of a slice',
    ])
    const fast = { speed: 'fast', action: 'page', budgetPercent: 2 }
    const alerts = [{ ...fast, long: '1h', short: '15m' }]
    expect(problemsOf({ ...CHECKOUT, indicator: slices('10m'), alerts })).toEqual([
      'alerts.0.short: ends on steps of 600 s: expected a multiple of that',
    ])
    expect(problemsOf({ ...CHECKOUT, indicator: slices('15m'), alerts })).toEqual([])
  })

  it('lets probes stand in for requests alone', () => {
    const indicator = {
      kind: 'time-slice',
      bad: { signal: 'dependency_calls', classes: ['5xx'] },
      total: { signal: 'dependency_calls' },
      slicePercent: 95,
      standIn: 'probes',
    }
    expect(problemsOf({ ...CHECKOUT, indicator })).toEqual([
      'indicator.standIn: belongs to a ratio of requests',
    ])
  })

  it('names the field that is wrong', () => {
    expect(problemsOf({ ...CHECKOUT, objectives: [{ percent: 100 }] })).toEqual([
      'objectives.0.percent: expected more than 0 and less than 100 percent: at 100 nothing may ever fail',
    ])
    expect(problemsOf({ ...CHECKOUT, objectives: [{ percent: 99.999_99 }] })).toEqual([
      'objectives.0.percent: expected at most 4 decimals: shares are kept in parts per million',
    ])
    expect(problemsOf({ ...CHECKOUT, indicator: { kind: 'ratio' } })[0]).toMatch(
      /^indicator(\.kind)?: expected a kind: event-ratio, latency-threshold/,
    )
    expect(problemsOf({ ...CHECKOUT, period: { rolling: '90m1s' } })).toContain(
      'period.rolling: ends on steps of 60 s: expected a multiple of that',
    )
    expect(
      problemsOf({ ...CHECKOUT, period: { calendar: 'month', zone: 'Mars/Olympus' } }),
    ).toEqual(['period.zone: there is no time zone "Mars/Olympus"'])
    const { good } = CHECKOUT.indicator
    expect(problemsOf({ ...CHECKOUT, indicator: { kind: 'event-ratio', good } })).toEqual([
      'indicator.total: expected two of good, bad and total, or raw alone; there is good',
    ])
  })

  it('has pairs whose windows can be kept', () => {
    const fast = { speed: 'fast', action: 'page', long: '1h', short: '5m', budgetPercent: 2 }
    const problems = (pair: object, ...others: object[]): string[] =>
      problemsOf({ ...CHECKOUT, alerts: [{ ...fast, ...pair }, ...others] })
    expect(problems({})).toEqual([])
    expect(problems({ short: '1h' })).toEqual(['alerts.0.short: expected a shorter span than long'])
    expect(problems({ long: '40d', budgetPercent: 90 })).toEqual([
      'alerts.0.long: expected no longer a span than the period',
    ])
    expect(problems({ short: '5m5s' })).toEqual([
      'alerts.0.short: ends on steps of 10 s: expected a multiple of that',
    ])
    expect(problems({}, fast)).toEqual(['alerts.1.speed: alerts.0 is fast already'])
    expect(problems({ speed: 'slow' }, fast)).toEqual([
      'alerts.1.speed: expected the fastest first',
    ])
    expect(problemsOf({ ...CHECKOUT, period: { rolling: '1d' } })).toEqual([
      'alerts: is missing: a period of less than 7d has no usual pairs of windows',
    ])
  })

  it('has objectives in the order in which they hold', () => {
    const from = '2026-12-01T00:00:00Z'
    expect(problemsOf({ ...CHECKOUT, objectives: [{ percent: 99 }, { percent: 99.5 }] })).toEqual([
      'objectives.1.from: is missing; only the first holds from the beginning',
    ])
    const twice = [{ percent: 99 }, { from, percent: 99.5 }, { from, percent: 99.9 }]
    expect(problemsOf({ ...CHECKOUT, objectives: twice })).toEqual([
      'objectives.2.from: expected a later instant than that of the one before',
    ])
  })
})

describe('a book of SLOs', () => {
  function bookProblems(book: unknown): string[] {
    const parsed = sloBookSchema.safeParse(book)
    if (parsed.success) return []
    return fieldProblems(parsed.error, book).map(({ field, message }) => `${field}: ${message}`)
  }
  const override = { tenant: 'acme', slo: 'checkout', objectives: [{ percent: 99.99 }] }

  it('names only what there is, and each once', () => {
    expect(bookProblems({ slos: [CHECKOUT], overrides: [override] })).toEqual([])
    expect(bookProblems({ slos: [CHECKOUT, CHECKOUT], overrides: [] })).toEqual([
      'slos.1.sloId: checkout is defined already',
    ])
    expect(bookProblems({ slos: [], overrides: [override] })).toEqual([
      'overrides.0.slo: there is no SLO checkout',
    ])
    expect(bookProblems({ slos: [CHECKOUT], overrides: [override, override] })).toEqual([
      'overrides.1.tenant: acme has an override of checkout already',
    ])
    const whole = (slo: string): object => ({
      ...CHECKOUT,
      sloId: 'whole',
      period: { rolling: '30d' },
      indicator: {
        kind: 'composite',
        of: [
          { slo, weight: 1 },
          { slo: 'availability', weight: 2 },
        ],
      },
    })
    const same = { ...CHECKOUT, period: { rolling: '30d' } }
    expect(bookProblems({ slos: [whole('checkout'), same], overrides: [] })).toEqual([])
    expect(bookProblems({ slos: [whole('checkout'), CHECKOUT], overrides: [] })).toEqual([
      'slos.0.indicator.of.0.slo: checkout has another period: expected that of the whole',
    ])
    const alerts = [{ speed: 'fast', action: 'page', long: '45m', short: '5m', budgetPercent: 2 }]
    const odd = { ...whole('checkout'), alerts }
    expect(bookProblems({ slos: [odd, same], overrides: [] })).toEqual([
      'slos.0.alerts.0.long: of a composite: expected one of 5m, 30m, 1h, 2h, 6h, 1d, 3d',
    ])
    expect(bookProblems({ slos: [whole('whole')], overrides: [] })).toEqual([
      'slos.0.indicator.of.0.slo: whole is itself of kind composite: expected one that counts events',
    ])
  })
})
