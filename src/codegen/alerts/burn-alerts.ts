/**
 * The alerts of an SLO's pairs: those of the rules, and the one that pages when Tenantry is down.
 */
import type { SloSpec } from '../../domain/slo/model/slo-spec.ts'
import { spanText } from '../../domain/slo/model/span.ts'
import { templateOf } from '../../domain/slo/model/template-of.ts'
import type { BurnPair } from '../../domain/slo/windows.ts'
import { alertRule } from './alert-rule.ts'
import type { AlertName } from './alert-table.ts'
import type { AlertRule } from './rule.ts'
import { escapedForTemplate } from './template-text.ts'

const PAIR_ALERTS = {
  fast: 'TenantBudgetBurnsFast',
  medium: 'TenantBudgetBurnsMedium',
  slow: 'TenantBudgetBurnsSlow',
  long: 'TenantBudgetBurnsLong',
} as const satisfies Record<BurnPair['speed'], AlertName>

export interface BurnAlertInput {
  readonly spec: SloSpec
  readonly pair: BurnPair
  readonly expr: string
  readonly runbooks: string
}

export function burnAlert({ spec, pair, expr, runbooks }: BurnAlertInput): AlertRule {
  const { periodSeconds } = templateOf(spec)
  const title = escapedForTemplate(spec.title)
  const [long, short, period] = [pair.longSeconds, pair.shortSeconds, periodSeconds].map(spanText)
  return alertRule(PAIR_ALERTS[pair.speed], {
    expr,
    action: pair.action,
    labels: labelsOf(spec, pair),
    summary: `{{ $labels.tenant }} burns its budget of ${title} {{ $value | printf "%.1f" }} times too fast`,
    description: `Over ${long!}, and still over ${short!}. At a burn of 1 the budget of ${period!} lasts exactly that long.`,
    runbooks,
  })
}

export function fallbackAlert({ spec, pair, expr, runbooks }: BurnAlertInput): AlertRule {
  return alertRule('TenantBudgetBurnsFallback', {
    expr: `${expr}\nunless on (tenant) tenantry_tenant_info`,
    action: pair.action,
    labels: labelsOf(spec, pair),
    summary: `{{ $labels.tenant }} burns its budget of ${escapedForTemplate(spec.title)} {{ $value | printf "%.1f" }} times too fast, and Tenantry says nothing of it`,
    description: "Counted by the platform's own metrics.",
    runbooks,
  })
}

/** By them an alert is the one of our own record. */
function labelsOf(spec: SloSpec, { speed }: BurnPair): Record<string, string> {
  return { slo: spec.sloId, speed, cause: templateOf(spec).cause }
}
