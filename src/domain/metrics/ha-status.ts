/** What a person is told of the clusters whose writers name replicas. Pure. */
import type { TenantId } from '../../core/ids.ts'
import type { HaCluster } from './ha-clusters.ts'
import type { WriteContext } from './write-context.ts'

export interface HaReplicaStatus {
  readonly replica: string
  readonly isElected: boolean
  /** When its last write was received. */
  readonly heardAtMs: number
  readonly receivedSamples: number
  /** Of the received ones: those left to another replica. */
  readonly notElectedSamples: number
}

export interface HaClusterStatus {
  /** Whose writers they are; null where key and header name no tenant. */
  readonly tenantId: TenantId | null
  readonly cluster: string
  /** Null before the first write was counted. */
  readonly elected: string | null
  readonly electedAtMs: number | null
  readonly failovers: number
  /** Those that wrote lately, by name. */
  readonly replicas: readonly HaReplicaStatus[]
}

export function haStatuses(
  clusters: readonly HaCluster[],
  contextOf: (context: number) => WriteContext,
): HaClusterStatus[] {
  return clusters.map(({ context, name, elected, electedAtMs, failovers, replicas }) => {
    const { boundTenant, namedTenant } = contextOf(context)
    return {
      tenantId: boundTenant ?? namedTenant,
      cluster: name,
      elected,
      electedAtMs: elected === null ? null : electedAtMs,
      failovers,
      replicas: replicas
        .map(({ name: replica, heardAtMs, received, notElected }) => ({
          replica,
          isElected: replica === elected,
          heardAtMs,
          receivedSamples: received,
          notElectedSamples: notElected,
        }))
        .toSorted((a, b) => (a.replica < b.replica ? -1 : 1)),
    }
  })
}
