/**
 * What tenants send against what they may: the part of the door that the edges ask before they read
 * a write, and that tells afterwards what became of everything.
 */
import type { TenantId } from '../../core/ids.ts'
import type { IngestQuotaReader, IngestQuotas } from '../tenants/tenants.ts'
import type { Admission } from './admission.ts'
import { UNATTRIBUTED_REASONS } from './reasons.ts'
import type { RefusalNote } from './refusal-notes.ts'
import type { MetricTables } from './tables.ts'
import { SAMPLE_OUTCOMES, type SampleOutcome } from './tenant-accounts.ts'

export type { RefusalNote } from './refusal-notes.ts'
export { SAMPLE_OUTCOMES, type SampleOutcome } from './tenant-accounts.ts'

/** Why a request of one tenant is refused whole. */
export type RequestRefusal = 'rate-limit' | 'request-size' | 'queue-full'

/** What of a tenant came and what became of it, since the beginning and lately. */
export interface TenantIntake {
  readonly quotas: IngestQuotas
  readonly activeSeries: number
  /** New series by minute over the last hour, the present minute last. Since the last start. */
  readonly newSeriesByMinute: readonly number[]
  /** Samples that came, kept or not, likewise. */
  readonly samplesByMinute: readonly number[]
  /** How much of the burst is used up. Above 1: what is owed. */
  readonly burstUsedRatio: number
  /** Always received = the sum of the outcomes. */
  readonly received: number
  readonly outcomes: Readonly<Record<SampleOutcome, number>>
  /** Bytes of messages uncompressed, by the tenant's share of their samples. */
  readonly messageBytes: number
  /** Samples by reason. Shape: only reasons that occurred. */
  readonly discarded: Readonly<Record<string, number>>
  /** Requests that were refused whole, by reason. Shape: only reasons that occurred. */
  readonly requestsRefused: Readonly<Record<string, number>>
  /** The last refusals of each reason. Since the last start. */
  readonly refusals: readonly RefusalNote[]
}

export interface Intake {
  quotasOf(tenantId: TenantId): IngestQuotas
  /** Tells why a request that is a tenant's alone is not worth reading now, and for how long. */
  closed(tenantId: TenantId, nowMs: number): { text: string; waitMs: number } | undefined
  /** Counts a request of a tenant that was refused whole. */
  refuseRequest(tenantId: TenantId, reason: RequestRefusal, nowMs: number): void
  of(tenantId: TenantId, nowMs: number): TenantIntake
  /** Series that no tenant claims. */
  unattributedSeries(): number
}

export function openIntake(
  { tenants, tenantAccounts, notes, newSeries, received }: MetricTables,
  admission: Admission,
  quotas: IngestQuotaReader,
): Intake {
  return {
    unattributedSeries: () =>
      UNATTRIBUTED_REASONS.reduce(
        (sum, reason) => sum + tenants.seriesOf(tenants.unattributed(reason)),
        0,
      ),
    quotasOf: (tenantId) => quotas.of(tenantId),
    closed(tenantId, nowMs) {
      const tenant = tenants.find(tenantId)
      return tenant === undefined ? undefined : admission.closed(tenant, nowMs)
    },
    refuseRequest(tenantId, reason, nowMs) {
      const tenant = tenants.index(tenantId)
      tenantAccounts.add(tenant, `requests refused: ${reason}`, 1)
      notes.note(tenant, reason, nowMs)
    },
    of(tenantId, nowMs) {
      const tenant = tenants.find(tenantId)
      const of = <Value>(read: (index: number) => Value, none: Value): Value =>
        tenant === undefined ? none : read(tenant)
      return {
        quotas: quotas.of(tenantId),
        activeSeries: of((index) => tenants.seriesOf(index), 0),
        newSeriesByMinute: newSeries.minutes(tenant ?? -1, nowMs),
        samplesByMinute: received.minutes(tenant ?? -1, nowMs),
        burstUsedRatio: of((index) => admission.burstUsedRatio(index, nowMs), 0),
        received: of((index) => tenantAccounts.read(index, 'received'), 0),
        outcomes: Object.fromEntries(
          SAMPLE_OUTCOMES.map((outcome) => [
            outcome,
            of((index) => tenantAccounts.read(index, outcome), 0),
          ]),
        ) as Record<SampleOutcome, number>,
        messageBytes: of((index) => tenantAccounts.read(index, 'bytes'), 0),
        discarded: of((index) => tenantAccounts.withPrefix(index, 'discarded: '), {}),
        requestsRefused: of((index) => tenantAccounts.withPrefix(index, 'requests refused: '), {}),
        refusals: of((index) => notes.of(index), []),
      }
    },
  }
}
