/**
 * One evaluation of every SLO, as a chain of short pieces: book what came, hear what is settled,
 * move the pages on, hand hours to the history, decide. It pauses wherever it yields; gains that
 * come in between are booked by the next evaluation at the latest.
 */
import type { Condition } from '../../core/condition.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Booking } from './booking.ts'
import type { Breakdown } from './breakdown.ts'
import type { PairMask } from './decide.ts'
import type { ExclusionBook } from './exclusions.ts'
import type { HistoryLog } from './history-log.ts'
import { judgedLingering, judgedPairs } from './judged-counts.ts'
import { loudest, raisedOf, type CauseGroup, type Voice } from './raise.ts'
import type { Reading } from './reading.ts'
import { NO_DATA_KEY, type SloConditions } from './slo-conditions.ts'
import { NO_DATA_BIT, NO_SLOT, PAGE_BITS, PLACE_MASK, type SloTenant, type Slots } from './slots.ts'
import type { RollUpSums } from './roll-up-sums.ts'
import type { SourceClocks } from './source-clocks.ts'
import type { Sparks } from './sparks.ts'
import { isSilent, PAUSE_MS, SILENT_MS, type Moment } from './state.ts'
import { HOUR_WINDOW, LAG_TICKS, PAIR_ACTIONS, TICK_MS, type PairAction } from './windows.ts'

export interface EvaluationParts {
  readonly slots: Slots
  readonly booking: Booking
  readonly breakdown: Breakdown
  readonly history: HistoryLog
  readonly reading: Reading
  readonly conditions: SloConditions
  readonly sparks: Sparks
  readonly exclusions: ExclusionBook
  readonly clocks: SourceClocks
  readonly rollUps: RollUpSums
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
  /** By SLO of the tenant at hand, scratch: which pairs hold, which have not recovered, and which
   *  were raised in the evaluation before. */
  readonly #holding: PairMask[] = []
  readonly #lingering: PairMask[] = []
  readonly #raised: PairMask[] = []
  #began = false

  constructor(parts: EvaluationParts) {
    this.#parts = parts
  }

