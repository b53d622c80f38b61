/** The tests of what Tenantry says of itself: each alert with the least that raises it. */
import type { AlertName } from '../alert-table.ts'
import { firing, type RuleTest } from './promtool.ts'
import type { InputSeries } from './traffic.ts'

interface SelfCase {
  readonly alert: AlertName
  readonly about: string
  readonly series: readonly InputSeries[]
}

const WELL: readonly InputSeries[] = [
  { series: 'tenantry_tenants', values: '12x240' },
  { series: 'tenantry_ingest_requests_total{protocol="otlp",code="200"}', values: '0+100x240' },
  { series: 'tenantry_ingest_requests_total{protocol="otlp",code="429"}', values: '0+1x240' },
  { series: 'tenantry_log_short_of_room', values: '0x240' },
  { series: 'tenantry_disk_free_bytes', values: '8e10x240' },
  { series: 'tenantry_disk_size_bytes', values: '1e11x240' },
  { series: 'tenantry_checkpoint_lag_bytes', values: '1e8x240' },
  { series: 'tenantry_checkpoint_failures_in_a_row', values: '0x240' },
  { series: 'tenantry_tick_age_seconds', values: '4x240' },
  { series: 'tenantry_outbox_oldest_seconds', values: '0x240' },
  { series: 'tenantry_time_seconds', values: '0+15x240' },
  { series: 'tenantry_forward_lag_ratio{target="eu"}', values: '0.001x240' },
  { series: 'tenantry_forward_samples_total{target="eu",outcome="sent"}', values: '0+900x240' },
  { series: 'tenantry_forward_samples_total{target="eu",outcome="dropped"}', values: '0x240' },
  { series: 'tenantry_forward_samples_total{target="eu",outcome="refused"}', values: '0x240' },
  { series: 'tenantry_engine_rules_drifted', values: '0x240' },
  { series: 'tenantry_engine_rules_failed', values: '0x240' },
]

const CASES: readonly SelfCase[] = [
  { alert: 'TenantryDown', about: 'nothing is scraped', series: without('tenantry_tenants') },
  {
    alert: 'TenantryIngestRefusing',
    about: 'one in six writes is refused',
    series: but('tenantry_ingest_requests_total{protocol="otlp",code="429"}', '0+20x240'),
  },
  {
    alert: 'TenantryLogDisk',
    about: 'writes are refused for want of room',
    series: but('tenantry_log_short_of_room', '1x240'),
  },
  {
    alert: 'TenantryLogDisk',
    about: 'the disk is full in half an hour',
    series: but('tenantry_disk_free_bytes', '2.9e10-8e7x240'),
  },
  {
    alert: 'TenantryCheckpointLag',
    about: 'the tail grows',
    series: but('tenantry_checkpoint_lag_bytes', '6e8x240'),
  },
  {
    alert: 'TenantryEvaluationLate',
    about: 'no tick ends',
    series: but('tenantry_tick_age_seconds', '4+15x240'),
  },
  {
    alert: 'TenantryOutboxAge',
    about: 'a notification waits',
    series: but('tenantry_outbox_oldest_seconds', '0+15x240'),
  },
  {
    alert: 'TenantryClockSkew',
    about: 'the clock is half a minute ahead',
    series: but('tenantry_time_seconds', '30+15x240'),
  },
  {
    alert: 'TenantryForwardLag',
    about: 'an engine is out of reach for long',
    series: but('tenantry_forward_lag_ratio{target="eu"}', '0+0.01x240'),
  },
  {
    alert: 'TenantryForwardLag',
    about: 'samples are dropped',
    series: but('tenantry_forward_samples_total{target="eu",outcome="dropped"}', '0+10x240'),
  },
  {
    alert: 'TenantryForwardRefused',
    about: 'an engine refuses some',
    series: but('tenantry_forward_samples_total{target="eu",outcome="refused"}', '0+1x240'),
  },
  {
    alert: 'TenantryEngineRules',
    about: 'somebody changed rules in an engine',
    series: but('tenantry_engine_rules_drifted', '2x240'),
  },
]

const MINUTE = 20
const ALERTS_OF_IT = firing(['alertname'], ',alertname=~"Tenantry.*"')

export function selfTests(): RuleTest[] {
  const check = (names: readonly AlertName[]) => ({
    expr: ALERTS_OF_IT,
    minute: MINUTE,
    samples: names.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
  })
  return [
    { name: 'when all is well only the watchdog', series: WELL, checks: [check([WATCHDOG])] },
    ...CASES.map(({ alert, about, series }) => ({
      name: `${alert}: ${about}`,
      series,
      checks: [check([alert, WATCHDOG])],
    })),
  ]
}

const WATCHDOG = 'TenantryWatchdog' satisfies AlertName

function without(series: string): InputSeries[] {
  return WELL.filter((each) => each.series !== series)
}

function but(series: string, values: string): InputSeries[] {
  return [...without(series), { series, values }]
}
