import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../../src/core/condition.ts'
import { sloId, tenantId } from '../../../../src/core/ids.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/core/time.ts'
import { SYSTEM } from '../../../../src/domain/access/access.ts'
import { POLICY_HISTORY_DAYS } from '../../../../src/domain/slo/policy/policies.ts'
import { ACME, budget, PolicyDesk, START_MS } from './harness.ts'
import { incidentsOver } from '../../incidents/open.ts'

const RESPONSE = sloId('response-time')
const at = (minutes: number): number => START_MS + minutes * MINUTE_MS

describe('budget policies without configuration', () => {
  it('warn an enterprise tenant at a quarter left and freeze it once nothing is', () => {
    const desk = new PolicyDesk()
    expect(desk.judge(at(0), budget({ bad: 749 }))).toEqual([])
    expect(desk.judge(at(1), budget({ bad: 750 }))).toEqual([
      'enterprise-budget/warn entered: budget',
    ])
    expect(desk.judge(at(2), budget({ bad: 999 }))).toEqual([])
    expect(desk.judge(at(3), budget({ bad: 1_000 }))).toEqual([
      'enterprise-budget/freeze entered: budget',
    ])
    expect(desk.judge(at(62), budget({ bad: 0 }))).toEqual(['enterprise-budget/warn left: budget'])
    expect(desk.judge(at(63), budget({ bad: 901 }))).toEqual([
      'enterprise-budget/warn entered: budget',
    ])
    expect(desk.judge(at(64), budget({ bad: 900 }))).toEqual([
      'enterprise-budget/freeze left: budget',
    ])
  })

  it('freeze a professional tenant and never a starter', () => {
    for (const [tier, frozen] of [
      ['professional', 1],
      ['starter', 0],
    ] as const) {
      const desk = new PolicyDesk()
      desk.tenants = [{ tenantId: ACME, tier: tier as 'enterprise', name: 'Acme' }]
      desk.judge(at(0), budget({ bad: 5_000, tier }))
      expect(desk.policies.gate(desk.tenants[0]!, null, at(0)).freezes).toHaveLength(frozen)
      expect(desk.policies.reviews.list('open', ACME)).toHaveLength(1)
    }
  })

  it('are never tripped by an empty period, an idle or a silent tenant, or a handful of events', () => {
    const desk = new PolicyDesk()
    const cases = [
      budget({ bad: 0, total: 0 }),
      budget({ bad: 5_000, hasTraffic: false }),
      budget({ bad: 5_000, isReliable: false }),
      budget({ bad: 4, total: 1_000 }),
      budget({ bad: 99, total: 99 }),
    ]
    cases.forEach((each, i) => expect(desk.judge(at(i), each)).toEqual([]))
  })
})

describe('a young period', () => {
  it('is held against what a whole one may fail at the traffic so far', () => {
    const desk = new PolicyDesk()
    // Three days of thirty: 10_000 may fail in all of it.
    const countedRatio = (): number => 0.1
    expect(desk.judge(at(0), budget({ bad: 7_499, countedRatio }))).toEqual([])
    expect(desk.judge(at(1), budget({ bad: 7_500, countedRatio }))).toEqual([
      'enterprise-budget/warn entered: budget',
    ])
    expect(desk.judge(at(2), budget({ bad: 10_000, countedRatio }))).toEqual([
      'enterprise-budget/freeze entered: budget',
    ])
  })
})

