/**
 * Which alerts fire now, in memory, so that a condition that does not hold and has no alert costs
 * one lookup and no text. It is a copy of rows: `incidents.ts` reloads it whenever the rows turn
 * out not to be what it last wrote.
 */
import type { Condition, ConditionSource } from '../../core/condition.ts'
import type { TenantId } from '../../core/ids.ts'
import { stillFiring, type Alert } from './alert.ts'
import { ALERT_LIMITS } from './limits.ts'

export interface FiringEntry {
  /** As last written. */
  alert: Alert
  /** What was seen of it since, if anything. */
  seen: { readonly condition: Condition; readonly atMs: number } | null
  writtenAtMs: number
}

export class FiringIndex {
  readonly #tenants = new Map<TenantId, Map<ConditionSource, Map<string, FiringEntry>>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  find(condition: Pick<Condition, 'tenantId' | 'source' | 'key'>): FiringEntry | undefined {
    return this.#tenants.get(condition.tenantId)?.get(condition.source)?.get(condition.key)
  }

  /** Holds an alert as written just now. Its next refresh falls at a point of its own within a
   *  minute, so that a storm's do not meet. */
  put(alert: Alert, nowMs: number): void {
    const keys = this.#keysOf(alert)
    if (!keys.has(alert.key)) this.#size += 1
    keys.set(alert.key, { alert, seen: null, writtenAtMs: nowMs + refreshPhaseMs(alert) })
  }

  remove(alert: Pick<Alert, 'tenantId' | 'source' | 'key'>): void {
    const sources = this.#tenants.get(alert.tenantId)
    const keys = sources?.get(alert.source)
    if (keys?.delete(alert.key) !== true) return
    this.#size -= 1
    if (keys.size === 0) sources?.delete(alert.source)
    if (sources?.size === 0) this.#tenants.delete(alert.tenantId)
  }

  clear(): void {
    this.#tenants.clear()
    this.#size = 0
  }

  /** Lists the alerts that fire, with their latest numbers. Shape: unsorted. */
  *alerts(tenantId?: TenantId): Iterable<Alert> {
    const tenants = tenantId === undefined ? this.#tenants.values() : [this.#tenants.get(tenantId)]
    for (const sources of tenants) {
      for (const keys of sources?.values() ?? []) {
        for (const entry of keys.values()) yield latest(entry)
      }
    }
  }

  /** Counts per tenant. Shape: only tenants with an alert. */
  countByTenant(): Map<TenantId, number> {
    const counts = new Map<TenantId, number>()
    for (const [tenantId, sources] of this.#tenants) {
      let count = 0
      for (const keys of sources.values()) count += keys.size
      counts.set(tenantId, count)
    }
    return counts
  }

  #keysOf(alert: Alert): Map<string, FiringEntry> {
    const sources =
      this.#tenants.get(alert.tenantId) ?? new Map<ConditionSource, Map<string, FiringEntry>>()
    this.#tenants.set(alert.tenantId, sources)
    const keys = sources.get(alert.source) ?? new Map<string, FiringEntry>()
    sources.set(alert.source, keys)
    return keys
  }
}

/** Tells an alert with what was seen of it since it was written. */
export function latest(entry: FiringEntry): Alert {
  return entry.seen === null
    ? entry.alert
    : stillFiring(entry.alert, entry.seen.condition, entry.seen.atMs)
}

/** Tells whether what was seen is due to be written. A clock that stepped back far makes it due as
 *  well. */
export function isRefreshDue(entry: FiringEntry, nowMs: number): boolean {
  const sinceMs = nowMs - entry.writtenAtMs
  return sinceMs >= ALERT_LIMITS.refreshEveryMs || sinceMs < -ALERT_LIMITS.refreshEveryMs
}

function refreshPhaseMs(alert: Alert): number {
  return Number.parseInt(alert.alertId.slice(-8), 16) % ALERT_LIMITS.refreshEveryMs
}