  /** Runs in pieces. Shape: nothing is yielded; each yield is a place to pause. */
  *run(nowMs: number, heard: Heard): Generator<void, void> {
    const { slots, sparks, booking, breakdown, exclusions, clocks, rollUps } = this.#parts
    this.moment = { nowMs, listeningSinceMs: this.#listeningSince(nowMs) }
    this.#conditions = []
    slots.advance(nowMs)
    exclusions.refresh(nowMs)
    clocks.refresh()
    slots.headTick = Math.max(slots.headTick, Math.ceil(nowMs / TICK_MS) + 1)
    slots.settledTicks.fill(slots.headTick - LAG_TICKS)
    sparks.advance(nowMs)
    yield* booking.pieces()
    yield* breakdown.pieces()
    yield* breakdown.advance(nowMs)
    yield* inPieces(slots.tenants, (tenant) => this.#hear(tenant, heard))
    yield* this.#advancePages()
    yield* this.#sealPages()
    yield* inPieces(slots.tenants, (tenant) => this.#decide(tenant))
    if (rollUps.begin(nowMs)) yield* inPieces(slots.tenants, (tenant) => rollUps.add(tenant))
    this.#toldTo += FIRST_TOLD_TENANTS
  }

  /** Tells of everything that a tenant has raised that it has ceased, unless the next evaluation
   *  raises it again: the SLOs behind it may be gone. */
  end(tenant: SloTenant, causes: readonly CauseGroup[]): void {
    const { slots, conditions } = this.#parts
    const raised = tenant.slos.map(({ upper }) =>
      upper === NO_SLOT ? 0 : slots.page(upper).raised[upper & PLACE_MASK]!,
    )
    if (raised.every((mask) => mask === 0)) return
    for (const group of causes) {
      for (const action of PAIR_ACTIONS) {
        const voice = loudest(action, group, raised)
        if (voice === null) continue
        const told = { cause: group.cause, action, voice, holds: false }
        const condition = conditions.burn(tenant, told, this.moment)
        const write = ({ nowMs }: Moment): Condition => ({ ...condition, atMs: nowMs })
        const key = `${String(tenant.ordinal)}/${group.cause}/${action}`
        this.#ceased.set(key, { write, left: CEASED_TOLD_TIMES })
      }
    }
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
      if (upper === NO_SLOT) continue
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

  /** Runs for every tenant in every tick: allocates nothing while nothing burns or is raised. */
  #decide(tenant: SloTenant): void {
    const { slots, sparks } = this.#parts
    const { slos, active } = tenant
    let worst = -1
    let anything = 0
    for (let i = 0; i < slos.length; i += 1) {
      const slo = slos[i]!
      const { objective, upper } = slo
      this.#raised[i] = 0
      this.#holding[i] = 0
      if (upper === NO_SLOT) continue
      const page = slots.page(upper)
      const place = upper & PLACE_MASK
      this.#raised[i] = page.raised[place]!
      this.#holding[i] = active ? judgedPairs(page, place, slo) : 0
      anything |= this.#raised[i]! | this.#holding[i]!
      if (!active) continue
      const total = page.totals[HOUR_WINDOW]![place]!
      if (total <= 0) continue
      const burn = (page.bads[HOUR_WINDOW]![place]! / total) * objective.burnOfAllBad
      if (burn > worst) worst = burn > 0 ? burn : 0
    }
    if (worst >= 0) sparks.note(tenant.first, worst)
    const silent = this.#isNoData(tenant)
    const first =
      tenant.ordinal >= this.#toldTo && tenant.ordinal < this.#toldTo + FIRST_TOLD_TENANTS
    if (anything !== 0 || silent || first) this.#raise(tenant, { silent, first })
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

  /** Tells of a tenant what it raises, and what it raised in the evaluation before. Asks that the
   *  masks are the tenant's. */
  #raise(tenant: SloTenant, { silent, first }: Situation): void {
    const { slots, reading, conditions } = this.#parts
    const wasSilent = reading.noDataRaised(tenant)
    tenant.slos.forEach((slo, i) => {
      const { upper } = slo
      this.#lingering[i] = 0
      if (upper === NO_SLOT) return
      const page = slots.page(upper)
      const place = upper & PLACE_MASK
      if (tenant.active) {
        this.#lingering[i] = judgedLingering(page, place, slo)
      }
      page.raised[place] = upper === tenant.first && silent ? NO_DATA_BIT : 0
    })
    for (const group of slots.causes) this.#raiseCause(tenant, group, { silent, first })
    if (!silent && !wasSilent && !first) return
    const write = (moment: Moment): Condition => conditions.silence(tenant, silent, moment)
    this.#tell(tenant, NO_DATA_KEY, { write, holds: silent, wasRaised: wasSilent })
  }

  #raiseCause(tenant: SloTenant, group: CauseGroup, { silent, first }: Situation): void {
    const { slots, conditions } = this.#parts
    const raised = this.#raised
    const facts = { holding: this.#holding, lingering: this.#lingering, raised, silent }
    const now = raisedOf(group, facts)
    for (const action of PAIR_ACTIONS) {
      const before = loudest(action, group, raised)
      const voice = now[action] ?? before ?? (first ? firstVoice(action, group, tenant) : null)
      if (voice === null) continue
      const holds = now[action] !== null
      if (holds) {
        const { upper } = tenant.slos[voice.sloIndex]!
        slots.page(upper).raised[upper & PLACE_MASK]! |= 1 << voice.speedIndex
      }
      const told = { cause: group.cause, action, voice, holds }
      const write = (moment: Moment): Condition => conditions.burn(tenant, told, moment)
      const key = `${group.cause}/${action}`
      this.#tell(tenant, key, { write, holds, wasRaised: before !== null })
    }
  }

  #tell(tenant: SloTenant, conditionKey: string, { write, holds, wasRaised }: Telling): void {
    const key = `${String(tenant.ordinal)}/${conditionKey}`
    if (holds) {
      this.#ceased.delete(key)
      this.#conditions.push(write(this.moment))
    } else {
      this.#ceased.set(key, { write, left: wasRaised ? CEASED_TOLD_TIMES : 1 })
    }
  }
}

/** Whose words tell that nothing was raised. Null for a cause that never asks for the action. */
function firstVoice(action: PairAction, group: CauseGroup, { slos }: SloTenant): Voice | null {
  const masks = group.masks[action].map((mask, i) => (slos[i]!.upper === NO_SLOT ? 0 : mask))
  return loudest(action, group, masks)
}

interface Situation {
  readonly silent: boolean
  /** All keys of the tenant are to be told. */
  readonly first: boolean
}

interface Telling {
  readonly write: (moment: Moment) => Condition
  readonly holds: boolean
  readonly wasRaised: boolean
}

function* inPieces<T>(items: readonly T[], call: (item: T) => void): Generator<void, void> {
  for (let i = 0; i < items.length; i += 1) {
    call(items[i]!)
    if (i % TENANTS_A_PIECE === TENANTS_A_PIECE - 1) yield
  }
}