describe('what a policy leaves behind', () => {
  it('is a history, audit entries and one open review, over a restart', () => {
    const desk = new PolicyDesk()
    desk.judge(at(0), budget({ bad: 2_000 }))
    desk.restart()
    expect(desk.policies.states(null)).toMatchObject([
      { policyId: 'enterprise-budget', stepId: 'freeze', enteredAtMs: at(0) },
      { policyId: 'enterprise-budget', stepId: 'warn', enteredAtMs: at(0) },
    ])
    expect(desk.judge(at(1), budget({ bad: 2_000 }))).toEqual([])
    desk.judge(at(70), budget({ bad: 0 }))
    desk.judge(at(71), budget({ bad: 1_500 }))
    const entries = desk.world.access.audit.list({ limit: 100 }).items.map(({ action }) => action)
    const count = (action: string): number => entries.filter((each) => each === action).length
    expect(count('budget-policy.entered')).toBe(4)
    expect(count('budget-policy.left')).toBe(2)
    expect(count('slo-review.opened')).toBe(1)
    expect(desk.world.access.audit.verify().ok).toBe(true)

    const [review] = desk.policies.reviews.list('open', null)
    expect(review).toMatchObject({ sloId: 'error-rate', bad: 2_000, leftRatio: -1 })
    desk.policies.reviews.close(review!.reviewId, 'retries bounded', SYSTEM, at(72))
    expect(desk.policies.reviews.list('open', null)).toEqual([])
    expect(desk.policies.reviews.list('all', ACME)).toMatchObject([{ note: 'retries bounded' }])
    expect(() => desk.policies.reviews.close('rev_none', 'x', SYSTEM, at(72))).toThrow(
      'there is none called rev_none',
    )
  })

  it('is counted by action', () => {
    const desk = new PolicyDesk()
    desk.judge(at(0), budget({ bad: 2_000 }))
    const sums = desk.counters.sums('tenantry_slo_policy_transitions_total')
    expect(sums).toContainEqual({ labels: { action: 'freeze-deploys', kind: 'entered' }, sum: 1 })
    expect(sums).toContainEqual({ labels: { action: 'notify', kind: 'entered' }, sum: 2 })
  })

  it('goes when it is old, but not what holds', () => {
    const desk = new PolicyDesk()
    desk.judge(at(0), budget({ bad: 2_000 }))
    expect(desk.policies.prune(at(0) + (POLICY_HISTORY_DAYS + 1) * DAY_MS)).toBe(2)
    expect(desk.history()).toEqual([])
    desk.restart()
    expect(desk.policies.states(null)).toHaveLength(2)
  })
})

describe('steps that nobody asks for any more', () => {
  it('are left when the policy, its scope or the tenant is gone', () => {
    const desk = new PolicyDesk()
    desk.judge(at(0), budget({ bad: 2_000 }))
    desk.configure([{ policyId: 'enterprise-budget', steps: [] }])
    desk.restart()
    expect(desk.policies.gate(desk.tenants[0]!, null, at(0)).gate).toBe('open')
    expect(desk.judge(at(1), budget({ bad: 2_000 }))).toEqual([
      'enterprise-budget/freeze left: policy',
      'enterprise-budget/warn left: policy',
    ])

    const gone = new PolicyDesk()
    gone.judge(at(0), budget({ bad: 2_000 }))
    gone.tenants = []
    expect(gone.judge(at(1))).toEqual([
      'enterprise-budget/warn left: tenant',
      'enterprise-budget/freeze left: tenant',
    ])
  })

  it('stay while the engine does not know the tenant yet', () => {
    const desk = new PolicyDesk()
    desk.judge(at(0), budget({ bad: 2_000 }))
    expect(desk.judge(at(90))).toEqual([])
    expect(desk.policies.gate(desk.tenants[0]!, null, at(90))).toMatchObject({
      gate: 'closed',
      freezes: [{ budgetLeftRatio: null, total: null }],
    })
  })
})

