/**
 * Counts of the time before anything came, loaded into the slots of a tenant's SLO: a new user
 * begins with a period that is full. Each minute is loaded once, and none that was counted as it
 * came: loading again, or something that overlaps, changes nothing.
 *
 * What may be loaded ends with the first tick that something was counted in as it came. From then
 * on a count that comes late for what was loaded is discarded: it is in it already.
 *
 * What is loaded shows wherever counts are read. No decision is made because of it: see
 * `judgedPairs` and `Reading.budget`.
 */
import { assert } from '../../../core/assert.ts'
import type { SloId, TenantId } from '../../../core/ids.ts'
import type { HistoryLog } from '../history-log.ts'
import type { CountColumns } from '../history-pack.ts'
import { HISTORY_STEPS, oldestStretch } from '../history-steps.ts'
import { NEVER, type SlotPage } from '../slot-page.ts'
import { NO_SLOT, PLACE_MASK, type Slots, type TenantSlo } from '../slots.ts'
import type { LoadedRows, StoredLoad } from '../store.ts'
import { merged, NO_EXCLUSIONS, type Exclusions, type TickRange } from '../tick-range.ts'
import { MINUTES_PER_HOUR, TICK_MS, TICKS_PER_HOUR, TICKS_PER_MINUTE } from '../windows.ts'

/** What a stretch of time counted of an SLO, by the minute. Shape: an entry for each minute that
 *  the range (fromMs, toMs] touches, or none where nothing was counted; whole events, of slices
 *  those that they are decided by. */
export interface PastRow {
  readonly tenantId: TenantId
  readonly sloId: SloId
  readonly fromMs: number
  readonly toMs: number
  readonly totals: readonly number[]
  readonly bads: readonly number[]
  /**
   * By what is good for sure, where a latency's threshold is no bucket bound. `bads` without it.
   */
  readonly surelyBads?: readonly number[] | undefined
}

/** Why minutes of a row were left out. */
export const PAST_LEFT = ['loaded', 'counted', 'expired', 'no-slo', 'other-unit'] as const
export type PastLeft = (typeof PAST_LEFT)[number]

export interface PastOutcome {
  /** Minutes that were loaded, those without events included. */
  loadedMinutes: number
  total: number
  bad: number
  /** Minutes with events that were left out, by reason. */
  readonly left: Record<PastLeft, number>
}

/** What of an SLO may be loaded, and what was. */
export interface Loadable {
  sloId: SloId
  /** What is counted up to then was loaded, or may be. */
  beforeMs: number
  /** Whether something was counted as it came. */
  isCounting: boolean
  loaded: { fromMs: number; toMs: number }[]
}

export class PastCounts {
  readonly #slots: Slots
  readonly #history: HistoryLog
  /** What was loaded, by tenant and SLO. */
  readonly #loaded = new Map<string, Exclusions>()
  #changed = new Set<string>()
  #inFlight: ReadonlySet<string> = new Set()

  constructor(slots: Slots, history: HistoryLog) {
    this.#slots = slots
    this.#history = history
  }

