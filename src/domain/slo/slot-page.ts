/**
 * The counts of up to 256 slots that move through time together. A slot is one tenant's SLO, or one
 * estimate of it. Two kinds: `events` keeps counts as they come; `slices` keeps raw counts per
 * minute, turns each settled slice of them into a good or bad one, and keeps the slices. A late
 * count that changes a settled slice's verdict moves the slices with it.
 */
import { assert } from '../../core/assert.ts'
import type { Counted } from './budget.ts'
import { PAGE_SLOTS } from './count-columns.ts'
import type { CountRing } from './count-ring.ts'
import { CalendarCounts } from './calendar-counts.ts'
import { HISTORY_COARSE_TICKS } from './history-steps.ts'
import { countedRing, planPageRings, rawRing, standInRing, type PageKind } from './page-rings.ts'
import { SlotMarks } from './slot-marks.ts'
import { sliceMinutes, type SliceRule } from './template.ts'
import { NOT_COUNTED, sliceBad, sliceUnits } from './time-slice.ts'
import type { WindowPlan } from './window-plan.ts'
import {
  LAG_TICKS,
  MINUTES_PER_HOUR,
  TICKS_PER_HOUR,
  TICK_SECONDS,
  TICKS_PER_MINUTE,
  type RingPlan,
} from './windows.ts'

/** How far ahead of the clock a count may be. */
export const AHEAD_TICKS = 60

export type Booked = 'booked' | 'ahead' | 'expired' | 'slice-closed' | 'loaded'

/** Of a slot that has counted nothing. */
export const NEVER = 0x7fff_ffff

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

export interface WindowRing {
  readonly ring: CountRing
  readonly span: number
}

/** Minutes of the epoch, (fromMinute, toMinute]. */
export interface MinuteRange {
  readonly fromMinute: number
  readonly toMinute: number
}

export interface PageShape {
  readonly kind: PageKind
  readonly plan: WindowPlan
}

export class SlotPage {
  readonly id: number
  readonly kind: PageKind
  readonly plan: WindowPlan
  readonly rings: readonly CountRing[]
  /** Per minute, what the history on disk is made of: the raw counts of slices, the events
   *  themselves otherwise. */
  readonly minutes: CountRing
  /** Per minute of `slices`: what of the raw counts is no event but stands in for events, of which
   *  the minute has none. Null where nothing ever did. */
  #standIns: CountRing | null = null
  /** The rings that hold what the windows count, by their steps. */
  readonly closedMinutes: CountRing
  readonly fives: CountRing
  readonly #hours: CountRing
  /** What the calendar's present period holds. Null where the period is a span. */
  readonly calendar: CalendarCounts | null
  /** How far back the longest window of a pair reaches. */
  readonly longestWindowTicks: number
  /** By window: its ring, and how many of its buckets the window has. */
  readonly #windowRings: readonly WindowRing[]
  /** The ring that the period's window is of. */
  readonly periodRing: CountRing
  /** Per window of the plan, per slot. */
  readonly totals: readonly Float64Array[]
  readonly bads: readonly Float64Array[]
  /** Per slot: the tick up to which it is settled. */
  readonly settledTicks = new Int32Array(PAGE_SLOTS)
  /** Per slot: by which pairs it speaks for its cause; a bit per pair, and NO_DATA_BIT. */
  readonly raised = new Uint8Array(PAGE_SLOTS)
  /** Per slot of `slices`. */
  readonly sliceRules: SliceRule[] = []
  /** By slot: minutes up to this one were decided by another rule and stay as they are. */
  readonly ruledFrom = new SlotMarks()
  /** By slot: what was counted up to this tick was counted in another unit. */
  readonly sinceTicks = new SlotMarks()
  /** Per slot: the first tick that something was counted in as it came; NEVER before. */
  readonly firstTicks = new Int32Array(PAGE_SLOTS).fill(NEVER)
  /** By slot: what is counted up to this tick was loaded: see `fill`. */
  readonly loadedTo = new SlotMarks()
  /** By slot: what is counted up to this tick was counted again for the worse: see `shift`. */
  readonly recountedTo = new SlotMarks()
  used = 0
  /** The newest tick that counts may land in; -1 before time has begun. */
  headTick = -1
  /** The last hour whose minutes were handed to the history. */
  sealedHour = -1
  dirty = false
  /** Counts that are ahead of the clock: slot, or -1 - slot of what stands in, tick, total, bad,
   *  flat. */
  ahead: number[] = []
  readonly #late: LateCounts

