/** What one SLO's full status amounts to. Pure. */
import type { BurnBody, SloStatusBody } from '../../http/api/slo.schema.ts'
import { compareNeeds, sloCondition, type SloConditionName } from '../format/slo-condition.ts'

/** Tells the condition of an SLO from its full status: the fastest burn pair that holds counts. */
export function statusCondition(slo: SloStatusBody): SloConditionName {
  const burning = slo.burns.find((burn) => burn.holds)?.speed ?? null
  const { state, budgetLeftRatio, counted } = slo
  return sloCondition({ state, budgetLeftRatio, counted, burning })
}

/** Finds the SLO that needs attention first. Undefined when there is none. */
export function mostUrgent(slos: readonly SloStatusBody[]): SloStatusBody | undefined {
  return slos.toSorted((left, right) => compareNeeds(needOf(left), needOf(right)))[0]
}

function needOf(slo: SloStatusBody): Parameters<typeof compareNeeds>[0] {
  return { condition: statusCondition(slo), budgetLeftRatio: slo.budgetLeftRatio }
}

/** Tells in words what a burn pair does: what it asks for when it holds, why it is held back, or
 *  that all is calm. */
export function burnOutcome(
  burn: BurnBody,
): 'page' | 'ticket' | 'held-back' | 'no-events' | 'calm' {
  if (burn.holds) return burn.action
  if (burn.suppressed !== null) return 'held-back'
  return burn.longBurn === null && burn.shortBurn === null ? 'no-events' : 'calm'
}
