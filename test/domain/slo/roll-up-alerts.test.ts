/** What groups of tenants raise: against a recount over tenants, with members that page themselves,
 *  over restarts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupId, isGroupId, tenantId, tierOfGroup, UNATTRIBUTED } from '../../../src/core/ids.ts'
import type { TenantId } from '../../../src/core/ids.ts'
import { LABELS } from '../../../src/core/names/labels.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { bookProblems, EMPTY_BOOK, sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { groupHolding, groupLingering } from '../../../src/domain/slo/roll-up-decide.ts'
import { BURN_PAIRS } from '../../../src/domain/slo/windows.ts'
import type { SloTier } from '../../../src/domain/slo/template.ts'
import { openDatabase } from '../../../src/machinery/storage/database.ts'
import { incidentsOver } from '../incidents/open.ts'
import { Desk, START_MS } from './harness.ts'

const TIERS: SloSpec = {
  sloId: 'errors-by-tier',
  title: 'Errors by tier',
  noun: 'error',
  indicator: { kind: 'roll-up', of: 'error-rate', over: 'tier' },
  period: { rolling: '30d' },
  objectives: [{ percentByTier: { starter: 99, professional: 99.9, enterprise: 99.9 } }],
}
const FLEET: SloSpec = {
  ...TIERS,
  sloId: 'errors-of-all',
  title: 'Errors of all',
  indicator: { kind: 'roll-up', of: 'error-rate', over: 'fleet' },
}
const STARTER = groupId('starter')
const ALL = groupId(null)

class Line {
  readonly desk: Desk
  readonly incidents = incidentsOver(openDatabase({ path: ':memory:', kind: 'control' }))
  readonly #cells = new Map<TenantId, { ok: number; failed: number }>()
  nowMs = START_MS

  constructor(slos: SloSpec[]) {
    this.desk = new Desk({ book: sloBookOf({ slos, overrides: [] }) })
  }

  admit(id: string, tier: SloTier): TenantId {
    const tenant = this.desk.admit(id, tier)
    this.#cells.set(tenant, this.desk.requestCells(tenant))
    return tenant
  }

  count(tenant: TenantId, ok: number, failed: number): void {
    const { ok: good, failed: bad } = this.#cells.get(tenant)!
    const atMs = this.nowMs + 30_000
    this.desk.book([
      { cell: good, atMs, amount: ok },
      { cell: bad, atMs, amount: failed },
    ])
  }

  /** One minute on: evaluates and raises. Tells what turned. */
  tick(minutes = 1): string[] {
    this.nowMs += minutes * MINUTE_MS
    const conditions = [
      ...this.desk.evaluate(this.nowMs),
      ...this.desk.slo.rollUpConditions(this.incidents.firing(), this.nowMs),
    ]
    return this.incidents
      .observe(conditions, this.nowMs)
      .map(({ event, alert }) => `${alert.tenantId} ${alert.key} ${event}`)
      .filter((text) => !text.includes('/ticket'))
  }

  firing(): string[] {
    return this.incidents
      .firing()
      .filter(({ action }) => action === 'page')
      .map(({ tenantId: id, key }) => `${id} ${key}`)
      .toSorted()
  }

  alert(id: TenantId) {
    return this.incidents.firing(id).find(({ action }) => action === 'page')
  }

  group(sloId: string, tier: SloTier | null) {
    return this.desk.slo.rollUps().find((each) => each.sloId === sloId && each.tier === tier)!
  }
}

/** So many starters, each with too few failures to page. */
function starters(line: Line, count: number): TenantId[] {
  return Array.from({ length: count }, (_, i) => line.admit(`s${String(i)}`, 'starter'))
}

