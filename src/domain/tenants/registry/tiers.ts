/**
 * The tiers as data. A tier gives what a tenant's own configuration does not: its quotas; and the
 * weight by which it comes before others.
 */
import { GIB } from '../../../core/units.ts'
import type { ResourceQuotas } from './quotas.ts'

export const TIERS = ['starter', 'professional', 'enterprise'] as const
export type Tier = (typeof TIERS)[number]

export interface TierRow {
  /**
   * How much more a tenant of this tier counts when several need attention: each tier twice the one
   * below.
   */
  readonly weight: number
  readonly quotas: ResourceQuotas
}

export const TIER_ROWS: Readonly<Record<Tier, TierRow>> = {
  starter: {
    weight: 1,
    quotas: {
      compute: { cpuCores: 2, memoryBytes: 4 * GIB },
      storage: { databaseBytes: 10 * GIB, fileBytes: 50 * GIB },
      apiRateLimit: { requestsPerSecond: 100, burst: 200 },
      concurrentUsers: 50,
      dataTransfer: { ingressBytesPerDay: 10 * GIB, egressBytesPerDay: 20 * GIB },
    },
  },
  professional: {
    weight: 2,
    quotas: {
      compute: { cpuCores: 8, memoryBytes: 32 * GIB },
      storage: { databaseBytes: 100 * GIB, fileBytes: 500 * GIB },
      apiRateLimit: { requestsPerSecond: 500, burst: 1_000 },
      concurrentUsers: 500,
      dataTransfer: { ingressBytesPerDay: 100 * GIB, egressBytesPerDay: 200 * GIB },
    },
  },
  enterprise: {
    weight: 4,
    // 1,000 requests a second is what the throughput objective promises.
    quotas: {
      compute: { cpuCores: 32, memoryBytes: 128 * GIB },
      storage: { databaseBytes: 1_024 * GIB, fileBytes: 5_120 * GIB },
      apiRateLimit: { requestsPerSecond: 1_000, burst: 2_000 },
      concurrentUsers: 5_000,
      dataTransfer: { ingressBytesPerDay: 1_024 * GIB, egressBytesPerDay: 2_048 * GIB },
    },
  },
}
