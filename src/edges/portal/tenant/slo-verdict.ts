/** What one SLO's full status amounts to. Pure. */
import type { BurnBody, ClockBody, SloStatusBody } from '../../http/api/slo.schema.ts'
import {
  compareConditions,
  compareNeeds,
  sloCondition,
  type SloConditionName,
} from '../format/slo-condition.ts'

/** Tells the condition of an SLO from its full status: the fastest burn pair that holds counts, and
 *  what runs against a limit. */
export function statusCondition(slo: SloStatusBody): SloConditionName {
  const burning = slo.burns.find((burn) => burn.holds)?.speed ?? null
  const { state, budgetLeftRatio, counted, clocks } = slo
  const condition = sloCondition({ state, budgetLeftRatio, counted, burning })
  const [furthest] = clocks
  if (furthest === undefined) return condition
  return [condition, clockCondition(furthest)].toSorted(compareConditions)[0]!
}

function clockCondition({ leftSeconds, mark }: ClockBody): SloConditionName {
  return leftSeconds <= 0 || mark?.action === 'page' ? 'running-out' : 'running'
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
