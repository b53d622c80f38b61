/**
 * Counts the past of a tenant's SLO again, by the definition that holds now, out of the signals
 * that are stored by the minute. Hour by hour: what an hour counts is read, counted and replaced
 * without a pause, so a count that comes meanwhile, or later, is added to what is right. Counting
 * the same again changes nothing, so whoever was broken off begins anew.
 *
 * What cannot be counted again stays as it is and is told: what was loaded, what another unit
 * counted, hours whose signals are stored by the hour alone or not at all, and the last hour of
 * events, which windows see by ten seconds.
 *
 * What got worse is no part of any decision (`withoutPast`): nobody is paged for the past.
 */
import { assert } from '../../../core/assert.ts'
import { TenantryError } from '../../../core/errors.ts'
import type { SloId, TenantId } from '../../../core/ids.ts'
import { HOUR_MS, MINUTE_MS } from '../../../core/time.ts'
import type { CellHour } from '../../metrics/metrics.ts'
import { addsOfFeed, slotOfFeed, type Binding } from '../binding.ts'
import type { Booking } from '../booking.ts'
import type { Counted } from '../budget.ts'
import type { CountsBetween } from '../counts-between.ts'
import { SLO_ERRORS } from '../errors.ts'
import { HISTORY_COARSE_TICKS, historyStep, oldestStretch } from '../history-steps.ts'
import { NO_SLOT, PLACE_MASK, type Slots, type TenantSlo } from '../slots.ts'
import type { MinuteRange, SlotPage } from '../slot-page.ts'
import type { HistoryParts } from '../stored-history.ts'
import { sliceMinutes } from '../template.ts'
import { MINUTES_PER_HOUR, TICKS_PER_MINUTE } from '../windows.ts'
import { countedHour } from './counted-hour.ts'
import type {
  LeftReason,
  LeftStretch,
  RecomputedCount,
  RecountedHour,
  SloRecount,
} from './recompute.ts'
import { recountHour, type HourChange } from './slot-hour.ts'
import { periodRange } from '../page-period.ts'

/** Reads what cells counted in an hour. */
export interface SignalHours {
  cellHour(tenantId: TenantId, hourEndMs: number): CellHour
}

export interface RecountParts extends HistoryParts {
  readonly binding: Binding
  readonly booking: Pick<Booking, 'flush'>
  readonly between: CountsBetween
  readonly signals: SignalHours
}

export interface RecountAsked {
  /** Null: the period of the SLO. */
  readonly fromMs: number | null
  /** Null: as late as can be. */
  readonly toMs: number | null
  /** Otherwise it only tells what would change. */
  readonly apply: boolean
}

/** Counts again. Shape: each yield is a place to pause. Throws SLO_RECOMPUTE_KIND, and
 *  SLO_RECOMPUTE_CHANGED where the SLO became another one meanwhile. Cost: below a millisecond an
 *  hour. */
export function* recount(
  parts: RecountParts,
  { tenantId, sloId }: { readonly tenantId: TenantId; readonly sloId: SloId },
  asked: RecountAsked,
): Generator<void, SloRecount> {
  const slo = sloOf(parts.slots, tenantId, sloId)
  assert(slo !== undefined && slo.upper !== NO_SLOT, 'an SLO that counts')
  const slots = [slo.upper, slo.lower].filter((slot) => slot !== NO_SLOT)
  const limits = limitsOf(parts.slots, slots)
  const told = new Told(slo)
  const wanted = wantedMinutes(parts.slots.page(slo.upper), slo.upper & PLACE_MASK, asked)
  const range = cut(wanted, limits, (reason, within) => {
    if (within.fromMinute < within.toMinute) told.leave(reason, within, countIn(parts, slo, within))
  })
  /** Where the stretch begins that was counted again without a gap. */
  let since = range.fromMinute
  const firstHour = Math.floor(range.fromMinute / MINUTES_PER_HOUR) + 1
  const lastHour = Math.ceil(range.toMinute / MINUTES_PER_HOUR)
  for (let hour = firstHour; hour <= lastHour; hour += 1) {
    yield
    refuseAnother(sloOf(parts.slots, tenantId, sloId), slo, sloId)
    parts.booking.flush()
    const within = narrowed(
      slots.map((slot) => parts.slots.page(slot)),
      {
        fromMinute: Math.max(range.fromMinute, (hour - 1) * MINUTES_PER_HOUR),
        toMinute: Math.min(range.toMinute, hour * MINUTES_PER_HOUR),
      },
      limits.grain,
    )
    if (within.toMinute <= within.fromMinute) continue
    const signals = parts.signals.cellHour(tenantId, hour * HOUR_MS)
    if (signals.stored !== 'minutes') {
      const count = countIn(parts, slo, within)
      if (signals.stored === 'hour' || count.total !== 0 || count.bad !== 0) {
        told.leave(signals.stored === 'hour' ? 'coarse' : 'gone', within, count)
        since = within.toMinute
      }
      continue
    }
    slots.forEach((slot, i) => {
      const counted = countedHour(signals.rows, (cellId) => addsTo(parts.binding, cellId, slot))
      const change = recountHour(parts, { slot, hour, counted, within }, asked.apply)
      if (i === 0) told.add(hour, within, change)
      if (!asked.apply || change.worseToMinute < 0) return
      const toTick = change.worseToMinute * TICKS_PER_MINUTE
      const page = parts.slots.page(slot)
      page.recountedTo.raise(slot & PLACE_MASK, toTick)
      page.dirty = true
    })
  }
  if (asked.apply) for (const slot of slots) ruleAnew(parts, slot, since, range.toMinute)
  return told.whole(range)
}

