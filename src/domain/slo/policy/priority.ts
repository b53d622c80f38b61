/**
 * Makes the alerts of some tenants one step more urgent: a report a ticket, a ticket a page. A page
 * stays one, says that its priority is raised, and leaves the outbox earlier. The ticket of a cause
 * becomes that cause's page, so that a cause pages once whichever of its pairs hold. Pure.
 */
import type { Action, Condition } from '../../../core/condition.ts'
import type { TenantId } from '../../../core/ids.ts'
import { LABELS, RAISED_PRIORITY } from '../../../core/names/labels.ts'
import { isNotice } from './notices.ts'

const NEXT: Readonly<Record<Action, Action>> = { report: 'ticket', ticket: 'page', page: 'page' }

const TICKET = /\/ticket$/
const PAGE = '/page'

/** An alert that fires, as far as it matters here. */
export type FiringAlert = Pick<Condition, 'source' | 'tenantId' | 'key' | 'action' | 'labels'>

export interface PriorityFacts {
  readonly isRaised: (tenantId: TenantId) => boolean
  /** Those that fire now: a page that was a ticket ends when nothing holds it any more. */
  readonly firing: Iterable<FiringAlert>
  readonly nowMs: number
}

/** Tells the conditions as they are to be raised. Shape: those of other tenants as they are; of a
 *  raised one's cause at most one holds. */
export function prioritized(
  conditions: readonly Condition[],
  { isRaised, firing, nowMs }: PriorityFacts,
): Condition[] {
  const pages = new Set(
    conditions.filter((each) => each.holds && each.key.endsWith(PAGE)).map(idOf),
  )
  const held = new Set(pages)
  const result: Condition[] = []
  for (const condition of conditions) {
    if (!isRaised(condition.tenantId) || isNotice(condition)) result.push(condition)
    else if (isTicketOfCause(condition)) {
      const page = pageOf(condition)
      result.push({ ...condition, holds: false })
      if (!condition.holds || pages.has(idOf(page))) continue
      held.add(idOf(page))
      result.push(page)
    } else result.push(raised(condition))
  }
  const told = result.filter((each) => each.holds || !held.has(idOf(each)))
  return [...told, ...ended(told, firing, nowMs)]
}

/** Ends pages that were tickets: the engine knows of none. */
function ended(
  conditions: readonly Condition[],
  firing: Iterable<FiringAlert>,
  nowMs: number,
): Condition[] {
  const told = new Set(conditions.map(idOf))
  return [...firing]
    .filter(
      (alert) =>
        alert.source === 'slo' &&
        alert.key.endsWith(PAGE) &&
        alert.labels[LABELS.priority] === RAISED_PRIORITY &&
        !told.has(idOf(alert)),
    )
    .map(({ tenantId, key, action, labels }) => ({
      source: 'slo',
      tenantId,
      key,
      holds: false,
      action,
      summary: `${tenantId} no longer burns its budget so fast that it pages.`,
      numbers: {},
      labels,
      atMs: nowMs,
    }))
}

function isTicketOfCause({ source, key }: Condition): boolean {
  return source === 'slo' && TICKET.test(key)
}

function pageOf(ticket: Condition): Condition {
  return raised({ ...ticket, key: ticket.key.replace(TICKET, PAGE) })
}

function raised(condition: Condition): Condition {
  const { action: before } = condition
  const action = NEXT[before]
  const labels = {
    ...condition.labels,
    [LABELS.priority]: RAISED_PRIORITY,
    ...(action === before ? {} : { [LABELS.raisedFrom]: before }),
  }
  return { ...condition, action, labels }
}

function idOf({ source, tenantId, key }: FiringAlert): string {
  return `${source}/${tenantId}/${key}`
}
