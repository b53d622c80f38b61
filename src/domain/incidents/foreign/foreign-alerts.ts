/**
 * The alerts that other systems tell of: an Alertmanager, a Prometheus that takes this for one, or
 * whatever posts as they do. Their state is kept here, so that an end needs not be told twice and a
 * source that falls silent is seen. What becomes of tenants is decided by the conditions that they
 * are: those of our own generated rules are in our own record already and make none.
 */
import type { Condition } from '../../../core/condition.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { Counters } from '../../../core/ports.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import {
  conditionOf,
  told,
  turnsAtMs,
  unheard,
  type ForeignAlert,
  type ForeignState,
} from './foreign-alert.ts'
import { ForeignStore, type ForeignPosition } from './foreign-store.ts'
import { FOREIGN_LIMITS, SILENT_AFTER_MS } from './limits.ts'
import { meant, type Meaning } from './meaning.ts'
import type { Told, ToldProblem } from './told-alert.ts'

export { readPosting, readWebhook, type Told, type ToldProblem } from './told-alert.ts'
export { FOREIGN_STATES, type ForeignAlert } from './foreign-alert.ts'

export interface ForeignQuery {
  readonly tenantId?: TenantId | undefined
  readonly state?: ForeignState | undefined
  readonly before: ForeignPosition | null
  readonly limit: number
}

export interface ForeignAlerts {
  /**
   * Takes what a sender tells. Null: the sender is bound to no tenant. Call it within the
   * transaction that raises the conditions. What cannot be taken is a problem with its place.
   */
  tell(
    given: Told,
    sender: TenantId | null,
    nowMs: number,
  ): { readonly conditions: Condition[]; readonly problems: readonly ToldProblem[] }
  /**
   * Turns alerts whose end has passed unsaid, some at a time, and tells their conditions. Call it
   * within the transaction that raises them.
   */
  fallSilent(nowMs: number): Condition[]
  /** Shape: told last first. */
  list(query: ForeignQuery): readonly ForeignAlert[]
  /** Deletes what ended longer ago than it is kept. Answers how many. */
  prune(nowMs: number): number
}

export interface ForeignDeps extends Meaning {
  readonly db: Database
  readonly counters: Counters
  /** Undefined for what is of no tier: the most careful one holds. */
  readonly tierOf: (tenantId: TenantId) => keyof typeof SILENT_AFTER_MS | undefined
}

/** Opens the foreign alerts of a control database. */
export function openForeignAlerts(deps: ForeignDeps): ForeignAlerts {
  const { db, counters, tierOf } = deps
  const store = new ForeignStore(db)
  const count = (outcome: string, amount = 1): void => {
    if (amount > 0) counters.add('tenantry_foreign_alerts_total', amount, { outcome })
  }
  counters.gauge('tenantry_foreign_alerts_silent', () => store.silentAcrossTenants())

  const silentAfterMs = ({ tenantId }: ForeignAlert): number | null =>
    SILENT_AFTER_MS[tierOf(tenantId) ?? 'enterprise']
  const keep = (alert: ForeignAlert): void =>
    store.put(alert.tenantId, alert, turnsAtMs(alert, silentAfterMs(alert)))

  return {
    tell({ alerts, problems, truncated }, sender, nowMs) {
      const conditions: Condition[] = []
      const refused: ToldProblem[] = []
      for (const alert of alerts) {
        const means = meant(alert, sender, deps)
        if (means === undefined) {
          const message = `expected the tenant that the key is bound to, ${String(sender)}`
          refused.push({ place: alert.place, field: 'labels', message })
          continue
        }
        const before = store.find(means.tenantId, means.fingerprint)
        const { alert: after, outcome } = told(before, means, alert, nowMs)
        count(outcome)
        if (outcome === 'late') continue
        keep(after)
        if (after.ownKey === null) conditions.push(conditionOf(after, nowMs))
      }
      count('refused', problems.length + refused.length)
      count('truncated', truncated)
      if (refused.length > 0) {
        counters.add('tenantry_access_violations_total', refused.length)
      }
      return { conditions, problems: [...problems, ...refused] }
    },
    fallSilent(nowMs) {
      const conditions: Condition[] = []
      for (const before of store.dueAcrossTenants(nowMs, FOREIGN_LIMITS.turnedAtOnce)) {
        const alert = unheard(before, silentAfterMs(before), nowMs)
        keep(alert)
        count(alert.state === 'silent' ? 'silent' : 'ended-silent')
        if (alert.ownKey === null) conditions.push(conditionOf(alert, nowMs))
      }
      return conditions
    },
    list({ tenantId, state = null, before, limit }) {
      const query = { state, before, limit }
      return tenantId === undefined ? store.pageAcrossTenants(query) : store.page(tenantId, query)
    },
    prune: (nowMs) => store.deleteEndedAcrossTenants(nowMs - FOREIGN_LIMITS.keepEndedMs),
  }
}
