/**
 * The counts of up to 256 slots that move through time together. A slot is one tenant's SLO, or one
 * estimate of it. Two kinds: `events` keeps counts as they come; `slices` keeps raw counts per
 * minute, turns each settled minute into one good or bad slice, and keeps the slices. A late count
 * that changes a settled minute's verdict moves the slices with it.
 */
import { assert } from '../../core/assert.ts'
import { CountRing, PAGE_SLOTS } from './count-ring.ts'
import { BAD_SLICE, NOT_COUNTED, decideSlice, type SliceVerdict } from './time-slice.ts'
import { LAG_TICKS, TICKS_PER_HOUR, TICKS_PER_MINUTE, WINDOWS, planRings } from './windows.ts'

export type PageKind = 'events' | 'slices'

/** How long after its end an hour's minutes stay in memory at least, so that packing them for
 *  the disk can be spread over ticks. */
export const SEAL_SPARE_MINUTES = 12
/** How late a count may be and still re-decide its minute. */
export const SLICE_RECENT_MINUTES = 240
/** How far ahead of the clock a count may be. */
export const AHEAD_TICKS = 60

/** The history on disk has two steps: minutes, and these five minutes. */
export const HISTORY_COARSE_TICKS = 30

const EVENT_RINGS = planRings(10, SEAL_SPARE_MINUTES)
const SLICE_RINGS = planRings(60, 0)

export type Booked = 'booked' | 'ahead' | 'expired' | 'slice-closed'

/** Told of every count that lands in an hour that is in the history on disk already. Buckets are
 *  numbered in the given step. */
export interface LateCounts {
  add(late: LateCount): void
}

export interface LateCount {
  readonly page: SlotPage
  readonly slot: number
  readonly stepTicks: number
  readonly bucket: number
  readonly total: number
  readonly bad: number
}

export class SlotPage {
  readonly id: number
  readonly kind: PageKind
  readonly rings: readonly CountRing[]
  /** Per minute, what the history on disk is made of: the raw counts of slices, the events
   *  themselves otherwise. */
  readonly minutes: CountRing
  /** The rings that hold what the windows count, by their steps. */
  readonly #closedMinutes: CountRing
  readonly #fives: CountRing
  readonly #hours: CountRing
  /** Per window of WINDOWS, per slot. */
  readonly totals: readonly Float64Array[]
  readonly bads: readonly Float64Array[]
  /** Per slot: the tick up to which it is settled. */
  readonly settledTicks = new Int32Array(PAGE_SLOTS)
  /** Per slot: by which pairs it speaks for its cause; a bit per pair, and NO_DATA_BIT. */
  readonly raised = new Uint8Array(PAGE_SLOTS)
  readonly sliceTargetPpm = new Int32Array(PAGE_SLOTS)
  used = 0
  /** The newest tick that counts may land in; -1 before time has begun. */
  headTick = -1
  /** The last hour whose minutes were handed to the history. */
  sealedHour = -1
  dirty = false
  /** Counts that are ahead of the clock: slot, tick, total, bad, flat. */
  ahead: number[] = []
  readonly #late: LateCounts

  constructor(id: number, kind: PageKind, late: LateCounts) {
    this.id = id
    this.kind = kind
    this.#late = late
    const plans = kind === 'events' ? EVENT_RINGS : SLICE_RINGS
    this.rings = plans.map((plan) => new CountRing({ ...plan, wide: kind === 'events' }))
    this.minutes =
      kind === 'events'
        ? this.rings[1]!
        : new CountRing({
            stepTicks: TICKS_PER_MINUTE,
            spans: [],
            length: SLICE_RECENT_MINUTES,
            wide: true,
          })
    this.#closedMinutes = this.#ringOf(TICKS_PER_MINUTE)
    this.#fives = this.#ringOf(HISTORY_COARSE_TICKS)
    this.#hours = this.#ringOf(TICKS_PER_HOUR)
    this.totals = perWindow(plans, (ring, span) => this.rings[ring]!.spanTotals[span]!)
    this.bads = perWindow(plans, (ring, span) => this.rings[ring]!.spanBads[span]!)
  }

