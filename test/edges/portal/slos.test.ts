/** The SLOs of the book over the tenants: rows, order, sentences, and what their address holds. */
import { describe, expect, it } from 'vitest'
import type { FleetRowBody, FleetSloBody } from '../../../src/edges/http/api/fleet.schema.ts'
import {
  filterSlos,
  objectiveParts,
  periodText,
  sloRows,
  sloSentence,
  slosSentence,
  sortSlos,
  type PublishedSloBody,
} from '../../../src/edges/portal/slo/slo-list.ts'
import { sloMood } from '../../../src/edges/portal/slo/slo-mood.ts'
import {
  nextSloSort,
  readSloSearch,
  readSloSort,
  sloFilters,
  withSloFilter,
  writeSloSort,
} from '../../../src/edges/portal/slo/slo-search.ts'
import {
  readSloView,
  withPart,
  withTable,
  withWhole,
} from '../../../src/edges/portal/slo/slo-view.ts'

const published = (sloId: string, rest: Partial<PublishedSloBody> = {}): PublishedSloBody => ({
  sloId,
  title: `SLO ${sloId}`,
  kind: 'event-ratio',
  unit: 'request',
  sliceSeconds: null,
  cause: sloId,
  thresholdSeconds: null,
  objectives: (['starter', 'professional', 'enterprise'] as const).map((tier) => ({
    tier,
    versions: [{ fromMs: 0, objectivePpm: 999_000, recompute: false }],
  })),
  periodSeconds: 2_592_000,
  calendar: null,
  periodStepSeconds: 3_600,
  notCounted: null,
  clockMarks: [],
  pairs: [],
  ...rest,
})

const slo = (sloId: string, rest: Partial<FleetSloBody> = {}): FleetSloBody => ({
  sloId,
  title: sloId,
  state: 'ok',
  burning: null,
  counted: null,
  budgetLeftRatio: 0.9,
  objectivePpm: 999_000,
  exhaustsInSeconds: null,
  verdict: '',
  ...rest,
})

const tenant = (
  tenantId: string,
  tier: FleetRowBody['tier'],
  ...slos: FleetSloBody[]
): FleetRowBody => ({
  tenantId,
  name: tenantId,
  tier,
  region: 'eu',
  slos,
  burnSpark: [],
  requestsPerSecond: 1,
  errorRatio: 0,
  p99: null,
  apdex: null,
  users: { count: null, isReported: false, distinct: null },
  lastSampleAtMs: 0,
  openAlerts: 0,
  attention: 0,
})

const BOOK = [published('calm'), published('errors'), published('slow')]
const FLEET = [
  tenant(
    'acme',
    'enterprise',
    slo('errors', { burning: 'fast', budgetLeftRatio: 0.3 }),
    slo('calm'),
  ),
  tenant(
    'bolt',
    'starter',
    slo('errors', { budgetLeftRatio: -0.2 }),
    slo('slow', { burning: 'slow' }),
  ),
  tenant('crux', 'starter', slo('errors', { state: 'no-data' }), slo('calm')),
]
const ids = (rows: readonly { published: PublishedSloBody }[]): string[] =>
  rows.map((row) => row.published.sloId)

