/**
 * What a slot's period holds, as a person reads it: up to the last closed minute, whatever the
 * period's window ends on.
 */
import type { Counted } from './budget.ts'
import type { CalendarCounts } from './calendar-counts.ts'
import type { SlotPage } from './slot-page.ts'
import { TICK_SECONDS, TICKS_PER_MINUTE } from './windows.ts'

/** Counts the period. Of a span that is its window and what came after the window's edge. */
export function periodCount(page: SlotPage, slot: number): Counted {
  if (page.calendar !== null) return calendarCount(page, page.calendar, slot)
  const window = page.plan.period!
  const open = openCount(page, slot)
  return {
    total: page.totals[window]![slot]! + open.total,
    bad: page.bads[window]![slot]! + open.bad,
  }
}

/** Tells the range that `periodCount` counts, (fromTick, toTick]. */
export function periodRange(
  page: SlotPage,
  slot: number,
): { readonly fromTick: number; readonly toTick: number } {
  const toTick = page.closedMinutes.edges[slot]! * TICKS_PER_MINUTE
  if (page.calendar !== null) return { fromTick: page.calendar.period(slot).fromTick, toTick }
  const { stepTicks, edges } = page.periodRing
  const seconds = page.plan.windows[page.plan.period!]!.seconds
  return { fromTick: edges[slot]! * stepTicks - seconds / TICK_SECONDS, toTick }
}

/** Tells from which tick on the period holds counts, to the bucket: its begin where that one or
 *  an older one does. Cost: reads the period's buckets of the slot. */
export function firstCountedTick(page: SlotPage, slot: number): number {
  const { fromTick, toTick } = periodRange(page, slot)
  const { head, length, stepTicks } = page.periodRing
  const oldest = Math.max(head - length, Math.floor(fromTick / stepTicks)) + 1
  let first: number | null = null
  let total = 0
  for (let bucket = oldest; bucket <= head; bucket += 1) {
    const counted = page.periodRing.total(slot, bucket)
    if (counted > 0) first ??= bucket
    total += counted
  }
  const isOlder = page.calendar !== null && page.calendar.count(slot).total > total
  if (isOlder || first === oldest) return fromTick
  return first === null ? toTick : Math.max(fromTick, (first - 1) * stepTicks)
}

/** Leaves out the minutes that have not closed. */
function calendarCount(page: SlotPage, calendar: CalendarCounts, slot: number): Counted {
  const count = { ...calendar.count(slot) }
  const { toTick } = calendar.period(slot)
  const ring = page.closedMinutes
  const last = Math.min(ring.head, toTick / TICKS_PER_MINUTE)
  for (let bucket = ring.edges[slot]! + 1; bucket <= last; bucket += 1) {
    count.total -= ring.total(slot, bucket)
    count.bad -= ring.bad(slot, bucket)
  }
  return count
}

/** Counts what came after the period's edge: by whole five minutes as far as they go. */
function openCount(page: SlotPage, slot: number): Counted {
  const count = { total: 0, bad: 0 }
  const { stepTicks } = page.periodRing
  let fromTick = page.periodRing.edges[slot]! * stepTicks
  for (const ring of [page.fives, page.closedMinutes]) {
    if (ring.stepTicks >= stepTicks) continue
    const edge = ring.edges[slot]!
    for (let bucket = fromTick / ring.stepTicks + 1; bucket <= edge; bucket += 1) {
      count.total += ring.total(slot, bucket)
      count.bad += ring.bad(slot, bucket)
    }
    fromTick = Math.max(fromTick, edge * ring.stepTicks)
  }
  return count
}
