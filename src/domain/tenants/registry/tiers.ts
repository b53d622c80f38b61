/**
 * The tiers as data. A tier gives what a tenant's own configuration does not: its quotas; and the
 * weight by which it comes before others.
 */
import { GIB, MIB } from '../../../core/units.ts'
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

/** The same in every tier: a series that is wider is a mistake whoever pays. */
const LABELS_OF_A_SERIES = { labelsPerSeries: 64, labelNameBytes: 1_024, labelValueBytes: 4_096 }

export const TIER_ROWS: Readonly<Record<Tier, TierRow>> = {
  starter: {
    weight: 1,
    quotas: {
      compute: { cpuCores: 2, memoryBytes: 4 * GIB },
      storage: { databaseBytes: 10 * GIB, fileBytes: 50 * GIB },
      apiRateLimit: { requestsPerSecond: 100, burst: 200 },
      concurrentUsers: 50,
      dataTransfer: { ingressBytesPerDay: 10 * GIB, egressBytesPerDay: 20 * GIB },
      // Mimir's defaults for one tenant.
      ingest: {
        ...LABELS_OF_A_SERIES,
        samplesPerSecond: 10_000,
        burstSamples: 200_000,
        activeSeries: 150_000,
        newSeriesPerMinute: 150_000,
        requestBytes: 16 * MIB,
        requestSamples: 100_000,
      },
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
      ingest: {
        ...LABELS_OF_A_SERIES,
        samplesPerSecond: 50_000,
        burstSamples: 1_000_000,
        activeSeries: 500_000,
        newSeriesPerMinute: 250_000,
        requestBytes: 32 * MIB,
        requestSamples: 250_000,
      },
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
      ingest: {
        ...LABELS_OF_A_SERIES,
        samplesPerSecond: 200_000,
        burstSamples: 4_000_000,
        activeSeries: 2_000_000,
        newSeriesPerMinute: 500_000,
        requestBytes: 64 * MIB,
        requestSamples: 1_000_000,
      },
    },
  },
}
