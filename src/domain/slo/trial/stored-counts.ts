/**
 * What an SLO counted, as far as it is stored, as sums up to edges of time: by the quarter of an
 * hour, by five minutes and by the minute, each as long as those are kept. Minutes of slices are
 * decided anew by the rule of today. Corrected stretches count nothing.
 */
import type { Counted } from '../budget.ts'
import type { CountsBetween } from '../counts-between.ts'
import type { CountColumns } from '../history-pack.ts'
import {
  HISTORY_COARSE_TICKS,
  HISTORY_LONG_TICKS,
  historyStep,
  oldestStretch,
} from '../history-steps.ts'
import { PLACE_MASK, type TenantSlo } from '../slots.ts'
import { storedHistory, type HistoryParts } from '../stored-history.ts'
import type { SliceRule } from '../template.ts'
import type { Exclusions, TickRange } from '../tick-range.ts'
import { NOT_COUNTED, sliceBad, sliceUnits } from '../time-slice.ts'
import { MINUTES_PER_HOUR, TICKS_PER_HOUR, TICKS_PER_MINUTE } from '../windows.ts'

const DAY_TICKS = 24 * TICKS_PER_HOUR

export interface StoredParts extends HistoryParts {
  readonly between: CountsBetween
}

/** Sums up to edges. */
export class StoredCounts {
  /** From here on it is by the minute. */
  minuteFromTick = 0
  readonly #edges: number[]
  readonly #totals = [0]
  readonly #bads = [0]

  constructor(fromTick: number) {
    this.#edges = [fromTick]
  }

  get fromTick(): number {
    return this.#edges[0]!
  }

  get toTick(): number {
    return this.#edges.at(-1)!
  }

  add(toTick: number, { total, bad }: Counted): void {
    this.#edges.push(toTick)
    this.#totals.push(this.#totals.at(-1)! + total)
    this.#bads.push(this.#bads.at(-1)! + bad)
  }

  /** Counts (fromTick, toTick]. What is finer than is stored goes to the edge before. */
  between(fromTick: number, toTick: number): Counted {
    const [from, to] = [this.#at(fromTick), this.#at(toTick)]
    return {
      total: this.#totals[to]! - this.#totals[from]!,
      bad: this.#bads[to]! - this.#bads[from]!,
    }
  }

  /** Finds the first edge at which anything was counted. */
  firstCountedTick(): number | null {
    const place = this.#totals.findIndex((total) => total > 0)
    return place < 0 ? null : this.#edges[place - 1]!
  }

  #at(tick: number): number {
    let [low, high] = [0, this.#edges.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#edges[middle]! <= tick) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** Reads what is stored of a slot. Shape: each yield is a place to pause. Cost: a row of the disk a
 *  day and one every six hours of minutes. */
export function* readStored(
  parts: StoredParts,
  { upper, exclusions }: TenantSlo,
  wanted: TickRange,
): Generator<void, StoredCounts> {
  const { slots, between } = parts
  const page = slots.page(upper)
  const oldest = (stepTicks: number): number => {
    const step = historyStep(stepTicks)
    return oldestStretch(step, slots) * step.rowHours * TICKS_PER_HOUR
  }
  const fromTick = floored(
    Math.max(
      wanted.fromTick,
      oldest(HISTORY_LONG_TICKS),
      page.sinceTicks.of(upper & PLACE_MASK),
      0,
    ),
    TICKS_PER_HOUR,
  )
  const coarseFrom = Math.max(fromTick, oldest(HISTORY_COARSE_TICKS))
  const minuteFrom = Math.max(coarseFrom, oldest(TICKS_PER_MINUTE))
  const counts = new StoredCounts(fromTick)
  const charged = openCharge(exclusions)
  for (const [from, to, stepTicks] of [
    [fromTick, Math.min(coarseFrom, minuteFrom), HISTORY_LONG_TICKS],
    [coarseFrom, minuteFrom, HISTORY_COARSE_TICKS],
  ] as const) {
    for (let tick = from; tick < to; tick = Math.min(to, floored(tick, DAY_TICKS) + DAY_TICKS)) {
      const end = Math.min(to, floored(tick, DAY_TICKS) + DAY_TICKS)
      const edges = edgesOf(tick, end, stepTicks)
      between.steps(upper, edges).forEach((count, i) => {
        counts.add(edges[i + 1]!, charged(edges[i]!, edges[i + 1]!, count))
      })
      yield
    }
  }
  counts.minuteFromTick = minuteFrom
  yield* addMinutes(parts, upper, { fromTick: minuteFrom, toTick: wanted.toTick }, (end, count) =>
    counts.add(end, charged(end - TICKS_PER_MINUTE, end, count)),
  )
  return counts
}

interface KnownRow {
  readonly stretch: number
  /** Null where nothing was counted. */
  readonly columns: CountColumns | null
}

/** Tells every minute of a range, by the hour. */
function* addMinutes(
  parts: StoredParts,
  slot: number,
  { fromTick, toTick }: TickRange,
  tell: (endTick: number, count: Counted) => void,
): Generator<void, void> {
  const page = parts.slots.page(slot)
  const place = slot & PLACE_MASK
  const rule = page.kind === 'slices' ? page.sliceRules[place]! : null
  const step = historyStep(TICKS_PER_MINUTE)
  const { rowHours } = step
  let known: KnownRow | undefined
  const last = Math.floor(toTick / TICKS_PER_MINUTE)
  for (let minute = fromTick / TICKS_PER_MINUTE + 1; minute <= last; minute += 1) {
    const hour = Math.ceil(minute / MINUTES_PER_HOUR)
    let raw: Counted
    if (hour > page.sealedHour) {
      raw = { total: page.minutes.total(place, minute), bad: page.minutes.bad(place, minute) }
    } else {
      const stretch = Math.floor((hour - 1) / rowHours)
      if (known?.stretch !== stretch) {
        yield
        known = { stretch, columns: storedHistory(parts, slot, { step, stretch }) }
      }
      const at = minute - 1 - known.stretch * rowHours * MINUTES_PER_HOUR
      const { columns } = known
      raw = { total: columns?.totals[at] ?? 0, bad: columns?.bads[at] ?? 0 }
    }
    tell(minute * TICKS_PER_MINUTE, rule === null ? raw : sliceOf(raw, rule))
  }
}

function sliceOf({ total, bad }: Counted, rule: SliceRule): Counted {
  const decided = sliceBad(total, bad, rule)
  return decided === NOT_COUNTED ? { total: 0, bad: 0 } : { total: sliceUnits(rule), bad: decided }
}

/** Makes nothing of what lies in an exclusion. Asks to be told ranges in their order. */
function openCharge(exclusions: Exclusions) {
  let next = 0
  return (fromTick: number, toTick: number, count: Counted): Counted => {
    while (next < exclusions.length && exclusions[next]!.toTick <= fromTick) next += 1
    const isExcluded = next < exclusions.length && exclusions[next]!.fromTick < toTick
    return isExcluded ? { total: 0, bad: 0 } : count
  }
}

function edgesOf(fromTick: number, toTick: number, stepTicks: number): number[] {
  const edges = [fromTick]
  for (let tick = floored(fromTick, stepTicks) + stepTicks; tick < toTick; tick += stepTicks) {
    edges.push(tick)
  }
  edges.push(toTick)
  return edges
}

function floored(tick: number, stepTicks: number): number {
  return Math.floor(tick / stepTicks) * stepTicks
}
