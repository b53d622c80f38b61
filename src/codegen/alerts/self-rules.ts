/**
 * What Tenantry tells of itself, as alerts, and the one whose absence tells that alerting broke.
 */
import type { Action } from '../../core/condition.ts'
import { MIB } from '../../core/units.ts'
import { alertRule } from './alert-rule.ts'
import type { AlertName } from './alert-table.ts'
import type { Rule } from './rule.ts'

interface SelfAlert {
  readonly alert: AlertName
  readonly expr: string
  readonly forSeconds: number
  readonly action: Action
  readonly summary: string
}

/** What a restart is meant to replay at most, and as much again. */
const LAG_BYTES = 512 * MIB

const SELF_ALERTS: readonly SelfAlert[] = [
  {
    alert: 'TenantryDown',
    expr: 'absent(tenantry_tenants)',
    forSeconds: 120,
    action: 'page',
    summary: 'Tenantry is not scraped: it is down, or its metrics do not get here',
  },
  {
    alert: 'TenantryIngestRefusing',
    expr: [
      'sum(increase(tenantry_ingest_requests_total{code=~"429|5.."}[5m]))',
      '> 0.05 * sum(increase(tenantry_ingest_requests_total[5m]))',
    ].join('\n'),
    forSeconds: 300,
    action: 'page',
    summary: 'More than 5 % of writes are refused',
  },
  {
    alert: 'TenantryLogDisk',
    expr: [
      'tenantry_log_short_of_room == 1',
      'or predict_linear(tenantry_disk_free_bytes[1h], 14400) < 0',
      'and tenantry_disk_free_bytes < 0.3 * tenantry_disk_size_bytes',
      // What a disk did for a few minutes is no trend.
      'and tenantry_disk_free_bytes offset 15m',
    ].join('\n'),
    forSeconds: 120,
    action: 'page',
    summary: 'The disk of the log has no room, or has none in four hours',
  },
  {
    alert: 'TenantryCheckpointLag',
    expr: `tenantry_checkpoint_lag_bytes > ${LAG_BYTES}\nor tenantry_checkpoint_failures_in_a_row >= 3`,
    forSeconds: 300,
    action: 'ticket',
    summary: 'Checkpoints fail or come late: a restart would take long',
  },
  {
    alert: 'TenantryEvaluationLate',
    expr: [
      'tenantry_tick_age_seconds > 30',
      'or increase(tenantry_tick_failures_total[5m]) > 3',
      'or increase(tenantry_tick_late_total[5m]) > 30',
    ].join('\n'),
    forSeconds: 60,
    action: 'page',
    summary: 'SLOs are not evaluated in time',
  },
  {
    alert: 'TenantryOutboxAge',
    expr: 'tenantry_outbox_oldest_seconds > 120\nor increase(tenantry_deliveries_settled_total{state="dead"}[15m]) > 0',
    forSeconds: 60,
    action: 'page',
    summary: 'Notifications wait, or were given up',
  },
  {
    alert: 'TenantryClockSkew',
    expr: 'abs(tenantry_time_seconds - timestamp(tenantry_time_seconds)) > 5',
    forSeconds: 300,
    action: 'ticket',
    summary: 'The clocks of Tenantry and of this Prometheus differ by more than 5 s',
  },
  {
    alert: 'TenantryForwardLag',
    expr: [
      'tenantry_forward_lag_ratio > 0.5',
      'or increase(tenantry_forward_samples_total{outcome="dropped"}[15m]) > 0',
      'or increase(tenantry_forward_lost_bytes_total[15m]) > 0',
    ].join('\n'),
    forSeconds: 300,
    action: 'page',
    summary: 'An engine is not sent what was accepted for it, or so late that some is dropped',
  },
  {
    alert: 'TenantryForwardRefused',
    expr: 'increase(tenantry_forward_samples_total{outcome="refused"}[15m]) > 0',
    forSeconds: 900,
    action: 'ticket',
    summary: 'An engine refuses samples that were accepted for it',
  },
  {
    alert: 'TenantryEngineRules',
    expr: 'tenantry_engine_rules_drifted > 0\nor tenantry_engine_rules_failed > 0',
    forSeconds: 900,
    action: 'ticket',
    summary: 'Rules of tenants in an engine are not as they shall be, or a push of them failed',
  },
]

const WATCHDOG = 'TenantryWatchdog' satisfies AlertName

export function selfRules(runbooks: string): Rule[] {
  const alerts = SELF_ALERTS.map(({ alert, ...row }) =>
    alertRule(alert, { ...row, description: 'About Tenantry itself, not a tenant.', runbooks }),
  )
  const watchdog = alertRule(WATCHDOG, {
    expr: 'vector(1)',
    action: 'report',
    labels: { watchdog: 'tenantry' },
    summary: 'Always fires, so that its absence is noticed',
    description: 'Route it to a receiver that pages when it is not heard.',
    runbooks,
  })
  return [...alerts, watchdog]
}