  /** Tells what of a tenant's SLOs may be loaded. Shape: of those that count events of their own;
   *  empty for a tenant that is not known. */
  loadable(tenantId: TenantId): Loadable[] {
    const slos = this.#slots.tenant(tenantId)?.slos ?? []
    return slos.filter(isCounted).map((slo) => {
      const { sloId } = slo.objective.template
      const { page, place } = this.#at(slo.upper)
      return {
        sloId,
        beforeMs: this.#lastTick(page, place) * TICK_MS,
        isCounting: page.firstTicks[place] !== NEVER,
        loaded: this.#rangesOf(tenantId, sloId).map(({ fromTick, toTick }) => ({
          fromMs: fromTick * TICK_MS,
          toMs: toTick * TICK_MS,
        })),
      }
    })
  }

  /** Loads a row, as far as nothing stands in its way. Cost: some microseconds an hour. */
  load(row: PastRow, outcome: PastOutcome): void {
    const { tenantId, sloId } = row
    const slo = this.#slots
      .tenant(tenantId)
      ?.slos.find(({ objective }) => objective.template.sloId === sloId)
    const minutes = new RowMinutes(row)
    if (slo === undefined || !isCounted(slo)) {
      outcome.left['no-slo'] += minutes.within(minutes.range)
      return
    }
    const { page, place } = this.#at(slo.upper)
    const rest = cutTo(minutes.range, {
      counted: this.#lastTick(page, place),
      expired: this.#oldestTick(page),
      'other-unit': TICKS_PER_MINUTE * Math.ceil(page.sinceTicks.of(place) / TICKS_PER_MINUTE),
    })
    for (const reason of ['counted', 'expired', 'other-unit'] as const) {
      outcome.left[reason] += rest.left[reason].reduce((n, cut) => n + minutes.within(cut), 0)
    }
    if (rest.kept === null) return
    const known = this.#rangesOf(tenantId, sloId)
    for (const range of without(rest.kept, known)) this.#fill(slo, range, minutes, outcome)
    for (const { fromTick, toTick } of known) {
      const fromMax = Math.max(fromTick, rest.kept.fromTick)
      const toMin = Math.min(toTick, rest.kept.toTick)
      if (fromMax < toMin) {
        outcome.left.loaded += minutes.within({ fromTick: fromMax, toTick: toMin })
      }
    }
    this.#loaded.set(keyOf(tenantId, sloId), merged([...known, rest.kept]))
    this.#changed.add(keyOf(tenantId, sloId))
  }

  /** Takes what changed since the last checkpoint: all ranges of each. */
  take(): LoadedRows[] {
    this.#inFlight = this.#changed
    this.#changed = new Set()
    return [...this.#inFlight].map((key) => {
      const [tenantId, sloId] = key.split(' ') as [TenantId, SloId]
      return { tenantId, sloId, ranges: this.#loaded.get(key) ?? NO_EXCLUSIONS }
    })
  }

  confirm(written: boolean): void {
    if (!written) this.#changed = new Set([...this.#inFlight, ...this.#changed])
    this.#inFlight = new Set()
  }

  restore(stored: readonly StoredLoad[]): void {
    for (const { tenantId, sloId, ...range } of stored) {
      const key = keyOf(tenantId, sloId)
      this.#loaded.set(key, merged([...(this.#loaded.get(key) ?? []), range]))
    }
  }

  #fill(slo: TenantSlo, range: TickRange, minutes: RowMinutes, outcome: PastOutcome): void {
    const first = Math.floor(range.fromTick / TICKS_PER_MINUTE) + 1
    const last = Math.ceil(range.toTick / TICKS_PER_MINUTE)
    for (const [slot, bads] of [
      [slo.upper, minutes.bads],
      [slo.lower, minutes.surelyBads],
    ] as const) {
      if (slot === NO_SLOT) continue
      const { page, place } = this.#at(slot)
      for (let from = first; from <= last;) {
        const hour = Math.ceil(from / MINUTES_PER_HOUR)
        const to = Math.min(last, hour * MINUTES_PER_HOUR)
        this.#fillHour({ slot, page, place, hour }, { from, to }, range.toTick, (minute) => {
          return { total: minutes.at(minutes.totals, minute), bad: minutes.at(bads, minute) }
        })
        from = to + 1
      }
      page.loadedTo.raise(place, range.toTick)
      page.dirty = true
    }
    outcome.loadedMinutes += last - first + 1
    for (let minute = first; minute <= last; minute += 1) {
      outcome.total += minutes.at(minutes.totals, minute)
      outcome.bad += minutes.at(minutes.bads, minute)
    }
  }

  /** Gives minutes of an hour to memory, and where the hour is in the history already, to that. */
  #fillHour(
    { slot, page, place, hour }: { slot: number; page: SlotPage; place: number; hour: number },
    { from, to }: { readonly from: number; readonly to: number },
    toTick: number,
    countOf: (minute: number) => { readonly total: number; readonly bad: number },
  ): void {
    const isSealed = hour <= page.sealedHour
    const columns = HISTORY_STEPS.map(({ stepTicks }) => columnsOf(TICKS_PER_HOUR / stepTicks))
    for (let minute = from; minute <= to; minute += 1) {
      const raw = countOf(minute)
      if (raw.total === 0 && raw.bad === 0) continue
      const tick = Math.min(minute * TICKS_PER_MINUTE, toTick)
      const counted = page.fill(place, tick, raw.total, raw.bad)
      if (!isSealed) continue
      HISTORY_STEPS.forEach(({ stepTicks }, i) => {
        const { total, bad } = stepTicks === TICKS_PER_MINUTE ? raw : counted
        const bucket = Math.ceil((minute * TICKS_PER_MINUTE) / stepTicks)
        const at = bucket - 1 - (hour - 1) * (TICKS_PER_HOUR / stepTicks)
        columns[i]!.totals[at]! += total
        columns[i]!.bads[at]! += bad
      })
    }
    if (!isSealed) return
    HISTORY_STEPS.forEach((step, i) => {
      const isKept = Math.floor((hour - 1) / step.rowHours) >= oldestStretch(step, this.#slots)
      if (isKept) this.#history.addHour(slot, step, hour, columns[i]!)
    })
  }

  /** Tells the last tick that may be loaded: before what was counted as it came, and settled; of
   *  slices that memory can no longer put together, and where nothing came yet, whole minutes. */
  #lastTick(page: SlotPage, place: number): number {
    const settled = page.settledTicks[place]!
    const first = page.firstTicks[place]!
    const wholeMinutes = (tick: number): number =>
      Math.floor(tick / TICKS_PER_MINUTE) * TICKS_PER_MINUTE
    if (first > settled) return wholeMinutes(settled)
    const last = first - 1
    const isTogether =
      page.kind === 'events' || page.minutes.holds(Math.ceil(first / TICKS_PER_MINUTE))
    return isTogether ? last : wholeMinutes(last)
  }

  /** The history keeps nothing older. */
  #oldestTick(page: SlotPage): number {
    if (page.headTick < 0) return NEVER
    const oldest = HISTORY_STEPS.map((step) => step.rowHours * oldestStretch(step, this.#slots))
    return Math.max(0, Math.min(...oldest) * TICKS_PER_HOUR)
  }

  #rangesOf(tenantId: TenantId, sloId: SloId): Exclusions {
    return this.#loaded.get(keyOf(tenantId, sloId)) ?? NO_EXCLUSIONS
  }

  #at(slot: number): { readonly page: SlotPage; readonly place: number } {
    return { page: this.#slots.page(slot), place: slot & PLACE_MASK }
  }
}