  /** Counts what came after the last closed hour, up to the last closed minute: by whole five
   *  minutes as far as they go. */
  openHour(slot: number): { total: number; bad: number } {
    const count = { total: 0, bad: 0 }
    let fromTick = this.#hours.edges[slot]! * TICKS_PER_HOUR
    for (const ring of [this.#fives, this.#closedMinutes]) {
      const edge = ring.edges[slot]!
      for (let bucket = fromTick / ring.stepTicks + 1; bucket <= edge; bucket += 1) {
        count.total += ring.total(slot, bucket)
        count.bad += ring.bad(slot, bucket)
      }
      fromTick = Math.max(fromTick, edge * ring.stepTicks)
    }
    return count
  }

  /** Every ring that a checkpoint keeps, in stored order. */
  storedRings(): readonly CountRing[] {
    return this.kind === 'events' ? this.rings : [...this.rings, this.minutes]
  }

  /** Books a count into the bucket that ends at a tick, and into the windows that hold it. */
  add(slot: number, tick: number, total: number, bad: number): Booked {
    this.dirty = true
    if (tick > this.headTick) {
      this.ahead.push(slot, tick, total, bad)
      return 'ahead'
    }
    if (this.kind === 'slices') return this.#addRaw(slot, tick, total, bad)
    if (!this.#addCounts(slot, tick, total, bad)) return 'expired'
    this.#tellLate(slot, TICKS_PER_MINUTE, tick, total, bad)
    return 'booked'
  }

  /**
   * Moves time on to `headTick`, closes minutes and rolls windows to each slot's settled tick. Asks
   * that the hours that would leave memory were sealed before. Returns the counts that were ahead
   * and proved too far ahead.
   */
  advance(headTick: number, settledTick: (slot: number) => number): number {
    const head = Math.max(headTick, this.headTick)
    for (let slot = 0; slot < this.used; slot += 1) {
      const tick = Math.min(Math.max(settledTick(slot), head - LAG_TICKS), head)
      if (tick > this.settledTicks[slot]!) this.settledTicks[slot] = tick
    }
    this.dirty = true
    if (this.headTick < 0) this.sealedHour = Math.floor(head / TICKS_PER_HOUR) - 1
    if (this.kind === 'slices') this.#closeMinutes()
    for (const ring of this.rings) ring.advance(ring.bucketOf(head), this.settledTicks, this.used)
    if (this.kind === 'slices') {
      this.minutes.advance(this.minutes.bucketOf(head), this.settledTicks, this.used)
    }
    this.headTick = head
    return this.ahead.length === 0 ? 0 : this.#bookAhead()
  }

  /** Takes a new slot into use. Returns its place. */
  take(sliceTargetPpm: number): number {
    assert(this.used < PAGE_SLOTS, 'a page with room')
    const slot = this.used
    this.used += 1
    this.sliceTargetPpm[slot] = sliceTargetPpm
    const tick = Math.max(0, this.headTick - LAG_TICKS)
    for (const ring of this.storedRings()) ring.openSlot(slot, tick)
    this.settledTicks[slot] = tick
    this.dirty = true
    return slot
  }

  /** Copies another page's slot, of the same kind, into an empty one of this page: the estimates
   *  of an SLO part ways from here on. */
  copyFrom(from: SlotPage, fromSlot: number, slot: number): void {
    assert(from.kind === this.kind, 'pages of one kind')
    this.rings.forEach((ring, i) => {
      const source = from.rings[i]!
      for (let bucket = source.head - source.length + 1; bucket <= source.head; bucket += 1) {
        const total = source.total(fromSlot, bucket)
        const bad = source.bad(fromSlot, bucket)
        if ((total !== 0 || bad !== 0) && bucket <= ring.head) ring.add(slot, bucket, total, bad)
      }
    })
    for (let i = 0; i < from.ahead.length; i += 4) {
      if (from.ahead[i] === fromSlot) this.ahead.push(slot, ...from.ahead.slice(i + 1, i + 4))
    }
    this.dirty = true
  }

  #ringOf(stepTicks: number): CountRing {
    const ring = this.rings.find((candidate) => candidate.stepTicks === stepTicks)
    assert(ring !== undefined, 'a ring of that step')
    return ring
  }

  #addCounts(slot: number, tick: number, total: number, bad: number): boolean {
    let held = false
    for (const ring of this.rings) {
      if (ring.add(slot, ring.bucketOf(tick), total, bad)) held = true
    }
    if (held) this.#tellLate(slot, HISTORY_COARSE_TICKS, tick, total, bad)
    return held
  }

