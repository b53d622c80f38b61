/**
 * The rules that all SLOs share: who is a tenant and of which tier, what each is promised, and the
 * alerts of silence. What Tenantry said last is held while it says nothing at all: a rule reads its
 * own last value, and Prometheus ends a series as soon as its rule no longer gives it.
 */
import { PPM } from '../../core/units.ts'
import type { SloSpec } from '../../domain/slo/model/slo-spec.ts'
import { templateOf } from '../../domain/slo/model/template-of.ts'
import { SLO_TIERS, type ByTier, type SloTier } from '../../domain/slo/model/tiers.ts'
import { versionAt } from '../../domain/slo/model/objective-history.ts'
import { spanText } from '../../domain/slo/model/span.ts'
import { NO_DATA_ACTION } from '../../domain/slo/template.ts'
import { alertRule } from './alert-rule.ts'
import { packed } from './packed.ts'
import { share } from './promql.ts'
import type { Rule, RuleGroup } from './rule.ts'
import { BUDGET, LEAST_BAD, PROMISED, selected, SLO_SERIES, TIER } from './series.ts'
import type { Stages } from './stages.ts'

export interface TenantRulesInput {
  /** Those that rules count. */
  readonly slos: readonly SloSpec[]
  /** By one of them it is told whether a tenant is counted. Undefined: no SLO counts events. */
  readonly reference: SloSpec | undefined
  readonly stages: Stages
  readonly maxRules: number
  readonly runbooks: string
}

const INFO = 'tenantry_tenant_info'
const OBJECTIVE = 'tenantry_slo_objective_ratio'
const STATE = 'tenantry_slo_state'

export function tenantGroups(input: TenantRulesInput): RuleGroup[] {
  const { slos, stages, maxRules } = input
  const intervalSeconds = stages[0]!.everySeconds
  const group = (name: string, rules: readonly Rule[]): RuleGroup[] =>
    packed({ name, intervalSeconds }, rules, maxRules)
  return [
    ...group('tenantry-tenants', [
      { record: TIER, expr: held(`group by (tenant, tier) (${INFO})`, TIER), labels: {} },
      { record: PROMISED, expr: held(`max by (tenant, slo) (${OBJECTIVE})`, PROMISED), labels: {} },
      ...silenceAlerts(input),
    ]),
    ...group('tenantry-promises', promiseRules(slos)),
  ]
}

/** Makes what may fail of every tenant, and below how many bad events nothing is raised. */
export function promiseRules(slos: readonly SloSpec[]): Rule[] {
  return slos.flatMap((spec) => [budgetRule(spec), leastBadRule(spec)])
}

/** Keeps what was said last while nothing is. */
function held(expr: string, series: string): string {
  return `${expr}\nor (${series} and on () absent(${INFO}))`
}

/**
 * What may fail: by the tier, unless Tenantry says what the tenant is promised, overrides and dates
 * included.
 */
function budgetRule(spec: SloSpec): Rule {
  const { objectives } = templateOf(spec)
  const promised = selected(PROMISED, spec.sloId)
  const budgets = byTierValue(objectives, (history) => {
    return share(PPM - versionAt(history, Number.MAX_SAFE_INTEGER).targetPpm)
  })
  const said = `round((1 - ${promised}) * ${PPM}) / ${PPM}`
  const expr = [
    `${budgets} unless on (tenant) ${promised}`,
    `or ${TIER} * on (tenant) group_left () sum by (tenant) (${said})`,
  ].join('\n')
  return { record: BUDGET, expr, labels: { slo: spec.sloId } }
}

function leastBadRule(spec: SloSpec): Rule {
  const { minBadEvents } = templateOf(spec)
  const expr = byTierValue(minBadEvents, String)
  return { record: LEAST_BAD, expr, labels: { slo: spec.sloId } }
}

/** Gives every tenant the value of its tier. */
function byTierValue<T>(values: ByTier<T>, textOf: (value: T) => string): string {
  const tiers = Map.groupBy(SLO_TIERS, (tier) => textOf(values[tier]))
  const parts = [...tiers].map(([value, some]) => {
    return `0 * ${TIER}${some.length === SLO_TIERS.length ? '' : tierMatcher(some)} + ${value}`
  })
  return parts.length === 1 ? `(${parts[0]!})` : `(${parts.map((part) => `(${part})`).join(' or ')})`
}

function tierMatcher(tiers: readonly SloTier[]): string {
  return tiers.length === 1 ? `{tier="${tiers[0]!}"}` : `{tier=~"${tiers.join('|')}"}`
}

/** A tenant that was heard and is silent, by tier as urgent as Tenantry itself takes it. */
function silenceAlerts({ reference, stages, runbooks }: TenantRulesInput): Rule[] {
  const silent = `max by (tenant) (${STATE}{state="no-data"}) == 1`
  const ofTier = (expr: string, tier: SloTier): string =>
    `(${expr}) * on (tenant) group_left (tier) ${TIER}{tier="${tier}"}`
  const noData = SLO_TIERS.map((tier) =>
    alertRule('TenantNoData', {
      expr: ofTier(silent, tier),
      forSeconds: 60,
      action: NO_DATA_ACTION[tier],
      labels: SILENCE_LABELS,
      summary: '{{ $labels.tenant }} had traffic within a day and is not heard of any more',
      description: 'No sample of the tenant has come for five minutes or longer.',
      runbooks,
    }),
  )
  if (reference === undefined) return noData
  const gone = [goneSilent(reference, stages), `and on () group(${INFO})`].join('\n')
  const stale = alertRule('TenantStale', {
    expr: gone,
    forSeconds: 5 * stages[0]!.everySeconds,
    action: 'ticket',
    labels: SILENCE_LABELS,
    summary: 'The rules here have no fresh numbers of {{ $labels.tenant }}',
    description: 'Within a day there were some; what they are counted from is gone.',
    runbooks,
  })
  return [...noData, stale]
}

/** Tells the tenants that were counted within a day and are not any more. */
export function goneSilent(reference: SloSpec, stages: Stages): string {
  const last = stages.at(-1)!
  const tile = selected(SLO_SERIES.totalTile, reference.sloId, last.everySeconds)
  const fresh = selected(SLO_SERIES.total, reference.sloId, shortestWindow(reference))
  return [
    `sum by (tenant) (sum_over_time(${tile}[${spanText(24 * last.everySeconds)}])) > 0`,
    `unless on (tenant) ${fresh}`,
    `and on (tenant) ${TIER}`,
  ].join('\n')
}

/** Silence covers every SLO: our own record of it has no speed either. */
export const SILENCE_LABELS = { slo: 'all', speed: 'none', cause: 'no-data' }

function shortestWindow(spec: SloSpec): number {
  return Math.min(...templateOf(spec).pairs.map(({ shortSeconds }) => shortSeconds))
}
