/** One tenant: what was promised and kept, how it is served, what it uses, what it sends. */
import type { Board, Panel, Threshold } from './board.ts'
import { BUDGET_SCALE, BURN_SCALE, ERROR_SCALE, marks, NONE_SCALE, TENANT } from './common.ts'
import { orZero, perSecond, quantileBy, share, sumBy } from './queries.ts'

const OWN = 'tenant="$tenant"'
const REQUESTS = 'tenantry_tenant_requests_total'

/** The usual promise: 99 % within 200 ms. */
const RESPONSE_SCALE: readonly Threshold[] = [
  { from: null, color: 'green' },
  { from: 0.2, color: 'red' },
]
const SHARE_OF_LIMIT: readonly Threshold[] = [
  { from: null, color: 'green' },
  { from: 0.8, color: 'yellow' },
  { from: 1, color: 'red' },
]

export const board: Board = {
  uid: 'tenantry-tenant',
  title: 'Tenantry / Tenant',
  description: 'One tenant: what was promised and kept, how it is served, what it uses, what it sends.',
  variables: [TENANT],
  annotations: marks(`tenant=~"$tenant|"`),
  links: ['tenantry-fleet', 'tenantry-slo', 'tenantry-collector'],
  rows: [
    { title: 'Promises', panels: promises() },
    { title: 'Service', panels: service() },
    { title: 'Usage', panels: usage() },
    { title: 'What it sends', panels: intake() },
  ],
}

function promises(): Panel[] {
  const of = (metric: string, matchers = ''): string =>
    `sum by (slo) (${metric}{${OWN}${matchers}})`
  const lines = { kind: 'lines', width: 12 } as const
  return [
    {
      kind: 'table',
      title: 'SLOs',
      description:
        'Each SLO with its objective, what was kept over the period, what is left of the error budget and how fast it burns.',
      unit: 'percentunit',
      width: 24,
      height: 7,
      by: ['slo'],
      labels: { slo: { title: 'SLO', to: 'tenantry-slo' } },
      columns: [
        { title: 'Objective', unit: 'percentunit', decimals: 3, expr: of('tenantry_slo_objective_ratio') },
        { title: 'Kept', unit: 'percentunit', decimals: 3, expr: of('tenantry_slo_sli_ratio') },
        {
          title: 'Budget left',
          unit: 'percentunit',
          decimals: 1,
          thresholds: BUDGET_SCALE,
          expr: of('tenantry_slo_budget_left_ratio'),
        },
        {
          title: 'Burn, 1 h',
          unit: 'suffix: x',
          decimals: 2,
          thresholds: BURN_SCALE,
          expr: of('tenantry_slo_burn_rate', ', window="1h"'),
        },
        {
          title: 'Burn, 3 d',
          unit: 'suffix: x',
          decimals: 2,
          thresholds: BURN_SCALE,
          expr: of('tenantry_slo_burn_rate', ', window="3d"'),
        },
      ],
      sortBy: 'Budget left',
      descending: false,
    },
    {
      ...lines,
      title: 'Budget left',
      description: 'What is left of each error budget. Below zero more was spent than there was.',
      unit: 'percentunit',
      thresholds: BUDGET_SCALE,
      max: 1,
      queries: [{ expr: of('tenantry_slo_budget_left_ratio'), legend: '{{slo}}' }],
    },
    {
      ...lines,
      title: 'Burn over an hour',
      description:
        'How fast each budget burns: 1 spends it exactly by the end of the period, 14.4 pages if five minutes say the same.',
      unit: 'suffix: x',
      thresholds: BURN_SCALE,
      min: 0,
      queries: [{ expr: of('tenantry_slo_burn_rate', ', window="1h"'), legend: '{{slo}}' }],
    },
  ]
}

