/** Which of the conditions of SLOs tell that a tenant's users are let down now. Pure. */
import type { Condition } from '../../core/condition.ts'
import { isGroupId } from '../../core/ids.ts'
import { LABELS } from '../../core/names/labels.ts'
import { isOfClock } from './clock-conditions.ts'
import { isNotice } from './policy/notices.ts'

/**
 * Tells whether a condition that pages is an impact: budgets that burn and silence are. Not a
 * budget that is spent, for it stays so when all is well again; nor a clock that runs, for what it
 * waits for is the end of the impact; nor what pages only because a policy made it more urgent, for
 * a ticket tells of a slow burn, or of the last hours of one that is over; nor what is told of a
 * group of tenants.
 */
export function isImpact(
  condition: Pick<Condition, 'source' | 'tenantId' | 'key' | 'labels'>,
): boolean {
  const { source, tenantId, labels } = condition
  if (source !== 'slo' || isGroupId(tenantId)) return false
  if (labels[LABELS.raisedFrom] !== undefined) return false
  return !isNotice(condition) && !isOfClock(condition)
}
