/** The shape of alerts that other systems tell of, on the wire. */
import { z } from 'zod'
import { ACTIONS } from '../../../core/condition.ts'

const pairs = z.record(z.string(), z.string())

export const toldAlertSchema = z.object({
  /** A tenant, or the group that an alert of no tenant is told to. */
  tenantId: z.string(),
  fingerprint: z.string(),
  key: z.string(),
  /** The key of the alert in our own record that it is: it is routed by that one alone. */
  ownKey: z.string().nullable(),
  state: z.enum(['firing', 'silent', 'resolved']),
  action: z.enum(ACTIONS),
  summary: z.string(),
  labels: pairs,
  annotations: pairs,
  generatorUrl: z.string(),
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  toldAtMs: z.number(),
  resolvedAtMs: z.number().nullable(),
  endReason: z.enum(['told', 'source-silent']).nullable(),
})
export type ToldAlertBody = z.infer<typeof toldAlertSchema>

export const toldAlertListSchema = z.object({
  /** Told last first. */
  items: z.array(toldAlertSchema),
  /** For the next page. Null on the last one. */
  nextCursor: z.string().nullable(),
})
export type ToldAlertListBody = z.infer<typeof toldAlertListSchema>