  constructor(id: number, { kind, plan }: PageShape, late: LateCounts) {
    this.id = id
    this.kind = kind
    this.plan = plan
    this.#late = late
    const plans = planPageRings(kind, plan.windows)
    this.rings = plans.map((plan) => countedRing(kind, plan))
    this.minutes = kind === 'events' ? this.rings[1]! : rawRing()
    this.closedMinutes = this.#ringOf(TICKS_PER_MINUTE)
    this.fives = this.#ringOf(HISTORY_COARSE_TICKS)
    this.#hours = this.#ringOf(TICKS_PER_HOUR)
    this.calendar = plan.calendar === null ? null : new CalendarCounts(plan.calendar)
    this.periodRing =
      plan.period === null ? this.#hours : this.rings[ringOfWindow(plans, plan.period)]!
    const windows = [...plan.windows.keys()]
    this.#windowRings = windows.map((window) => {
      const at = ringOfWindow(plans, window)
      return { ring: this.rings[at]!, span: plans[at]!.spans[plans[at]!.windows.indexOf(window)]! }
    })
    const judged = plan.windows.filter((_, window) => window !== plan.period)
    this.longestWindowTicks = Math.max(...judged.map(({ seconds }) => seconds)) / TICK_SECONDS
    this.totals = windows.map((window) => spanOf(this.rings, plans, window, 'spanTotals'))
    this.bads = windows.map((window) => spanOf(this.rings, plans, window, 'spanBads'))
  }

  windowRing(window: number): WindowRing {
    return this.#windowRings[window]!
  }

  /** Every ring that a checkpoint keeps, in stored order. */
  storedRings(): readonly CountRing[] {
    if (this.kind === 'events') return this.rings
    const standIns = this.#standIns === null ? [] : [this.#standIns]
    return [...this.rings, this.minutes, ...standIns]
  }

  /** Makes room for what stands in, of which a checkpoint has columns. */
  openStandIns(): CountRing {
    if (this.#standIns !== null) return this.#standIns
    const ring = standInRing()
    if (this.minutes.head >= 0) {
      ring.advance(this.minutes.head, this.settledTicks, this.used)
      for (let slot = 0; slot < this.used; slot += 1) ring.openSlot(slot, this.settledTicks[slot]!)
    }
    this.#standIns = ring
    return ring
  }

  /** Books a count into the bucket that ends at a tick, and into the windows that hold it. What was
   *  loaded up to a tick is all that there was. */
  add(slot: number, tick: number, total: number, bad: number): Booked {
    this.dirty = true
    if (tick > this.headTick) {
      this.ahead.push(slot, tick, total, bad)
      return 'ahead'
    }
    if (tick <= this.loadedTo.of(slot)) return 'loaded'
    const booked = this.#addLive(slot, tick, total, bad)
    if (booked === 'booked') this.#noteFirst(slot, tick)
    return booked
  }

  #noteFirst(slot: number, tick: number): void {
    if (tick < this.firstTicks[slot]!) this.firstTicks[slot] = tick
  }

  #addLive(slot: number, tick: number, total: number, bad: number): Booked {
    if (this.kind === 'slices') return this.#addRaw(slot, tick, total, bad)
    if (!this.#addCounts(slot, tick, total, bad)) return 'expired'
    this.#tellLate(slot, TICKS_PER_MINUTE, tick, total, bad)
    return 'booked'
  }

  /** Books what decides a minute in which there are no events: it counts until one comes. Asks for
   *  a slot of `slices`. */
  addStandIn(slot: number, tick: number, total: number, bad: number): Booked {
    this.dirty = true
    if (tick > this.headTick) {
      this.ahead.push(-1 - slot, tick, total, bad)
      return 'ahead'
    }
    if (tick <= this.loadedTo.of(slot)) return 'loaded'
    const standIns = this.openStandIns()
    const minute = standIns.bucketOf(tick)
    const hasEvents = standIns.total(slot, minute) === 0 && this.minutes.total(slot, minute) > 0
    if (hasEvents) return 'booked'
    const booked = this.#addToMinute(slot, tick, total, bad)
    if (booked !== 'booked') return booked
    standIns.add(slot, minute, total, bad)
    this.#noteFirst(slot, tick)
    return booked
  }

  /**
   * Adds what a minute counted before anything came, up to a tick in it, to every bucket that
   * memory holds; the history is the caller's. Shape: events; of slices the raw ones. Returns what
   * it came to in the page's own unit. Asks for a settled tick.
   */
  fill(slot: number, tick: number, total: number, bad: number): { total: number; bad: number } {
    this.dirty = true
    if (this.kind === 'events') {
      this.#addHeld(slot, tick, total, bad)
      return { total, bad }
    }
    const minute = this.minutes.bucketOf(tick)
    const isHeld = this.minutes.holds(minute)
    const isClosed = minute <= this.rings[0]!.edges[slot]!
    const before = isHeld && isClosed ? this.#slice(slot, minute) : NOT_COUNTED
    if (isHeld) this.minutes.add(slot, minute, total, bad)
    if (isHeld && !isClosed) return { total: 0, bad: 0 }
    const after = isHeld ? this.#slice(slot, minute) : sliceBad(total, bad, this.sliceRules[slot]!)
    const change = this.#sliceChange(slot, before, after)
    this.#addHeld(slot, minute * TICKS_PER_MINUTE, change.total, change.bad)
    return change
  }

  /** Tells the first tick of the oldest bucket in memory that counted something; NEVER without. */
  oldestTick(slot: number): number {
    let oldest = NEVER
    for (const ring of this.rings) {
      let bucket = ring.head - ring.length + 1
      while (bucket <= ring.head && ring.total(slot, bucket) === 0) bucket += 1
      if (bucket <= ring.head) oldest = Math.min(oldest, (bucket - 1) * ring.stepTicks + 1)
    }
    return oldest
  }

  /** Puts what minutes counted into their last ten seconds: of a page that was stored when those
   *  were not kept for an hour. Asks that nothing is in them yet, and that a recount follows. */
  spreadMinutes(): void {
    const [finest] = this.rings as [CountRing]
    const { head } = this.minutes
    if (head < 0) return
    for (let minute = head - MINUTES_PER_HOUR; minute <= head; minute += 1) {
      const tick = Math.min(minute * TICKS_PER_MINUTE, finest.head)
      for (let slot = 0; slot < this.used; slot += 1) {
        finest.add(slot, tick, this.minutes.total(slot, minute), this.minutes.bad(slot, minute))
      }
    }
  }

  /**
   * Changes what a minute counted to every bucket that memory holds; the history is the caller's.
   * Shape: in the page's own unit. Asks for a minute that no bucket of less is held of.
   */
  shift(slot: number, minute: number, { total, bad }: Counted): void {
    this.dirty = true
    this.#addHeld(slot, minute * TICKS_PER_MINUTE, total, bad)
    if (total > 0) this.#noteFirst(slot, (minute - 1) * TICKS_PER_MINUTE + 1)
  }

  /** Replaces the raw counts of a minute, and what of them stands in for events. Of `slices`; what
   *  they come to is changed by `shift`. */
  putRaw(slot: number, minute: number, raw: Counted, standIn: Counted): void {
    this.dirty = true
    const { minutes } = this
    if (!minutes.holds(minute)) return
    replaceIn(minutes, slot, minute, raw)
    if (standIn.total > 0 || this.#standIns !== null) {
      replaceIn(this.openStandIns(), slot, minute, standIn)
    }
  }

  /** Says that minutes were decided anew by the present rule: late counts may decide them again.
   *  Tells whether that was not so before. */
  ruledAnew(slot: number, { fromMinute, toMinute }: MinuteRange): boolean {
    const ruledFrom = this.ruledFrom.of(slot)
    if (ruledFrom <= fromMinute || ruledFrom > toMinute) return false
    this.ruledFrom.put(slot, fromMinute)
    return true
  }

  /** Tells the last minute that holds nothing finer and is settled: it may be counted again. */
  lastWholeMinute(slot: number): number {
    if (this.kind === 'slices') {
      const length = sliceMinutes(this.sliceRules[slot]!)
      return Math.floor(this.closedMinutes.edges[slot]! / length) * length
    }
    const fine = this.rings.filter(({ stepTicks }) => stepTicks < TICKS_PER_MINUTE)
    const ticks = fine.map(({ head, length, stepTicks }) => (head - length) * stepTicks)
    return Math.floor(Math.min(this.settledTicks[slot]!, ...ticks) / TICKS_PER_MINUTE)
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
    const beyond = this.kind === 'slices' ? this.#closeSlices() : []
    for (const ring of this.rings) ring.advance(ring.bucketOf(head), this.settledTicks, this.used)
    if (this.kind === 'slices') {
      this.minutes.advance(this.minutes.bucketOf(head), this.settledTicks, this.used)
      this.#standIns?.advance(this.minutes.head, this.settledTicks, this.used)
    }
    this.headTick = head
    for (let i = 0; i < beyond.length; i += 3) {
      this.#addSlice(beyond[i]!, beyond[i + 1]!, NOT_COUNTED, beyond[i + 2]!)
    }
    if (this.calendar !== null) {
      for (let slot = 0; slot < this.used; slot += 1) {
        this.calendar.advance(slot, this.closedMinutes.edges[slot]! * TICKS_PER_MINUTE)
      }
    }
    return this.ahead.length === 0 ? 0 : this.#bookAhead()
  }

  /** Takes a new slot into use. Returns its place. */
  take(rule: SliceRule | null): number {
    assert(this.used < PAGE_SLOTS, 'a page with room')
    const slot = this.used
    this.used += 1
    if (rule !== null) this.sliceRules[slot] = rule
    const tick = Math.max(0, this.headTick - LAG_TICKS)
    for (const ring of this.storedRings()) ring.openSlot(slot, tick)
    this.calendar?.open(slot, tick)
    this.settledTicks[slot] = tick
    this.dirty = true
    return slot
  }

  /** Gives a slot another rule. What is decided stays. */
  setRule(slot: number, rule: SliceRule): void {
    this.sliceRules[slot] = rule
    this.ruledFrom.put(slot, this.closedMinutes.edges[slot]!)
  }

  /** Copies another page's slot, of the same kind, into an empty one of this page: the estimates
   *  of an SLO part ways from here on, or its windows are others. What the other page no longer
   *  holds is not there. */
  copyFrom(from: SlotPage, fromSlot: number, slot: number): void {
    assert(from.kind === this.kind, 'pages of one kind')
    this.firstTicks[slot] = from.firstTicks[fromSlot]!
    this.loadedTo.raise(slot, from.loadedTo.of(fromSlot))
    this.recountedTo.raise(slot, from.recountedTo.of(fromSlot))
    if (this.calendar !== null && from.plan === this.plan) {
      this.calendar.copyFrom(from.calendar!, fromSlot, slot)
    }
    if (from.#standIns !== null) this.openStandIns()
    for (const ring of this.storedRings()) {
      const source = from.#ringLike(this, ring)
      if (source === undefined) continue
      for (let bucket = source.head - source.length + 1; bucket <= source.head; bucket += 1) {
        const total = source.total(fromSlot, bucket)
        const bad = source.bad(fromSlot, bucket)
        if ((total !== 0 || bad !== 0) && bucket <= ring.head) ring.add(slot, bucket, total, bad)
      }
    }
    for (let i = 0; i < from.ahead.length; i += 4) {
      const rest = from.ahead.slice(i + 1, i + 4)
      if (from.ahead[i] === fromSlot) this.ahead.push(slot, ...rest)
      if (from.ahead[i] === -1 - fromSlot) this.ahead.push(-1 - slot, ...rest)
    }
    this.dirty = true
  }

  /** Takes over another page's slot, which holds nothing afterwards: its windows are others. The
   *  history gets each count once, whichever of the two pages has sealed its hour. */
  moveFrom(from: SlotPage, fromSlot: number, slot: number): void {
    this.copyFrom(from, fromSlot, slot)
    this.raised[slot] = from.raised[fromSlot]!
    const isAhead = this.sealedHour > from.sealedHour
    const [first, last] = isAhead
      ? [from.sealedHour, this.sealedHour]
      : [this.sealedHour, from.sealedHour]
    for (const ring of [this.minutes, this.fives]) {
      const perHour = TICKS_PER_HOUR / ring.stepTicks
      for (let bucket = first * perHour + 1; bucket <= last * perHour; bucket += 1) {
        this.#tellMoved(slot, ring, bucket, isAhead ? 1 : -1)
      }
    }
    from.clear(fromSlot)
  }

  /** Forgets what a slot counted. What the history has of it stays. */
  clear(slot: number): void {
    for (const ring of this.storedRings()) {
      for (let bucket = ring.head - ring.length + 1; bucket <= ring.head; bucket += 1) {
        const [total, bad] = [ring.total(slot, bucket), ring.bad(slot, bucket)]
        if (total !== 0 || bad !== 0) ring.add(slot, bucket, -total, -bad)
      }
    }
    const kept: number[] = []
    for (let i = 0; i < this.ahead.length; i += 4) {
      if (![slot, -1 - slot].includes(this.ahead[i]!)) kept.push(...this.ahead.slice(i, i + 4))
    }
    this.ahead = kept
    this.firstTicks[slot] = NEVER
    this.raised[slot] = 0
    this.dirty = true
  }

  #tellMoved(slot: number, ring: CountRing, bucket: number, sign: number): void {
    const { stepTicks } = ring
    const [total, bad] = [sign * ring.total(slot, bucket), sign * ring.bad(slot, bucket)]
    if (total === 0 && bad === 0) return
    this.#late.add({ page: this, slot, stepTicks, bucket, total, bad })
  }

  /** Finds the ring that is here what another page's is there. */
  #ringLike(page: SlotPage, ring: CountRing): CountRing | undefined {
    if (ring === page.#standIns) return this.#standIns ?? undefined
    if (this.kind === 'slices' && ring === page.minutes) return this.minutes
    return this.rings.find(({ stepTicks }) => stepTicks === ring.stepTicks)
  }

  #ringOf(stepTicks: number): CountRing {
    const ring = this.rings.find((candidate) => candidate.stepTicks === stepTicks)
    assert(ring !== undefined, 'a ring of that step')
    return ring
  }

  #addCounts(slot: number, tick: number, total: number, bad: number): boolean {
    const held = this.#addHeld(slot, tick, total, bad)
    if (held) this.#tellLate(slot, HISTORY_COARSE_TICKS, tick, total, bad)
    return held
  }

  /** Adds to what memory holds. Tells whether anything does. */
  #addHeld(slot: number, tick: number, total: number, bad: number): boolean {
    let held = false
    for (const ring of this.rings) {
      if (ring.add(slot, ring.bucketOf(tick), total, bad)) held = true
    }
    return this.calendar?.add(slot, tick, total, bad) === true || held
  }

  #tellLate(slot: number, stepTicks: number, tick: number, total: number, bad: number): void {
    if (tick > this.sealedHour * TICKS_PER_HOUR) return
    const bucket = Math.ceil(tick / stepTicks)
    this.#late.add({ page: this, slot, stepTicks, bucket, total, bad })
  }

  /** Counts events. What stood in for them until now is taken out again. */
  #addRaw(slot: number, tick: number, total: number, bad: number): Booked {
    const standIns = this.#standIns
    const minute = this.minutes.bucketOf(tick)
    const stoodIn = total > 0 ? (standIns?.total(slot, minute) ?? 0) : 0
    if (stoodIn === 0) return this.#addToMinute(slot, tick, total, bad)
    const stoodInBad = standIns!.bad(slot, minute)
    const booked = this.#addToMinute(slot, tick, total - stoodIn, bad - stoodInBad)
    if (booked === 'booked') standIns!.add(slot, minute, -stoodIn, -stoodInBad)
    return booked
  }

  #addToMinute(slot: number, tick: number, total: number, bad: number): Booked {
    const { minutes } = this
    const minute = minutes.bucketOf(tick)
    const length = sliceMinutes(this.sliceRules[slot]!)
    const end = length === 1 ? minute : Math.ceil(minute / length) * length
    if (!minutes.holds(minute) || !minutes.holds(end - length + 1)) {
      return this.#isPast(tick) ? 'expired' : 'slice-closed'
    }
    if (end <= this.ruledFrom.of(slot)) return 'slice-closed'
    const closed = end <= this.closedMinutes.edges[slot]!
    const before = closed ? this.#slice(slot, end) : NOT_COUNTED
    minutes.add(slot, minute, total, bad)
    this.#tellLate(slot, TICKS_PER_MINUTE, tick, total, bad)
    if (closed) this.#addSlice(slot, end, before, this.#slice(slot, end))
    return 'booked'
  }

  #isPast(tick: number): boolean {
    return !this.#hours.holds(this.#hours.bucketOf(tick))
  }

  /**
   * Decides the slices that settled since the last time. Those that begin after the head hold
   * nothing yet. Shape: slot, end, what is bad, flat, of those that end after the head: there is no
   * bucket for them until time moves on.
   */
  #closeSlices(): number[] {
    const { edges } = this.closedMinutes
    const newest = this.minutes.head
    const beyond: number[] = []
    for (let slot = 0; slot < this.used; slot += 1) {
      const settled = Math.floor(this.settledTicks[slot]! / TICKS_PER_MINUTE)
      const length = sliceMinutes(this.sliceRules[slot]!)
      const last = settled < newest ? settled : newest
      let end = edges[slot]! + length - (edges[slot]! % length)
      for (; end <= last; end += length) {
        this.#addSlice(slot, end, NOT_COUNTED, this.#slice(slot, end))
      }
      if (end > newest && end <= settled && newest > end - length) {
        beyond.push(slot, end, this.#slice(slot, end))
      }
    }
    return beyond
  }

  /** Tells what of a slice is bad, by the minute that it ends with. */
  #slice(slot: number, end: number): number {
    const { minutes } = this
    const rule = this.sliceRules[slot]!
    let total = 0
    let bad = 0
    for (let minute = end - sliceMinutes(rule) + 1; minute <= end; minute += 1) {
      total += minutes.total(slot, minute)
      bad += minutes.bad(slot, minute)
    }
    return sliceBad(total, bad, rule)
  }

  #addSlice(slot: number, minute: number, before: number, after: number): void {
    if (before === after) return
    const { total, bad } = this.#sliceChange(slot, before, after)
    this.#addCounts(slot, minute * TICKS_PER_MINUTE, total, bad)
  }

  #sliceChange(slot: number, before: number, after: number): { total: number; bad: number } {
    const counted = Number(after !== NOT_COUNTED) - Number(before !== NOT_COUNTED)
    const total = counted === 0 ? 0 : counted * sliceUnits(this.sliceRules[slot]!)
    return { total, bad: Math.max(after, 0) - Math.max(before, 0) }
  }

  #bookAhead(): number {
    const waiting = this.ahead
    this.ahead = []
    let tooFar = 0
    for (let i = 0; i < waiting.length; i += 4) {
      const tick = waiting[i + 1]!
      if (tick > this.headTick + AHEAD_TICKS) tooFar += 1
      else if (waiting[i]! < 0) {
        this.addStandIn(-1 - waiting[i]!, tick, waiting[i + 2]!, waiting[i + 3]!)
      } else this.add(waiting[i]!, tick, waiting[i + 2]!, waiting[i + 3]!)
    }
    return tooFar
  }
}

function replaceIn(ring: CountRing, slot: number, bucket: number, count: Counted): void {
  const [total, bad] = [ring.total(slot, bucket), ring.bad(slot, bucket)]
  if (total === count.total && bad === count.bad) return
  ring.add(slot, bucket, count.total - total, count.bad - bad)
}

function ringOfWindow(plans: readonly RingPlan[], window: number): number {
  return plans.findIndex(({ windows }) => windows.includes(window))
}

function spanOf(
  rings: readonly CountRing[],
  plans: readonly RingPlan[],
  window: number,
  sums: 'spanTotals' | 'spanBads',
): Float64Array {
  const ring = ringOfWindow(plans, window)
  return rings[ring]![sums][plans[ring]!.windows.indexOf(window)]!
}
