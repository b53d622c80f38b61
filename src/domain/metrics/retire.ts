/**
 * Forgets series that no sample can continue: pods come and go, and memory follows the series that
 * live. A sample may be as old as samples are taken, and continue one that is as much older: what
 * lies twice that span behind the newest sample of all is over, so that no figure depends on when
 * it is forgotten.
 *
 * The newest sample, and not this machine's clock, tells how late it is: a clock that jumps ahead
 * must not make everything look old.
 */
import { SECOND_MS } from '../../core/time.ts'
import type { Families } from './families.ts'
import type { MetricLimits } from './limits.ts'
import type { Registrar } from './registrar.ts'
import { divisionOf } from './series-kind.ts'
import {
  EXTRA,
  FEED,
  isAccumulatedKind,
  isLive,
  KIND,
  LAST_MS,
  LAST_VALUE,
  PARTS,
  POINT_STRIDE,
  REMOTE_WRITE,
  ROLE_STRIDE,
  SERIES_KINDS,
  SPAN_MS,
  type SeriesTable,
} from './series-table.ts'
import type { Sources } from './sources.ts'
import type { TenantTable } from './tenant-table.ts'

/** Looked at in one call: under a millisecond. */
const SLOTS_A_CALL = 50_000
/** Forgotten in one call: some milliseconds. */
const RETIRED_A_CALL = 2_000

export interface RetireTables {
  readonly series: SeriesTable
  readonly tenants: TenantTable
  readonly sources: Sources
  readonly families: Families
}

export class Retiring {
  readonly #tables: RetireTables
  readonly #registrar: Pick<Registrar, 'remove'>
  readonly #spanMs: number
  readonly #staleMs: number
  #next = 0

  constructor(
    tables: RetireTables,
    registrar: Pick<Registrar, 'remove'>,
    { ageSeconds, futureSeconds, staleSeconds }: MetricLimits,
  ) {
    this.#tables = tables
    this.#registrar = registrar
    this.#spanMs = (2 * ageSeconds + futureSeconds) * SECOND_MS
    this.#staleMs = staleSeconds * SECOND_MS
  }

  /** Goes over the next series. Returns how many were forgotten. */
  step(nowMs: number): number {
    const { series, tenants } = this.#tables
    const newestMs = Math.min(nowMs, tenants.newestMs())
    const { data } = series.roles
    let retired = 0
    let slot = this.#next
    for (let looked = 0; looked < Math.min(series.size(), SLOTS_A_CALL);) {
      if (slot >= series.size()) slot = 0
      const at = slot * ROLE_STRIDE
      const isWhole = data[at + KIND] !== SERIES_KINDS.part
      const slots = 1 + (isWhole ? Math.max(0, data[at + PARTS]!) : 0)
      if (isWhole && this.#isOver(slot, newestMs)) {
        this.#registrar.remove(slot)
        retired += 1
      }
      slot += slots
      looked += slots
      if (retired === RETIRED_A_CALL) break
    }
    this.#next = slot
    return retired
  }

  #isOver(slot: number, newestMs: number): boolean {
    const { data } = this.#tables.series.points
    const at = slot * POINT_STRIDE
    if (data[at + LAST_MS] === 0) return this.#isUnheard(slot, newestMs)
    if (newestMs - data[at + LAST_MS]! <= this.#spanMs || this.#isQuiet(slot)) return false
    if (isLive(data, slot, newestMs, this.#staleMs)) return false
    const family = this.#familyOf(slot)
    return family.every(
      (member) => newestMs - data[member * POINT_STRIDE + LAST_MS]! > this.#spanMs,
    )
  }

  /**
   * A series of changes that adds up to a present value says nothing while nothing changes: what
   * comes next is added to what it came to.
   */
  #isQuiet(slot: number): boolean {
    const { roles, points } = this.#tables.series
    const isAccumulated = isAccumulatedKind(roles.data[slot * ROLE_STRIDE + KIND]!)
    return isAccumulated && points.data[slot * POINT_STRIDE + LAST_VALUE] !== 0
  }

  /** The buckets of a histogram are its layout as long as one of them goes on. */
  #familyOf(slot: number): readonly number[] {
    const { series, families, sources } = this.#tables
    const at = slot * ROLE_STRIDE
    const { data } = series.roles
    const feed = data[at + FEED]!
    const isBucket = data[at + PARTS] === REMOTE_WRITE && feed >= 0
    if (!isBucket || divisionOf(sources.feed(feed).signal) !== 'bucket') return []
    return families.slotsOf(data[at + EXTRA]!)
  }

  /** A series of which no sample was ever taken: noted when it is first met here. */
  #isUnheard(slot: number, newestMs: number): boolean {
    const { points } = this.#tables.series
    const at = slot * POINT_STRIDE + SPAN_MS
    const metMs = -points.data[at]!
    if (metMs > 1) return newestMs - metMs > this.#spanMs
    points.data[at] = -newestMs
    points.mark(slot)
    return false
  }
}
