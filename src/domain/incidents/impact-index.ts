/**
 * Every impact that is kept, in memory: a few a tenant and year, asked for with every status. An
 * open one is held with where elapsed time stood when it was last known, so that asking how long it
 * lasts costs a subtraction and no step of the wall clock moves it.
 */
import type { TenantId } from '../../core/ids.ts'
import type { Impact } from './impact.ts'
import type { StoredImpact } from './impact-store.ts'

interface Entry {
  impact: Impact
  /** Of an open one: elapsed time when `impact.elapsedMs` was so much. */
  atMonotonicMs: number
  writtenAtMonotonicMs: number
}

export class ImpactIndex {
  /** Oldest first. */
  readonly #byTenant = new Map<TenantId, Entry[]>()
  readonly #open = new Map<TenantId, Entry>()
  readonly #monotonicMs: () => number

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** Fills the index with rows. What it holds of the open ones is better than what rows say: it
   *  stays. Of one that it does not hold, the time since it was last seen counts as well. */
  load(rows: readonly StoredImpact[], nowMs: number): void {
    const known = new Map(this.#open)
    this.#byTenant.clear()
    this.#open.clear()
    for (const { seenAtMs, ...impact } of rows) {
      if (impact.endedAtMs !== null) {
        this.put(impact)
        continue
      }
      const before = known.get(impact.tenantId)
      const sinceMs = Math.max(0, nowMs - seenAtMs)
      const isKnown = before?.impact.impactId === impact.impactId
      const elapsedMs = isKnown ? this.#elapsedMs(before) : impact.elapsedMs + sinceMs
      this.put({ ...impact, elapsedMs })
    }
  }

  /** Holds an impact as it is at the moment. */
  put(impact: Impact): void {
    const atMonotonicMs = this.#monotonicMs()
    const entry = { impact, atMonotonicMs, writtenAtMonotonicMs: atMonotonicMs }
    const entries = this.#byTenant.get(impact.tenantId) ?? []
    this.#byTenant.set(impact.tenantId, entries)
    const place = entries.findIndex((each) => each.impact.impactId === impact.impactId)
    if (place < 0) entries.push(entry)
    else entries[place] = entry
    if (impact.endedAtMs === null) this.#open.set(impact.tenantId, entry)
    else if (this.#open.get(impact.tenantId)?.impact.impactId === impact.impactId) {
      this.#open.delete(impact.tenantId)
    }
  }

  open(tenantId: TenantId): Impact | undefined {
    const entry = this.#open.get(tenantId)
    return entry && this.#now(entry)
  }

  /**
   * Lists open ones whose row is older than a span, as many at most, and takes them for written.
   */
  takeUnwritten(spanMs: number, most: number): Impact[] {
    const nowMs = this.#monotonicMs()
    const due = [...this.#open.values()]
      .filter(({ writtenAtMonotonicMs }) => nowMs - writtenAtMonotonicMs >= spanMs)
      .slice(0, most)
    for (const entry of due) entry.writtenAtMonotonicMs = nowMs
    return due.map((entry) => this.#now(entry))
  }

  openAcrossTenants(): Impact[] {
    return [...this.#open.values()].map((entry) => this.#now(entry))
  }

  /** Shape: oldest first. */
  of(tenantId: TenantId): Impact[] {
    return this.#byTenant.get(tenantId)?.map((entry) => this.#now(entry)) ?? []
  }

  /** Finds the one of a tenant that ended last. */
  lastEnded(tenantId: TenantId): Impact | undefined {
    return this.of(tenantId)
      .filter(({ endedAtMs }) => endedAtMs !== null)
      .toSorted((left, right) => left.endedAtMs! - right.endedAtMs!)
      .at(-1)
  }

  #now(entry: Entry): Impact {
    const { impact } = entry
    return impact.endedAtMs === null ? { ...impact, elapsedMs: this.#elapsedMs(entry) } : impact
  }

  #elapsedMs({ impact, atMonotonicMs }: Entry): number {
    const sinceMs = Math.max(0, this.#monotonicMs() - atMonotonicMs)
    return impact.elapsedMs + Math.floor(sinceMs)
  }
}
