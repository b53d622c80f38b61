/**
 * The fleet page's data: one line in words, cards, and rows ranked by need of attention. The portal
 * imports these types only.
 */
import { z } from 'zod'
import { apdexSchema } from './apdex.schema.ts'
import { quantileSchema } from './quantile.schema.ts'
import { SLO_STATES, SPEEDS } from './slo.schema.ts'
import { usersSchema } from './users.schema.ts'

export const fleetSloSchema = z.object({
  sloId: z.string(),
  title: z.string(),
  state: z.enum(SLO_STATES),
  /** The fastest speed whose condition holds. Null when none does. */
  burning: z.enum(SPEEDS).nullable(),
  /** What is counted where a source counts, such as impacts. Null where events or minutes are. */
  counted: z.object({ one: z.string(), many: z.string() }).nullable(),
  budgetLeftRatio: z.number().nullable(),
  objectivePpm: z.number().int(),
  exhaustsInSeconds: z.number().nullable(),
  verdict: z.string(),
})

export const fleetRowSchema = z.object({
  tenantId: z.string(),
  name: z.string(),
  tier: z.enum(['starter', 'professional', 'enterprise']),
  region: z.string(),
  slos: z.array(fleetSloSchema),
  /**
   * The worst one-hour burn over the tenant's SLOs, one value a minute for the last hour, oldest
   * first. Null where nothing was counted.
   */
  burnSpark: z.array(z.number().nullable()),
  requestsPerSecond: z.number().nullable(),
  errorRatio: z.number().nullable(),
  /** Of response times, over the last five minutes. Null without observations. */
  p99: quantileSchema.nullable(),
  /** Over the last five minutes. Null without observations. */
  apdex: apdexSchema.nullable(),
  users: usersSchema,
  /** When the newest sample of the tenant was taken. Null when none ever came. */
  lastSampleAtMs: z.number().nullable(),
  openAlerts: z.number().int(),
  /** Rank: higher needs attention sooner. */
  attention: z.number(),
})

export const fleetSchema = z.object({
  asOfMs: z.number(),
  /** Such as "3 of 212 tenants burn their budget fast; 1 enterprise". */
  sentence: z.string(),
  cards: z.object({
    tenants: z.number().int(),
    burningFast: z.number().int(),
    budgetsExhausted: z.number().int(),
    openAlerts: z.number().int(),
    /**
     * Share of received samples that no tenant claims, over the last hour. Null when nothing was
     * received.
     */
    unattributedRatio: z.number().nullable(),
    samplesPerSecond: z.number(),
  }),
  rows: z.array(fleetRowSchema),
})
export type FleetBody = z.infer<typeof fleetSchema>
export type FleetRowBody = z.infer<typeof fleetRowSchema>
export type FleetSloBody = z.infer<typeof fleetSloSchema>