describe('a deploy gate', () => {
  it('tells the SLO, the numbers, since when, and when it opens', () => {
    const desk = new PolicyDesk()
    const tenant = desk.tenants[0]!
    desk.judge(at(0), budget({ bad: 100 }))
    expect(desk.policies.gate(tenant, null, at(0))).toMatchObject({
      gate: 'open',
      reason: 'Acme: no budget policy freezes deploys.',
      sinceMs: null,
      opensAtMs: null,
      freezes: [],
    })
    desk.judge(at(1), budget({ bad: 1_250 }), budget({ bad: 10, sloId: RESPONSE }))
    desk.reopensInMs = 30 * MINUTE_MS
    expect(desk.policies.gate(tenant, null, at(11))).toMatchObject({
      gate: 'closed',
      reason:
        'Acme: Error rate has spent its budget (-25 % left, 1250 bad of 1000000 at 99.9 %); frozen for 10 min by enterprise-budget/freeze; at the present rate it opens in 50 min.',
      sinceMs: at(1),
      // The minimum stay is longer.
      opensAtMs: at(61),
      freezes: [{ sloId: 'error-rate', bad: 1_250, budgetLeftRatio: -0.25, leaveLeftRatio: 0.1 }],
    })
    expect(desk.policies.gate(tenant, RESPONSE, at(11)).gate).toBe('open')
    desk.reopensInMs = null
    expect(desk.policies.gate(tenant, null, at(11)).reason).toContain('it does not open')
  })

  it('is opened by hand for a while, with reason and author, for one SLO or all', () => {
    const desk = new PolicyDesk()
    const tenant = desk.tenants[0]!
    const slow = budget({ bad: 2_000, sloId: RESPONSE, title: 'Response time' })
    desk.judge(at(0), budget({ bad: 2_000 }), slow)
    const { overrides } = desk.policies
    const request = { reason: 'fixes the timeouts', for: '2h', sloId: 'error-rate' }
    const made = overrides.create(ACME, request, SYSTEM, at(1))
    expect(desk.policies.gate(tenant, null, at(2))).toMatchObject({ gate: 'closed' })
    expect(desk.policies.gate(tenant, sloId('error-rate'), at(2))).toMatchObject({
      gate: 'open',
      reason: expect.stringContaining('overridden by Tenantry until') as string,
      freezes: [{ sloId: 'error-rate' }],
      overrides: [{ reason: 'fixes the timeouts' }],
    })
    const whole = overrides.create(ACME, { reason: 'hot fix', for: '1h' }, SYSTEM, at(2))
    expect(desk.policies.gate(tenant, null, at(3)).gate).toBe('open')
    desk.restart()
    expect(desk.policies.gate(tenant, null, at(3)).gate).toBe('open')
    desk.policies.overrides.revoke(ACME, whole.overrideId, SYSTEM, at(4))
    expect(desk.policies.gate(tenant, null, at(5)).gate).toBe('closed')
    const errors = sloId('error-rate')
    expect(desk.policies.gate(tenant, errors, made.expiresAtMs - 1).gate).toBe('open')
    expect(desk.policies.gate(tenant, errors, made.expiresAtMs).gate).toBe('closed')
    const actions = desk.world.access.audit.list({ limit: 10 }).items.map(({ action }) => action)
    expect(actions.slice(0, 3)).toEqual([
      'deploy-gate.override-revoked',
      'deploy-gate.overridden',
      'deploy-gate.overridden',
    ])
  })

  it('is not opened for longer than a week, in the past, or by whoever is not known', () => {
    const { overrides } = new PolicyDesk().policies
    const create = (request: object): void =>
      void overrides.create(ACME, { reason: 'x', ...request }, SYSTEM, at(0))
    expect(() => create({ for: '8d' })).toThrow('for: expected at most 7 days')
    expect(() => create({ expiresAt: '2020-01-01T00:00:00Z' })).toThrow(
      'expiresAt: expected an instant to come',
    )
    expect(() => overrides.revoke(tenantId('bolt'), 'gov_x', SYSTEM, at(0))).toThrow(
      'bolt has none called gov_x',
    )
  })
})

