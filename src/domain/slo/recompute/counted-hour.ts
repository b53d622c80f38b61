/**
 * What an SLO would have counted in an hour by the definition of today, out of what cells gained by
 * the minute: events as they came, or slices that the present rule decides. Whole events: what of a
 * fraction is left over goes on within the hour. Pure.
 */
import {
  ADDS_BAD,
  ADDS_GOOD,
  STANDS_IN_BAD,
  STANDS_IN_GOOD,
  TAKES_BAD,
  TURNS_BAD,
} from '../binding.ts'
import type { CountColumns } from '../history-pack.ts'
import { sliceMinutes, type SliceRule } from '../template.ts'
import { NOT_COUNTED, sliceBad, sliceUnits } from '../time-slice.ts'
import { MINUTES_PER_HOUR } from '../windows.ts'

/** An entry a minute. */
export interface CountedHour {
  /** Events; where there are none, what stands in for them. */
  readonly raw: CountColumns
  /** What of the events is none but stands in for them. */
  readonly standIns: CountColumns
}

/** Counts an hour. `addsOf` tells what an event of a cell adds: see `binding.ts`; null for nothing.
 *  Worked: 90 good and 10 bad in a minute, with probes beside -> 100, 10, and no probe. */
export function countedHour(
  rows: ReadonlyMap<number, Float64Array>,
  addsOf: (cellId: number) => number | null,
): CountedHour {
  const raw = emptyColumns()
  const standIns = emptyColumns()
  for (const [cellId, gains] of rows) {
    const adds = addsOf(cellId)
    if (adds === null) continue
    const into = adds >= STANDS_IN_GOOD ? standIns : raw
    const isTotal = adds === ADDS_GOOD || adds === ADDS_BAD || adds >= STANDS_IN_GOOD
    const bad = badOf(adds)
    let [sum, before] = [0, 0]
    gains.forEach((gain, minute) => {
      if (Number.isNaN(gain)) return
      sum += gain
      const events = Math.floor(sum) - before
      before += events
      if (isTotal) into.totals[minute]! += events
      into.bads[minute]! += bad * events
    })
  }
  for (let minute = 0; minute < MINUTES_PER_HOUR; minute += 1) {
    if (raw.totals[minute]! > 0) {
      standIns.totals[minute] = 0
      standIns.bads[minute] = 0
      continue
    }
    raw.totals[minute]! += standIns.totals[minute]!
    raw.bads[minute]! += standIns.bads[minute]!
  }
  return { raw, standIns }
}

/** How much of an event is bad. */
function badOf(adds: number): number {
  if (adds === TAKES_BAD) return -1
  return adds === ADDS_BAD || adds === TURNS_BAD || adds === STANDS_IN_BAD ? 1 : 0
}

/** Decides the slices of an hour. Shape: each in the minute that it ends in. */
export function decidedHour({ totals, bads }: CountColumns, rule: SliceRule): CountColumns {
  const slices = emptyColumns()
  const length = sliceMinutes(rule)
  for (let end = length; end <= MINUTES_PER_HOUR; end += length) {
    const total = sumOf(totals, end - length, end)
    const decided = sliceBad(total, sumOf(bads, end - length, end), rule)
    if (decided === NOT_COUNTED) continue
    slices.totals[end - 1] = sliceUnits(rule)
    slices.bads[end - 1] = decided
  }
  return slices
}

export function emptyColumns(buckets: number = MINUTES_PER_HOUR): CountColumns {
  return { totals: new Float64Array(buckets), bads: new Float64Array(buckets) }
}

/** Adds up the entries [from, to). */
export function sumOf(counts: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i += 1) sum += counts[i]!
  return sum
}
