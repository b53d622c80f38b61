/**
 * One hour of a slot, as it is counted and as it is put in its place: in the rings as far as memory
 * reaches, and in the history once the hour is sealed. Only differences are written, so that
 * whatever came meanwhile stays in.
 */
import { assert } from '../../../core/assert.ts'
import type { Counted } from '../budget.ts'
import type { CountColumns } from '../history-pack.ts'
import {
  HISTORY_COARSE_TICKS,
  HISTORY_STEPS,
  historyStep,
  oldestStretch,
  type HistoryStep,
} from '../history-steps.ts'
import type { MinuteRange, SlotPage } from '../slot-page.ts'
import { PLACE_MASK } from '../slots.ts'
import { storedHistory, type HistoryParts } from '../stored-history.ts'
import { MINUTES_PER_HOUR, TICKS_PER_HOUR, TICKS_PER_MINUTE } from '../windows.ts'
import { decidedHour, emptyColumns, sumOf, type CountedHour } from './counted-hour.ts'

const FIVE = HISTORY_COARSE_TICKS / TICKS_PER_MINUTE
const FIVES_PER_HOUR = MINUTES_PER_HOUR / FIVE

/** What an hour's minutes counted before and count now, in the units of the slot. */
export interface HourChange {
  readonly before: Counted
  readonly after: Counted
  /** The last minute of the epoch that has more bad or fewer events than before; -1 for none. */
  readonly worseToMinute: number
}

/**
 * Puts what was counted again in the place of what was counted, in some minutes of an hour, or
 * tells what that would change. Asks for minutes that are whole five minutes and slices, but where
 * memory holds each of them. All at once: nothing may come in between.
 */
export function recountHour(
  parts: HistoryParts,
  { slot, hour, counted, within }: RecountedHourAsked,
  apply: boolean,
): HourChange {
  const page = parts.slots.page(slot)
  const place = slot & PLACE_MASK
  const now =
    page.kind === 'events' ? counted.raw : decidedHour(counted.raw, page.sliceRules[place]!)
  const changes = changesOf({ page, place, hour, within, now }, () => fivesOf(parts, slot, hour))
  if (!apply) return changes.told
  if (hour <= page.sealedHour) {
    const minutes = minuteChanges(parts, { slot, hour, counted, within })
    appendHour(parts, slot, hour, { minutes, fives: changes.fives })
  }
  for (const { minute, change } of changes.shifts) page.shift(place, minute, change)
  if (page.kind === 'slices') putRaw({ page, place, hour, within }, counted)
  return changes.told
}

export interface RecountedHourAsked {
  readonly slot: number
  /** Ends with so many hours since the epoch. */
  readonly hour: number
  readonly counted: CountedHour
  readonly within: MinuteRange
}

interface ChangesAsked {
  readonly page: SlotPage
  readonly place: number
  readonly hour: number
  readonly within: MinuteRange
  readonly now: CountColumns
}

interface Shift {
  readonly minute: number
  readonly change: Counted
}

interface Changes {
  readonly told: HourChange
  readonly shifts: readonly Shift[]
  /** By five minutes. */
  readonly fives: CountColumns
}

/** Compares an hour with what is counted: by the minute where memory has them, by five before. */
function changesOf(
  { page, place, hour, within, now }: ChangesAsked,
  readFives: () => CountColumns,
): Changes {
  const { closedMinutes } = page
  const first = (hour - 1) * MINUTES_PER_HOUR + 1
  const shifts: Shift[] = []
  const fives = emptyColumns(FIVES_PER_HOUR)
  const [before, after] = [
    { total: 0, bad: 0 },
    { total: 0, bad: 0 },
  ]
  let worseToMinute = -1
  let known: CountColumns | null = null
  for (let five = 0; five < FIVES_PER_HOUR; five += 1) {
    const minutes = Array.from({ length: FIVE }, (_, i) => first + five * FIVE + i)
    const wanted = minutes.filter(
      (minute) => minute > within.fromMinute && minute <= within.toMinute,
    )
    if (wanted.length === 0) continue
    const held = wanted.filter((minute) => closedMinutes.holds(minute))
    const rest = wanted.filter((minute) => !closedMinutes.holds(minute))
    assert(rest.length === 0 || wanted.length === FIVE, 'whole five minutes where memory ends')
    const was = { total: 0, bad: 0 }
    const is = { total: 0, bad: 0 }
    for (const minute of wanted) {
      is.total += now.totals[minute - first]!
      is.bad += now.bads[minute - first]!
    }
    const left = { total: is.total, bad: is.bad }
    for (const minute of held) {
      const old = {
        total: closedMinutes.total(place, minute),
        bad: closedMinutes.bad(place, minute),
      }
      const change = {
        total: now.totals[minute - first]! - old.total,
        bad: now.bads[minute - first]! - old.bad,
      }
      if (change.total !== 0 || change.bad !== 0) shifts.push({ minute, change })
      was.total += old.total
      was.bad += old.bad
      left.total -= now.totals[minute - first]!
      left.bad -= now.bads[minute - first]!
    }
    if (rest.length > 0) {
      known ??= readFives()
      const change = {
        total: left.total - (known.totals[five]! - was.total),
        bad: left.bad - (known.bads[five]! - was.bad),
      }
      if (change.total !== 0 || change.bad !== 0) shifts.push({ minute: rest[0]!, change })
      was.total = known.totals[five]!
      was.bad = known.bads[five]!
    }
    fives.totals[five] = is.total - was.total
    fives.bads[five] = is.bad - was.bad
    if (is.bad > was.bad || is.total < was.total) worseToMinute = minutes.at(-1)!
    addTo(before, was)
    addTo(after, is)
  }
  return { told: { before, after, worseToMinute }, shifts, fives }
}

