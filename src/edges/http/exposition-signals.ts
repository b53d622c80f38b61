/** The signal families of `/metrics/tenants`: what each writes of one tenant's totals. */
import type { Metrics } from '../../domain/metrics/metrics.ts'
import type { ExposedFamily, FamilyName } from './exposed-family.ts'

type Totals = ReturnType<Metrics['totals']>
type Bucket = Totals['durationBuckets'][number]

export const SIGNAL_FAMILIES: readonly ExposedFamily<Totals>[] = [
  byClass('tenantry_tenant_requests_total', 'requests'),
  {
    name: 'tenantry_tenant_requests_turned_away_total',
    write(writer, labels, { turnedAway }) {
      for (const [refusal, count] of Object.entries(turnedAway)) {
        if (count === null) continue
        const all = [...labels, ['refusal', refusal]] as const
        writer.sample('tenantry_tenant_requests_turned_away_total', all, count)
      }
    },
  },
  histogram('tenantry_tenant_request_duration_seconds', (totals) => ({
    buckets: totals.durationBuckets,
    sumSeconds: totals.durationSumSeconds,
  })),
  single('tenantry_tenant_cpu_seconds_total', (totals) => totals.cpuSeconds),
  single('tenantry_tenant_memory_bytes', (totals) => totals.memoryBytes),
  single('tenantry_tenant_storage_bytes', (totals) => totals.storageBytes),
  single('tenantry_tenant_network_receive_bytes_total', (totals) => totals.networkInBytes),
  single('tenantry_tenant_network_transmit_bytes_total', (totals) => totals.networkOutBytes),
  single('tenantry_tenant_active_requests', (totals) => totals.activeRequests),
  single('tenantry_tenant_api_calls_total', (totals) => totals.apiCalls),
  byClass('tenantry_tenant_probes_total', 'probes'),
  histogram('tenantry_tenant_user_duration_seconds', (totals) => ({
    buckets: totals.userDurationBuckets,
    sumSeconds: totals.userDurationSumSeconds,
  })),
  byClass('tenantry_tenant_dependency_calls_total', 'dependencyCalls'),
  byClass('tenantry_tenant_error_ratio_seconds_total', 'errorRatio', 1e-6),
  byClass('tenantry_tenant_success_ratio_seconds_total', 'successRatio', 1e-6),
  single(
    'tenantry_tenant_dependency_seconds_total',
    (totals) => totals.dependencyDurationSumSeconds,
  ),
]

function single(name: FamilyName, value: (totals: Totals) => number | null): ExposedFamily<Totals> {
  return {
    name,
    write(writer, labels, totals) {
      const found = value(totals)
      if (found !== null) writer.sample(name, labels, found)
    },
  }
}

type ClassField = 'requests' | 'probes' | 'dependencyCalls' | 'errorRatio' | 'successRatio'

/**
 * Failures are there from the first event on, at zero: a counter that begins with the first failure
 * would hide it from whoever asks for its increase.
 */
function byClass(name: FamilyName, field: ClassField, scale = 1): ExposedFamily<Totals> {
  return {
    name,
    write(writer, labels, totals) {
      const counts = Object.entries(totals[field])
      const isCounted = counts.some(([, count]) => count !== null)
      for (const [statusClass, count] of counts) {
        const shown = count ?? (isCounted && statusClass === '5xx' ? 0 : null)
        if (shown === null) continue
        writer.sample(name, [...labels, ['status_class', statusClass]], scale * shown)
      }
    },
  }
}

function histogram(
  name: FamilyName,
  read: (totals: Totals) => { buckets: readonly Bucket[]; sumSeconds: number | null },
): ExposedFamily<Totals> {
  return {
    name,
    write(writer, labels, totals) {
      const { buckets, sumSeconds } = read(totals)
      const last = buckets.at(-1)
      if (last === undefined) return
      for (const { leSeconds, count } of buckets) {
        const le = leSeconds === Infinity ? '+Inf' : String(leSeconds)
        writer.sample(`${name}_bucket`, [...labels, ['le', le]], count)
      }
      writer.sample(`${name}_sum`, labels, sumSeconds ?? 0)
      writer.sample(`${name}_count`, labels, last.count)
    },
  }
}
