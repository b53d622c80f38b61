/** What boards have in common: choices at their heads, marks on their charts, scales. */
import type { Annotation, Threshold, Variable } from './board.ts'

export const TIER: Variable = {
  name: 'tier',
  label: 'Tier',
  description: 'Tenants of these tiers',
  series: 'tenantry_tenant_info',
  valuesOf: 'tier',
  many: true,
}

export const REGION: Variable = {
  name: 'region',
  label: 'Region',
  description: 'Tenants of these regions',
  series: 'tenantry_tenant_info{tier=~"$tier"}',
  valuesOf: 'region',
  many: true,
}

export const TENANT: Variable = {
  name: 'tenant',
  label: 'Tenant',
  description: 'One tenant, by its id',
  series: 'tenantry_tenant_info',
  valuesOf: 'tenant',
  many: false,
}

export const TENANTS: Variable = {
  ...TENANT,
  label: 'Tenants',
  description: 'These tenants, of the tiers and regions picked',
  series: 'tenantry_tenant_info{tier=~"$tier", region=~"$region"}',
  many: true,
}

export const SLO: Variable = {
  name: 'slo',
  label: 'SLO',
  description: 'One SLO, over its tenants',
  series: 'tenantry_slo_objective_ratio',
  valuesOf: 'slo',
  many: false,
}

/** Marks for the tenants that a matcher picks. */
export function marks(tenantMatcher: string): readonly Annotation[] {
  return [
    {
      name: 'Alerts',
      color: 'red',
      expr: `ALERTS{alertstate="firing", slo!="", ${tenantMatcher}}`,
      title: '{{alertname}}',
      text: '{{tenant}} {{slo}} {{speed}}',
    },
    {
      name: 'Corrections',
      color: 'blue',
      expr: `max by (tenant, slo) (tenantry_slo_excluded{${tenantMatcher}})`,
      title: 'Excluded from the budget',
      text: '{{tenant}} {{slo}}',
    },
    {
      name: 'Deploys',
      color: 'purple',
      expr: `1000 * tenantry_deploy_timestamp_seconds{${tenantMatcher}}`,
      title: 'Deployed {{service}} {{version}}',
      text: '{{tenant}}',
      valueIsTime: true,
    },
  ]
}

/** What is left of a budget. */
export const BUDGET_SCALE: readonly Threshold[] = [
  { from: null, color: 'red' },
  { from: 0, color: 'orange' },
  { from: 0.25, color: 'yellow' },
  { from: 0.5, color: 'green' },
]

/** How fast a budget burns over an hour: from 14.4 on it pages. */
export const BURN_SCALE: readonly Threshold[] = [
  { from: null, color: 'green' },
  { from: 1, color: 'yellow' },
  { from: 6, color: 'orange' },
  { from: 14.4, color: 'red' },
]

/** For what should be nothing. */
export const NONE_SCALE: readonly Threshold[] = [
  { from: null, color: 'green' },
  { from: 1, color: 'red' },
]

/** Of errors, by the usual promise of 99.9 %. */
export const ERROR_SCALE: readonly Threshold[] = [
  { from: null, color: 'green' },
  { from: 0.001, color: 'yellow' },
  { from: 0.01, color: 'red' },
]
