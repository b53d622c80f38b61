/**
 * The door of incidents: which alerts fire, which did, and what happened to them; and which impacts
 * tenants had of them. `observe` is the only way in and is called within the transaction of
 * `raise`; nothing here sends or waits.
 */
import { assert } from '../../core/assert.ts'
import type { Condition } from '../../core/condition.ts'
import { TenantryError } from '../../core/errors.ts'
import type { AlertId, TenantId } from '../../core/ids.ts'
import type { Clock } from '../../core/ports.ts'
import type { SliSource } from '../../core/sli-source.ts'
import type { TimeRange } from '../../core/time.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import type { Access, Principal } from '../access/access.ts'
import {
  turn,
  type Alert,
  type AlertEvent,
  type AlertState,
  type AlertTransition,
} from './alert.ts'
import { INCIDENT_ERRORS } from './errors.ts'
import { FiringIndex, isRefreshDue, latest, type FiringEntry } from './firing-index.ts'
import {
  Impacts,
  viewOf,
  type ImpactPage,
  type ImpactQuery,
  type ImpactView,
  type IsImpact,
  type Redating,
} from './impacts.ts'
import { ALERT_LIMITS } from './limits.ts'
import { recoverySource } from './recovery.ts'
import { AlertStore, type AlertPosition } from './store.ts'

export { ALERT_STATES, dedupKey } from './alert.ts'
export type { Alert, AlertEvent, AlertState, AlertTransition } from './alert.ts'
export { IMPACT_OUTCOMES } from './impact.ts'
export type { ImpactPage, ImpactQuery, ImpactView } from './impacts.ts'
export {
  FOREIGN_STATES,
  openForeignAlerts,
  readPosting,
  readWebhook,
  type ForeignAlert,
  type ForeignAlerts,
  type Told,
  type ToldProblem,
} from './foreign/foreign-alerts.ts'

export interface AlertQuery {
  readonly tenantId?: TenantId | undefined
  readonly state?: AlertState | undefined
  /** The nextCursor of the page before. */
  readonly cursor?: string | null | undefined
  /** At most 500. */
  readonly limit: number
}

export interface AlertPage {
  /** Newest opening first. */
  readonly items: readonly Alert[]
  readonly nextCursor: string | null
}

export interface Incidents {
  /**
   * Turns conditions into alert states. Call it within a transaction on the control database: when
   * that is rolled back, the next call sees the alerts as they were. Shape: transitions in the
   * order of the conditions. Cost: a condition that does not hold and has no firing alert costs a
   * lookup; alerts of tenants that no condition is of cost nothing. Ownership: keeps conditions
   * that hold until their alert is written.
   */
  observe(conditions: readonly Condition[], nowMs: number): AlertTransition[]
  /** Lists the alerts that fire now, with the numbers last seen. Shape: unsorted. */
  firing(tenantId?: TenantId): readonly Alert[]
  firingCount(): number
  /** Shape: only tenants with a firing alert. */
  firingCountByTenant(): ReadonlyMap<TenantId, number>
  /** Throws ALERT_CURSOR. */
  list(query: AlertQuery): AlertPage
  /**
   * Lists a tenant's alerts that opened within (fromMs, toMs]. Shape: newest opening first, at most
   * 500.
   */
  openedWithin(tenantId: TenantId, range: TimeRange): readonly Alert[]
  /** Answers whichever tenant's it is: the caller checks that the reader may see it. */
  get(alertId: string): Alert | undefined
  /** Shape: oldest first, empty for an unknown alert. */
  timeline(alertId: string): readonly AlertEvent[]
  /** Lists the spans in which tenants had an alert that pages. Throws IMPACT_CURSOR. */
  impacts(query: ImpactQuery, nowMs: number): ImpactPage
  /**
   * Corrects when an ended impact was, with an entry in the audit log: whoever counts recovery
   * times follows at once. Throws IMPACT_NOT_FOUND, IMPACT_DATES.
   */
  redateImpact(impactId: string, redating: Redating, actor: Principal, nowMs: number): ImpactView
  /** Recovery times, for the SLO engine: impacts that ended within four hours are good. */
  readonly recovery: SliSource
  /** Deletes alerts that resolved, and impacts that ended, longer ago than they are kept. Answers
   *  how many. */
  prune(nowMs: number): number
}

export interface IncidentDeps {
  readonly db: Database
  readonly access: Access
  /** Impacts last as long as its elapsed time says, whatever its wall clock does. */
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>
  /** Which of the alerts that page are about users being let down. All without it. */
  readonly isImpact?: IsImpact
}

