/** Reviews of a simulated quarter: their numbers are the engine's, and nobody's review names anybody
 *  else. */
import { beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import type { TenantId } from '../../../src/core/ids.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { incidentsOver } from '../incidents/open.ts'
import {
  openReports,
  REVIEW_FORMATS,
  reviewDocument,
  type ArchivedReview,
  type Reports,
  type ReviewRequest,
} from '../../../src/domain/reports/reports.ts'
import type { SloReview } from '../../../src/domain/reports/slo-review/review.ts'
import { openCorrections, type SloStatus } from '../../../src/domain/slo/slo.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { openPrng, type Prng } from '../../../src/core/prng.ts'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'
import { config, openWorld } from '../access/harness.ts'
import { Desk } from '../slo/harness.ts'

const ZONE = 'Europe/Berlin'
/** The second and third quarter of 2026 in Berlin. */
const BEGIN_MS = Date.parse('2026-03-31T22:00:00Z')
const MIDDLE_MS = Date.parse('2026-06-30T22:00:00Z')
const END_MS = Date.parse('2026-09-30T22:00:00Z')

const CHECKOUT: SloSpec = {
  sloId: 'checkout',
  title: 'Checkout',
  indicator: {
    kind: 'event-ratio',
    bad: { signal: 'requests', classes: ['5xx'] },
    total: { signal: 'requests' },
  },
  period: { calendar: 'quarter', zone: ZONE },
  objectives: [{ percent: 99.5 }, { percent: 99, from: '2026-08-01T00:00:00Z' }],
}

/** Who there is, and of how many requests one fails on a usual day and on a bad one. */
const TENANTS = [
  { id: 'acme', name: 'Acme Werke', tier: 'enterprise', oneOf: 2_000, badOneOf: 40 },
  { id: 'borealis', name: 'Borealis Labs', tier: 'enterprise', oneOf: 100_000, badOneOf: 90_000 },
  { id: 'cumulus', name: 'Cumulus & Söhne', tier: 'starter', oneOf: 60, badOneOf: 30 },
] as const

interface Quarter {
  readonly reports: Reports
  readonly tenants: Map<string, TenantId>
  /** As the engine told it at the end of each quarter. */
  readonly status: Map<string, SloStatus>
  readonly statusBefore: Map<string, SloStatus>
}

let quarter: Quarter

beforeAll(async () => {
  quarter = await simulate()
}, 240_000)

describe('the review of a simulated quarter', () => {
  it("has the engine's numbers, corrected and not", () => {
    for (const { id } of TENANTS) {
      const { review } = make({ kind: 'tenant', tenantId: quarter.tenants.get(id)! })
      const told = review.slos.find(({ sloId }) => sloId === 'checkout')!
      const status = quarter.status.get(id)!
      expect(told.corrected).toMatchObject({
        good: status.good,
        bad: status.bad,
        total: status.total,
        sliRatio: status.sliRatio,
      })
      expect(1 - told.corrected.spentRatio!).toBeCloseTo(status.budgetLeftRatio!, 12)
      expect(told.uncorrected).toMatchObject({
        bad: status.uncorrected!.bad,
        total: status.uncorrected!.total,
      })
      expect(1 - told.uncorrected!.spentRatio!).toBeCloseTo(
        status.uncorrected!.budgetLeftRatio!,
        12,
      )
      const before = quarter.statusBefore.get(id)!
      expect(told.before).toMatchObject({ bad: before.bad, total: before.total })
      const days = told.days.reduce((sum, day) => sum + day.total, 0)
      expect([told.days.length, days]).toEqual([92, status.total])
    }
  })

  it('adds tenants up, event by event', () => {
    const { review } = make({ kind: 'tier', tier: 'enterprise' })
    const told = review.slos.find(({ sloId }) => sloId === 'checkout')!
    const [acme, borealis] = ['acme', 'borealis'].map((id) => quarter.status.get(id)!)
    expect(told.corrected.bad).toBe(acme!.bad + borealis!.bad)
    expect(told.corrected.total).toBe(acme!.total + borealis!.total)
    expect(review.lines.map(({ tenantId }) => tenantId)).not.toContain('cumulus')
    expect(told.tenants).toEqual({ all: 2, counted: 2, met: 2 })
  })

  it.each(['markdown', 'csv', 'csv-days'] as const)('reads like this as %s', async (format) => {
    const { review } = make({ kind: 'tenant', tenantId: quarter.tenants.get('acme')! })
    const { content, fileName } = await reviewDocument(review, format)
    await expect(content).toMatchFileSnapshot(`../../golden/reports/${fileName}`)
  })

  it('reads like this for all tenants', async () => {
    const { review } = make({ kind: 'fleet' })
    const { content, fileName } = await reviewDocument(review, 'markdown')
    await expect(content).toMatchFileSnapshot(`../../golden/reports/${fileName}`)
  })

  it('names no other tenant to a tenant, in any form', async () => {
    for (const { id } of TENANTS) {
      const { review } = make({ kind: 'tenant', tenantId: quarter.tenants.get(id)! })
      const others = TENANTS.filter((tenant) => tenant.id !== id)
      for (const format of REVIEW_FORMATS.filter((each) => each !== 'pdf')) {
        const { content } = await reviewDocument(review, format)
        for (const { id: other, name } of others) {
          expect(`${format} ${String(content)}`.toLowerCase()).not.toContain(other)
          expect(String(content)).not.toContain(name)
        }
      }
    }
  })

  it('tells of a correction of everybody without the words of its reason', () => {
    const { review } = make({ kind: 'tenant', tenantId: quarter.tenants.get('acme')! })
    const reasons = review.slos.flatMap(({ exclusions }) => exclusions.map(({ reason }) => reason))
    expect(new Set(reasons)).toEqual(new Set(['', 'Load test of Acme itself']))
    const fleet = make({ kind: 'fleet' }).review
    const told = fleet.slos.flatMap(({ exclusions }) => exclusions.map(({ reason }) => reason))
    expect(told).toContain('Database moved because Borealis Labs asked for it')
  })
})

describe('reviews that are due', () => {
  it('are made once for everybody, each tier and each tenant, and stay', () => {
    const { reports } = quarter
    const due = { span: 'month', zone: ZONE } as const
    expect(run(reports.makeDueReviews(due, END_MS + 8 * HOUR_MS))).toBe(6)
    expect(run(reports.makeDueReviews(due, END_MS + 9 * HOUR_MS))).toBe(0)
    const { items } = reports.listReviews({ tenantId: null, span: 'month', limit: 50 })
    expect(items.map(whomOf)).toEqual([
      'fleet',
      'tier enterprise',
      'tier starter',
      'tenant acme',
      'tenant borealis',
      'tenant cumulus',
    ])
    expect(new Set(items.map(({ fromMs }) => fromMs))).toEqual(
      new Set([Date.parse('2026-08-31T22:00:00Z')]),
    )
  })

  it('replace what was made before the period was over', () => {
    const { reports } = quarter
    const request: ReviewRequest = {
      scope: { kind: 'fleet' },
      span: 'week',
      zone: ZONE,
      atMs: END_MS - DAY_MS,
    }
    const early = run(reports.makeReview(request, SYSTEM, END_MS - HOUR_MS))
    expect(early.isComplete).toBe(false)
    const later = run(reports.makeReview(request, SYSTEM, END_MS + 7 * DAY_MS))
    expect([later.isComplete, later.reviewId]).toEqual([true, early.reviewId])
  })

  it('are pages newest first, and a tenant finds only its own', () => {
    const { reports, tenants } = quarter
    const acme = tenants.get('acme')!
    const first = reports.listReviews({ tenantId: null, limit: 2 })
    const second = reports.listReviews({ tenantId: null, limit: 2, cursor: first.nextCursor! })
    const ends = [...first.items, ...second.items].map(({ toMs }) => toMs)
    expect(ends).toEqual(ends.toSorted((left, right) => right - left))
    const all = reports.listReviews({ tenantId: null, limit: 50 }).items
    expect(oneByOne(reports).map(({ reviewId }) => reviewId)).toEqual(
      all.map(({ reviewId }) => reviewId),
    )
    const own = reports.listReviews({ tenantId: acme, limit: 50 }).items
    expect(new Set(own.map(({ scopeKey }) => scopeKey))).toEqual(new Set(['acme']))
    const other = reports
      .listReviews({ tenantId: null, limit: 50 })
      .items.find(({ scopeKey }) => scopeKey !== 'acme')!
    expect(() => reports.review(other.reviewId, acme)).toThrow(/there is none called/)
    expect(() => reports.listReviews({ tenantId: null, limit: 2, cursor: 'x' })).toThrow(/cursor/)
  })

  it('are not made of a time of which nothing is kept', () => {
    const { reports } = quarter
    const ask = (atMs: number) =>
      run(
        reports.makeReview(
          { scope: { kind: 'fleet' }, span: 'month', zone: ZONE, atMs },
          SYSTEM,
          END_MS,
        ),
      )
    expect(() => ask(BEGIN_MS - 30 * DAY_MS)).toThrow(/no counts/)
    expect(() => ask(END_MS + 40 * DAY_MS)).toThrow(/no counts/)
  })

  it('go when they are old', () => {
    const { reports } = quarter
    const week = run(
      reports.makeReview(
        { scope: { kind: 'fleet' }, span: 'week', zone: ZONE, atMs: null },
        SYSTEM,
        END_MS,
      ),
    )
    expect(reports.prune(week.toMs + 400 * DAY_MS)).toBe(0)
    expect(reports.prune(week.toMs + 400 * DAY_MS + 1)).toBeGreaterThan(0)
    expect(() => reports.review(week.reviewId, null)).toThrow(/there is none called/)
  })
})

function make(scope: ReviewRequest['scope']): { row: ArchivedReview; review: SloReview } {
  const request = { scope, span: 'quarter', zone: ZONE, atMs: END_MS - DAY_MS } as const
  const { reviewId } = run(quarter.reports.makeReview(request, SYSTEM, END_MS + 6 * HOUR_MS))
  return quarter.reports.review(reviewId, null)
}

function whomOf({ scope, scopeKey }: ArchivedReview): string {
  return `${scope} ${scopeKey}`.trim()
}

/** Every review, by pages of one. */
function oneByOne(reports: Reports): ArchivedReview[] {
  const items: ArchivedReview[] = []
  let cursor: string | undefined
  do {
    const page = reports.listReviews({ tenantId: null, limit: 1, cursor })
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}

function run<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

const EVALUATED_HOURS = 4

/** Half a year by the hour: every day has its traffic, one in nine is a bad one. */
async function simulate(): Promise<Quarter> {
  const world = openWorld()
  const { db, access, tenants: registry } = world
  const corrections = openCorrections({ db, access })
  const correct = (
    tenantId: string | undefined,
    startsAt: string,
    endsAt: string,
    reason: string,
  ) =>
    corrections.create(
      { ...(tenantId === undefined ? {} : { tenantId }), startsAt, endsAt, reason },
      SYSTEM,
      BEGIN_MS,
    )
  correct(
    undefined,
    '2026-07-11T10:00:00Z',
    '2026-07-11T14:00:00Z',
    'Database moved because Borealis Labs asked for it',
  )
  correct('acme', '2026-09-02T00:00:00Z', '2026-09-03T00:00:00Z', 'Load test of Acme itself')
  const desk = new Desk({ book: sloBookOf({ slos: [CHECKOUT], overrides: [] }), corrections })
  const incidents = incidentsOver(db)
  const ids = new Map<string, TenantId>()
  const flows = TENANTS.map((each) => {
    registry.create(config(each.id, { tier: each.tier, name: each.name }), SYSTEM, BEGIN_MS)
    const tenant = desk.admit(each.id, each.tier)
    desk.registry.at(-1)!.name = each.name
    ids.set(each.id, tenant)
    return { ...each, cells: desk.requestCells(tenant), prng: openPrng(each.oneOf) }
  })
  const status = new Map<string, SloStatus>()
  const statusBefore = new Map<string, SloStatus>()
  const keepStatus = (into: Map<string, SloStatus>): void => {
    for (const [id, tenant] of ids) into.set(id, desk.status(tenant, 'checkout'))
  }
  desk.evaluate(BEGIN_MS)
  for (let hour = 0; BEGIN_MS + hour * HOUR_MS < END_MS; hour += 1) {
    const fromMs = BEGIN_MS + hour * HOUR_MS
    for (const { cells, prng, oneOf, badOneOf } of flows) {
      const requests = 400 + Math.floor(200 * prng.next())
      const isBad = Math.floor(hour / 24) % 9 === 4
      const failed = binomialLike(prng, requests, isBad ? badOneOf : oneOf)
      const atMs = fromMs + 30 * 60_000
      desk.book([
        { cell: cells.ok, atMs, amount: requests - failed },
        { cell: cells.failed, atMs, amount: failed },
      ])
    }
    const nowMs = fromMs + HOUR_MS
    if (hour % EVALUATED_HOURS !== EVALUATED_HOURS - 1) continue
    const conditions = desk.evaluate(nowMs)
    incidents.observe(conditions, nowMs)
    if (hour % (24 * 7) === EVALUATED_HOURS - 1) await desk.checkpoint()
    if (nowMs === MIDDLE_MS) keepStatus(statusBefore)
    if (nowMs === END_MS) keepStatus(status)
  }
  const counters = memoryCounters()
  const reports = openReports({
    db,
    access,
    slo: desk.slo,
    metrics: { query: () => expect.unreachable('reviews ask for no signals') },
    incidents,
    tenants: registry,
    counters,
  })
  return { reports, tenants: ids, status, statusBefore }
}

/** One of so many fails, with chance in what is left over. */
function binomialLike(prng: Prng, requests: number, oneOf: number): number {
  const expected = requests / oneOf
  return Math.floor(expected) + (prng.next() < expected % 1 ? 1 : 0)
}
