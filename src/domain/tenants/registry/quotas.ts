/**
 * What a tenant may use. The guide's five kinds (compute, storage, API rate, concurrent users, data
 * transfer) and what it may send of its own metrics. A configuration holds only what differs from
 * the tier, so that a change of tier changes all the rest. Units: bytes, cores, requests a second,
 * bytes a UTC day.
 */
import { z } from 'zod'
import { MIB } from '../../../core/units.ts'
import { TIER_ROWS, type Tier } from './tiers.ts'

export interface ResourceQuotas {
  readonly compute: { readonly cpuCores: number; readonly memoryBytes: number }
  readonly storage: { readonly databaseBytes: number; readonly fileBytes: number }
  readonly apiRateLimit: { readonly requestsPerSecond: number; readonly burst: number }
  readonly concurrentUsers: number
  readonly dataTransfer: {
    readonly ingressBytesPerDay: number
    readonly egressBytesPerDay: number
  }
  readonly ingest: IngestQuotas
}

/** How many metrics a tenant may send. What is over is refused; series that are known go on. */
export interface IngestQuotas {
  readonly samplesPerSecond: number
  /** What may come at once after a silence. */
  readonly burstSamples: number
  /** Series with a recent sample. */
  readonly activeSeries: number
  readonly newSeriesPerMinute: number
  readonly labelsPerSeries: number
  readonly labelNameBytes: number
  readonly labelValueBytes: number
  /** The body of a request that is of this tenant alone, as received. */
  readonly requestBytes: number
  /** The tenant's samples in one request. */
  readonly requestSamples: number
}

const bytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const count = z.int().min(0).max(1_000_000_000)
const atLeastOne = z.int().min(1).max(1_000_000_000)

/** What the installation takes of anybody: no tenant's own figure may be above it. */
export const METRIC_CEILINGS = {
  labelsPerSeries: 64, // OpenTelemetry resources alone often carry 20; Mimir allows 30
  labelNameBytes: 1_024, // Mimir's default
  labelValueBytes: 4_096, // twice Mimir's default: resource attributes hold command lines
  requestBytes: 64 * MIB, // what the OTLP specification recommends
} as const

/** Quotas as a configuration gives them: any part may be left to the tier. */
export const quotaOverridesSchema = z.strictObject({
  compute: z
    .strictObject({
      cpuCores: z.number().min(0.01).max(1_000_000).exactOptional(),
      memoryBytes: bytes.exactOptional(),
    })
    .exactOptional(),
  storage: z
    .strictObject({ databaseBytes: bytes.exactOptional(), fileBytes: bytes.exactOptional() })
    .exactOptional(),
  apiRateLimit: z
    .strictObject({
      requestsPerSecond: z.int().min(1).max(10_000_000).exactOptional(),
      burst: z.int().min(1).max(100_000_000).exactOptional(),
    })
    .exactOptional(),
  concurrentUsers: count.exactOptional(),
  dataTransfer: z
    .strictObject({
      ingressBytesPerDay: bytes.exactOptional(),
      egressBytesPerDay: bytes.exactOptional(),
    })
    .exactOptional(),
  ingest: z
    .strictObject({
      samplesPerSecond: atLeastOne.exactOptional(),
      burstSamples: atLeastOne.exactOptional(),
      activeSeries: count.exactOptional(),
      newSeriesPerMinute: count.exactOptional(),
      labelsPerSeries: z.int().min(1).max(METRIC_CEILINGS.labelsPerSeries).exactOptional(),
      labelNameBytes: z.int().min(1).max(METRIC_CEILINGS.labelNameBytes).exactOptional(),
      labelValueBytes: z.int().min(1).max(METRIC_CEILINGS.labelValueBytes).exactOptional(),
      requestBytes: z.int().min(1).max(METRIC_CEILINGS.requestBytes).exactOptional(),
      requestSamples: atLeastOne.exactOptional(),
    })
    .exactOptional(),
})
export type QuotaOverrides = z.infer<typeof quotaOverridesSchema>

/** Tells what holds for a tenant: its own figures where it has some, else its tier's. */
export function effectiveQuotas(tier: Tier, own: QuotaOverrides): ResourceQuotas {
  const base = TIER_ROWS[tier].quotas
  return {
    compute: { ...base.compute, ...own.compute },
    storage: { ...base.storage, ...own.storage },
    apiRateLimit: { ...base.apiRateLimit, ...own.apiRateLimit },
    concurrentUsers: own.concurrentUsers ?? base.concurrentUsers,
    dataTransfer: { ...base.dataTransfer, ...own.dataTransfer },
    ingest: { ...base.ingest, ...own.ingest },
  }
}
