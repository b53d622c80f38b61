/** One SLO over its tenants: who keeps it, who spends the budget, by which window it burns. */
import type { Board, Panel, Threshold } from './board.ts'
import { BUDGET_SCALE, BURN_SCALE, marks, NONE_SCALE, REGION, SLO, TENANTS, TIER } from './common.ts'
import { ofPicked, orZero } from './queries.ts'
import { SLO_STATES, type SloState } from '../../domain/slo/status.ts'
import type { Color } from './board.ts'

const OWN = 'slo="$slo", tenant=~"$tenant"'
const BY_TENANT = {
  tenant: { title: 'Tenant', to: 'tenantry-tenant' },
  tier: { title: 'Tier' },
} as const

const STATE_COLORS: Readonly<Record<SloState, Color>> = {
  ok: 'green',
  'no-traffic': 'text',
  'no-data': 'red',
  stale: 'orange',
  inconsistent: 'purple',
  uncertain: 'yellow',
}
/** Of what runs against a limit, such as an impact against the time to recover in. */
const CLOCK_SCALE: readonly Threshold[] = [
  { from: null, color: 'green' },
  { from: 0.5, color: 'yellow' },
  { from: 0.75, color: 'orange' },
  { from: 0.9, color: 'red' },
]

export const board: Board = {
  uid: 'tenantry-slo',
  title: 'Tenantry / SLO',
  description: 'One SLO over its tenants: who keeps it, who spends the budget, in which windows it burns.',
  variables: [SLO, TIER, REGION, TENANTS],
  annotations: marks('tenant=~"$tenant|"'),
  links: ['tenantry-fleet', 'tenantry-tenant', 'tenantry-collector'],
  rows: [
    { title: 'Now', panels: now() },
    { title: 'By tenant', panels: tenants() },
    { title: 'Over time', panels: overTime() },
  ],
}

function now(): Panel[] {
  const budget = ofPicked(`tenantry_slo_budget_left_ratio{${OWN}}`)
  const hour = ofPicked(`tenantry_slo_burn_rate{${OWN}, window="1h"}`)
  const stat = { kind: 'stat', width: 6, height: 4 } as const
  return [
    {
      ...stat,
      title: 'Tenants that keep it',
      description: 'Share of tenants with budget left, of those with events.',
      unit: 'percentunit',
      decimals: 1,
      queries: [
        { expr: `(${orZero(`count(${budget} >= 0)`)}) / count(${budget})`, legend: 'keep it' },
      ],
    },
    {
      ...stat,
      title: 'Out of budget',
      description: 'Tenants that have spent the whole budget of this SLO.',
      unit: 'short',
      thresholds: NONE_SCALE,
      queries: [{ expr: orZero(`count(${budget} < 0)`), legend: 'tenants' }],
    },
    {
      ...stat,
      title: 'Least budget left',
      description: 'Of the tenant that has least.',
      unit: 'percentunit',
      decimals: 1,
      thresholds: BUDGET_SCALE,
      queries: [{ expr: `min(${budget})`, legend: 'least' }],
    },
    {
      ...stat,
      title: 'Fastest burn over an hour',
      description: 'Of the tenant that burns fastest: from 14.4 on it pages if five minutes say the same.',
      unit: 'suffix: x',
      decimals: 2,
      thresholds: BURN_SCALE,
      queries: [
        { expr: `max(${hour})`, legend: 'fastest' },
      ],
    },
  ]
}

function tenants(): Panel[] {
  const of = (metric: string, more = ''): string =>
    `sum by (tenant, tier) (${ofPicked(`${metric}{${OWN}${more}}`)})`
  const burn = (window: string): string => of('tenantry_slo_burn_rate', `, window="${window}"`)
  const ratio = { unit: 'percentunit', decimals: 3 } as const
  const burns = { unit: 'suffix: x', decimals: 2, thresholds: BURN_SCALE } as const
  return [
    {
      kind: 'table',
      title: 'Tenants',
      description: 'What was promised to each tenant, what was kept, what is left, and how fast it burns.',
      unit: 'percentunit',
      width: 24,
      height: 12,
      by: ['tenant', 'tier'],
      labels: BY_TENANT,
      columns: [
        { title: 'Objective', ...ratio, expr: of('tenantry_slo_objective_ratio') },
        { title: 'Kept', ...ratio, expr: of('tenantry_slo_sli_ratio') },
        {
          title: 'Budget left',
          unit: 'percentunit',
          decimals: 1,
          thresholds: BUDGET_SCALE,
          expr: of('tenantry_slo_budget_left_ratio'),
        },
        { title: 'Burn, 1 h', ...burns, expr: burn('1h') },
        { title: 'Burn, 6 h', ...burns, expr: burn('6h') },
        { title: 'Burn, 1 d', ...burns, expr: burn('1d') },
        { title: 'Burn, 3 d', ...burns, expr: burn('3d') },
      ],
      sortBy: 'Budget left',
      descending: false,
    },
  ]
}

function overTime(): Panel[] {
  const lines = { kind: 'lines', width: 12 } as const
  return [
    {
      ...lines,
      title: 'Budget left, the ten with least',
      description: 'What is left of the error budget. Below zero more was spent than there was.',
      unit: 'percentunit',
      thresholds: BUDGET_SCALE,
      queries: [
        {
          expr: `bottomk(10, ${ofPicked(`tenantry_slo_budget_left_ratio{${OWN}}`)})`,
          legend: '{{tenant}}',
        },
      ],
    },
    {
      ...lines,
      title: 'Burn by window, the fastest tenant of each',
      description:
        'A pair of windows pages or writes a ticket when both are above its threshold: over 30 days 14.4 for 1 h and 5 m, 6 for 6 h and 30 m, 3 for 1 d and 2 h, 1 for 3 d and 6 h.',
      unit: 'suffix: x',
      thresholds: BURN_SCALE,
      min: 0,
      queries: [
        {
          expr: `max by (window) (${ofPicked(`tenantry_slo_burn_rate{${OWN}}`)})`,
          legend: '{{window}}',
        },
      ],
    },
    {
      kind: 'states',
      title: 'States',
      description:
        'What the numbers can be trusted for: ok, no traffic, no data, stale, inconsistent or uncertain. The twenty tenants that are least ok.',
      unit: 'short',
      width: 12,
      height: 10,
      mappings: Object.fromEntries(
        SLO_STATES.map((state, i) => [String(i), { text: state, color: STATE_COLORS[state] }]),
      ),
      queries: [{ expr: `topk(20, ${stateNumber()})`, legend: '{{tenant}}' }],
    },
    {
      ...lines,
      title: 'Clocks that run',
      description:
        'Of an SLO with a limit in time, how much of it has passed for the nearest: an impact pages after 90 % of its four hours.',
      unit: 'percentunit',
      height: 10,
      thresholds: CLOCK_SCALE,
      min: 0,
      queries: [
        {
          expr: `topk(10, ${ofPicked(`tenantry_slo_clock_used_ratio{${OWN}}`)})`,
          legend: '{{tenant}}',
        },
      ],
    },
  ]
}

/** Numbers the states from 0 on, in the order in which they are published. */
function stateNumber(): string {
  const terms = SLO_STATES.map(
    (state, i) => `${i} * max by (tenant) (tenantry_slo_state{${OWN}, state="${state}"})`,
  )
  return terms.join(' + ')
}
