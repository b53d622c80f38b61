/** When a budget is gone, at the burn of the last hour. Pure. */
import type { FleetSloBody } from '../../http/api/fleet.schema.ts'
import { NOTHING } from './format.ts'
import { isExhausted } from './slo-condition.ts'
import { formatSpan } from './time.ts'

type Budget = Pick<FleetSloBody, 'budgetLeftRatio' | 'exhaustsInSeconds'>

/** Tells in how long a budget is gone that shrinks and is not gone yet. Null for any other. */
export function goneInSeconds(budget: Budget): number | null {
  return isExhausted(budget) ? null : budget.exhaustsInSeconds
}

/** Worked: "4 h 10 min", "Gone"; a dash where it does not shrink. */
export function goneInText(budget: Budget): string {
  if (isExhausted(budget)) return 'Gone'
  return budget.exhaustsInSeconds === null ? NOTHING : formatSpan(budget.exhaustsInSeconds)
}