  #tellLate(slot: number, stepTicks: number, tick: number, total: number, bad: number): void {
    if (tick > this.sealedHour * TICKS_PER_HOUR) return
    const bucket = Math.ceil(tick / stepTicks)
    this.#late.add({ page: this, slot, stepTicks, bucket, total, bad })
  }

  #addRaw(slot: number, tick: number, total: number, bad: number): Booked {
    const { minutes } = this
    const minute = minutes.bucketOf(tick)
    if (!minutes.holds(minute)) return this.#isPast(tick) ? 'expired' : 'slice-closed'
    const closed = minute <= this.rings[0]!.edges[slot]!
    const before = closed ? this.#verdict(slot, minute) : NOT_COUNTED
    minutes.add(slot, minute, total, bad)
    this.#tellLate(slot, TICKS_PER_MINUTE, tick, total, bad)
    if (closed) this.#addSlice(slot, minute, before, this.#verdict(slot, minute))
    return 'booked'
  }

  #isPast(tick: number): boolean {
    return !this.#hours.holds(this.#hours.bucketOf(tick))
  }

  /** Decides the minutes that settled since the last time. Those that begin after the head hold
   *  nothing yet. */
  #closeMinutes(): void {
    const { edges } = this.rings[0]!
    const newest = this.minutes.head
    for (let slot = 0; slot < this.used; slot += 1) {
      const settled = Math.floor(this.settledTicks[slot]! / TICKS_PER_MINUTE)
      const last = settled < newest ? settled : newest
      for (let minute = edges[slot]! + 1; minute <= last; minute += 1) {
        this.#addSlice(slot, minute, NOT_COUNTED, this.#verdict(slot, minute))
      }
    }
  }

  #verdict(slot: number, minute: number): SliceVerdict {
    return decideSlice(
      this.minutes.total(slot, minute),
      this.minutes.bad(slot, minute),
      this.sliceTargetPpm[slot]!,
    )
  }

  #addSlice(slot: number, minute: number, before: SliceVerdict, after: SliceVerdict): void {
    if (before === after) return
    const total = Number(after !== NOT_COUNTED) - Number(before !== NOT_COUNTED)
    const bad = Number(after === BAD_SLICE) - Number(before === BAD_SLICE)
    this.#addCounts(slot, minute * TICKS_PER_MINUTE, total, bad)
  }

  #bookAhead(): number {
    const waiting = this.ahead
    this.ahead = []
    let tooFar = 0
    for (let i = 0; i < waiting.length; i += 4) {
      const tick = waiting[i + 1]!
      if (tick > this.headTick + AHEAD_TICKS) tooFar += 1
      else this.add(waiting[i]!, tick, waiting[i + 2]!, waiting[i + 3]!)
    }
    return tooFar
  }
}

function perWindow(
  plans: readonly { readonly windows: readonly number[] }[],
  sums: (ring: number, span: number) => Float64Array,
): Float64Array[] {
  return WINDOWS.map((_, index) => {
    const ring = plans.findIndex((plan) => plan.windows.includes(index))
    return sums(ring, plans[ring]!.windows.indexOf(index))
  })
}
