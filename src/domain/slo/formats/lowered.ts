/** Says kinds of SLOs that other formats do not know by kinds that they know. Pure. */
import type { Events, Indicator } from '../model/indicator.ts'
import { STATUS_CLASSES } from '../../../core/names/status-classes.ts'

export type LoweredIndicator = Extract<
  Indicator,
  { kind: 'event-ratio' | 'latency-threshold' | 'time-slice' | 'ratio-time-slice' }
>

/** Turns probes into a ratio of events, and good and bad into good and total where that is one
 *  signal. Says why where there are no other words. */
export function lowered(indicator: Indicator): LoweredIndicator | { readonly refusal: string } {
  switch (indicator.kind) {
    case 'event-ratio':
    case 'time-slice':
    case 'ratio-time-slice':
      return withTotal(indicator)
    case 'latency-threshold':
      return indicator
    case 'probe': {
      const good: Events = { signal: 'probes', classes: ['2xx'] }
      const parts = { good, total: { signal: 'probes' } as const }
      const { slicePercent } = indicator
      if (slicePercent === undefined) return { kind: 'event-ratio', ...parts }
      return { kind: 'time-slice', ...parts, slicePercent }
    }
    default:
      return { refusal: `no other format says what an SLO of kind ${indicator.kind} counts` }
  }
}

type Ratio = Exclude<LoweredIndicator, { kind: 'latency-threshold' }>

function withTotal(indicator: Ratio): LoweredIndicator | { readonly refusal: string } {
  const { good, bad, total } = indicator
  if (good === undefined || bad === undefined || total !== undefined) return indicator
  if (good.signal === undefined) {
    return { refusal: 'counts good and bad events by metrics; other formats need the total as one' }
  }
  const named = new Set([...(good.classes ?? []), ...(bad.classes ?? [])])
  const classes = STATUS_CLASSES.filter((name) => named.has(name))
  const isAll = good.classes === undefined || bad.classes === undefined
  const { bad: _, ...rest } = indicator
  return { ...rest, total: isAll ? { signal: good.signal } : { signal: good.signal, classes } }
}