describe('notices', () => {
  it('tell once of a tenant whose budgets are all spent, for the worst, and of the end', () => {
    const desk = new PolicyDesk()
    const slow = budget({ bad: 3_000, sloId: RESPONSE, noun: 'response-time' })
    desk.judge(at(0), budget({ bad: 2_000 }), slow)
    const incidents = incidentsOver(desk.world.db)
    const conditions = desk.policies.notices([], at(0))
    expect(conditions.map(({ key, action, labels }) => [key, action, labels['slo']])).toEqual([
      ['budget/enterprise-budget/warn', 'ticket', 'response-time'],
      ['budget/enterprise-budget/freeze', 'ticket', 'response-time'],
    ])
    expect(conditions[1]!.summary).toBe(
      'Acme has nothing of its response-time budget left (and of error-rate): deploys are frozen, its alerts are more urgent and a budget review is open.',
    )
    incidents.observe(conditions, at(0))
    expect(incidents.firingCount()).toBe(2)
    desk.restart()
    desk.judge(at(61), budget({ bad: 0 }), { ...slow, ...budget({ bad: 0, sloId: RESPONSE }) })
    incidents.observe(desk.policies.notices(incidents.firing(), at(61)), at(61))
    expect(incidents.firingCount()).toBe(0)
  })
})

describe('a raised priority', () => {
  const condition = (key: string, holds: boolean): Condition => ({
    source: 'slo',
    tenantId: ACME,
    key,
    holds,
    action: key.endsWith('page') ? 'page' : key === 'no-data' ? 'report' : 'ticket',
    summary: key,
    numbers: {},
    labels: {},
    atMs: at(0),
  })

  it('makes the ticket of a cause its page, and everything else one step more urgent', () => {
    const desk = new PolicyDesk()
    const incidents = incidentsOver(desk.world.db)
    const raise = (minutes: number, ...conditions: readonly Condition[]): string[] => {
      const firing = incidents.firing()
      incidents.observe(desk.policies.prioritized(conditions, firing, at(minutes)), at(minutes))
      return incidents
        .firing()
        .map(({ key, action }) => `${key} ${action}`)
        .toSorted()
    }
    const ticket = condition('requests-fail/ticket', true)
    expect(raise(0, ticket, condition('no-data', true))).toEqual([
      'no-data report',
      'requests-fail/ticket ticket',
    ])
    desk.judge(at(1), budget({ bad: 2_000 }))
    expect(raise(1, ticket, condition('no-data', true))).toEqual([
      'no-data ticket',
      'requests-fail/page page',
    ])
    // Its page holds as well: still one.
    expect(raise(2, condition('requests-fail/page', true), ticket)).toEqual([
      'no-data ticket',
      'requests-fail/page page',
    ])
    expect(raise(3, condition('requests-fail/page', false), ticket)).toEqual([
      'no-data ticket',
      'requests-fail/page page',
    ])
    desk.judge(at(120), budget({ bad: 0 }))
    expect(raise(120, ticket, condition('no-data', false))).toEqual(['requests-fail/ticket ticket'])
  })

  it('ends a page that was a ticket with the ticket', () => {
    const desk = new PolicyDesk()
    const incidents = incidentsOver(desk.world.db)
    desk.judge(at(0), budget({ bad: 2_000 }))
    const raise = (...conditions: readonly Condition[]): void => {
      incidents.observe(desk.policies.prioritized(conditions, incidents.firing(), at(1)), at(1))
    }
    raise(condition('requests-fail/ticket', true))
    expect(incidents.firing()).toMatchObject([
      { key: 'requests-fail/page', labels: { priority: 'raised' } },
    ])
    raise(condition('requests-fail/ticket', false))
    expect(incidents.firingCount()).toBe(0)
  })

  it('leaves alone what policies tell themselves, and other tenants', () => {
    const desk = new PolicyDesk()
    desk.judge(at(0), budget({ bad: 2_000 }))
    const own = condition('budget/enterprise-budget/freeze', true)
    const other = { ...condition('requests-fail/ticket', true), tenantId: tenantId('bolt') }
    expect(desk.policies.prioritized([own, other], [], at(0))).toEqual([own, other])
  })
})

describe('rounds', () => {
  it('come once a minute, whatever the ticks are', () => {
    const desk = new PolicyDesk()
    const isRound = (nowMs: number): boolean => {
      const round = desk.policies.round(nowMs)
      for (;;) {
        const step = round.next()
        if (step.done === true) return step.value
      }
    }
    expect([0, 5_000, 59_999, 60_000, HOUR_MS].map((ms) => isRound(START_MS + ms))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ])
  })
})