/** Opens the alert states and impacts of a control database. */
export function openIncidents({ db, access, clock, isImpact }: IncidentDeps): Incidents {
  const store = new AlertStore(db)
  const index = new FiringIndex()
  const { monotonicMs } = clock
  const impacts = new Impacts({ db, monotonicMs, isImpact: isImpact ?? (() => true) })
  let lastEvent = -1

  /** A transaction that was rolled back leaves the index ahead of the rows: the event count
   *  tells. */
  const agreeWithRows = (): void => {
    const written = store.lastEventAcrossTenants()
    if (written === lastEvent) return
    index.clear()
    impacts.distrust()
    for (const alert of store.firingAcrossTenants()) index.put(alert, alert.heldAtMs)
    lastEvent = written
  }

  const refresh = (entry: FiringEntry, condition: Condition, nowMs: number): void => {
    entry.seen = { condition, atMs: nowMs }
    if (!isRefreshDue(entry, nowMs)) return
    entry.alert = latest(entry)
    entry.seen = null
    entry.writtenAtMs = nowMs
    store.refresh(condition.tenantId, entry.alert)
  }

  const save = (transition: AlertTransition, condition: Condition): void => {
    store.saveTransition(condition.tenantId, transition, condition.summary)
    if (transition.kind === 'firing') index.put(transition.alert, transition.atMs)
    else index.remove(transition.alert)
  }

  const observeOne = (condition: Condition, nowMs: number): AlertTransition | null => {
    const entry = index.find(condition)
    if (entry === undefined && !condition.holds) return null
    const { tenantId, source, key } = condition
    assert(key.length > 0 && key.length <= ALERT_LIMITS.keyLength, 'a condition key of 1 to 200')
    const sinceMs = nowMs - ALERT_LIMITS.reopenWithinMs
    const last = entry
      ? seenLast(entry, condition)
      : store.lastResolvedSince(tenantId, source, key, sinceMs)
    const transition = turn(last, condition, nowMs)
    if (transition !== null) save(transition, condition)
    else if (entry !== undefined) refresh(entry, condition, nowMs)
    return transition
  }

  const current = (alert: Alert): Alert => {
    const entry = alert.state === 'firing' ? index.find(alert) : undefined
    return entry?.alert.alertId === alert.alertId ? latest(entry) : alert
  }

  const candidates = (query: AlertQuery, before: AlertPosition | null, limit: number): Alert[] => {
    if (query.state === 'firing') return newestFirst(index.alerts(query.tenantId), before, limit)
    const page = { state: query.state ?? null, before, limit }
    const alerts =
      query.tenantId === undefined
        ? store.pageAcrossTenants(page)
        : store.page(query.tenantId, page)
    return alerts.map(current)
  }

  agreeWithRows()
  return {
    observe: (conditions, nowMs) => {
      agreeWithRows()
      const transitions: AlertTransition[] = []
      const turned = new Set<TenantId>()
      for (const condition of conditions) {
        const transition = observeOne(condition, nowMs)
        if (transition !== null) transitions.push(transition)
        if (transition !== null || condition.holds) turned.add(condition.tenantId)
      }
      impacts.follow(turned, (tenantId) => index.alerts(tenantId), nowMs)
      if (transitions.length > 0) lastEvent = store.lastEventAcrossTenants()
      return transitions
    },
    firing: (tenantId) => {
      agreeWithRows()
      return [...index.alerts(tenantId)]
    },
    firingCount: () => {
      agreeWithRows()
      return index.size
    },
    firingCountByTenant: () => {
      agreeWithRows()
      return index.countByTenant()
    },
    list: (query) => {
      agreeWithRows()
      const limit = Math.min(query.limit, ALERT_LIMITS.pageSize)
      const items = candidates(query, readCursor(query.cursor), limit + 1)
      if (items.length <= limit) return { items, nextCursor: null }
      const page = items.slice(0, limit)
      return { items: page, nextCursor: writeCursor(page.at(-1)) }
    },
    openedWithin: (tenantId, range) => {
      agreeWithRows()
      const limit = ALERT_LIMITS.pageSize
      return store.openedWithin(tenantId, { ...range, limit }).map(current)
    },
    get: (alertId) => {
      agreeWithRows()
      const alert = store.byIdAcrossTenants(alertId)
      return alert && current(alert)
    },
    timeline: (alertId) => {
      const alert = store.byIdAcrossTenants(alertId)
      return alert === undefined ? [] : store.events(alert.tenantId, alertId as AlertId)
    },
    impacts(query, nowMs) {
      agreeWithRows()
      return impacts.list(query, nowMs)
    },
    redateImpact(impactId, redating, actor, nowMs) {
      agreeWithRows()
      const redated = impacts.redated(impactId, redating, nowMs)
      const { tenantId } = redated
      const action = 'impact.redated'
      inTransaction(db, () => {
        impacts.write(redated, nowMs)
        const target = `impact/${impactId}`
        const details = { ...redating }
        access.audit.record({ actor, action, target, tenantId, details }, nowMs)
      })
      return viewOf(redated)
    },
    recovery: recoverySource({
      of: (tenantId) => impacts.of(tenantId, clock.nowMs()),
      open: () => impacts.openAcrossTenants(clock.nowMs()),
    }),
    prune: (nowMs) =>
      store.deleteResolvedAcrossTenants(nowMs - ALERT_LIMITS.keepResolvedMs) + impacts.prune(nowMs),
  }
}

/** Building the latest state is worth it only where the alert may turn: one that goes on firing
 *  costs no copy. */
function seenLast(entry: FiringEntry, condition: Condition): Alert {
  return condition.holds ? entry.alert : latest(entry)
}

function newestFirst(
  alerts: Iterable<Alert>,
  before: AlertPosition | null,
  limit: number,
): Alert[] {
  return [...alerts]
    .filter((alert) => before === null || compareOpening(alert, before) < 0)
    .sort((left, right) => compareOpening(right, left))
    .slice(0, limit)
}

function compareOpening(left: AlertPosition, right: AlertPosition): number {
  if (left.openedAtMs !== right.openedAtMs) return left.openedAtMs - right.openedAtMs
  return left.alertId < right.alertId ? -1 : left.alertId > right.alertId ? 1 : 0
}

function writeCursor(last: AlertPosition | undefined): string {
  assert(last !== undefined, 'a page that is followed by another is not empty')
  return `${String(last.openedAtMs)}-${last.alertId}`
}

function readCursor(cursor: string | null | undefined): AlertPosition | null {
  if (cursor === null || cursor === undefined) return null
  const match = /^(\d{1,16})-(alr_[0-9a-f]{24})$/.exec(cursor)
  if (match === null) {
    throw new TenantryError(
      INCIDENT_ERRORS.ALERT_CURSOR,
      'listing alerts: cursor is not one of ours',
    )
  }
  return { openedAtMs: Number(match[1]), alertId: match[2] ?? '' }
}
