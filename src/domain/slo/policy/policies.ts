/**
 * Budget policies at work: once a minute every budget is held against the steps that are about it,
 * and what turns is written down in one transaction with its entry in the audit log and the review
 * that it opens. What holds is what the rows say, so a restart at any time goes on where it was.
 */
import { TenantryError } from '../../../core/errors.ts'
import type { Condition } from '../../../core/condition.ts'
import type { SloId, TenantId } from '../../../core/ids.ts'
import type { Counters } from '../../../core/ports.ts'
import { DAY_MS, MINUTE_MS } from '../../../core/time.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import { SYSTEM, type Access } from '../../access/access.ts'
import type { SloBookKeeper } from '../book.ts'
import { SLO_ERRORS } from '../errors.ts'
import type { PolicyAction } from '../model/budget-policy.ts'
import type { SloBudget } from '../slo-budget.ts'
import { gateOf, type DeployGate } from './gate.ts'
import { HeldSteps } from './held-steps.ts'
import { ceasedNotice, isNotice, noticeOf } from './notices.ts'
import { openGateOverrides, type GateOverrides } from './overrides.ts'
import { policyBookOf, type PolicyBook } from './policy-book.ts'
import { freezeOf, noticedOf, stateOf, type Holding, type PolicyState } from './policy-view.ts'
import { prioritized, type FiringAlert } from './priority.ts'
import { openReviews, type BudgetReviews } from './reviews.ts'
import { budgetsBySlo, stepOf, turnedIn, type PolicyTenant, type Turned } from './round.ts'
import { TransitionStore } from './transition-store.ts'
import type { PolicyTransition } from './transition.ts'

/** Budgets move by the minute. */
const ROUND_MS = MINUTE_MS
/** Written at a time. */
const TRANSITIONS_A_PIECE = 16
export const POLICY_HISTORY_DAYS = 400

export interface PolicyTenants {
  active(): Iterable<PolicyTenant>
}

export interface BudgetReader {
  /** Shape: of every SLO of a tenant that is counted; empty for one that is not active, or that
   *  the engine does not know yet. */
  budgets(tenantId: TenantId): readonly SloBudget[]
  /** See `Slo.reopensInMs`. */
  reopensInMs(tenantId: TenantId, sloId: SloId, leftPpm: number): number | null
}

export interface PolicyDeps {
  readonly db: Database
  readonly access: Access
  readonly book: Pick<SloBookKeeper, 'spec'>
  readonly slo: BudgetReader
  readonly tenants: PolicyTenants
  readonly counters: Counters
}

