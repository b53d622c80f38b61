/**
 * The signal families of `/metrics/tenants`, one generator a page: it yields after every tenant, so
 * that the caller may pause.
 */
import { TENANT_METRICS } from '../../core/names/metrics.ts'
import type { Metrics } from '../../domain/metrics/metrics.ts'
import type { ExpositionWriter, SampleLabels } from '../../machinery/wire/exposition-text.ts'
import type { ExposedTenant } from './exposed-tenant.ts'

type Totals = ReturnType<Metrics['totals']>
type FamilyName = keyof typeof TENANT_METRICS

/** What one family writes for one tenant. */
interface Family {
  readonly name: FamilyName
  readonly write: (writer: ExpositionWriter, labels: SampleLabels, totals: Totals) => void
}

const FAMILIES: readonly Family[] = [
  { name: 'tenantry_tenant_requests_total', write: writeRequests },
  { name: 'tenantry_tenant_request_duration_seconds', write: writeDuration },
  single('tenantry_tenant_cpu_seconds_total', (totals) => totals.cpuSeconds),
  single('tenantry_tenant_memory_bytes', (totals) => totals.memoryBytes),
  single('tenantry_tenant_storage_bytes', (totals) => totals.storageBytes),
  single('tenantry_tenant_network_receive_bytes_total', (totals) => totals.networkInBytes),
  single('tenantry_tenant_network_transmit_bytes_total', (totals) => totals.networkOutBytes),
  single('tenantry_tenant_active_requests', (totals) => totals.activeRequests),
]

/**
 * Writes every signal family. The figures are those of the first moment: totals are taken once,
 * before the first line is written.
 */
export function* writeSignalFamilies(
  writer: ExpositionWriter,
  tenants: readonly ExposedTenant[],
  totalsOf: Metrics['totals'],
): Generator<void> {
  const totals = tenants.map(({ tenantId }) => totalsOf(tenantId))
  for (const { name, write } of FAMILIES) {
    const { kind, help } = TENANT_METRICS[name]
    writer.family(name, kind, help)
    for (const [index, { tenantId }] of tenants.entries()) {
      write(writer, [['tenant', tenantId]], totals[index]!)
      yield
    }
  }
}

function single(name: FamilyName, value: (totals: Totals) => number | null): Family {
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
