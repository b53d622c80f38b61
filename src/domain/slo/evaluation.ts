/**
 * One evaluation of every SLO, as a chain of short pieces: hear what is settled, move the pages on,
 * hand hours to the history, decide. It pauses wherever it yields; counts that are booked in
 * between are seen by the next evaluation at the latest.
 */
import type { Condition } from '../../core/condition.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Booking } from './booking.ts'
import { windowBurn } from './burn.ts'
import { holdingPairs, type PairMask } from './decide.ts'
import type { HistoryLog } from './history-log.ts'
import { fastest, yieldToOthers } from './raise.ts'
import { NO_DATA_BIT, type Reading } from './reading.ts'
import { NO_SLOT, PAGE_BITS, PLACE_MASK, type SloTenant, type Slots } from './slots.ts'
import type { Sparks } from './sparks.ts'
import { isSilent, PAUSE_MS, SILENT_MS, type Moment } from './state.ts'
import { HOUR_WINDOW, LAG_TICKS, PAIRS, TICK_MS } from './windows.ts'

export interface EvaluationParts {
  readonly slots: Slots
  readonly booking: Booking
  readonly history: HistoryLog
  readonly reading: Reading
  readonly sparks: Sparks
}

export interface Heard {
  readonly settledToMs: (tenantId: TenantId) => number
  readonly lastSampleAtMs: (tenantId: TenantId) => number | null
}

/** Tenants handled between two looks at the clock. */
const TENANTS_A_PIECE = 128
/** In how many evaluations the hour of all pages is packed: about eight minutes of them, and the
 *  minutes stay in memory for twelve. */
const TICKS_A_SEAL = 100
/** For so many tenants all keys are told in each evaluation after a start, until all have been. */
const FIRST_TOLD_TENANTS = 500
/** How often the end of a condition is told again, should the transaction that was to note it
 *  have failed. */
const CEASED_TOLD_TIMES = 12

interface Ceased {
  readonly write: (moment: Moment) => Condition
  left: number
}

export class Evaluation {
  moment: Moment = { nowMs: 0, listeningSinceMs: 0 }
  readonly #parts: EvaluationParts
  readonly #ceased = new Map<string, Ceased>()
  #conditions: Condition[] = []
  /** The tenants before this one have been told of once since the start. */
  #toldTo = 0
  /** What each SLO of the tenant at hand would raise: scratch. */
  readonly #masks: PairMask[] = []
  #began = false

  constructor(parts: EvaluationParts) {
    this.#parts = parts
  }

  /** Runs in pieces. Shape: nothing is yielded; each yield is a place to pause. */
  *run(nowMs: number, heard: Heard): Generator<void, void> {
    const { slots, sparks } = this.#parts
    this.moment = { nowMs, listeningSinceMs: this.#listeningSince(nowMs) }
    this.#conditions = []
    slots.headTick = Math.max(slots.headTick, Math.ceil(nowMs / TICK_MS) + 1)
    slots.settledTicks.fill(slots.headTick - LAG_TICKS)
    sparks.advance(nowMs, slots.tenants.length)
    yield* inPieces(slots.tenants, (tenant) => this.#hear(tenant, heard))
    yield* this.#advancePages()
    yield* this.#sealPages()
    yield* inPieces(slots.tenants, (tenant) => this.#decide(tenant))
    this.#toldTo += FIRST_TOLD_TENANTS
  }

  /** Takes the conditions that hold, and those that ceased. */
  takeConditions(): Condition[] {
    const conditions = this.#conditions
    this.#conditions = []
    for (const [key, ceased] of this.#ceased) {
      conditions.push(ceased.write(this.moment))
      ceased.left -= 1
      if (ceased.left === 0) this.#ceased.delete(key)
    }
    return conditions
  }

  #listeningSince(nowMs: number): number {
    const paused = !this.#began || nowMs - this.moment.nowMs > PAUSE_MS
    this.#began = true
    return paused ? nowMs : this.moment.listeningSinceMs
  }

  #hear(tenant: SloTenant, heard: Heard): void {
    if (!tenant.active) return
    tenant.lastSampleAtMs = heard.lastSampleAtMs(tenant.tenantId)
    const tick = Math.floor(heard.settledToMs(tenant.tenantId) / TICK_MS)
    const { settledTicks } = this.#parts.slots
    for (const { upper, lower } of tenant.slos) {
      settledTicks[upper] = tick
      if (lower !== NO_SLOT) settledTicks[lower] = tick
    }
  }

  *#advancePages(): Generator<void, void> {
    const { slots, booking, history } = this.#parts
    for (const page of slots.pages) {
      const first = page.id << PAGE_BITS
      history.sealBefore(page, slots.headTick)
      const tooFar = page.advance(slots.headTick, (place) => slots.settledTicks[first + place]!)
      booking.discarded('too-far-ahead', tooFar)
      yield
    }
  }