function addTo(sum: { total: number; bad: number }, { total, bad }: Counted): void {
  sum.total += total
  sum.bad += bad
}

/** Tells by the minute what the history counts otherwise, of slices their events. */
function minuteChanges(
  parts: HistoryParts,
  { slot, hour, counted, within }: RecountedHourAsked,
): CountColumns {
  const stored = storedColumns(parts, slot, historyStep(TICKS_PER_MINUTE), hour)
  const changes = emptyColumns()
  const first = (hour - 1) * MINUTES_PER_HOUR + 1
  for (let at = 0; at < MINUTES_PER_HOUR; at += 1) {
    if (first + at <= within.fromMinute || first + at > within.toMinute) continue
    changes.totals[at] = counted.raw.totals[at]! - stored.totals[at]!
    changes.bads[at] = counted.raw.bads[at]! - stored.bads[at]!
  }
  return changes
}

function appendHour(
  { slots, history }: HistoryParts,
  slot: number,
  hour: number,
  { minutes, fives }: { readonly minutes: CountColumns; readonly fives: CountColumns },
): void {
  for (const step of HISTORY_STEPS) {
    if (Math.floor((hour - 1) / step.rowHours) < oldestStretch(step, slots)) continue
    const columns =
      step.stepTicks === TICKS_PER_MINUTE
        ? minutes
        : summed(fives, step.stepTicks / HISTORY_COARSE_TICKS)
    history.addHour(slot, step, hour, columns)
  }
}

/** Adds up so many neighbours to one. */
function summed({ totals, bads }: CountColumns, of: number): CountColumns {
  const sums = emptyColumns(totals.length / of)
  for (let i = 0; i < sums.totals.length; i += 1) {
    sums.totals[i] = sumOf(totals, i * of, (i + 1) * of)
    sums.bads[i] = sumOf(bads, i * of, (i + 1) * of)
  }
  return sums
}

function putRaw(
  { page, place, hour, within }: Omit<ChangesAsked, 'now'>,
  { raw, standIns }: CountedHour,
): void {
  const first = (hour - 1) * MINUTES_PER_HOUR + 1
  for (let at = 0; at < MINUTES_PER_HOUR; at += 1) {
    if (first + at <= within.fromMinute || first + at > within.toMinute) continue
    const count = { total: raw.totals[at]!, bad: raw.bads[at]! }
    page.putRaw(place, first + at, count, { total: standIns.totals[at]!, bad: standIns.bads[at]! })
  }
}

/** Tells what a slot counts in an hour by five minutes, in its own unit. */
function fivesOf(parts: HistoryParts, slot: number, hour: number): CountColumns {
  const page = parts.slots.page(slot)
  const place = slot & PLACE_MASK
  const first = (hour - 1) * FIVES_PER_HOUR + 1
  const isHeld = page.fives.holds(first) && page.fives.holds(first + FIVES_PER_HOUR - 1)
  if (!isHeld && hour <= page.sealedHour) {
    return storedColumns(parts, slot, historyStep(HISTORY_COARSE_TICKS), hour)
  }
  const columns = emptyColumns(FIVES_PER_HOUR)
  for (let at = 0; at < FIVES_PER_HOUR; at += 1) {
    columns.totals[at] = page.fives.total(place, first + at)
    columns.bads[at] = page.fives.bad(place, first + at)
  }
  return columns
}

/** Reads an hour of a slot's history, what is on its way to the disk included. */
function storedColumns(
  parts: HistoryParts,
  slot: number,
  step: HistoryStep,
  hour: number,
): CountColumns {
  const stretch = Math.floor((hour - 1) / step.rowHours)
  const perHour = TICKS_PER_HOUR / step.stepTicks
  const all = storedHistory(parts, slot, { step, stretch })
  if (all === null) return emptyColumns(perHour)
  const from = ((hour - 1) % step.rowHours) * perHour
  return {
    totals: all.totals.slice(from, from + perHour),
    bads: all.bads.slice(from, from + perHour),
  }
}
