/**
 * What a slot counted in a stretch of time: out of memory as far as it reaches, in the largest
 * buckets that fit, and out of the history on disk before. For what is asked about, not for every
 * tick.
 */
import type { Counted } from './budget.ts'
import type { CountRing } from './count-ring.ts'
import type { HistoryLog } from './history-log.ts'
import type { CountColumns } from './history-pack.ts'
import {
  HISTORY_COARSE_TICKS,
  HISTORY_LONG_TICKS,
  historyStep,
  oldestStretch,
} from './history-steps.ts'
import type { SlotPage } from './slot-page.ts'
import { PLACE_MASK, type Slots } from './slots.ts'
import { storedHistory, type HistoryParts } from './stored-history.ts'
import { common, type Exclusions, type TickRange } from './tick-range.ts'
import { TICKS_PER_HOUR } from './windows.ts'

interface Remembered extends TickRange {
  readonly exclusions: Exclusions
  readonly lateCounts: number
  readonly count: Counted
}

/** What a slot's counts are read from, and what was read of it so far. */
interface Source {
  readonly slot: number
  readonly page: SlotPage
  readonly place: number
  /** Quarters of an hour are as exact as is asked for. */
  readonly isLong: boolean
  /** Those of the longest steps first. */
  readonly rings: readonly CountRing[]
  /** By the step of what is stored. */
  readonly stored: ReadonlyMap<number, StoredRows>
}

/** A slot's rows of one step, as far as they were read, by stretch; null where there is none. */
type StoredRows = Map<number, CountColumns | null>

/** What a budget leaves out, and what policies leave out of it. */
const REMEMBERED = 2

const NOTHING: Counted = { total: 0, bad: 0 }

export class CountsBetween {
  readonly #slots: Slots
  readonly #history: HistoryLog
  readonly #parts: HistoryParts

  /** By slot: what was last asked of sealed hours, the newest first. */
  readonly #memory = new Map<number, readonly Remembered[]>()

  constructor(parts: HistoryParts) {
    this.#slots = parts.slots
    this.#history = parts.history
    this.#parts = parts
  }

  /** Counts what is booked in a range. Shape: edges that are multiples of a quarter of an hour are
   *  exact at any age, those of five minutes for a period, minutes and less as long as memory holds
   *  them; what lies between two of them on disk counts with the bucket that it is in. */
  read(slot: number, range: TickRange): Counted {
    return this.#count(this.#source(slot), range)
  }

  /**
   * Counts what is booked between edges that follow each other: a count for each edge but the
   * first. See `read` for what is exact. Cost: reads each row that memory does not hold once: one a
   * day, or where edges are full quarters of an hour, one a week.
   */
  steps(slot: number, edges: readonly number[]): Counted[] {
    // The last edge is in memory where it is none of a quarter.
    const isLong = edges.slice(0, -1).every((tick) => tick % HISTORY_LONG_TICKS === 0)
    const source = this.#source(slot, isLong)
    return edges
      .slice(1)
      .map((toTick, step) => this.#count(source, { fromTick: edges[step]!, toTick }))
  }

  /** Counts what lies in exclusions within a range. What is sealed is remembered, so that asking
   *  again reads nothing. */
  excluded(slot: number, exclusions: Exclusions, range: TickRange): Counted {
    if (exclusions.length === 0) return NOTHING
    const page = this.#slots.page(slot)
    const sealed = { fromTick: range.fromTick, toTick: page.sealedHour * TICKS_PER_HOUR }
    const open = { fromTick: Math.max(range.fromTick, sealed.toTick), toTick: range.toTick }
    const before = common(sealed, range)
    const old = before === null ? NOTHING : this.#remembered(slot, exclusions, before)
    const recent = this.#sum(slot, exclusions, open)
    return { total: old.total + recent.total, bad: old.bad + recent.bad }
  }

  #remembered(slot: number, exclusions: Exclusions, range: TickRange): Counted {
    const { lateCounts } = this.#history
    const known = this.#memory.get(slot) ?? []
    const same = known.find(
      (each) =>
        each.exclusions === exclusions &&
        each.lateCounts === lateCounts &&
        each.fromTick === range.fromTick &&
        each.toTick === range.toTick,
    )
    if (same !== undefined) return same.count
    const count = this.#sum(slot, exclusions, range)
    const others = known.filter((each) => each.exclusions !== exclusions)
    const asked = { ...range, exclusions, lateCounts, count }
    this.#memory.set(slot, [asked, ...others].slice(0, REMEMBERED))
    return count
  }

