/** The shape of a tenant on the wire. The portal imports these types only. */
import { z } from 'zod'

/** How many metrics a tenant may send. */
export const ingestQuotasSchema = z.object({
  samplesPerSecond: z.number(),
  burstSamples: z.number(),
  activeSeries: z.number(),
  newSeriesPerMinute: z.number(),
  labelsPerSeries: z.number(),
  labelNameBytes: z.number(),
  labelValueBytes: z.number(),
  requestBytes: z.number(),
  requestSamples: z.number(),
})

const quotasSchema = z.object({
  compute: z.object({ cpuCores: z.number(), memoryBytes: z.number() }),
  storage: z.object({ databaseBytes: z.number(), fileBytes: z.number() }),
  apiRateLimit: z.object({ requestsPerSecond: z.number(), burst: z.number() }),
  concurrentUsers: z.number(),
  dataTransfer: z.object({ ingressBytesPerDay: z.number(), egressBytesPerDay: z.number() }),
  ingest: ingestQuotasSchema,
})

export const tenantSchema = z.object({
  tenantId: z.string(),
  name: z.string(),
  tier: z.enum(['starter', 'professional', 'enterprise']),
  region: z.string(),
  isolation: z.enum(['shared', 'dedicated', 'isolated']),
  /** Only what differs from the tier. */
  quotas: z.record(z.string(), z.unknown()),
  /** What holds: the tenant's own quotas, the tier's for the rest. */
  effectiveQuotas: quotasSchema,
  security: z.object({
    mfaRequired: z.boolean(),
    supportAccess: z.enum(['allowed', 'on-consent', 'forbidden']),
    allowedNetworks: z.array(z.string()),
    dataRetentionDays: z.number(),
    frameworks: z.array(z.string()),
  }),
  features: z.array(z.string()),
  aliases: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  /** Null where the threshold of the response-time SLO holds. */
  apdexThresholdSeconds: z.number().nullable(),
  /** Counts the changes of the configuration, from 1. */
  generation: z.int(),
  status: z.object({
    state: z.enum(['provisioning', 'active', 'suspended', 'offboarding', 'deleted']),
    observedGeneration: z.int(),
  }),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
})
export type TenantBody = z.infer<typeof tenantSchema>
