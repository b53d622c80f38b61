/**
 * What dashboards ask, as PromQL over the series that Tenantry exposes. Ratios are events over
 * events, so that a quiet instance weighs little; where nothing happened there is nothing, no NaN.
 */
import type { METRICS, TENANT_METRICS } from '../../core/names/metrics.ts'

type ExposedName = keyof typeof METRICS | keyof typeof TENANT_METRICS

/** The span of rates: Grafana makes it at least four times the scrape interval. */
const SPAN = '$__rate_interval'

/** The tenants that the head of a board picks, with their tier. Worked: `x * on(tenant)
 *  group_left(tier) …`. */
export const PICKED = 'tenantry_tenant_info{tier=~"$tier", region=~"$region"}'

/** Keeps of a vector by tenant those that are picked, and tells their tier. */
export function ofPicked(vector: string): string {
  return `${vector} * on(tenant) group_left(tier) ${PICKED}`
}

/** Tells by how much a counter grows a second. */
export function perSecond(metric: ExposedName, matchers = '', suffix = ''): string {
  return `rate(${metric}${suffix}${braced(matchers)}[${SPAN}])`
}

export function sumBy(labels: readonly string[], vector: string): string {
  return labels.length === 0 ? `sum(${vector})` : `sum by (${labels.join(', ')}) (${vector})`
}

/** Tells a share of events, and nothing where there are none. */
export function share(part: string, whole: string): string {
  return `(${part}) / ((${whole}) > 0)`
}

/** Adds what is shown where a vector is empty, for counts of what is rarely there. */
export function orZero(vector: string): string {
  return `${vector} or vector(0)`
}

/** Reads a quantile out of a histogram; where nothing was counted there is nothing, no NaN. */
export function quantileBy(
  quantile: number,
  labels: readonly string[],
  buckets: string,
): string {
  return `histogram_quantile(${quantile}, ${sumBy([...labels, 'le'], buckets)}) >= 0`
}

export function braced(matchers: string): string {
  return matchers === '' ? '' : `{${matchers}}`
}
