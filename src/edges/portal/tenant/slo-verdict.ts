/** What one SLO's full status amounts to. Pure. */
import type { BurnBody, SloStatusBody } from '../../http/api/slo.schema.ts'
import { compareConditions, sloCondition, type SloConditionName } from '../format/slo-condition.ts'

/** Tells the condition of an SLO from its full status: the fastest burn pair that holds counts. */
export function statusCondition(slo: SloStatusBody): SloConditionName {
  const burning = slo.burns.find((burn) => burn.holds)?.speed ?? null
  return sloCondition({ state: slo.state, budgetLeftRatio: slo.budgetLeftRatio, burning })
}

/** Finds the SLO that needs attention first. Undefined when there is none. */
export function mostUrgent(slos: readonly SloStatusBody[]): SloStatusBody | undefined {
  return slos.toSorted((a, b) => compareConditions(statusCondition(a), statusCondition(b)))[0]
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