/** Opens an outcome of nothing. */
export function noPast(): PastOutcome {
  const left = { loaded: 0, counted: 0, expired: 0, 'no-slo': 0, 'other-unit': 0 }
  return { loadedMinutes: 0, total: 0, bad: 0, left }
}

function isCounted({ upper, objective }: TenantSlo): boolean {
  return upper !== NO_SLOT && objective.template.counting.from === 'cells'
}

/** A row, by the minutes of the epoch. */
class RowMinutes {
  readonly range: TickRange
  readonly totals: readonly number[]
  readonly bads: readonly number[]
  readonly surelyBads: readonly number[]
  readonly #first: number

  constructor({ fromMs, toMs, totals, bads, surelyBads }: PastRow) {
    this.range = { fromTick: fromMs / TICK_MS, toTick: toMs / TICK_MS }
    assert(Number.isInteger(this.range.fromTick / TICKS_PER_MINUTE), 'a row from a whole minute')
    this.#first = this.range.fromTick / TICKS_PER_MINUTE + 1
    this.totals = totals
    this.bads = bads
    this.surelyBads = surelyBads ?? bads
  }

  at(counts: readonly number[], minute: number): number {
    return counts[minute - this.#first] ?? 0
  }

  /** Counts the minutes with events that lie in a range. */
  within({ fromTick, toTick }: TickRange): number {
    let minutes = 0
    const last = Math.ceil(toTick / TICKS_PER_MINUTE)
    for (let minute = Math.floor(fromTick / TICKS_PER_MINUTE) + 1; minute <= last; minute += 1) {
      if (this.at(this.totals, minute) > 0) minutes += 1
    }
    return minutes
  }
}

type Cut = 'counted' | 'expired' | 'other-unit'

/** Cuts a range to what lies after one tick and up to another. */
function cutTo(
  range: TickRange,
  limits: Readonly<Record<Cut, number>>,
): { readonly kept: TickRange | null; readonly left: Readonly<Record<Cut, readonly TickRange[]>> } {
  const { fromTick, toTick } = range
  const parts = (from: number, to: number): TickRange[] =>
    from < to ? [{ fromTick: from, toTick: to }] : []
  const oldest = Math.max(fromTick, limits.expired)
  const begin = Math.max(oldest, limits['other-unit'])
  const last = Math.min(toTick, limits.counted)
  const left = {
    expired: parts(fromTick, Math.min(toTick, limits.expired)),
    'other-unit': parts(Math.min(oldest, toTick), Math.min(toTick, limits['other-unit'])),
    counted: parts(Math.max(begin, limits.counted), toTick),
  }
  return { kept: begin < last ? { fromTick: begin, toTick: last } : null, left }
}

/** Tells what of a range no other covers. Shape: as exclusions. */
function without({ fromTick, toTick }: TickRange, covered: Exclusions): readonly TickRange[] {
  const gaps: TickRange[] = []
  let from = fromTick
  for (const each of covered) {
    if (each.toTick <= from) continue
    if (each.fromTick >= toTick) break
    if (each.fromTick > from) gaps.push({ fromTick: from, toTick: each.fromTick })
    from = each.toTick
  }
  if (from < toTick) gaps.push({ fromTick: from, toTick })
  return gaps
}

function columnsOf(buckets: number): CountColumns {
  return { totals: new Float64Array(buckets), bads: new Float64Array(buckets) }
}

function keyOf(tenantId: TenantId, sloId: SloId): string {
  return `${tenantId} ${sloId}`
}