  #sum(slot: number, exclusions: Exclusions, range: TickRange): Counted {
    const sum = { total: 0, bad: 0 }
    for (const exclusion of exclusions) {
      const cut = common(exclusion, range)
      if (cut === null) continue
      const { total, bad } = this.read(slot, cut)
      sum.total += total
      sum.bad += bad
    }
    return sum
  }

  #source(slot: number, isLong = false): Source {
    const page = this.#slots.page(slot)
    return {
      slot,
      page,
      place: slot & PLACE_MASK,
      isLong,
      rings: page.rings.toSorted((left, right) => right.stepTicks - left.stepTicks),
      stored: new Map(
        [HISTORY_COARSE_TICKS, HISTORY_LONG_TICKS].map((stepTicks) => [
          stepTicks,
          new Map<number, CountColumns | null>(),
        ]),
      ),
    }
  }

  #count(source: Source, { fromTick, toTick }: TickRange): Counted {
    const { page, place, rings } = source
    const count = { total: 0, bad: 0 }
    for (let tick = Math.max(0, fromTick, page.sinceTicks.of(place)); tick < toTick;) {
      const ring = rings.find(
        ({ stepTicks, head, length }) =>
          tick % stepTicks === 0 &&
          tick + stepTicks <= toTick &&
          tick / stepTicks + 1 <= head &&
          tick / stepTicks + 1 > head - length,
      )
      if (ring !== undefined) {
        const bucket = tick / ring.stepTicks + 1
        count.total += ring.total(place, bucket)
        count.bad += ring.bad(place, bucket)
        tick += ring.stepTicks
        continue
      }
      if (tick >= page.headTick) break
      const stepTicks = this.#addStored(source, tick, count)
      tick = (Math.floor(tick / stepTicks) + 1) * stepTicks
    }
    return count
  }

  /** Adds the bucket that holds a tick, out of the history. Returns how long it is. */
  #addStored(source: Source, tick: number, count: { total: number; bad: number }): number {
    for (const stepTicks of source.isLong ? LONG_FIRST : COARSE_FIRST) {
      if (stepTicks === HISTORY_COARSE_TICKS && tick < this.#coarseFromTick()) continue
      const row = this.#row(source, stepTicks, tick)
      if (row === null) continue
      const bucket = Math.floor((tick % rowTicks(stepTicks)) / stepTicks)
      count.total += row.totals[bucket]!
      count.bad += row.bads[bucket]!
      return stepTicks
    }
    return HISTORY_LONG_TICKS
  }

  #coarseFromTick(): number {
    const step = historyStep(HISTORY_COARSE_TICKS)
    return oldestStretch(step, this.#slots) * rowTicks(HISTORY_COARSE_TICKS)
  }

  #row(source: Source, stepTicks: number, tick: number): CountColumns | null {
    const rows = source.stored.get(stepTicks)!
    const stretch = Math.floor(tick / rowTicks(stepTicks))
    let row = rows.get(stretch)
    if (row === undefined) {
      row = storedHistory(this.#parts, source.slot, { step: historyStep(stepTicks), stretch })
      rows.set(stretch, row)
    }
    return row
  }
}

const COARSE_FIRST = [HISTORY_COARSE_TICKS, HISTORY_LONG_TICKS] as const
const LONG_FIRST = [HISTORY_LONG_TICKS, HISTORY_COARSE_TICKS] as const

function rowTicks(stepTicks: number): number {
  return historyStep(stepTicks).rowHours * TICKS_PER_HOUR
}
