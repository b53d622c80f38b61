/**
 * What a tenant may use. The guide's five kinds: compute, storage, API rate, concurrent users, data
 * transfer. A configuration holds only what differs from the tier, so that a change of tier changes
 * all the rest. Units: bytes, cores, requests a second, bytes a UTC day.
 */
import { z } from 'zod'
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
}

const bytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const count = z.int().min(0).max(1_000_000_000)

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
  }
}