describe('the SLOs over the tenants', () => {
  it('count who burns, has spent the budget or is unsure, and name the worst first', () => {
    const rows = sloRows(BOOK, FLEET, [])
    const errors = rows.find((row) => row.published.sloId === 'errors')!
    expect(errors).toMatchObject({ burning: 1, burningFast: 1, exhausted: 1, unsure: 1 })
    expect(errors.judged.map(({ tenantId }) => tenantId)).toEqual(['acme', 'bolt', 'crux'])
    expect([errors.worst, errors.least]).toEqual(['burning-fast', -0.2])
    expect(ids(sortSlos(rows, readSloSort(undefined)))).toEqual(['errors', 'slow', 'calm'])
    expect(sloMood(rows)).toEqual({ tone: 'bad', icon: 'flame' })
  })

  it('are narrowed by tier, in who is counted as well, by state and text', () => {
    const starter = sloRows([...BOOK, published('vip', { objectives: [] })], FLEET, ['starter'])
    expect(ids(starter)).toEqual(['calm', 'errors', 'slow'])
    expect(starter[1]).toMatchObject({ burning: 0, exhausted: 1 })
    const rows = sloRows(BOOK, FLEET, [])
    const kept = (state: string, q = ''): string[] =>
      ids(filterSlos(rows, sloFilters(readSloSearch({ state, q }))))
    expect(kept('burning')).toEqual(['errors', 'slow'])
    expect(kept('exhausted')).toEqual(['errors'])
    expect(kept('no-data')).toEqual(['errors'])
    expect(kept('ok')).toEqual(['calm'])
    expect(kept('burning,ok', 'SLO c')).toEqual(['calm'])
  })

  it('are sorted by a column, what is not known last in both directions', () => {
    const rows = sloRows([...BOOK, published('none')], FLEET, [])
    expect(ids(sortSlos(rows, readSloSort('least')))).toEqual(['errors', 'slow', 'calm', 'none'])
    expect(ids(sortSlos(rows, readSloSort('-least')))).toEqual(['slow', 'calm', 'errors', 'none'])
    expect(ids(sortSlos(rows, readSloSort('-tenants')))[0]).toBe('errors')
    expect(ids(sortSlos(rows, readSloSort('name')))).toEqual(['calm', 'errors', 'none', 'slow'])
  })

  it('are told in a sentence', () => {
    const rows = sloRows(BOOK, FLEET, [])
    expect(slosSentence(rows)).toBe('2 of 3 SLOs burn for 2 tenants; 1 budget is spent')
    expect(sloSentence(rows[1]!)).toBe(
      '1 of 3 tenants burns its budget; 1 has spent it; of 1 the data is missing or unsure',
    )
    expect(sloSentence(rows[0]!)).toBe('No tenant of 2 burns its budget')
    expect(slosSentence(sloRows(BOOK, [], []))).toBe('None of 3 SLOs burns')
    expect(sloSentence(sloRows(BOOK, [], [])[0]!)).toBe('It judges no tenant')
    const spent = sloRows(BOOK, [FLEET[1]!], [])
    expect(sloSentence(spent[1]!)).toBe('None of 1 tenant burns its budget; 1 has spent it')
  })

  it('tell what is promised now, by tier where tiers differ', () => {
    const versions = (...steps: [number, number][]) =>
      steps.map(([fromMs, objectivePpm]) => ({ fromMs, objectivePpm, recompute: false }))
    const objectives = [
      { tier: 'starter' as const, versions: versions([0, 990_000], [1_000, 995_000]) },
      { tier: 'enterprise' as const, versions: versions([0, 995_000]) },
    ]
    const texts = (nowMs: number): string[] =>
      objectiveParts({ objectives }, nowMs).map(({ tier, text }) => `${tier ?? 'all'} ${text}`)
    expect(texts(999)).toEqual(['enterprise 99.5\u202f%', 'starter 99\u202f%'])
    expect(texts(1_000)).toEqual(['all 99.5\u202f%'])
    expect(periodText(published('a'))).toBe('30\u202fd, rolling')
    const calendar = { unit: 'month', zone: 'Europe/Berlin' }
    expect(periodText(published('a', { calendar }))).toBe('month, Europe/Berlin')
  })
})

describe('the address of the SLOs', () => {
  it('holds what this page knows, and nothing else', () => {
    const search = { tier: 'starter,king', state: 'burning', q: 'x', sort: '-spent', other: '1' }
    expect(readSloSearch(search)).toEqual({ tier: 'starter', state: 'burning', q: 'x' })
    expect(withSloFilter({ q: 'x', sort: '-least' }, 'q', '')).toEqual({ sort: '-least' })
  })

  it('goes from the interesting end of a column to the other one and back', () => {
    const press = (sort: string | undefined): string =>
      writeSloSort(nextSloSort(readSloSort(sort), 'burning'))
    expect([press(undefined), press('-burning'), press('burning')]).toEqual([
      '-burning',
      'burning',
      '',
    ])
  })

  it('of one holds the part of the period that is drawn', () => {
    const view = withPart({}, 1_760_000_000_000, 1_760_086_400_000)
    expect(view).toEqual({ from: '1760000000000', to: '1760086400000' })
    expect(withPart(view, 1_760_000_000_000, 1_760_000_000_001)).toEqual(view)
    expect(withTable(view)).toEqual({ ...view, table: 'burndown' })
    expect(withWhole(withTable(view))).toEqual({ table: 'burndown' })
    expect(withTable(withTable({}))).toEqual({})
    expect(readSloView({ from: '2', to: 'x', table: 'all' })).toEqual({})
  })
})
