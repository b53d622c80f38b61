/** A correction: a stretch of time, once or again and again, that no budget is charged for. What a
 *  request may say of one, and what is kept. */
import { z } from 'zod'
import { assertNever } from '../../../core/assert.ts'
import { TENANT_ID_PATTERN, type SloId, type TenantId } from '../../../core/ids.ts'
import { DAY_MS, isTimeZone } from '../../../core/time.ts'
import type { SloTemplate } from '../template.ts'
import { SLO_TIERS, type SloTier } from '../model/tiers.ts'
import { ruleProblem } from './recurrence.ts'

export const CORRECTION_LIMITS = {
  /** In force at a time. */
  corrections: 1_000,
  /** Of one occurrence. */
  spanMs: 31 * DAY_MS,
  reasonCharacters: 500,
} as const

const idSchema = z
  .string()
  .regex(TENANT_ID_PATTERN, 'expected 1 to 48 of a-z, 0-9 and inner hyphens')

const instantSchema = z.iso.datetime({
  offset: true,
  error: 'expected RFC 3339 with an offset, such as 2026-12-01T02:00:00+01:00',
})

export const correctionRequestSchema = z
  .strictObject({
    /** For whom; every tenant without both. */
    tenantId: idSchema.exactOptional(),
    tier: z.enum(SLO_TIERS).exactOptional(),
    /** Every SLO without it. */
    sloId: idSchema.exactOptional(),
    /** Of the first occurrence. Budgets are corrected by whole five minutes, rounded outwards. */
    startsAt: instantSchema,
    endsAt: instantSchema,
    /** A recurrence rule (RFC 5545) without DTSTART, such as `FREQ=WEEKLY;BYDAY=SU`. */
    rrule: z.string().min(1).max(500).exactOptional(),
    /** Whose wall clock the rule repeats by. */
    zone: z
      .string()
      .min(1)
      .max(64)
      .refine(isTimeZone, { error: 'there is no such time zone' })
      .exactOptional(),
    reason: z.string().trim().min(1).max(CORRECTION_LIMITS.reasonCharacters),
  })
  .superRefine(({ tenantId, tier, startsAt, endsAt, rrule, zone }, context) => {
    const issue = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: [field] })
    const spanMs = Date.parse(endsAt) - Date.parse(startsAt)
    if (tenantId !== undefined && tier !== undefined) issue('tier', 'has a tenantId beside it')
    if (spanMs <= 0) issue('endsAt', 'expected an instant after startsAt')
    else if (spanMs > CORRECTION_LIMITS.spanMs) issue('endsAt', 'expected at most 31 days')
    if (rrule === undefined) {
      if (zone !== undefined) issue('zone', 'belongs to a rule that repeats')
      return
    }
    if (zone === undefined) issue('zone', 'is missing; expected the time zone that the rule is in')
    const wrong = ruleProblem(rrule)
    if (wrong !== null) issue('rrule', wrong)
  })
export type CorrectionRequest = z.infer<typeof correctionRequestSchema>

export interface Correction {
  readonly correctionId: string
  readonly tenantId: TenantId | null
  readonly tier: SloTier | null
  readonly sloId: SloId | null
  /** Of the first occurrence: [startsAtMs, endsAtMs). */
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly rrule: string | null
  readonly zone: string | null
  readonly reason: string
  readonly createdAtMs: number
  readonly createdBy: string
  /** A revoked one corrects nothing, and stays to be read. */
  readonly revokedAtMs: number | null
  readonly revokedBy: string | null
}

/** Says why a correction cannot name an SLO: it counts no events itself, so nothing of it could be
 *  left out. Null where it can. */
export function whyNotCorrectable({ sloId, counting }: SloTemplate): string | null {
  switch (counting.from) {
    case 'cells':
    case 'source':
      return null
    case 'parts':
      return `${sloId} is made of ${counting.parts.map((part) => part.sloId).join(', ')}: correct those`
    case 'tenants':
      return `${sloId} adds up ${counting.of}: correct that`
    case 'elsewhere':
      return `${sloId} is not counted by the server`
    default:
      return assertNever(counting, 'counting')
  }
}

/** Tells whether a correction is about an SLO of a tenant. */
export function concerns(
  correction: Pick<Correction, 'tenantId' | 'tier' | 'sloId'>,
  { tenantId, tier, sloId }: { tenantId: TenantId; tier: SloTier; sloId: SloId | null },
): boolean {
  return (
    (correction.tenantId === null || correction.tenantId === tenantId) &&
    (correction.tier === null || correction.tier === tier) &&
    (correction.sloId === null || sloId === null || correction.sloId === sloId)
  )
}
