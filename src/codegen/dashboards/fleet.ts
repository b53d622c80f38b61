/** All tenants at once: who needs somebody now, how tiers are served, who uses what. */
import type { Board, Panel } from './board.ts'
import { BUDGET_SCALE, BURN_SCALE, ERROR_SCALE, marks, NONE_SCALE, REGION, TIER } from './common.ts'
import { ofPicked, orZero, perSecond, PICKED, quantileBy, share, sumBy } from './queries.ts'

const REQUESTS = 'tenantry_tenant_requests_total'
const TO_TENANT = {
  tenant: { title: 'Tenant', to: 'tenantry-tenant' },
  slo: { title: 'SLO', to: 'tenantry-slo' },
  tier: { title: 'Tier' },
} as const

export const board: Board = {
  uid: 'tenantry-fleet',
  title: 'Tenantry / Fleet',
  description: 'All tenants at once: whose budgets are short, how tiers are served, who uses what.',
  variables: [TIER, REGION],
  annotations: marks('tenant!=""'),
  links: ['tenantry-tenant', 'tenantry-slo', 'tenantry-collector'],
  rows: [
    { title: 'Now', panels: now() },
    { title: 'Who needs somebody', panels: attention() },
    { title: 'How tiers are served', panels: service() },
    { title: 'Who uses what', panels: usage() },
    { title: 'What was sent', panels: intake() },
  ],
}

function now(): Panel[] {
  const requests = ofPicked(perSecond(REQUESTS))
  const failed = ofPicked(perSecond(REQUESTS, 'status_class="5xx"'))
  const stat = { kind: 'stat', width: 4, height: 4 } as const
  return [
    {
      ...stat,
      title: 'Tenants',
      description: 'Tenants of the tiers and regions picked.',
      unit: 'short',
      queries: [{ expr: `count(${PICKED})`, legend: 'tenants' }],
      noValue: '0',
    },
    {
      ...stat,
      title: 'Tenants out of budget',
      description: 'Tenants that have spent the whole error budget of at least one SLO.',
      unit: 'short',
      thresholds: NONE_SCALE,
      queries: [
        {
          expr: orZero(`count(${ofPicked('(min by (tenant) (tenantry_slo_budget_left_ratio) < 0)')})`),
          legend: 'out of budget',
        },
      ],
    },
    {
      ...stat,
      title: 'Tenants that are silent',
      description: 'Tenants that had traffic within a day and of which nothing is heard now.',
      unit: 'short',
      thresholds: NONE_SCALE,
      queries: [
        {
          expr: orZero(
            `count(${ofPicked('(max by (tenant) (tenantry_slo_state{state="no-data"}) == 1)')})`,
          ),
          legend: 'silent',
        },
      ],
    },
    {
      ...stat,
      title: 'Alerts that fire',
      description: 'Alerts of all tenants that fire now, as Tenantry counts them.',
      unit: 'short',
      thresholds: NONE_SCALE,
      queries: [{ expr: 'tenantry_alerts_firing', legend: 'firing' }],
      noValue: '0',
    },
    {
      ...stat,
      title: 'Requests',
      description: 'Requests a second of the tenants picked.',
      unit: 'reqps',
      queries: [{ expr: sumBy([], requests), legend: 'requests' }],
    },
    {
      ...stat,
      title: 'Requests that failed',
      description: 'Share of requests answered with 5xx, events over events.',
      unit: 'percentunit',
      decimals: 3,
      thresholds: ERROR_SCALE,
      queries: [{ expr: share(orZero(sumBy([], failed)), sumBy([], requests)), legend: 'failed' }],
    },
  ]
}

function attention(): Panel[] {
  const table = { kind: 'table', width: 12, height: 10, by: ['tenant', 'slo', 'tier'] } as const
  return [
    {
      ...table,
      title: 'Least budget left',
      description:
        'The twenty tenants and SLOs with the least error budget left. Below zero more was spent than there was.',
      unit: 'percentunit',
      labels: TO_TENANT,
      columns: [
        {
          title: 'Budget left',
          unit: 'percentunit',
          decimals: 1,
          thresholds: BUDGET_SCALE,
          expr: `bottomk(20, ${sumBy(['tenant', 'slo', 'tier'], ofPicked('tenantry_slo_budget_left_ratio'))})`,
        },
      ],
      sortBy: 'Budget left',
      descending: false,
    },
    {
      ...table,
      title: 'Fastest burn',
      description:
        'The twenty tenants and SLOs that burn their budget fastest over an hour. 1 spends it exactly by the end of the period, 14.4 pages.',
      unit: 'x',
      labels: TO_TENANT,
      columns: [
        {
          title: 'Burn, 1 h',
          unit: 'suffix: x',
          decimals: 1,
          thresholds: BURN_SCALE,
          expr: `topk(20, ${sumBy(['tenant', 'slo', 'tier'], ofPicked('tenantry_slo_burn_rate{window="1h"}'))})`,
        },
      ],
      sortBy: 'Burn, 1 h',
      descending: true,
    },
  ]
}

