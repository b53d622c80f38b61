/**
 * Records under the names that Sloth's dashboards read, made of ours: a tenant is a service, an SLO
 * is an SLO. They cost one read of a recorded series each; the values are event-weighted, unlike
 * Sloth's over the period. Source of the names: the rules that Sloth 0.16 generates.
 */
import type { SloSpec } from '../../domain/slo/model/slo-spec.ts'
import { spanText } from '../../domain/slo/model/span.ts'
import { templateOf } from '../../domain/slo/model/template-of.ts'
import { WINDOWS } from '../../domain/slo/windows.ts'
import type { Rule } from './rule.ts'
import { BUDGET, selected, SLO_SERIES } from './series.ts'

const DAY_SECONDS = 86_400
const SLOTH_INFO = {
  sloth_mode: 'tenantry',
  sloth_spec: 'tenantry/v1',
  sloth_version: 'tenantry',
}

/** Makes the records of one SLO. Empty for one whose period is the calendar's: Sloth has none. */
export function slothRules(spec: SloSpec): Rule[] {
  const { period, pairs } = templateOf(spec)
  if (period.kind !== 'rolling') return []
  const periodSeconds = period.seconds
  const own = new Set(pairs.flatMap(({ longSeconds, shortSeconds }) => [longSeconds, shortSeconds]))
  const windows = WINDOWS.filter(({ name, seconds }) => name !== 'period' && own.has(seconds))
  const slo = { sloth_slo: spec.sloId }
  const budget = selected(BUDGET, spec.sloId)
  const burn = (seconds: number): string => selected(SLO_SERIES.burn, spec.sloId, seconds)
  const ratio = (seconds: number): Rule => {
    const window = spanText(seconds)
    const name = `slo:sli_error:ratio_rate${window}`
    const expr = `${burn(seconds)} * on (tenant) group_left () ${budget}`
    return { record: name, expr: named(expr, spec), labels: { ...slo, sloth_window: window } }
  }
  const plain = (record: string, expr: string): Rule => {
    return { record, expr: named(expr, spec), labels: slo }
  }
  return [
    ...windows.map(({ seconds }) => ratio(seconds)),
    ratio(periodSeconds),
    plain('slo:objective:ratio', `1 - ${budget}`),
    plain('slo:error_budget:ratio', budget),
    plain('slo:time_period:days', `0 * ${budget} + ${periodSeconds / DAY_SECONDS}`),
    plain('slo:current_burn_rate:ratio', burn(windows[0]?.seconds ?? periodSeconds)),
    plain('slo:period_burn_rate:ratio', burn(periodSeconds)),
    plain(
      'slo:period_error_budget_remaining:ratio',
      selected(SLO_SERIES.left, spec.sloId),
    ),
    {
      record: 'sloth_slo_info',
      expr: named(`0 * ${budget} + 1`, spec),
      labels: { ...slo, ...SLOTH_INFO },
    },
  ]
}

/** Names the tenant as Sloth names a service. */
function named(expr: string, { sloId }: SloSpec): string {
  const service = `label_replace(sum by (tenant) (${expr}), "sloth_service", "$1", "tenant", "(.*)")`
  return `label_replace(${service}, "sloth_id", "$1-${sloId}", "tenant", "(.*)")`
}
