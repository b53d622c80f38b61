/**
 * What tenants send against what they may, and who made their series. The portal imports these
 * types only.
 */
import { z } from 'zod'
import { SAMPLE_OUTCOMES } from './collector.schema.ts'
import { ingestQuotasSchema } from './tenants.schema.ts'

/** A limit and what is used of it; the limits are called as in the quotas. */
export const limitUseSchema = z.object({
  limit: z.enum(['activeSeries', 'newSeriesPerMinute', 'samplesPerSecond']),
  allowed: z.number(),
  used: z.number(),
  usedRatio: z.number(),
})

const refusalSchema = z.object({
  reason: z.string(),
  meaning: z.string(),
  /** Samples since the beginning. */
  samples: z.number(),
  /** Requests that were refused whole, since the beginning. */
  requests: z.number(),
  /** Null when none was refused since the last start. */
  lastAtMs: z.number().nullable(),
  /** Some of the series that were refused, the latest first. */
  examples: z.array(z.string()),
})

export const tenantIntakeSchema = z.object({
  tenantId: z.string(),
  asOfMs: z.number(),
  quotas: ingestQuotasSchema,
  /** What is used most of first. */
  uses: z.array(limitUseSchema),
  newSeriesLastHour: z.number(),
  /** The last sixty minutes, the present one last; since the last start. */
  newSeriesByMinute: z.array(z.number()),
  samplesByMinute: z.array(z.number()),
  /** Since the beginning; always the sum of the outcomes. */
  received: z.number(),
  outcomes: z.array(z.object({ outcome: z.enum(SAMPLE_OUTCOMES), samples: z.number() })),
  /** Bytes of messages uncompressed, by the tenant's share of their samples. */
  messageBytes: z.number(),
  /** The latest first. */
  refusals: z.array(refusalSchema),
})
export type TenantIntakeBody = z.infer<typeof tenantIntakeSchema>

export const cardinalitySchema = z.object({
  tenantId: z.string(),
  asOfMs: z.number(),
  series: z.number(),
  metricNames: z.number(),
  labelNames: z.number(),
  metrics: z.array(z.object({ name: z.string(), series: z.number() })),
  labels: z.array(
    z.object({
      name: z.string(),
      series: z.number(),
      values: z.number(),
      isAtLeast: z.boolean(),
      examples: z.array(z.string()),
    }),
  ),
})
export type CardinalityBody = z.infer<typeof cardinalitySchema>

export const fleetCardinalityRowSchema = z.object({
  tenantId: z.string(),
  name: z.string(),
  tier: z.string(),
  activeSeries: z.number(),
  activeSeriesLimit: z.number(),
  newSeriesLastMinute: z.number(),
  newSeriesLastHour: z.number(),
  newSeriesPerMinuteLimit: z.number(),
  samplesPerSecond: z.number(),
  samplesPerSecondLimit: z.number(),
  /** Of the limit that is used most. */
  usedRatio: z.number(),
  received: z.number(),
  discarded: z.number(),
  requestsRefused: z.number(),
  /** Since the last start, the latest first. */
  refusals: z.array(
    z.object({
      reason: z.string(),
      samples: z.number(),
      requests: z.number(),
      lastAtMs: z.number(),
    }),
  ),
})
export type FleetCardinalityRowBody = z.infer<typeof fleetCardinalityRowSchema>

export const fleetCardinalitySchema = z.object({
  asOfMs: z.number(),
  tone: z.enum(['good', 'quiet', 'warning', 'bad']),
  /** Such as "2 of 40 tenants are at a limit: samples of theirs are refused". */
  sentence: z.string(),
  tenants: z.number(),
  series: z.number(),
  /** Series that no tenant claims. */
  unattributedSeries: z.number(),
  /** Those nearest to a limit first, at most two hundred. */
  rows: z.array(fleetCardinalityRowSchema),
})
export type FleetCardinalityBody = z.infer<typeof fleetCardinalitySchema>
