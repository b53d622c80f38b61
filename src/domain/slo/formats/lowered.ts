/** Says kinds of SLOs that other formats do not know by kinds that they know. Pure. */
import type { Events, Indicator } from '../model/indicator.ts'
import { OUTCOMES } from '../../../core/names/status-classes.ts'
import { namedOutcomes, outcomesOf } from '../model/outcomes.ts'
import { partsOfRaw } from '../model/raw-ratio.ts'
import { isSelectable } from './query-text.ts'

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
      return selectable(withTotal(withoutRawSignal(indicator)))
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

const NO_SERIES = { refusal: 'counts outcomes that no metric of /metrics/tenants tells alone' }

type Ratio = Exclude<LoweredIndicator, { kind: 'latency-threshold' }>

function withTotal(indicator: Ratio): LoweredIndicator | { readonly refusal: string } {
  const { good, bad, total } = indicator
  if (good === undefined || bad === undefined || total !== undefined) return indicator
  if (good.signal === undefined) {
    return { refusal: 'counts good and bad events by metrics; other formats need the total as one' }
  }
  const named = new Set([...outcomesOf(good), ...outcomesOf(bad)])
  const outcomes = OUTCOMES.filter((outcome) => named.has(outcome))
  const { bad: _, ...rest } = indicator
  const both = namedOutcomes(outcomes)
  return both === undefined ? NO_SERIES : { ...rest, total: { signal: good.signal, ...both } }
}

/** Says a raw ratio that is a signal by the time of its parts, as the exposition tells it. */
function withoutRawSignal(indicator: Ratio): Ratio {
  const { raw, ...rest } = indicator
  return raw?.signal === undefined ? indicator : { ...rest, ...partsOfRaw(raw.signal) }
}

/** Refuses what no single selector names. */
function selectable(
  indicator: LoweredIndicator | { readonly refusal: string },
): LoweredIndicator | { readonly refusal: string } {
  if (!('good' in indicator || 'bad' in indicator || 'total' in indicator)) return indicator
  const parts = [indicator.good, indicator.bad, indicator.total]
  const isFine = parts.every((events) => events === undefined || isSelectable(events))
  if (isFine) return indicator
  return NO_SERIES
}
