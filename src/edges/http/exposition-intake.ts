/** The intake families of `/metrics/tenants`: what came of a tenant, and what it may send. */
import type { TenantIntake } from '../../domain/metrics/metrics.ts'
import type { ExpositionWriter, SampleLabels } from '../../machinery/wire/exposition-text.ts'
import type { ExposedFamily, FamilyName } from './exposed-family.ts'

export const INTAKE_FAMILIES: readonly ExposedFamily<TenantIntake>[] = [
  { name: 'tenantry_tenant_samples_total', write: writeOutcomes },
  { name: 'tenantry_tenant_discarded_samples_total', write: writeDiscarded },
  { name: 'tenantry_tenant_refused_requests_total', write: writeRefused },
  single('tenantry_tenant_message_bytes_total', ({ messageBytes }) => messageBytes),
  single('tenantry_tenant_active_series', ({ activeSeries }) => activeSeries),
  single('tenantry_tenant_new_series_per_minute', ({ newSeriesByMinute: minutes }) =>
    Number(minutes.at(-2) ?? 0),
  ),
  single('tenantry_tenant_burst_used_ratio', ({ burstUsedRatio }) => burstUsedRatio),
  { name: 'tenantry_tenant_limit', write: writeLimits },
]

/** Nothing of a tenant of whom nothing ever came. */
function single(
  name: FamilyName,
  value: (intake: TenantIntake) => number,
): ExposedFamily<TenantIntake> {
  return {
    name,
    write(writer, labels, intake) {
      if (intake.received > 0) writer.sample(name, labels, value(intake))
    },
  }
}

function writeOutcomes(
  writer: ExpositionWriter,
  labels: SampleLabels,
  { received, outcomes }: TenantIntake,
): void {
  if (received === 0) return
  for (const [outcome, samples] of Object.entries(outcomes)) {
    writer.sample('tenantry_tenant_samples_total', [...labels, ['outcome', outcome]], samples)
  }
}

function writeDiscarded(
  writer: ExpositionWriter,
  labels: SampleLabels,
  { discarded }: TenantIntake,
): void {
  for (const [reason, samples] of Object.entries(discarded)) {
    writer.sample(
      'tenantry_tenant_discarded_samples_total',
      [...labels, ['reason', reason]],
      samples,
    )
  }
}

function writeRefused(
  writer: ExpositionWriter,
  labels: SampleLabels,
  { requestsRefused }: TenantIntake,
): void {
  for (const [reason, requests] of Object.entries(requestsRefused)) {
    const all: SampleLabels = [...labels, ['reason', reason]]
    writer.sample('tenantry_tenant_refused_requests_total', all, requests)
  }
}

function writeLimits(
  writer: ExpositionWriter,
  labels: SampleLabels,
  { quotas }: TenantIntake,
): void {
  for (const [limit, value] of [
    ['samples_per_second', quotas.samplesPerSecond],
    ['burst_samples', quotas.burstSamples],
    ['active_series', quotas.activeSeries],
    ['new_series_per_minute', quotas.newSeriesPerMinute],
  ] as const) {
    writer.sample('tenantry_tenant_limit', [...labels, ['limit', limit]], value)
  }
}