function service(): Panel[] {
  const lines = { kind: 'lines', width: 12, min: 0 } as const
  const buckets = perSecond('tenantry_tenant_request_duration_seconds', OWN, '_bucket')
  const all = sumBy([], perSecond(REQUESTS, OWN))
  return [
    {
      ...lines,
      title: 'Requests',
      description: 'Requests a second by class of status.',
      unit: 'reqps',
      stacked: true,
      queries: [
        { expr: sumBy(['status_class'], perSecond(REQUESTS, OWN)), legend: '{{status_class}}' },
      ],
    },
    {
      ...lines,
      title: 'Requests that failed',
      description: 'Share of requests answered with 5xx, and of those turned away with 429 or 503.',
      unit: 'percentunit',
      thresholds: ERROR_SCALE,
      queries: [
        {
          expr: share(sumBy([], perSecond(REQUESTS, `${OWN}, status_class="5xx"`)), all),
          legend: 'failed',
        },
        {
          expr: share(sumBy([], perSecond('tenantry_tenant_requests_turned_away_total', OWN)), all),
          legend: 'turned away',
        },
      ],
    },
    {
      ...lines,
      title: 'Response time',
      description: 'Percentiles of all requests together; as exact as the bounds of the buckets allow.',
      unit: 's',
      thresholds: RESPONSE_SCALE,
      queries: [0.5, 0.95, 0.99].map((quantile) => ({
        expr: quantileBy(quantile, [], buckets),
        legend: `p${quantile * 100}`,
      })),
    },
    {
      ...lines,
      title: 'Apdex and users',
      description:
        'Apdex of the last five minutes, from 0 to 1, failed requests counted as frustrated.',
      unit: 'short',
      decimals: 3,
      max: 1,
      queries: [{ expr: `tenantry_tenant_apdex_ratio{${OWN}}`, legend: 'Apdex' }],
    },
    {
      ...lines,
      title: 'Active users',
      description: 'Distinct users by window; above 2,048 an estimate.',
      unit: 'short',
      queries: [
        { expr: `tenantry_tenant_distinct_users{${OWN}}`, legend: '{{window}}' },
        { expr: `tenantry_tenant_active_users{${OWN}}`, legend: 'active' },
      ],
    },
    {
      ...lines,
      title: 'Calls of dependencies',
      description: 'Calls of databases, other services and queues a second, by class of status.',
      unit: 'reqps',
      queries: [
        {
          expr: sumBy(['status_class'], perSecond('tenantry_tenant_dependency_calls_total', OWN)),
          legend: '{{status_class}}',
        },
      ],
    },
  ]
}

function usage(): Panel[] {
  const lines = { kind: 'lines', width: 12, min: 0 } as const
  return [
    {
      ...lines,
      title: 'CPU',
      description: 'Cores in use.',
      unit: 'suffix: cores',
      decimals: 2,
      queries: [{ expr: perSecond('tenantry_tenant_cpu_seconds_total', OWN), legend: 'CPU' }],
    },
    {
      ...lines,
      title: 'Memory and storage',
      description: 'Bytes in use.',
      unit: 'bytes',
      queries: [
        { expr: `tenantry_tenant_memory_bytes{${OWN}}`, legend: 'memory' },
        { expr: `tenantry_tenant_storage_bytes{${OWN}}`, legend: 'storage' },
      ],
    },
    {
      ...lines,
      title: 'Network',
      description: 'Bytes a second, in and out.',
      unit: 'Bps',
      queries: [
        { expr: perSecond('tenantry_tenant_network_receive_bytes_total', OWN), legend: 'received' },
        { expr: perSecond('tenantry_tenant_network_transmit_bytes_total', OWN), legend: 'sent' },
      ],
    },
    {
      ...lines,
      title: 'API calls',
      description: 'Calls of the API a second, as metered.',
      unit: 'reqps',
      queries: [{ expr: perSecond('tenantry_tenant_api_calls_total', OWN), legend: 'calls' }],
    },
  ]
}

function intake(): Panel[] {
  const lines = { kind: 'lines', width: 12, min: 0 } as const
  const limit = (name: string): string => `tenantry_tenant_limit{${OWN}, limit="${name}"}`
  const used = (vector: string, name: string): string =>
    `(${vector}) / on(tenant) (${limit(name)} > 0)`
  return [
    {
      ...lines,
      title: 'Samples',
      description: 'Samples received a second, by what became of them.',
      unit: 'suffix: samples/s',
      stacked: true,
      queries: [
        {
          expr: sumBy(['outcome'], perSecond('tenantry_tenant_samples_total', OWN)),
          legend: '{{outcome}}',
        },
      ],
    },
    {
      ...lines,
      title: 'Limits in use',
      description: 'How much of its limits the tenant uses. Above 1 what is new is refused; what was there goes on.',
      unit: 'percentunit',
      thresholds: SHARE_OF_LIMIT,
      queries: [
        {
          expr: used(`tenantry_tenant_active_series{${OWN}}`, 'active_series'),
          legend: 'series',
        },
        {
          expr: used(
            sumBy(['tenant'], perSecond('tenantry_tenant_samples_total', OWN)),
            'samples_per_second',
          ),
          legend: 'samples a second',
        },
        { expr: `tenantry_tenant_burst_used_ratio{${OWN}}`, legend: 'burst' },
      ],
    },
    {
      kind: 'stat',
      title: 'Refused in the last hour',
      description: 'Requests of the tenant alone that were refused whole, and samples that were discarded.',
      unit: 'short',
      decimals: 0,
      width: 12,
      height: 5,
      thresholds: NONE_SCALE,
      queries: [
        {
          expr: orZero(`sum(increase(tenantry_tenant_refused_requests_total{${OWN}}[1h]))`),
          legend: 'requests',
        },
        {
          expr: orZero(`sum(increase(tenantry_tenant_discarded_samples_total{${OWN}}[1h]))`),
          legend: 'samples',
        },
      ],
    },
  ]
}
