/** Sentences for a person: the verdict of an SLO, the summary of a condition, spans and shares
 *  in words. Pure. */
import type { SliClock, SliSource } from '../../core/sli-source.ts'
import { PPM } from '../../core/units.ts'
import type { SloTemplate } from './template.ts'
import type { SloState } from './status.ts'

export interface VerdictFacts {
  readonly template: SloTemplate
  readonly targetPpm: number
  readonly state: SloState
  /** The burn of the fastest pair that holds; null when none does. */
  readonly holdingBurn: number | null
  /** What keeps an alert open although no pair holds any more; null when nothing does. */
  readonly lingering: { readonly burn: number; readonly window: string } | null
  readonly leftRatio: number | null
  readonly badRatio: number | null
  readonly exhaustsInSeconds: number | null
  readonly silentSeconds: number
  /** Of an SLO that a source counts: the source, and what is nearest to its limit, if anything. */
  readonly sourced: { readonly source: Counter; readonly clock: RunningClock | null } | null
}

type Counter = Pick<SliSource, 'one' | 'many'>
type RunningClock = Pick<SliClock, 'elapsedSeconds' | 'limitSeconds'>

/** Says how an SLO stands, what matters most first. */
export function verdictOf(facts: VerdictFacts): string {
  const { template, state, sourced } = facts
  if (sourced !== null) return sourcedVerdict(facts, sourced.source, sourced.clock)
  switch (state) {
    case 'no-data':
      return `Nothing heard for ${spanInWords(facts.silentSeconds)}, after traffic within a day: the service or its metrics are down.`
    case 'stale':
      return `Nothing heard for ${spanInWords(facts.silentSeconds)}: these are the last known numbers.`
    case 'inconsistent':
      return 'Counts more bad or more good events than there were: check the metrics behind it.'
    case 'no-traffic':
      return `No traffic in the last hour${budgetOfVerdict(facts)}.`
    case 'uncertain':
      return `May burn its ${template.noun} budget too fast: the threshold is no bucket bound, and only the pessimistic estimate breaches.`
    case 'ok':
      return burnInWords(facts)
  }
}

function sourcedVerdict(facts: VerdictFacts, { one, many }: Counter, clock: RunningClock | null) {
  const { template, state } = facts
  const period = spanInWords(template.periodSeconds)
  const rest =
    state === 'no-traffic'
      ? `No ${many} counted within ${period}: the budget is whole.`
      : burnInWords(facts)
  if (clock === null) return rest
  const open = clockInWords(one, clock)
  return `${open.charAt(0).toUpperCase()}${open.slice(1)}. ${rest}`
}

/** Says how something stands that runs against a limit. Worked: "an impact is open for 2 h 10 min,
 *  1 h 50 min left of 4 h", "an impact is open for 4 h 20 min, 20 min longer than the 4 h that it
 *  may be". */
export function clockInWords(one: string, { elapsedSeconds, limitSeconds }: RunningClock): string {
  const limit = spanInWords(limitSeconds)
  const article = /^[aeiou]/.test(one) ? 'an' : 'a'
  const open = `${article} ${one} is open for ${spanInWords(elapsedSeconds)}`
  if (elapsedSeconds < limitSeconds) {
    return `${open}, ${spanInWords(limitSeconds - elapsedSeconds)} left of ${limit}`
  }
  const over = spanInWords(elapsedSeconds - limitSeconds)
  return `${open}, ${over} longer than the ${limit} that it may be`
}

function burnInWords(facts: VerdictFacts): string {
  const { template, holdingBurn, lingering, leftRatio } = facts
  const overspent = leftRatio !== null && leftRatio <= 0
  if (holdingBurn !== null) {
    const rate = `Burns its ${template.noun} budget ${timesInWords(holdingBurn)}`
    if (overspent) return `${rate}: it is spent already.`
    if (facts.exhaustsInSeconds === null) return `${rate}.`
    return `${rate}: gone in ${spanInWords(facts.exhaustsInSeconds)}.`
  }
  if (lingering !== null) {
    const rate = `${timesInWords(lingering.burn)} over ${lingering.window}`
    return `Recovers: its ${template.noun} budget still burns ${rate}${budgetOfVerdict(facts)}.`
  }
  if (overspent) {
    const allowed = shareInWords((PPM - facts.targetPpm) / PPM)
    return `Has spent its ${template.noun} budget: ${shareInWords(facts.badRatio ?? 0)} bad where ${allowed} is allowed.`
  }
  return `Keeps its ${template.noun} objective${budgetOfVerdict(facts)}.`
}

function budgetOfVerdict({ leftRatio }: VerdictFacts): string {
  if (leftRatio === null) return ''
  return leftRatio <= 0
    ? ': the budget is spent'
    : `: ${budgetLeftInWords(leftRatio)} of the budget left`
}

/** Says what is left of a budget as a whole percent, cut off and not rounded, as the portal shows
 *  it (`formatBudget`): what a person reads in one place must not be more in another.
 *  Worked: 0.829 -> "82 %", 0.004 -> "less than 1 %". */
export function budgetLeftInWords(leftRatio: number): string {
  const percent = leftRatio * 100
  if (percent > 0 && percent < 1) return 'less than 1 %'
  return `${String(Math.trunc(percent + Math.sign(percent) * 1e-9) || 0)} %`
}

/**
 * Says what is left of a budget behind a sentence about its burn. Empty where that is not known.
 */
export function budgetInWords(leftRatio: number | null, exhausts: number | null): string {
  if (leftRatio === null) return ''
  if (leftRatio <= 0) return '; the budget is spent'
  const gone = exhausts === null ? '' : `, gone in ${spanInWords(exhausts)}`
  return `; ${budgetLeftInWords(leftRatio)} of the budget is left${gone}`
}

/** Says a burn rate. Worked: 15.23 -> "15.2 times too fast", 1.02 -> "a little too fast". */
export function timesInWords(burn: number): string {
  const times = burn >= 100 ? Math.round(burn) : Number(burn.toFixed(1))
  return times === 1 ? 'a little too fast' : `${String(times)} times too fast`
}

/** Says a span in its two largest units. Worked: 100_800 s -> "1 d 4 h", 59 s -> "59 s". */
export function spanInWords(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds))
  if (rest >= 3_600) rest = Math.round(rest / 60) * 60
  if (rest >= 86_400) rest = Math.round(rest / 3_600) * 3_600
  const parts: string[] = []
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${String(count)} ${unit}`)
    if (parts.length === 2) break
  }
  return parts.length === 0 ? '0 s' : parts.join(' ')
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** Says a ratio in percent with three significant digits, never rounding a part to the whole.
 *  Worked: 0.99962 -> "99.96 %". */
export function shareInWords(ratio: number): string {
  const percent = ratio * 100
  if (percent === 0 || percent === 100) return `${String(percent)} %`
  const digits = percent > 99 ? 4 : 3
  const rounded = Number(percent.toPrecision(digits))
  const whole = percent < 100 && rounded >= 100 ? 99.99 : rounded
  return `${String(whole)} %`
}
