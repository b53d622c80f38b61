/**
 * What one SLO amounts to for a reader: one word, one tone, one icon. Pure. Everything in the
 * portal that shows an SLO's state asks here, so that a chip, a filter and a card never disagree.
 */
import type { FleetSloBody } from '../../http/api/fleet.schema.ts'

export type Tone = 'bad' | 'warning' | 'good' | 'quiet'
export type StateIcon = 'flame' | 'trend' | 'spent' | 'question' | 'pause' | 'check' | 'clock'

/** Every condition, most urgent first. `tone` and `icon` are never shown without `word`. */
export const SLO_CONDITIONS = {
  'burning-fast': { word: 'Burning fast', tone: 'bad', icon: 'flame' },
  burning: { word: 'Burning', tone: 'bad', icon: 'flame' },
  'running-out': { word: 'Clock runs out', tone: 'bad', icon: 'clock' },
  'burning-slowly': { word: 'Burning slowly', tone: 'warning', icon: 'trend' },
  exhausted: { word: 'Budget spent', tone: 'bad', icon: 'spent' },
  running: { word: 'Clock runs', tone: 'warning', icon: 'clock' },
  'no-data': { word: 'No data', tone: 'warning', icon: 'question' },
  stale: { word: 'Stale', tone: 'warning', icon: 'question' },
  inconsistent: { word: 'Inconsistent', tone: 'warning', icon: 'question' },
  uncertain: { word: 'Uncertain', tone: 'warning', icon: 'question' },
  'no-traffic': { word: 'No traffic', tone: 'quiet', icon: 'pause' },
  ok: { word: 'OK', tone: 'good', icon: 'check' },
} as const satisfies Record<string, { word: string; tone: Tone; icon: StateIcon }>
export type SloConditionName = keyof typeof SLO_CONDITIONS

const BURN_CONDITIONS = {
  fast: 'burning-fast',
  medium: 'burning',
  slow: 'burning-slowly',
  long: 'burning-slowly',
} as const

type SloFacts = Pick<FleetSloBody, 'state' | 'burning' | 'budgetLeftRatio' | 'counted'>

/** Tells the most urgent condition that an SLO is in: burning, then what is wrong with its data,
 *  then budget spent. A source that had nothing to count, such as impacts, is no silence: all is
 *  well. */
export function sloCondition(slo: SloFacts): SloConditionName {
  if (slo.burning !== null) return BURN_CONDITIONS[slo.burning]
  const isNothingToCount = slo.counted !== null && slo.state === 'no-traffic'
  if (slo.state !== 'ok' && !isNothingToCount) return slo.state
  return isExhausted(slo) ? 'exhausted' : 'ok'
}

/** Tells whether nothing of the budget is left, whatever else is the matter. */
export function isExhausted(slo: Pick<SloFacts, 'budgetLeftRatio'>): boolean {
  return slo.budgetLeftRatio !== null && slo.budgetLeftRatio <= 0
}

/** Tells the tone of a tenant's burn: that of its most urgent SLO that burns, quiet when none
 *  does. */
export function burnTone(slos: readonly SloFacts[]): Tone {
  const burning = slos.filter((slo) => slo.burning !== null).map(sloCondition)
  const worst = burning.toSorted(compareConditions)[0]
  return worst === undefined ? 'quiet' : SLO_CONDITIONS[worst].tone
}

const URGENCY = Object.keys(SLO_CONDITIONS) as SloConditionName[]

/** Orders conditions, most urgent first. */
export function compareConditions(left: SloConditionName, right: SloConditionName): number {
  return URGENCY.indexOf(left) - URGENCY.indexOf(right)
}

interface Need {
  readonly condition: SloConditionName
  readonly budgetLeftRatio: number | null
}

/** Orders SLOs by need of attention: by condition, and in one the least budget left first. */
export function compareNeeds(left: Need, right: Need): number {
  return (
    compareConditions(left.condition, right.condition) ||
    (left.budgetLeftRatio ?? Number.MAX_VALUE) - (right.budgetLeftRatio ?? Number.MAX_VALUE)
  )
}
