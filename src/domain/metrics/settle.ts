/**
 * Until when a tenant's request counts are complete: every live series that counts its requests has
 * passed that time, or the settling time is over. One pass over all series a tick, none a tenant.
 */
import type { TenantId } from '../../core/ids.ts'
import { floorToStep, SECOND_MS } from '../../core/time.ts'
import { BUCKET_MS } from './cell.ts'
import type { MetricLimits } from './limits.ts'
import {
  FEED,
  isLive,
  KIND,
  LAST_MS,
  POINT_STRIDE,
  ROLE_STRIDE,
  SERIES_KINDS,
  TENANT,
  type SeriesTable,
} from './series-table.ts'
import type { Sources } from './sources.ts'
import type { TenantTable } from './tenant-table.ts'

export interface SettleTables {
  readonly series: SeriesTable
  readonly sources: Sources
  readonly tenants: TenantTable
}

export class Settling {
  readonly #tables: SettleTables
  readonly #limits: MetricLimits
  #atMs = -1
  #seriesSeen = -1
  /** By tenant index: the earliest last sample of its live request series, Infinity without one. */
  #passedMs = new Float64Array(0)

  constructor(tables: SettleTables, limits: MetricLimits) {
    this.#tables = tables
    this.#limits = limits
  }

  /** Forgets the last pass: samples came since. */
  invalidate(): void {
    this.#atMs = -1
  }

  /**
   * Tells the end of the last ten-second bucket of a tenant that is complete. Never later than now.
   */
  settledToMs(tenantId: TenantId, nowMs: number): number {
    const overMs = floorToStep(nowMs - this.#limits.settleSeconds * SECOND_MS, BUCKET_MS)
    if (this.#atMs !== nowMs || this.#seriesSeen !== this.#tables.series.size()) this.#pass(nowMs)
    const index = this.#tables.tenants.find(tenantId)
    const passedMs = index === undefined ? Infinity : this.#passedMs[index]!
    if (passedMs === Infinity) return overMs
    return Math.max(overMs, floorToStep(Math.min(passedMs, nowMs), BUCKET_MS))
  }

  #pass(nowMs: number): void {
    const { series, tenants } = this.#tables
    this.#atMs = nowMs
    this.#seriesSeen = series.size()
    this.#passedMs = new Float64Array(tenants.words.size).fill(Infinity)
    const counts = this.#requestFeeds()
    const roles = series.roles.data
    const points = series.points.data
    const staleMs = this.#limits.staleSeconds * SECOND_MS
    for (let slot = 0; slot < this.#seriesSeen; slot += 1) {
      const at = slot * ROLE_STRIDE
      if (counts[roles[at + FEED]!] !== 1 || roles[at + KIND] === SERIES_KINDS.part) continue
      if (!isLive(points, slot, nowMs, staleMs)) continue
      const tenant = roles[at + TENANT]!
      const lastMs = points[slot * POINT_STRIDE + LAST_MS]!
      if (lastMs < this.#passedMs[tenant]!) this.#passedMs[tenant] = lastMs
    }
  }

  /** By feed: 1 for the active sources of requests. */
  #requestFeeds(): Uint8Array {
    const { sources } = this.#tables
    const counts = new Uint8Array(sources.words.size)
    for (let feed = 0; feed < counts.length; feed += 1) {
      if (sources.feed(feed).signal === 'requests' && sources.isActive(feed)) counts[feed] = 1
    }
    return counts
  }
}
