/** Why something was raised or not, in words: pairs of windows of one cause, and alerts. */
import { describe, expect, it } from 'vitest'
import type { SloWindowsBody } from '../../../src/edges/http/api/slo-book.schema.ts'
import type { BurnBody, SloStatusBody } from '../../../src/edges/http/api/slo.schema.ts'
import type { AlertBody } from '../../../src/edges/portal/api/bodies.ts'
import {
  alertsBeside,
  besideText,
  numberRows,
  signalsAround,
  whyRaised,
} from '../../../src/edges/portal/explain/explain-words.ts'
import {
  causeOfAlert,
  pairsOfCause,
  roleText,
} from '../../../src/edges/portal/explain/pairs-of-cause.ts'
import { burnScale, pairSentence } from '../../../src/edges/portal/slo/burn-words.ts'

const burn = (rest: Partial<BurnBody> = {}): BurnBody => ({
  speed: 'fast',
  action: 'page',
  longSeconds: 3_600,
  shortSeconds: 300,
  longBurn: 1,
  shortBurn: 1,
  longBad: 1,
  longTotal: 1_000,
  shortBad: 0,
  shortTotal: 80,
  threshold: 14.4,
  holds: false,
  suppressed: null,
  ...rest,
})
const plain = (text: string): string => text.replaceAll('\u202f', ' ')

describe('what a pair of windows does', () => {
  it.each([
    [{ holds: true }, 'Both windows burn above 14.4×: it asks for a page.'],
    [
      { suppressed: '1 bad of 3 events: fewer than 5 bad' },
      'Held back: 1 bad of 3 events: fewer than 5 bad.',
    ],
    [{ longBurn: null, shortBurn: null }, 'Nothing was counted in its windows.'],
    [{ longBurn: 20 }, '1 h is above 14.4×, 5 min no more: it eases.'],
    [{ shortBurn: 20 }, '5 min is above 14.4×, 1 h not yet: it may pass.'],
    [{}, 'Both windows are below 14.4×.'],
  ])('is said of %j', (facts, text) => {
    expect(plain(pairSentence(burn(facts)))).toBe(text)
  })

  it('is drawn with room past the threshold', () => {
    expect(burnScale(burn())).toBeCloseTo(21.6, 12)
    expect(burnScale(burn({ shortBurn: 50 }))).toBe(50)
  })
})

const window = (sloId: string, cause: string): SloWindowsBody['slos'][number] => ({
  sloId,
  title: sloId,
  kind: 'event-ratio',
  unit: 'request',
  sliceSeconds: null,
  cause,
  thresholdSeconds: null,
  objectives: [],
  periodSeconds: 1,
  calendar: null,
  periodStepSeconds: 1,
  notCounted: null,
  clockMarks: [],
  pairs: [],
})
const BOOK: SloWindowsBody = {
  edgeSteps: [],
  slos: [window('errors', 'fail'), window('minutes', 'fail'), window('slow', 'slow')],
}
const status = (sloId: string, ...burns: BurnBody[]): SloStatusBody => ({
  tenantId: 'acme',
  sloId,
  title: sloId,
  kind: 'event-ratio',
  unit: 'request',
  objectivePpm: 999_000,
  periodSeconds: 1,
  thresholdSeconds: null,
  state: 'ok',
  verdict: '',
  sliRatio: null,
  good: 0,
  bad: 0,
  total: 0,
  budgetLeftRatio: null,
  budgetLeftEvents: null,
  exhaustsInSeconds: null,
  uncorrected: null,
  recomputed: null,
  exclusions: [],
  burns,
  counted: null,
  clocks: [],
  evaluatedAtMs: 0,
  settledToMs: 0,
})
const alert = (key: string, rest: Partial<AlertBody> = {}): AlertBody => ({
  alertId: key,
  tenantId: 'acme',
  source: 'slo',
  key,
  state: 'firing',
  action: 'page',
  summary: '',
  labels: { slo: 'errors', speed: 'fast' },
  openedAtMs: 1_000_000_000,
  firedAtMs: 1_000_000_000,
  heldAtMs: 1_000_000_000,
  resolvedAtMs: null,
  flaps: 0,
  openingNumbers: {},
  numbers: {},
  ...rest,
})