function countIn({ between }: RecountParts, { upper }: TenantSlo, within: MinuteRange): Counted {
  return between.read(upper, {
    fromTick: within.fromMinute * TICKS_PER_MINUTE,
    toTick: within.toMinute * TICKS_PER_MINUTE,
  })
}

/** What was decided by the present rule may be decided again by late counts. */
function ruleAnew({ slots }: RecountParts, slot: number, fromMinute: number, toMinute: number) {
  const page = slots.page(slot)
  if (page.kind !== 'slices') return
  if (page.ruledAnew(slot & PLACE_MASK, { fromMinute, toMinute }))
    slots.fresh.push(slots.rows[slot]!)
}

function sloOf(slots: Slots, tenantId: TenantId, sloId: SloId): TenantSlo | undefined {
  return slots.tenant(tenantId)?.slos.find(({ objective }) => objective.template.sloId === sloId)
}

function refuseAnother(now: TenantSlo | undefined, slo: TenantSlo, sloId: SloId): void {
  const isSame =
    now?.upper === slo.upper &&
    now.lower === slo.lower &&
    now.objective.template === slo.objective.template
  if (isSame) return
  const message = `counting ${sloId} again: it was configured otherwise meanwhile`
  throw new TenantryError(SLO_ERRORS.SLO_RECOMPUTE_CHANGED, message)
}

function addsTo({ feeds, stride }: Binding, cellId: number, slot: number): number | null {
  for (let k = cellId * stride; k < (cellId + 1) * stride; k += 1) {
    const feed = feeds[k] ?? 0
    if (feed === 0) return null
    if (slotOfFeed(feed) === slot) return addsOfFeed(feed)
  }
  return null
}

function wantedMinutes(page: SlotPage, place: number, { fromMs, toMs }: RecountAsked): MinuteRange {
  const period = periodRange(page, place)
  const minuteOf = (ms: number | null, tick: number): number =>
    Math.floor(ms === null ? tick / TICKS_PER_MINUTE : ms / MINUTE_MS)
  return {
    fromMinute: Math.max(0, minuteOf(fromMs, period.fromTick)),
    toMinute: minuteOf(toMs, period.toTick),
  }
}

/** What of an SLO may be counted again. Units: minutes of the epoch. */
interface Limits {
  /** Ranges begin with whole ones of it. */
  readonly grain: number
  /** What is counted up to then stays, by why. Shape: in the order in which it is asked. */
  readonly begins: readonly (readonly [LeftReason, number])[]
  readonly last: number
}