export interface TransitionQuery {
  readonly tenantId: TenantId | null
  /** The nextCursor of the page before. */
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface TransitionPage {
  /** Newest first. */
  readonly items: readonly PolicyTransition[]
  readonly nextCursor: string | null
}

export interface BudgetPolicies {
  /** Judges every budget, at most once a minute. Shape: each yield is a place to pause. Returns
   *  whether it was time. */
  round(nowMs: number): Generator<void, boolean>
  /** Tells what routing is to tell of: the notices of steps that hold, and the end of those that
   *  fire and hold no more. */
  notices(firing: Iterable<FiringAlert>, nowMs: number): Condition[]
  /** Tells conditions as they are to be raised: those of tenants whose priority is raised one step
   *  more urgent. Asks for all conditions of the engine at once. */
  prioritized(
    conditions: readonly Condition[],
    firing: Iterable<FiringAlert>,
    nowMs: number,
  ): Condition[]
  /** Answers a pipeline, about one SLO or all of a tenant. */
  gate(tenant: PolicyTenant, sloId: SloId | null, nowMs: number): DeployGate
  /** Lists the steps that hold. Shape: by tenant. */
  states(tenantId: TenantId | null): readonly PolicyState[]
  /** Throws SLO_POLICY_CURSOR. */
  history(query: TransitionQuery): TransitionPage
  readonly overrides: GateOverrides
  readonly reviews: BudgetReviews
  /** Deletes what is older than it is kept: history, overrides that ended, closed reviews. */
  prune(nowMs: number): number
}

/** Opens the policies of a control database. */
export function openBudgetPolicies(deps: PolicyDeps): BudgetPolicies {
  const { db, access, slo, tenants, counters } = deps
  const store = new TransitionStore(db)
  const overrides = openGateOverrides(deps)
  const reviews = openReviews(deps)
  const held = new HeldSteps(store.heldAcrossTenants())
  const book = followed(deps.book)
  let sequence = store.lastSequenceAcrossTenants()
  let roundMinute = -1
  let roundMs = 0

  const active = (): ReadonlyMap<TenantId, PolicyTenant> =>
    new Map([...tenants.active()].map((tenant) => [tenant.tenantId, tenant]))

  /** Lists the steps of a tenant that hold and that somebody still asks for. */
  const holdings = (tenant: PolicyTenant): Holding[] => {
    const budgets = budgetsBySlo(slo.budgets(tenant.tenantId))
    return held.of(tenant.tenantId).flatMap((each) => {
      const step = book().step(each, tenant)
      return step === undefined ? [] : [{ held: each, step, budget: budgets.get(each.sloId) }]
    })
  }
  const holdingTenants = (): PolicyTenant[] => {
    const holding = held.tenants()
    // Mostly nothing holds, and then no tick goes through all tenants.
    if (holding.length === 0) return []
    const known = active()
    return holding.flatMap((tenantId) => known.get(tenantId) ?? [])
  }
  const tenantsWith = (action: PolicyAction): ReadonlySet<TenantId> => {
    const does = (tenant: PolicyTenant): boolean =>
      held
        .of(tenant.tenantId)
        .some((each) => book().step(each, tenant)?.actions.includes(action) === true)
    return new Set(
      holdingTenants()
        .filter(does)
        .map(({ tenantId }) => tenantId),
    )
  }

  counters.gauge('tenantry_slo_frozen_tenants', () => tenantsWith('freeze-deploys').size)
  counters.gauge('tenantry_slo_gate_overrides', () => overrides.countInForce(roundMs))
  counters.gauge('tenantry_slo_reviews_open', () => reviews.openCount())

  /** Writes what turned, a part a transaction: each step stands for itself. */
  function* write(turned: readonly Turned[]): Generator<void, void> {
    for (let i = 0; i < turned.length; i += TRANSITIONS_A_PIECE) {
      const piece = turned
        .slice(i, i + TRANSITIONS_A_PIECE)
        .map((each, place) => ({ ...each, sequence: sequence + 1 + place }))
      inTransaction(db, () => {
        for (const transition of piece) keep(transition)
      })
      sequence += piece.length
      for (const transition of piece) note(transition)
      yield
    }
  }

  function keep(transition: PolicyTransition): void {
    const { tenantId, policyId, stepId, kind, atMs, actions } = transition
    store.write(tenantId, transition)
    const action = kind === 'entered' ? 'budget-policy.entered' : 'budget-policy.left'
    const target = `budget-policy/${policyId}/${stepId}`
    const details = { transition }
    access.audit.record({ actor: SYSTEM, action, target, tenantId, details }, atMs)
    if (kind === 'entered' && actions.includes('open-review')) reviews.open(transition)
  }

  function note(transition: PolicyTransition): void {
    const { kind, atMs, actions } = transition
    if (kind === 'entered') held.hold({ ...stepOf(transition), enteredAtMs: atMs })
    else held.letGo(transition)
    for (const action of actions) {
      counters.add('tenantry_slo_policy_transitions_total', 1, { action, kind })
    }
  }

  return {
    *round(nowMs) {
      const minute = Math.floor(nowMs / ROUND_MS)
      if (minute === roundMinute) return false
      roundMinute = minute
      roundMs = nowMs
      const budgets = (tenantId: TenantId): readonly SloBudget[] => slo.budgets(tenantId)
      yield* write(yield* turnedIn({ book: book(), held, tenants: active(), budgets, nowMs }))
      return true
    },
    notices(firing, nowMs) {
      const noticed = holdingTenants().flatMap((tenant) => noticedOf(holdings(tenant)))
      const holding = noticed.map((each) => noticeOf(each, nowMs))
      const told = new Set(holding.map(({ tenantId, key }) => `${tenantId}/${key}`))
      const ceased = [...firing].filter(
        (alert) => isNotice(alert) && !told.has(`${alert.tenantId}/${alert.key}`),
      )
      return [...holding, ...ceased.map((alert) => ceasedNotice(alert, nowMs))]
    },
    prioritized(conditions, firing, nowMs) {
      const raised = tenantsWith('raise-priority')
      const isRaised = (tenantId: TenantId): boolean => raised.has(tenantId)
      return prioritized(conditions, { isRaised, firing, nowMs })
    },
    gate(tenant, sloId, nowMs) {
      const { tenantId, name: tenantName } = tenant
      const reopensInMs = (of: SloId, leftPpm: number): number | null =>
        slo.reopensInMs(tenantId, of, leftPpm)
      const freezes = holdings(tenant)
        .map((holding) => freezeOf(holding, { nowMs, reopensInMs }))
        .filter((freeze) => freeze !== null)
      const inForce = overrides.inForce(tenantId, nowMs)
      const gate = gateOf({ tenantId, tenantName, sloId, freezes, overrides: inForce, nowMs })
      const isOverridden = gate.gate === 'open' && gate.freezes.length > 0
      const answer = isOverridden ? 'overridden' : gate.gate
      counters.add('tenantry_slo_gate_answers_total', 1, { gate: answer })
      return gate
    },
    states: (only) =>
      holdingTenants()
        .filter(({ tenantId }) => only === null || tenantId === only)
        .toSorted((left, right) => (left.tenantId < right.tenantId ? -1 : 1))
        .flatMap((tenant) => holdings(tenant).map(stateOf)),
    history({ tenantId, cursor, limit }) {
      const page = { before: readCursor(cursor), limit: limit + 1 }
      const items = tenantId === null ? store.pageAcrossTenants(page) : store.page(tenantId, page)
      const last = items[limit - 1]
      if (items.length <= limit || last === undefined) return { items, nextCursor: null }
      return { items: items.slice(0, limit), nextCursor: String(last.sequence) }
    },
    overrides,
    reviews,
    prune(nowMs) {
      const beforeMs = nowMs - POLICY_HISTORY_DAYS * DAY_MS
      return inTransaction(
        db,
        () =>
          store.deleteBeforeAcrossTenants(beforeMs) +
          overrides.prune(beforeMs) +
          reviews.prune(beforeMs),
      )
    },
  }
}

/** The policies of the book as it is now, worked out again when it changes. */
function followed(keeper: Pick<SloBookKeeper, 'spec'>): () => PolicyBook {
  let spec = keeper.spec()
  let book = policyBookOf(spec)
  return () => {
    const now = keeper.spec()
    if (now !== spec) book = policyBookOf(now)
    spec = now
    return book
  }
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  const message = 'listing transitions of policies: cursor is not one of ours'
  throw new TenantryError(SLO_ERRORS.SLO_POLICY_CURSOR, message)
}
