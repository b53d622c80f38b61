/** The deploy gate on the wire. The portal imports these types only. */
import { z } from 'zod'

export const gateOverrideSchema = z.object({
  overrideId: z.string(),
  tenantId: z.string(),
  /** Null: for every SLO. */
  sloId: z.string().nullable(),
  reason: z.string(),
  createdAtMs: z.number(),
  createdBy: z.string(),
  createdByName: z.string(),
  expiresAtMs: z.number(),
  /** Null where it was not. */
  revokedAtMs: z.number().nullable(),
  revokedBy: z.string().nullable(),
})

export type GateOverrideBody = z.infer<typeof gateOverrideSchema>

export const gateOverrideListSchema = z.object({ items: z.array(gateOverrideSchema) })

const freezeSchema = z.object({
  sloId: z.string(),
  title: z.string(),
  policyId: z.string(),
  stepId: z.string(),
  sinceMs: z.number(),
  /** Null, here and below: it is not counted now. */
  objectivePpm: z.number().nullable(),
  periodSeconds: z.number().nullable(),
  good: z.number().nullable(),
  bad: z.number().nullable(),
  total: z.number().nullable(),
  budgetLeftRatio: z.number().nullable(),
  budgetLeftEvents: z.number().nullable(),
  /** What froze it, and what has to be left before it opens. */
  enterLeftRatio: z.number(),
  leaveLeftRatio: z.number(),
  /** It stays at least until then. */
  heldUntilMs: z.number(),
  /** When it opens if events go on coming as in the last hour. Null when that is not within the
   *  period, or cannot be told. */
  opensAtMs: z.number().nullable(),
})

export const deployGateSchema = z.object({
  tenantId: z.string(),
  /** The one that was asked about. Null: all of the tenant. */
  sloId: z.string().nullable(),
  gate: z.enum(['open', 'closed']),
  /** One sentence. */
  reason: z.string(),
  /** Since when it is closed, or would be without an override. Null when nothing is frozen. */
  sinceMs: z.number().nullable(),
  /** When everything that closes it has opened. Null while it is open, and where it is not
   *  foreseen. */
  opensAtMs: z.number().nullable(),
  /** Longest first. */
  freezes: z.array(freezeSchema),
  /** Those in force that are about what was asked. */
  overrides: z.array(gateOverrideSchema),
  asOfMs: z.number(),
})
export type DeployGateBody = z.infer<typeof deployGateSchema>