describe('the pairs of a cause', () => {
  const holding = burn({ holds: true })
  const slow = burn({ speed: 'slow', action: 'ticket', holds: true })
  const statuses = [
    status('errors', holding, burn({ speed: 'medium', suppressed: 'too few' }), slow),
    status(
      'minutes',
      holding,
      burn({ speed: 'long', action: 'ticket', longBurn: null, shortBurn: null }),
    ),
    status('slow', holding),
  ]
  const roles = (firing: readonly AlertBody[]): string[] =>
    pairsOfCause('fail', BOOK, { statuses, firing }).map(({ role }) => role)

  it('speak, are covered or wait, by what fires', () => {
    expect(roles([])).toEqual(['holds', 'held-back', 'holds', 'holds', 'no-events'])
    const page = alert('fail/page')
    expect(roles([page])).toEqual(['speaks', 'held-back', 'waits', 'covered', 'no-events'])
    const ticket = alert('fail/ticket', { labels: { slo: 'errors', speed: 'slow' } })
    expect(roles([page, ticket])[2]).toBe('speaks')
    expect(roles([alert('slow/page', { labels: { slo: 'slow', speed: 'fast' } })])[0]).toBe('holds')
    expect(roles([alert('no-data', { labels: {} })])[0]).toBe('silenced')
  })

  it('keep an alert open whose voice no longer holds', () => {
    const over = [status('errors', burn())]
    const [pair] = pairsOfCause('fail', BOOK, { statuses: over, firing: [alert('fail/page')] })
    expect(roleText(pair!.role, pair!.burn)).toBe(
      'Keeps the page open until its short window has recovered',
    )
  })

  it('are found by the key of an alert', () => {
    expect([causeOfAlert({ key: 'fail/page' }), causeOfAlert({ key: 'no-data' })]).toEqual([
      'fail',
      null,
    ])
  })
})

describe('an alert', () => {
  const numbers = {
    longBurn: 22.4,
    shortBurn: 24,
    threshold: 14.4,
    bad: 131,
    total: 5_832,
    longSeconds: 3_600,
    shortSeconds: 300,
    budgetLeft: 0.31,
  }

  it('says why it was raised', () => {
    expect(plain(whyRaised(alert('fail/page'), numbers, 'request'))).toBe(
      'Over 1 h 131 of 5,832 requests were bad: 22.4× the rate that spends the budget by the end of the period. ' +
        'The last 5 min burned 24×. Both were above 14.4×, so a page was raised.',
    )
    expect(plain(whyRaised(alert('no-data'), { silentSeconds: 300 }, 'request'))).toContain(
      'nothing was heard of it for 5 min',
    )
    const left = { budgetLeft: -0.25, enterLeft: 0 }
    expect(plain(whyRaised(alert('budget/enterprise-budget/freeze'), left, 'request'))).toBe(
      '−25 % of the budget was left, and a step of its policy is entered at 0 %.',
    )
    expect(whyRaised(alert('fail/page'), {}, 'request')).toBe('It carries no numbers of windows.')
  })

  it('has its numbers side by side, only those that it carries', () => {
    const rows = numberRows(
      alert('fail/page', { openingNumbers: numbers, numbers: { ...numbers, bad: 200 } }),
      'request',
    )
    expect(rows.map(({ label }) => plain(label))).toEqual([
      'Burn over 1 h',
      'Burn over 5 min',
      'Raised above',
      'Bad requests in 1 h',
      'Budget left',
    ])
    expect(rows[3]).toMatchObject({ opening: '131 of 5,832', last: '200 of 5,832' })
  })

  it('has others beside it that fired at the same time, and says how they stand to it', () => {
    const at = 1_000_000_000
    const page = alert('fail/page', { openedAtMs: at, resolvedAtMs: at + 10 })
    const before = alert('fail/ticket', { openedAtMs: at - 5 })
    const after = alert('fail/ticket', { alertId: 'late', openedAtMs: at + 20 })
    const silence = alert('no-data', { openedAtMs: at + 5 })
    expect(alertsBeside(page, [page, before, after, silence])).toEqual([before, silence])
    expect(besideText(page, before)).toContain('was there before')
    expect(besideText(before, page)).toBe('The page that came of it')
    expect(besideText(page, silence)).toContain('nothing new is raised')
    expect(besideText(silence, page)).toBe('Stayed open: silence is no recovery')
    expect(besideText(page, alert('slow/page'))).toBe('Another cause')
  })

  it('leads to the signals from an hour before it to a quarter after', () => {
    const openedAtMs = 1_000_000_000
    const around = (resolvedAtMs: number | null, nowMs: number): number[] => {
      const { fromMs, toMs } = signalsAround({ openedAtMs, resolvedAtMs }, nowMs)
      return [(openedAtMs - fromMs) / 60_000, (toMs - openedAtMs) / 60_000]
    }
    expect(around(openedAtMs + 600_000, openedAtMs + 9_000_000)).toEqual([60, 25])
    expect(around(null, openedAtMs + 3_600_000)).toEqual([60, 60])
  })
})
