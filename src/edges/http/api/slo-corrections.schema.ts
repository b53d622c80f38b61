/** Corrections on the wire. The portal imports these types only. */
import { z } from 'zod'

export const correctionSchema = z.object({
  correctionId: z.string(),
  /** Null, here and below: every one. */
  tenantId: z.string().nullable(),
  tier: z.enum(['starter', 'professional', 'enterprise']).nullable(),
  sloId: z.string().nullable(),
  /** Of the first occurrence: [startsAtMs, endsAtMs). */
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  /** A recurrence rule (RFC 5545), repeated by the wall clock of the zone. Null: once. */
  rrule: z.string().nullable(),
  zone: z.string().nullable(),
  reason: z.string(),
  createdAtMs: z.number(),
  createdBy: z.string(),
  /** Null while it is in force. */
  revokedAtMs: z.number().nullable(),
  revokedBy: z.string().nullable(),
})
export type CorrectionBody = z.infer<typeof correctionSchema>

export const correctionListSchema = z.object({ items: z.array(correctionSchema) })
