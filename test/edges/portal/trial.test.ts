import { describe, expect, it } from 'vitest'
import type {
  JudgedTrialBody,
  SloBacktestBody,
} from '../../../src/edges/http/api/slo-backtest.schema.ts'
import {
  resolutionWords,
  trialRows,
  trialScene,
  trialSentence,
} from '../../../src/edges/portal/slo/trial/trial-data.ts'
import { emptyForm, formFault, trialBody } from '../../../src/edges/portal/slo/trial/trial-form.ts'
import { makeWindows } from '../../fixtures/portal-slos.ts'

const AT_MS = Date.UTC(2026, 2, 2)
const HOUR_MS = 3_600_000
const SLO = makeWindows(AT_MS).slos.find(({ sloId }) => sloId === 'error-rate')!
const FORM = emptyForm(SLO)

describe('what is asked for', () => {
  it('is nothing where nothing was typed', () => {
    expect(trialBody(FORM, SLO, 'UTC')).toEqual({})
    expect(formFault(FORM)).toBeNull()
  })

  it('is the objective, the period and all pairs once one of them is another', () => {
    const shares = { ...FORM.shares, fast: '5', long: null }
    const body = trialBody({ objective: '99.5', period: 'month', shares }, SLO, 'Europe/Berlin')
    expect(body).toEqual({
      objectivePercent: 99.5,
      period: { calendar: 'month', zone: 'Europe/Berlin' },
      alerts: [
        { speed: 'fast', action: 'page', long: '1h', short: '5m', budgetPercent: 5 },
        { speed: 'medium', action: 'page', long: '6h', short: '30m', budgetPercent: 5 },
        { speed: 'slow', action: 'ticket', long: '1d', short: '2h', budgetPercent: 10 },
      ],
    })
    expect(trialBody({ ...FORM, period: '28d' }, SLO, 'UTC')).toEqual({
      period: { rolling: '28d' },
    })
  })

  it.each(['100', '0', '-1', 'x', ' '])('is not an objective of %j', (objective) => {
    expect(formFault({ ...FORM, objective })).toMatch(/more than 0 and less than 100/)
  })

  it('is not a share of more than all', () => {
    expect(formFault({ ...FORM, shares: { fast: '101' } })).toMatch(/share/)
    expect(formFault({ ...FORM, shares: { fast: null } })).toBeNull()
  })
})

function judged(more: Partial<JudgedTrialBody>): JudgedTrialBody {
  return {
    objectivePpm: 999_000,
    period: { kind: 'rolling', seconds: 30 * 86_400 },
    periodSeconds: 30 * 86_400,
    good: 995,
    bad: 5,
    total: 1_000,
    sliRatio: 0.995,
    budgetLeftRatio: -4,
    budgetLeftEvents: -4,
    lowestLeftRatio: -4,
    leftRatio: [1, -4],
    pairs: [
      {
        speed: 'fast',
        action: 'page',
        longSeconds: 3_600,
        shortSeconds: 300,
        threshold: 14.4,
        fired: 1,
        firedSeconds: 3_600,
        suppressedSeconds: 0,
      },
    ],
    raised: [
      { action: 'page', speed: 'fast', fromMs: AT_MS, toMs: AT_MS + HOUR_MS, isOpen: false },
    ],
    pages: 1,
    tickets: 0,
    pageSeconds: 3_600,
    ticketSeconds: 0,
    ...more,
  }
}

const BODY: SloBacktestBody = {
  tenantId: 'acme',
  sloId: 'error-rate',
  fromMs: AT_MS - HOUR_MS,
  toMs: AT_MS + 2 * HOUR_MS,
  countedFromMs: AT_MS,
  resolutions: [
    { fromMs: AT_MS - HOUR_MS, toMs: AT_MS, stepSeconds: 300 },
    { fromMs: AT_MS, toMs: AT_MS + 2 * HOUR_MS, stepSeconds: 60 },
  ],
  endsMs: [AT_MS, AT_MS + 2 * HOUR_MS],
  current: judged({}),
  tried: judged({
    objectivePpm: 990_000,
    budgetLeftRatio: 0.5,
    leftRatio: [1, 0.5],
    raised: [],
    pages: 0,
    pageSeconds: 0,
    pairs: [],
  }),
}

describe('what came of it', () => {
  it('stands beside what is promised now', () => {
    const rows = trialRows(BODY).map(({ label, now, tried, isOther }) => [
      label,
      now.value,
      tried.value,
      isOther,
    ])
    expect(rows).toContainEqual(['Objective', '99.9\u202f%', '99\u202f%', true])
    expect(rows).toContainEqual(['Attained', '99.50\u202f%', '99.50\u202f%', false])
    expect(rows).toContainEqual(['Pages', '1', 'none', true])
    expect(rows).toContainEqual([
      'Fast pair held',
      expect.stringMatching(/^1 above 14\.4/),
      'left out',
      true,
    ])
  })

  it('is said in a sentence, with the steps in which it was judged', () => {
    expect(trialSentence(BODY)).toBe(
      '50\u202f% of the budget would be left instead of −400\u202f%; 0 pages and 0 tickets would have been raised instead of 1 page and 0 tickets.',
    )
    expect(resolutionWords(BODY)).toMatch(
      /^Judged every 5.min.* then every 1.min.* nothing is stored before /,
    )
  })

  it('is drawn with what was tried as the line, and what is left now beside it', () => {
    const { lines, alerts, scale } = trialScene({
      ...BODY,
      tried: BODY.current,
      current: BODY.tried,
    })
    expect([lines.left, lines.even]).toEqual([
      [1, -4],
      [1, 0.5],
    ])
    expect(alerts).toMatchObject([{ action: 'page', fromMs: AT_MS, toMs: AT_MS + HOUR_MS }])
    expect(scale).toEqual([-1, 1.03])
  })
})