function service(): Panel[] {
  const lines = { kind: 'lines', width: 12 } as const
  const buckets = ofPicked(perSecond('tenantry_tenant_request_duration_seconds', '', '_bucket'))
  return [
    {
      ...lines,
      title: 'Requests by tier',
      description: 'Requests a second, by tier.',
      unit: 'reqps',
      stacked: true,
      min: 0,
      queries: [{ expr: sumBy(['tier'], ofPicked(perSecond(REQUESTS))), legend: '{{tier}}' }],
    },
    {
      ...lines,
      title: 'Requests that failed, by tier',
      description: 'Share of requests answered with 5xx, events over events, by tier.',
      unit: 'percentunit',
      thresholds: ERROR_SCALE,
      min: 0,
      queries: [
        {
          expr: share(
            sumBy(['tier'], ofPicked(perSecond(REQUESTS, 'status_class="5xx"'))),
            sumBy(['tier'], ofPicked(perSecond(REQUESTS))),
          ),
          legend: '{{tier}}',
        },
      ],
    },
    {
      ...lines,
      title: 'Response time, 95th percentile, by tier',
      description: 'Of all requests of a tier together; as exact as the bounds of the buckets allow.',
      unit: 's',
      min: 0,
      queries: [{ expr: quantileBy(0.95, ['tier'], buckets), legend: '{{tier}}' }],
    },
    {
      ...lines,
      title: 'Budget left, by tier',
      description: 'The least and the median error budget left among the SLOs of the tenants of a tier.',
      unit: 'percentunit',
      thresholds: BUDGET_SCALE,
      queries: [
        {
          expr: `min by (tier) (${ofPicked('tenantry_slo_budget_left_ratio')})`,
          legend: '{{tier}}, least',
        },
        {
          expr: `quantile by (tier) (0.5, ${ofPicked('tenantry_slo_budget_left_ratio')})`,
          legend: '{{tier}}, median',
        },
      ],
    },
  ]
}

function usage(): Panel[] {
  const lines = { kind: 'lines', width: 12, min: 0 } as const
  const top = (vector: string): string => `topk(10, ${sumBy(['tenant'], ofPicked(vector))})`
  const cpu = perSecond('tenantry_tenant_cpu_seconds_total')
  return [
    {
      ...lines,
      title: 'CPU, the ten that use most',
      description: 'Cores in use, by tenant.',
      unit: 'suffix: cores',
      decimals: 2,
      queries: [{ expr: top(cpu), legend: '{{tenant}}' }],
    },
    {
      ...lines,
      title: 'Memory, the ten that use most',
      description: 'Memory in use, by tenant.',
      unit: 'bytes',
      queries: [{ expr: top('tenantry_tenant_memory_bytes'), legend: '{{tenant}}' }],
    },
    {
      ...lines,
      title: 'Storage, the ten that use most',
      description: 'Storage in use, by tenant.',
      unit: 'bytes',
      queries: [{ expr: top('tenantry_tenant_storage_bytes'), legend: '{{tenant}}' }],
    },
    {
      ...lines,
      title: 'Network, the ten that use most',
      description: 'Bytes received and sent a second, by tenant.',
      unit: 'Bps',
      queries: [
        {
          expr: top(
            `(${perSecond('tenantry_tenant_network_receive_bytes_total')} + ${perSecond('tenantry_tenant_network_transmit_bytes_total')})`,
          ),
          legend: '{{tenant}}',
        },
      ],
    },
  ]
}

function intake(): Panel[] {
  const lines = { kind: 'lines', width: 12, min: 0 } as const
  return [
    {
      ...lines,
      title: 'Series, the ten that have most',
      description: 'Series of a tenant that are known now. What refuses more is its limit.',
      unit: 'short',
      queries: [
        {
          expr: `topk(10, ${sumBy(['tenant'], ofPicked('tenantry_tenant_active_series'))})`,
          legend: '{{tenant}}',
        },
      ],
    },
    {
      ...lines,
      title: 'Samples that were discarded, by reason',
      description: 'Samples a second that were refused or dropped, by reason. Zero is as it should be.',
      unit: 'suffix: samples/s',
      queries: [
        {
          expr: `sum by (reason) (${ofPicked(perSecond('tenantry_tenant_discarded_samples_total'))})`,
          legend: '{{reason}}',
        },
      ],
    },
  ]
}
