/**
 * Deploy gates that somebody opened although they are closed: with a reason, an author and an end,
 * as for a hot fix that mends what spent the budget. Each is one audit entry, and one when it is
 * revoked; its end needs nobody.
 */
import { z } from 'zod'
import { TenantryError } from '../../../core/errors.ts'
import { TENANT_ID_PATTERN, type SloId, type TenantId } from '../../../core/ids.ts'
import { DAY_MS } from '../../../core/time.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Access, Principal } from '../../access/access.ts'
import { SLO_ERRORS } from '../errors.ts'
import { spanSchema, spanSeconds } from '../model/span.ts'
import { OverrideStore } from './override-store.ts'

export const OVERRIDE_LIMITS = {
  /** An exception that lasts is a policy. */
  spanMs: 7 * DAY_MS,
  /** In force for one tenant at a time. */
  overrides: 20,
  /** Told of one tenant, the oldest left out. */
  told: 100,
  reasonCharacters: 500,
} as const

export const gateOverrideRequestSchema = z
  .strictObject({
    /** For every SLO without it. */
    sloId: z
      .string()
      .regex(TENANT_ID_PATTERN, 'expected 1 to 48 of a-z, 0-9 and inner hyphens')
      .exactOptional(),
    reason: z.string().trim().min(1).max(OVERRIDE_LIMITS.reasonCharacters),
    /** Until when: an instant, or a span from now on. */
    expiresAt: z.iso
      .datetime({
        offset: true,
        error: 'expected RFC 3339 with an offset, such as 2026-12-01T02:00:00+01:00',
      })
      .exactOptional(),
    for: spanSchema.exactOptional(),
  })
  .superRefine(({ expiresAt, for: span }, context) => {
    if ((expiresAt === undefined) !== (span === undefined)) return
    context.addIssue({ code: 'custom', message: 'expected either expiresAt or for', path: ['for'] })
  })
export type GateOverrideRequest = z.infer<typeof gateOverrideRequestSchema>

export interface GateOverride {
  readonly tenantId: TenantId
  readonly overrideId: string
  /** Null: every one. */
  readonly sloId: SloId | null
  readonly reason: string
  readonly createdAtMs: number
  readonly createdBy: string
  readonly createdByName: string
  readonly expiresAtMs: number
  readonly revokedAtMs: number | null
  readonly revokedBy: string | null
}

export interface GateOverrides {
  /** Lists those of a tenant that are in force. */
  inForce(tenantId: TenantId, nowMs: number): readonly GateOverride[]
  countInForce(nowMs: number): number
  /** Shape: newest first, those that are over included. */
  list(tenantId: TenantId): readonly GateOverride[]
  /** Throws SLO_GATE_OVERRIDE_SPAN, SLO_GATE_OVERRIDE_LIMIT. */
  create(
    tenantId: TenantId,
    request: GateOverrideRequest,
    actor: Principal,
    nowMs: number,
  ): GateOverride
  /** Throws SLO_GATE_OVERRIDE_NOT_FOUND. One that is over stays as it is. */
  revoke(tenantId: TenantId, overrideId: string, actor: Principal, nowMs: number): GateOverride
  prune(beforeMs: number): number
}

export function openGateOverrides({ db, access }: { db: Database; access: Access }): GateOverrides {
  const store = new OverrideStore(db)
  let open = store.openAcrossTenants(0)

  const isInForce = (override: GateOverride, nowMs: number): boolean =>
    override.revokedAtMs === null && override.expiresAtMs > nowMs
  const inForce = (tenantId: TenantId, nowMs: number): GateOverride[] =>
    open.filter((each) => each.tenantId === tenantId && isInForce(each, nowMs))

  return {
    inForce,
    countInForce: (nowMs) => open.filter((each) => isInForce(each, nowMs)).length,
    list: (tenantId) => store.of(tenantId, OVERRIDE_LIMITS.told),
    create(tenantId, request, actor, nowMs) {
      const expiresAtMs = endOf(request, nowMs)
      if (inForce(tenantId, nowMs).length >= OVERRIDE_LIMITS.overrides) {
        const message = `opening a deploy gate: ${tenantId} has ${OVERRIDE_LIMITS.overrides} overrides in force already`
        throw new TenantryError(SLO_ERRORS.SLO_GATE_OVERRIDE_LIMIT, message)
      }
      const override: GateOverride = {
        tenantId,
        overrideId: `gov_${randomToken(9)}`,
        sloId: (request.sloId ?? null) as SloId | null,
        reason: request.reason,
        createdAtMs: nowMs,
        createdBy: actor.id,
        createdByName: actor.name,
        expiresAtMs,
        revokedAtMs: null,
        revokedBy: null,
      }
      inTransaction(db, () => {
        store.insert(tenantId, override)
        record('deploy-gate.overridden', override, actor, nowMs)
      })
      open = store.openAcrossTenants(nowMs)
      return override
    },
    revoke(tenantId, overrideId, actor, nowMs) {
      const known = store
        .of(tenantId, Number.MAX_SAFE_INTEGER)
        .find((each) => each.overrideId === overrideId)
      if (known === undefined) {
        const message = `revoking an override: ${tenantId} has none called ${overrideId}`
        throw new TenantryError(SLO_ERRORS.SLO_GATE_OVERRIDE_NOT_FOUND, message)
      }
      if (!isInForce(known, nowMs)) return known
      inTransaction(db, () => {
        store.revoke(tenantId, { overrideId, revokedAtMs: nowMs, revokedBy: actor.id })
        record('deploy-gate.override-revoked', known, actor, nowMs)
      })
      open = store.openAcrossTenants(nowMs)
      return { ...known, revokedAtMs: nowMs, revokedBy: actor.id }
    },
    prune: (beforeMs) => store.deleteBeforeAcrossTenants(beforeMs),
  }

  function record(
    action: 'deploy-gate.overridden' | 'deploy-gate.override-revoked',
    override: GateOverride,
    actor: Principal,
    nowMs: number,
  ): void {
    const { tenantId, overrideId } = override
    const target = `deploy-gate/${overrideId}`
    access.audit.record({ actor, action, target, tenantId, details: { override } }, nowMs)
  }
}

function endOf({ expiresAt, for: span }: GateOverrideRequest, nowMs: number): number {
  const endMs = expiresAt === undefined ? nowMs + spanSeconds(span!) * 1_000 : Date.parse(expiresAt)
  if (endMs > nowMs && endMs <= nowMs + OVERRIDE_LIMITS.spanMs) return endMs
  const field = expiresAt === undefined ? 'for' : 'expiresAt'
  const problem = endMs <= nowMs ? 'expected an instant to come' : 'expected at most 7 days'
  throw new TenantryError(
    SLO_ERRORS.SLO_GATE_OVERRIDE_SPAN,
    `opening a deploy gate: ${field}: ${problem}`,
    { details: { errors: [{ field, message: problem }] } },
  )
}
