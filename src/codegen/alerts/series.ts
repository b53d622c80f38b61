/** What the rules record, and selectors of it. The names follow `level:metric:operation`. */
import { spanText } from '../../domain/slo/model/span.ts'

/** Of tenants: the tier, and what Tenantry says is promised. Both are held while it is down. */
export const TIER = 'tenantry:tenant_tier'
export const PROMISED = 'tenantry:slo_promised_ratio'
/** What may fail of all events, and below how many bad ones nothing is raised. */
export const BUDGET = 'tenantry:slo_budget_ratio'
export const LEAST_BAD = 'tenantry:slo_least_bad'

export interface SloSeries {
  /** Of one slice of time: from 0, good, to 1, bad. */
  readonly slice: string
  readonly bad: string
  readonly total: string
  /** Counts of spans that touch and never overlap, from which longer windows are added up. */
  readonly badTile: string
  readonly totalTile: string
  readonly burn: string
  readonly left: string
}

export const SLO_SERIES = seriesBelow('tenantry:slo')
export const FALLBACK_SERIES = seriesBelow('tenantry:fallback')

function seriesBelow(prefix: string): SloSeries {
  return {
    slice: `${prefix}_bad:slice`,
    bad: `${prefix}_bad:increase`,
    total: `${prefix}_total:increase`,
    badTile: `${prefix}_bad:tile`,
    totalTile: `${prefix}_total:tile`,
    burn: `${prefix}_burn_rate`,
    left: `${prefix}_budget_left_ratio`,
  }
}

/** Worked: tenantry:slo_burn_rate{slo="error-rate",window="1h"}. */
export function selected(series: string, slo: string, windowSeconds?: number): string {
  const window = windowSeconds === undefined ? '' : `,window="${spanText(windowSeconds)}"`
  return `${series}{slo="${slo}"${window}}`
}