describe('a group of tenants', () => {
  it('pages for failures that are too few for a page of each tenant', () => {
    const line = new Line([TIERS])
    const tenants = starters(line, 20)
    for (const tenant of tenants) line.count(tenant, 10, 5)
    expect(line.tick()).toEqual(['__starter__ requests-fail/page fired'])
    const alert = line.alert(STARTER)!
    expect(alert).toMatchObject({
      summary: 'Starter tenants together burn their error budget 33.3 times too fast over 1h.',
      labels: { slo: 'errors-by-tier', speed: 'fast', tier: 'starter' },
      numbers: { bad: 100, good: 200, total: 300, tenants: 20, spokenFor: 0, threshold: 14.4 },
    })
    expect(line.desk.status(tenants[0]!, 'error-rate').burns[0]!.suppressed).toContain(
      '5 bad of 15',
    )
    line.tick()
    expect(line.alert(STARTER)!.summary).toContain('; the budget is spent.')
    expect(line.group('errors-by-tier', 'starter').burns[0]).toMatchObject({
      speed: 'fast',
      holds: true,
      longBad: 100,
      longTotal: 300,
      suppressed: null,
    })
    for (let minute = 0; minute < 90; minute += 1) {
      for (const tenant of tenants) line.count(tenant, 50, 0)
      line.tick()
    }
    expect(line.firing()).toEqual([])
  })

  it('says nothing of what a page of a tenant says', () => {
    const line = new Line([TIERS, FLEET])
    const acme = line.admit('acme', 'enterprise')
    const bolt = line.admit('bolt', 'enterprise')
    for (let minute = 0; minute < 10; minute += 1) {
      line.count(acme, 500, 500)
      line.count(bolt, 1_000, 0)
      line.tick()
    }
    expect(line.firing()).toEqual(['acme requests-fail/page'])
    const [fast] = line.group('errors-by-tier', 'enterprise').burns
    expect(fast!.longBurn).toBeGreaterThan(100)
    expect(fast).toMatchObject({
      holds: false,
      suppressed: '1 of 2 have a page already; without them 0 bad of 10000: fewer than 3 bad',
    })
    expect(line.group('errors-of-all', null).burns[0]).toMatchObject({ holds: false })
  })

  it('keeps its page when tenants of it begin to page, and ends when all have recovered', () => {
    const line = new Line([TIERS])
    const tenants = starters(line, 20)
    for (const tenant of tenants) line.count(tenant, 10, 5)
    line.tick()
    expect(line.firing()).toEqual(['__starter__ requests-fail/page'])
    for (let minute = 0; minute < 5; minute += 1) {
      for (const tenant of tenants) line.count(tenant, 50, 50)
      line.tick()
    }
    expect(line.firing()).toHaveLength(21)
    expect(line.alert(STARTER)!.summary).toContain('burned their error budget too fast and recover')
    for (let minute = 0; minute < 120; minute += 1) {
      for (const tenant of tenants) line.count(tenant, 500, 0)
      line.tick()
    }
    expect(line.firing()).toEqual([])
    const alerts = line.incidents.list({ limit: 500 }).items
    expect(alerts.filter(({ tenantId: id }) => id === STARTER)).toHaveLength(1)
  })

  it('is left out of the fleet’s page while its tier pages', () => {
    const line = new Line([TIERS, FLEET])
    const tenants = starters(line, 20)
    for (const tenant of tenants) line.count(tenant, 10, 5)
    line.tick()
    expect(line.firing()).toEqual(['__starter__ requests-fail/page'])
    expect(line.group('errors-of-all', null).burns[0]!.suppressed).toBe(
      '20 of 20 have a page already; without them 0 bad of 0: fewer than 10 bad',
    )
    const only = new Line([FLEET])
    for (const tenant of starters(only, 20)) only.count(tenant, 10, 5)
    only.tick()
    expect(only.firing()).toEqual(['__fleet__ requests-fail/page'])
    expect(only.alert(ALL)!.summary).toMatch(/^All tenants together burn/)
    expect(only.alert(ALL)!.labels[LABELS.tier]).toBeUndefined()
  })

  it('goes on over a restart, and ends when its SLO is taken from the book meanwhile', async () => {
    const line = new Line([TIERS])
    for (const tenant of starters(line, 20)) line.count(tenant, 10, 5)
    line.tick()
    await line.desk.checkpoint()
    line.desk.restart()
    expect(line.tick()).toEqual([])
    expect(line.firing()).toEqual(['__starter__ requests-fail/page'])
    line.desk.sloBook = sloBookOf(EMPTY_BOOK)
    line.desk.restart()
    expect(line.tick()).toEqual(['__starter__ requests-fail/page resolved'])
  })

  it('raises nothing where its SLO asks for nothing, or what it adds up is counted by a source', () => {
    const line = new Line([{ ...TIERS, alerts: [] }])
    for (const tenant of starters(line, 20)) line.count(tenant, 10, 5)
    expect(line.tick()).toEqual([])
    expect(line.group('errors-by-tier', 'starter').burns).toEqual([])
    expect(line.group('recovery-by-tier', 'starter').burns).toEqual([])
  })

  it('has the cause and the least minutes of what it adds up, unless it says otherwise', () => {
    const minutes: SloSpec = {
      ...TIERS,
      sloId: 'minutes',
      indicator: { kind: 'roll-up', of: 'availability', over: 'fleet' },
    }
    const { templates } = sloBookOf({
      slos: [TIERS, minutes, { ...FLEET, cause: 'own' }],
      overrides: [],
    })
    const of = (id: string) => templates.find(({ sloId }) => sloId === id)!
    expect(of('errors-by-tier')).toMatchObject({
      cause: 'requests-fail',
      minBadEvents: { starter: 10, enterprise: 3 },
    })
    expect(of('minutes').minBadEvents).toEqual({ starter: 3, professional: 2, enterprise: 2 })
    expect(of('errors-of-all').cause).toBe('own')
  })

  it('may look at the windows that all SLOs have, over the period of what it adds up', () => {
    const pair = { speed: 'fast', action: 'page', budgetPercent: 2 } as const
    const odd: SloSpec = { ...TIERS, alerts: [{ ...pair, long: '45m', short: '5m' }] }
    expect(bookProblems({ ...EMPTY_BOOK, slos: [odd] })).toMatchObject([
      { field: ['alerts', 0, 'long'], message: expect.stringContaining('of a roll-up') },
    ])
    const longer: SloSpec = { ...TIERS, period: { rolling: '60d' } }
    expect(bookProblems({ ...EMPTY_BOOK, slos: [longer] })).toMatchObject([
      { field: ['indicator', 'of'] },
    ])
  })
})