function limitsOf(slots: Slots, [upper, ...rest]: readonly number[]): Limits {
  const page = slots.page(upper!)
  const place = upper! & PLACE_MASK
  const minuteOf = (tick: number): number => Math.ceil(tick / TICKS_PER_MINUTE)
  const coarse = historyStep(HISTORY_COARSE_TICKS)
  const oldestHour = coarse.rowHours * oldestStretch(coarse, slots)
  const others = rest.map((slot) => slots.page(slot).lastWholeMinute(slot & PLACE_MASK))
  return {
    grain: grainOf(page, place),
    begins: [
      ['expired', oldestHour * MINUTES_PER_HOUR],
      ['other-unit', minuteOf(page.sinceTicks.of(place))],
      ['loaded', minuteOf(page.loadedTo.of(place))],
    ],
    last: Math.min(page.lastWholeMinute(place), ...others),
  }
}

/** Whole five minutes and whole slices. Worked: slices of 4 minutes -> 20. */
function grainOf(page: SlotPage, place: number): number {
  const five = HISTORY_COARSE_TICKS / TICKS_PER_MINUTE
  const length = page.kind === 'slices' ? sliceMinutes(page.sliceRules[place]!) : 1
  let grain = five
  while (grain % length !== 0) grain += five
  return grain
}

/** Leaves a last part of five minutes alone that memory no longer has by the minute. */
function narrowed(pages: readonly SlotPage[], range: MinuteRange, grain: number): MinuteRange {
  const { fromMinute, toMinute } = range
  const whole = Math.max(fromMinute, Math.floor(toMinute / grain) * grain)
  const isHeld = pages.every(({ closedMinutes }) => closedMinutes.holds(whole + 1))
  return whole === toMinute || isHeld ? range : { fromMinute, toMinute: whole }
}

/** Cuts what is wanted to what may be counted again, and tells why the rest stays. */
function cut(
  { fromMinute, toMinute }: MinuteRange,
  { grain, begins, last }: Limits,
  leave: (reason: LeftReason, within: MinuteRange) => void,
): MinuteRange {
  const wholeTo = toMinute >= last ? last : Math.floor(toMinute / grain) * grain
  let from = Math.ceil(fromMinute / grain) * grain
  for (const [reason, minute] of begins) {
    const next = Math.ceil(minute / grain) * grain
    if (next <= from) continue
    leave(reason, { fromMinute: from, toMinute: Math.min(next, wholeTo) })
    from = next
  }
  leave('recent', { fromMinute: Math.max(from, last), toMinute })
  return { fromMinute: Math.min(from, wholeTo), toMinute: wholeTo }
}

/** What was counted again, and what was left, as it is told. */
class Told {
  readonly #units: number
  readonly #hours: RecountedHour[] = []
  readonly #left: LeftStretch[] = []
  readonly #before = { total: 0, bad: 0 }
  readonly #after = { total: 0, bad: 0 }
  #minutes = 0

  constructor({ objective }: TenantSlo) {
    this.#units = objective.units
  }

  add(hour: number, { fromMinute, toMinute }: MinuteRange, { before, after }: HourChange): void {
    this.#minutes += toMinute - fromMinute
    addTo(this.#before, before)
    addTo(this.#after, after)
    if (before.total === after.total && before.bad === after.bad) return
    const told = { before: this.#told(before), after: this.#told(after) }
    this.#hours.push({ hourEndMs: hour * HOUR_MS, ...told })
  }

  leave(reason: LeftReason, { fromMinute, toMinute }: MinuteRange, count: Counted): void {
    if (toMinute <= fromMinute) return
    const { total, bad } = this.#told(count)
    const last = this.#left.at(-1)
    if (last?.reason === reason && last.toMs === fromMinute * MINUTE_MS) {
      last.toMs = toMinute * MINUTE_MS
      last.total += total
      last.bad += bad
    } else {
      const range = { fromMs: fromMinute * MINUTE_MS, toMs: toMinute * MINUTE_MS }
      this.#left.push({ reason, ...range, total, bad })
    }
  }

  whole({ fromMinute, toMinute }: MinuteRange): SloRecount {
    return {
      fromMs: fromMinute * MINUTE_MS,
      toMs: toMinute * MINUTE_MS,
      minutes: this.#minutes,
      before: this.#told(this.#before),
      after: this.#told(this.#after),
      hours: this.#hours,
      left: this.#left.toSorted((one, other) => one.fromMs - other.fromMs),
    }
  }

  #told({ total, bad }: Counted): RecomputedCount {
    return { total: total / this.#units, bad: bad / this.#units }
  }
}

function addTo(sum: { total: number; bad: number }, { total, bad }: Counted): void {
  sum.total += total
  sum.bad += bad
}
