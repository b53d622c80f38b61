/** The few shapes of PromQL that the rules are made of. Every count is one series a tenant. */
import { spanText } from '../../domain/slo/model/span.ts'
import { PPM } from '../../core/units.ts'

/** Writes what a counter gained over a span, by tenant. */
export type Gain = (selector: string, seconds: number) => string

/**
 * Writes gains of counters that name the tenant by a label. Anchored ones take the value at both
 * ends of the range, and what lies between two ranges that touch is in one of them.
 */
export function gainBy(tenantLabel: string, anchored: boolean): Gain {
  return (selector, seconds) => {
    const range = `${selector}[${spanText(seconds)}]${anchored ? ' anchored' : ''}`
    return byTenant(`increase(${range})`, tenantLabel)
  }
}

/** Adds up by tenant, under the name that all rules use. */
export function byTenant(expr: string, tenantLabel: string): string {
  const sum = `sum by (${tenantLabel}) (${expr})`
  if (tenantLabel === 'tenant') return sum
  return `sum by (tenant) (label_replace(${sum}, "tenant", "$1", "${tenantLabel}", "(.*)"))`
}

/** A share as a number. Worked: 50_000 ppm -> 0.05. */
export function share(ppm: number): string {
  return String(ppm / PPM)
}

/** Takes the second from the first; where there is no second, nothing. */
export function minus(left: string, right: string): string {
  return `(${left} - (${right} or 0 * ${left}))`
}

/** Adds both, or takes the one that there is. */
export function plus(left: string, right: string): string {
  return `(${left} + ${right} or ${left} or ${right})`
}