describe('the name of a group', () => {
  it('is none that a tenant may have', () => {
    expect(groupId('enterprise')).toBe('__enterprise__')
    expect(['__enterprise__', '__fleet__', UNATTRIBUTED, 'acme'].map(isGroupId)).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(['__enterprise__', '__fleet__', 'acme'].map(tierOfGroup)).toEqual([
      'enterprise',
      null,
      null,
    ])
    expect(() => tenantId('__fleet__')).toThrow('not a tenant id')
  })
})

type Step =
  | { readonly kind: 'count'; readonly who: number; readonly ok: number; readonly failed: number }
  | { readonly kind: 'pass'; readonly minutes: number }
  | { readonly kind: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('count' as const),
      who: fc.nat(5),
      ok: fc.nat(400),
      failed: fc.oneof(fc.constant(0), fc.nat(6), fc.nat(60)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      minutes: fc.integer({ min: 1, max: 90 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)

const PEOPLE = [
  'starter',
  'starter',
  'starter',
  'professional',
  'enterprise',
  'enterprise',
] as const

describe('whatever happens', () => {
  it('groups count what their tenants count, and hold by those whom nothing narrower speaks for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 40 }), async (steps) => {
        const line = new Line([TIERS, FLEET])
        const tenants = PEOPLE.map((tier, i) => line.admit(`t${String(i)}`, tier))
        for (const each of steps) {
          if (each.kind === 'count') line.count(tenants[each.who]!, each.ok, each.failed)
          else if (each.kind === 'pass') line.tick(each.minutes)
          else {
            await line.desk.checkpoint()
            line.desk.restart()
            line.tick()
          }
        }
        line.tick()
        const has = (id: TenantId, action: string): boolean =>
          line.incidents.firing(id).some(({ key }) => key === `requests-fail/${action}`)
        const budget = { starter: 0.01, professional: 0.001, enterprise: 0.001 }
        for (const [sloId, tier] of [
          ['errors-by-tier', 'starter'],
          ['errors-by-tier', 'professional'],
          ['errors-by-tier', 'enterprise'],
          ['errors-of-all', null],
        ] as const) {
          const own = tenants.filter((_, i) => tier === null || PEOPLE[i] === tier)
          const least = tier === 'enterprise' ? 3 : tier === 'professional' ? 5 : 10
          line.group(sloId, tier).burns.forEach((burn, i) => {
            const counts = own.map((id) => {
              const ofTier = PEOPLE[tenants.indexOf(id)]!
              const groups = tier === null ? [groupId(ofTier)] : []
              const speaks = [id, ...groups].some((each) => {
                return has(each, 'page') || (burn.action === 'ticket' && has(each, 'ticket'))
              })
              return {
                ...line.desk.status(id, 'error-rate').burns[i]!,
                speaks,
                may: budget[ofTier],
              }
            })
            const sum = (of: (count: (typeof counts)[number]) => number, rest = false): number =>
              counts.reduce((all, count) => all + (rest && count.speaks ? 0 : of(count)), 0)
            expect(burn.longBad).toBe(sum(({ longBad }) => longBad))
            expect(burn.longTotal).toBe(sum(({ longTotal }) => longTotal))
            expect(burn.shortBad).toBe(sum(({ shortBad }) => shortBad))
            const rate = (rest: boolean, which: 'long' | 'short'): number => {
              const may = sum((count) => count[`${which}Total`] * count.may, rest)
              return may === 0 ? 0 : sum((count) => count[`${which}Bad`], rest) / may
            }
            if (burn.longBurn !== null) expect(burn.longBurn).toBeCloseTo(rate(false, 'long'), 6)
            const isNear = ['long', 'short'].some((which) => {
              return Math.abs(rate(true, which as 'long') - burn.threshold) < 1e-6
            })
            if (isNear) return
            const holds =
              sum(({ longBad }) => longBad, true) >= least &&
              rate(true, 'long') > burn.threshold &&
              rate(true, 'short') > burn.threshold
            expect(burn.holds, `${sloId} ${String(tier)} ${burn.speed}`).toBe(holds)
          })
        }
      }),
      { numRuns: 60 },
    )
  })

  it('no group begins to page while all its failing tenants page, and none twice at a time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bad: fc.nat(300), good: fc.nat(600) }), {
          minLength: 5,
          maxLength: 30,
        }),
        (minutes) => {
          const line = new Line([TIERS, FLEET])
          const acme = line.admit('acme', 'enterprise')
          const bolt = line.admit('bolt', 'enterprise')
          for (const { bad, good } of minutes) {
            line.count(acme, good, bad)
            line.count(bolt, 500, 0)
            const turned = line.tick()
            const isOut = line.firing().includes('acme requests-fail/page')
            const groups = turned.filter((text) => text.startsWith('__') && text.includes('fired'))
            if (isOut) expect(groups).toEqual([])
            expect(new Set(line.firing()).size).toBe(line.firing().length)
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('a group’s thresholds', () => {
  const rules = {
    pairs: BURN_PAIRS,
    periodSeconds: 30 * 86_400,
    units: 1,
    minBadEvents: 1,
    minTotalEvents: 1,
  }
  const windows = (bad: number, allowed: number) => () => ({ bad, total: 1_000_000, allowed })

  it('are exact', () => {
    // 14.4 times 1_000 events may fail of 1_000_000: 14_400 are not above it.
    expect(groupHolding(windows(14_400, 1e9), rules) & 1).toBe(0)
    expect(groupHolding(windows(14_401, 1e9), rules) & 1).toBe(1)
    expect(groupLingering(windows(7_200, 1e9), rules) & 1).toBe(0)
    expect(groupLingering(windows(7_201, 1e9), rules) & 1).toBe(1)
    expect(groupHolding(windows(5, 0), rules)).toBe(0)
    expect(HOUR_MS).toBe(3_600_000)
  })
})
