/**
 * Rows of the steps of budget policies: those that hold, and every one that was entered or left.
 */
import type { Statement } from 'better-sqlite3'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { PolicyAction } from '../model/budget-policy.ts'
import type { HeldStep, PolicyTransition, StepOf } from './transition.ts'

const COLUMNS = `
  tenant_id AS tenantId, sequence, at_ms AS atMs, slo_id AS sloId, policy_id AS policyId,
  step_id AS stepId, kind, cause, actions, threshold_left_ppm AS thresholdLeftPpm, bad, total,
  left_ratio AS leftRatio`

const INSERT = `
  INSERT INTO slo_policy_transition (
    tenant_id, sequence, at_ms, slo_id, policy_id, step_id, kind, cause, actions,
    threshold_left_ppm, bad, total, left_ratio
  )
  VALUES (
    :tenantId, :sequence, :atMs, :sloId, :policyId, :stepId, :kind, :cause, :actions,
    :thresholdLeftPpm, :bad, :total, :leftRatio
  )`

const PAGE = `
  SELECT ${COLUMNS}
  FROM slo_policy_transition
  WHERE sequence < :before
  ORDER BY sequence DESC
  LIMIT :limit`

const PAGE_OF_TENANT = `
  SELECT ${COLUMNS}
  FROM slo_policy_transition
  WHERE tenant_id = :tenantId
    AND sequence < :before
  ORDER BY sequence DESC
  LIMIT :limit`

const LAST_SEQUENCE = `
  SELECT coalesce(max(sequence), 0) AS sequence
  FROM slo_policy_transition`

const DELETE_BEFORE = `
  DELETE FROM slo_policy_transition
  WHERE at_ms < ?`

const READ_HELD = `
  SELECT tenant_id AS tenantId, slo_id AS sloId, policy_id AS policyId, step_id AS stepId,
         entered_at_ms AS enteredAtMs
  FROM slo_policy_state
  ORDER BY tenant_id, slo_id, policy_id, step_id`

const HOLD = `
  INSERT INTO slo_policy_state (tenant_id, slo_id, policy_id, step_id, entered_at_ms)
  VALUES (:tenantId, :sloId, :policyId, :stepId, :enteredAtMs)`

const LET_GO = `
  DELETE FROM slo_policy_state
  WHERE tenant_id = :tenantId
    AND slo_id = :sloId
    AND policy_id = :policyId
    AND step_id = :stepId`

type TransitionRow = Omit<PolicyTransition, 'actions'> & { readonly actions: string }

export interface TransitionPage {
  readonly before: number
  readonly limit: number
}

export class TransitionStore {
  readonly #insert: Statement<[TransitionRow]>
  readonly #page: Statement<[TransitionPage], TransitionRow>
  readonly #pageOfTenant: Statement<[TransitionPage & { tenantId: TenantId }], TransitionRow>
  readonly #lastSequence: Statement<[], { sequence: number }>
  readonly #deleteBefore: Statement<[number]>
  readonly #readHeld: Statement<[], HeldStep>
  readonly #hold: Statement<[HeldStep]>
  readonly #letGo: Statement<[StepOf]>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#page = db.prepare(PAGE)
    this.#pageOfTenant = db.prepare(PAGE_OF_TENANT)
    this.#lastSequence = db.prepare(LAST_SEQUENCE)
    this.#deleteBefore = db.prepare(DELETE_BEFORE)
    this.#readHeld = db.prepare(READ_HELD)
    this.#hold = db.prepare(HOLD)
    this.#letGo = db.prepare(LET_GO)
  }

  /** Writes a transition and what holds after it. */
  write(tenantId: TenantId, transition: PolicyTransition): void {
    const { sloId, policyId, stepId, kind, atMs, actions } = transition
    this.#insert.run({ ...transition, actions: JSON.stringify(actions) })
    const step = { tenantId, sloId, policyId, stepId }
    if (kind === 'entered') this.#hold.run({ ...step, enteredAtMs: atMs })
    else this.#letGo.run(step)
  }

  heldAcrossTenants(): HeldStep[] {
    return this.#readHeld.all()
  }

  lastSequenceAcrossTenants(): number {
    return this.#lastSequence.get()!.sequence
  }

  /** Shape: newest first. */
  page(tenantId: TenantId, page: TransitionPage): PolicyTransition[] {
    return this.#pageOfTenant.all({ ...page, tenantId }).map(transitionOf)
  }

  /** Shape: newest first. */
  pageAcrossTenants(page: TransitionPage): PolicyTransition[] {
    return this.#page.all(page).map(transitionOf)
  }

  deleteBeforeAcrossTenants(atMs: number): number {
    return this.#deleteBefore.run(atMs).changes
  }
}

function transitionOf(row: TransitionRow): PolicyTransition {
  return { ...row, actions: JSON.parse(row.actions) as PolicyAction[] }
}
