/** The signal families of `/metrics/tenants`: what each writes of one tenant's totals. */
import type { Metrics } from '../../domain/metrics/metrics.ts'
import type { ExpositionWriter, SampleLabels } from '../../machinery/wire/exposition-text.ts'
import type { ExposedFamily, FamilyName } from './exposed-family.ts'

type Totals = ReturnType<Metrics['totals']>

export const SIGNAL_FAMILIES: readonly ExposedFamily<Totals>[] = [
  { name: 'tenantry_tenant_requests_total', write: writeRequests },
  { name: 'tenantry_tenant_request_duration_seconds', write: writeDuration },
  single('tenantry_tenant_cpu_seconds_total', (totals) => totals.cpuSeconds),
  single('tenantry_tenant_memory_bytes', (totals) => totals.memoryBytes),
  single('tenantry_tenant_storage_bytes', (totals) => totals.storageBytes),
  single('tenantry_tenant_network_receive_bytes_total', (totals) => totals.networkInBytes),
  single('tenantry_tenant_network_transmit_bytes_total', (totals) => totals.networkOutBytes),
  single('tenantry_tenant_active_requests', (totals) => totals.activeRequests),
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

function writeRequests(writer: ExpositionWriter, labels: SampleLabels, totals: Totals): void {
  for (const [statusClass, count] of Object.entries(totals.requests)) {
    if (count === null) continue
    writer.sample(
      'tenantry_tenant_requests_total',
      [...labels, ['status_class', statusClass]],
      count,
    )
  }
}

function writeDuration(writer: ExpositionWriter, labels: SampleLabels, totals: Totals): void {
  const name = 'tenantry_tenant_request_duration_seconds'
  const buckets = totals.durationBuckets
  const last = buckets.at(-1)
  if (last === undefined) return
  for (const { leSeconds, count } of buckets) {
    const le = leSeconds === Infinity ? '+Inf' : String(leSeconds)
    writer.sample(`${name}_bucket`, [...labels, ['le', le]], count)
  }
  writer.sample(`${name}_sum`, labels, totals.durationSumSeconds ?? 0)
  writer.sample(`${name}_count`, labels, last.count)
}