  *#sealPages(): Generator<void, void> {
    const { slots, history } = this.#parts
    let left = Math.ceil(slots.pages.length / TICKS_A_SEAL)
    for (const page of slots.pages) {
      if (!history.sealNext(page)) continue
      left -= 1
      yield
      if (left === 0) return
    }
  }

  /** Runs for every tenant in every tick: allocates nothing while nothing burns. */
  #decide(tenant: SloTenant): void {
    const { slots, sparks } = this.#parts
    const { slos, active } = tenant
    const masks = this.#masks
    let worst = -1
    for (let i = 0; i < slos.length; i += 1) {
      masks[i] = 0
      if (!active) continue
      const { objective, upper } = slos[i]!
      const page = slots.page(upper)
      const place = upper & PLACE_MASK
      masks[i] = fastest(holdingPairs(page, place, objective))
      const total = page.totals[HOUR_WINDOW]![place]!
      const burn = windowBurn(page.bads[HOUR_WINDOW]![place]!, total, objective.targetPpm) ?? -1
      if (burn > worst) worst = burn
    }
    if (worst >= 0) sparks.note(tenant.ordinal, worst)
    yieldToOthers(slots.templates, masks)
    const noData = this.#isNoData(tenant)
    const first =
      tenant.ordinal >= this.#toldTo && tenant.ordinal < this.#toldTo + FIRST_TOLD_TENANTS
    for (let i = 0; i < slos.length; i += 1) {
      const before = this.#raisedOn(slos[i]!.upper)
      const burns = noData ? masks[i]! & before : masks[i]!
      const now = noData && i === 0 ? burns | NO_DATA_BIT : burns
      if (now !== 0 || before !== 0 || first) this.#raise(tenant, i, { now, before, first })
    }
  }

  /** Tells whether a tenant's silence is an alert. Once it is, it stays one, over restarts as
   *  well, until the tenant is heard again. */
  #isNoData(tenant: SloTenant): boolean {
    const { active, lastSampleAtMs } = tenant
    if (!active || lastSampleAtMs === null) return false
    const { reading } = this.#parts
    if (reading.noDataRaised(tenant)) return this.moment.nowMs - lastSampleAtMs >= SILENT_MS
    return isSilent(lastSampleAtMs, this.moment) && reading.hadTraffic(tenant)
  }

  #raisedOn(slot: number): number {
    return this.#parts.slots.page(slot).raised[slot & PLACE_MASK]!
  }

  #raise(tenant: SloTenant, sloIndex: number, { now, before, first }: Raised): void {
    const { upper } = tenant.slos[sloIndex]!
    this.#parts.slots.page(upper).raised[upper & PLACE_MASK] = now
    const known = sloIndex === 0 ? EVERY_PAIR | NO_DATA_BIT : EVERY_PAIR
    const told = first ? known : before | now
    for (let bit = 1; bit <= NO_DATA_BIT; bit <<= 1) {
      if ((told & bit) === 0) continue
      const times = (before & bit) === 0 ? 1 : CEASED_TOLD_TIMES
      this.#tell(tenant, sloIndex, { bit, holds: (now & bit) !== 0, times })
    }
  }

  #tell(tenant: SloTenant, sloIndex: number, { bit, holds, times }: Telling): void {
    const { reading } = this.#parts
    const slo = tenant.slos[sloIndex]!
    const write = (moment: Moment): Condition =>
      bit === NO_DATA_BIT
        ? reading.silenceCondition(tenant, holds, moment)
        : reading.burnCondition(tenant, slo, { pairIndex: Math.log2(bit), holds, moment })
    const key = `${String(slo.upper)}/${String(bit)}`
    if (holds) {
      this.#ceased.delete(key)
      this.#conditions.push(write(this.moment))
    } else {
      this.#ceased.set(key, { write, left: times })
    }
  }
}

/** What an SLO raises, and raised in the evaluation before; `first` when all its keys are to be
 *  told. */
interface Raised {
  readonly now: PairMask
  readonly before: PairMask
  readonly first: boolean
}

interface Telling {
  readonly bit: number
  readonly holds: boolean
  readonly times: number
}

const EVERY_PAIR = (1 << PAIRS.length) - 1

function* inPieces<T>(items: readonly T[], call: (item: T) => void): Generator<void, void> {
  for (let i = 0; i < items.length; i += 1) {
    call(items[i]!)
    if (i % TENANTS_A_PIECE === TENANTS_A_PIECE - 1) yield
  }
}
