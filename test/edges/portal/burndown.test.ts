/** What the chart of a budget draws, and the sentences about it. */
import { describe, expect, it } from 'vitest'
import type { SloBurndownBody } from '../../../src/edges/http/api/slo-burndown.schema.ts'
import type { AlertBody } from '../../../src/edges/portal/api/bodies.ts'
import { badOf, formatAmount } from '../../../src/edges/portal/format/slo-units.ts'
import {
  alertsOf,
  alertSpans,
  burndownInWords,
  burndownKey,
  burndownLines,
  burndownScale,
  dearestSteps,
  drawnRange,
  leftAt,
} from '../../../src/edges/portal/slo/burndown-data.ts'

const HOUR = 3_600_000
const NOTHING_BESIDE = {
  excluded: false,
  alerts: false,
  deploys: false,
  loads: false,
  isCutOff: false,
}
const T0 = 1_760_000_400_000

const body = (rest: Partial<SloBurndownBody> = {}): SloBurndownBody => ({
  tenantId: 'acme',
  sloId: 'errors',
  title: 'Errors',
  kind: 'event-ratio',
  unit: 'request',
  objectivePpm: 990_000,
  fromMs: T0,
  toMs: T0 + 2.5 * HOUR,
  stepSeconds: 3_600,
  endsMs: [T0 + HOUR, T0 + 2 * HOUR, T0 + 2.5 * HOUR],
  bad: [1, 3, 0],
  total: [100, 200, 100],
  excludedBad: [0, 0, 0],
  excludedTotal: [0, 0, 0],
  budgetLeftRatio: [0.75, 0, 0],
  evenLeftRatio: [0.75, 0.25, 0],
  uncorrectedLeftRatio: null,
  exclusions: [],
  objectives: [{ fromMs: 0, objectivePpm: 990_000, recompute: false }],
  ...rest,
})

const alert = (rest: Partial<AlertBody>): AlertBody => ({
  alertId: 'alr_1',
  tenantId: 'acme',
  source: 'slo',
  key: 'requests-fail/page',
  state: 'resolved',
  action: 'page',
  summary: '',
  labels: {},
  openedAtMs: T0 + HOUR,
  firedAtMs: T0 + HOUR,
  heldAtMs: T0 + HOUR,
  resolvedAtMs: T0 + 2 * HOUR,
  flaps: 0,
  openingNumbers: {},
  numbers: {},
  ...rest,
})

describe('the line of a budget', () => {
  it('begins whole, and is straight between two steps', () => {
    const lines = burndownLines(body())
    expect(lines.left).toEqual([1, 0.75, 0, 0])
    expect(lines.atSeconds).toHaveLength(4)
    expect(leftAt(lines, T0)).toBe(1)
    expect(leftAt(lines, T0 + HOUR / 2)).toBe(0.875)
    expect(leftAt(lines, T0 + 2 * HOUR)).toBe(0)
    expect(leftAt(lines, T0 + 9 * HOUR)).toBe(0)
    const idle = burndownLines(body({ budgetLeftRatio: [null, null, null] }))
    expect(leftAt(idle, T0 + HOUR / 2)).toBe(null)
  })

  it('has a scale down to zero, or to what is overspent, but no deeper than once the budget', () => {
    const scaleOf = (last: number): number =>
      burndownScale(burndownLines(body({ budgetLeftRatio: [1, 0.5, last] })))[0]
    expect(scaleOf(0.2)).toBe(0)
    expect(scaleOf(-0.4)).toBeCloseTo(-0.42, 12)
    expect(scaleOf(-40)).toBe(-1)
  })

  it('is drawn where the address asks for it, within the period', () => {
    expect(drawnRange(body(), {})).toEqual({ fromMs: T0, toMs: T0 + 2.5 * HOUR })
    const cut = { from: String(T0 - HOUR), to: String(T0 + HOUR) }
    expect(drawnRange(body(), cut)).toEqual({ fromMs: T0, toMs: T0 + HOUR })
    const elsewhere = { from: String(T0 - 9 * HOUR), to: String(T0 - 8 * HOUR) }
    expect(drawnRange(body(), elsewhere)).toEqual({ fromMs: T0, toMs: T0 + 2.5 * HOUR })
  })

  it('has a key of what is drawn beside it', () => {
    expect(burndownKey(NOTHING_BESIDE)).toBe(null)
    expect(burndownKey({ ...NOTHING_BESIDE, excluded: true, deploys: true })).toBe(
      'Hatched: excluded by a correction; dashes: deploys.',
    )
    expect(burndownKey({ ...NOTHING_BESIDE, loads: true })).toBe('Strip at the head: a load test.')
    expect(burndownKey({ ...NOTHING_BESIDE, isCutOff: true })).toBe(
      'Below −100\u202f% the line leaves the chart.',
    )
  })

  it('is said in a sentence', () => {
    expect(burndownInWords(body(), 2)).toMatch(
      /^Budget left from .* to .*: 100 % to 0\u202f%; most was spent from .*; 2 alerts$/,
    )
    expect(burndownInWords(body({ budgetLeftRatio: [null, null, null] }), 0)).toBe(
      'Budget left: nothing was counted',
    )
  })
})

describe('what happened to a budget', () => {
  it('are the alerts of its cause in the period, and silence', () => {
    const told = [
      alert({ alertId: 'own', labels: { slo: 'errors' }, key: 'x/page' }),
      alert({ alertId: 'cause' }),
      alert({ alertId: 'silence', key: 'no-data', resolvedAtMs: null }),
      alert({ alertId: 'slow', key: 'requests-slow/page' }),
      alert({ alertId: 'before', openedAtMs: T0 - 9 * HOUR, resolvedAtMs: T0 - 8 * HOUR }),
      alert({ alertId: 'scrape', source: 'scrape' }),
    ]
    const own = alertsOf(told, body(), 'requests-fail')
    expect(own.map(({ alertId }) => alertId)).toEqual(['own', 'cause', 'silence'])
    expect(alertSpans(own, body()).at(-1)).toMatchObject({ toMs: T0 + 2.5 * HOUR })
    expect(alertsOf(told, body(), null).map(({ alertId }) => alertId)).toEqual(['own', 'silence'])
  })

  it('are the steps that spent the most, with their share', () => {
    expect(dearestSteps(body(), 5)).toEqual([
      { fromMs: T0 + HOUR, toMs: T0 + 2 * HOUR, bad: 3, total: 200, shareOfSpent: 0.75 },
      { fromMs: T0, toMs: T0 + HOUR, bad: 1, total: 100, shareOfSpent: 0.25 },
    ])
    expect(dearestSteps(body({ bad: [0, 0, 0] }), 5)).toEqual([])
  })
})

describe('counts behind a ratio', () => {
  it.each([
    ['request', 1, 1, '1 bad of 1 request'],
    ['slice', 2, 8_640, '2 bad of 8,640 slices'],
    ['minute', 0, 43_200, '0 bad of 43,200 minutes'],
    ['share', 0.0153, 2.5, '0.0153 bad of 2.5 shares'],
  ] as const)('of %s: %d of %d', (unit, bad, total, text) => {
    expect(badOf({ unit }, bad, total)).toBe(text)
  })

  it('calls by its name what a source counts', () => {
    const counted = { one: 'impact', many: 'impacts' }
    expect(badOf({ unit: 'event', counted }, 1, 3)).toBe('1 bad of 3 impacts')
  })

  it('keep three digits of what is part of one', () => {
    expect([formatAmount(12.3456), formatAmount(-3), formatAmount(1_234.5)]).toEqual([
      '12.3',
      '−3',
      '1,235',
    ])
  })
})
