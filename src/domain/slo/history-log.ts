/**
 * What goes from memory to the history on disk: each hour once it has settled, and later every
 * count that still lands in it. Rows wait here until a checkpoint takes them, and are kept until it
 * is known to be written.
 */
import { ByteArena } from './byte-arena.ts'
import { PAGE_SLOTS, type CountRing } from './count-ring.ts'
import { packGain, packRun, type CountColumns } from './history-pack.ts'
import {
  HISTORY_COARSE_TICKS,
  SEAL_SPARE_MINUTES,
  type LateCount,
  type LateCounts,
  type SlotPage,
} from './slot-page.ts'
import { MINUTES_PER_HOUR, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICK_SECONDS } from './windows.ts'

/** The steps that are kept, with how many hours make one row and how long rows are kept; five
 *  minutes as long as the longest period, so that it can be corrected. A day at one step is at most
 *  a few KiB. */
export const HISTORY_STEPS = [
  { stepTicks: TICKS_PER_MINUTE, rowHours: 6, keptDays: 8, covers: 'days' },
  { stepTicks: HISTORY_COARSE_TICKS, rowHours: 24, keptDays: 30, covers: 'period' },
] as const
export type HistoryStep = (typeof HISTORY_STEPS)[number]

/** A stretch of one slot's history, to be appended to what is stored of it. */
export interface HistoryRow {
  /** The slot's number over all pages. */
  readonly slot: number
  readonly stepSeconds: number
  /** Which row: the hours since the epoch, divided by the hours of a row. */
  readonly stretch: number
  readonly counts: Uint8Array
}

export class HistoryLog implements LateCounts {
  readonly #slotNumber: (page: SlotPage, slot: number) => number
  #arena = new ByteArena()
  #waiting: HistoryRow[] = []
  #inFlight: HistoryRow[] = []
  /** Late gains by slot, step and bucket. */
  #late = new Map<string, LateCount>()

  /** Grows with every count that changes what is sealed. */
  lateCounts = 0

  constructor(slotNumber: (page: SlotPage, slot: number) => number) {
    this.#slotNumber = slotNumber
  }

  add(late: LateCount): void {
    this.lateCounts += 1
    const { page, slot, stepTicks, bucket } = late
    const key = `${String(this.#slotNumber(page, slot))}/${String(stepTicks)}/${String(bucket)}`
    const before = this.#late.get(key)
    const total = late.total + (before?.total ?? 0)
    const bad = late.bad + (before?.bad ?? 0)
    this.#late.set(key, { ...late, total, bad })
  }

  /** Packs the page's oldest unsealed hour when all its slots are a minute past it, so that most of
   *  what comes late is in it. Returns whether there was one. */
  sealNext(page: SlotPage): boolean {
    let settledTick = page.headTick
    for (let slot = 0; slot < page.used; slot += 1) {
      settledTick = Math.min(settledTick, page.settledTicks[slot]!)
    }
    if (settledTick - TICKS_PER_MINUTE < (page.sealedHour + 1) * TICKS_PER_HOUR) return false
    this.#seal(page, page.sealedHour + 1)
    return true
  }

  /** Packs what would leave memory when time moves on to a tick. What lands in those hours
   *  afterwards is late. */
  sealBefore(page: SlotPage, headTick: number): void {
    if (page.headTick < 0) return
    const leaving = Math.ceil(headTick / TICKS_PER_MINUTE) - (MINUTES_PER_HOUR + SEAL_SPARE_MINUTES)
    const lastWithCounts = Math.ceil(page.headTick / TICKS_PER_HOUR)
    while (page.sealedHour * MINUTES_PER_HOUR < leaving && page.sealedHour < lastWithCounts) {
      this.#seal(page, page.sealedHour + 1)
    }
    const empty = Math.floor(leaving / MINUTES_PER_HOUR)
    if (page.sealedHour >= lastWithCounts && empty > page.sealedHour) page.sealedHour = empty
  }

  /**
   * Tells what of a slot's rows of a step is not known to be written, by stretch: whole records in
   * the order in which they come, to be read after those that are stored. Cost: looks at everything
   * that waits.
   */
  pending(slot: number, stepSeconds: number): ReadonlyMap<number, readonly Uint8Array[]> {
    const isOf = (row: HistoryRow): boolean => row.slot === slot && row.stepSeconds === stepSeconds
    const late = [...this.#late.values()]
      .filter(({ page, slot: place }) => this.#slotNumber(page, place) === slot)
      .map((each) => this.#gain(each))
    const byStretch = new Map<number, Uint8Array[]>()
    for (const row of [...this.#inFlight, ...this.#waiting, ...late]) {
      if (!isOf(row)) continue
      const rows = byStretch.get(row.stretch)
      if (rows === undefined) byStretch.set(row.stretch, [row.counts])
      else rows.push(row.counts)
    }
    return byStretch
  }

  /** Takes what a checkpoint must write. */
  take(): readonly HistoryRow[] {
    this.#inFlight = [...this.#waiting, ...[...this.#late.values()].map((late) => this.#gain(late))]
    this.#waiting = []
    this.#late = new Map()
    this.#arena = new ByteArena()
    return this.#inFlight
  }

  confirm(written: boolean): void {
    if (!written) this.#waiting = [...this.#inFlight, ...this.#waiting]
    this.#inFlight = []
  }

  #gain({ page, slot, stepTicks, bucket, total, bad }: LateCount): HistoryRow {
    const step = HISTORY_STEPS.find((candidate) => candidate.stepTicks === stepTicks)!
    const perRow = (step.rowHours * TICKS_PER_HOUR) / stepTicks
    const stretch = Math.floor((bucket - 1) / perRow)
    const counts = packGain(bucket - 1 - stretch * perRow, total, bad, this.#arena)
    return {
      slot: this.#slotNumber(page, slot),
      stepSeconds: stepTicks * TICK_SECONDS,
      stretch,
      counts,
    }
  }

  #seal(page: SlotPage, hour: number): void {
    for (const step of HISTORY_STEPS) {
      const ring =
        step.stepTicks === TICKS_PER_MINUTE
          ? page.minutes
          : page.rings.find((candidate) => candidate.stepTicks === step.stepTicks)!
      this.#sealStep(page, ring, step, hour)
    }
    page.sealedHour = hour
    page.dirty = true
  }

  /** Turns an hour's columns into rows, by way of a table with a line a slot. */
  #sealStep(page: SlotPage, ring: CountRing, step: HistoryStep, hour: number): void {
    const perHour = TICKS_PER_HOUR / step.stepTicks
    const lines = HOUR_LINES.get(perHour)!
    for (let i = 0; i < perHour; i += 1) {
      const bucket = (hour - 1) * perHour + i + 1
      for (let slot = 0; slot < page.used; slot += 1) {
        const line = lines[slot]!
        line.totals[i] = ring.total(slot, bucket)
        line.bads[i] = ring.bad(slot, bucket)
      }
    }
    const stepSeconds = step.stepTicks * TICK_SECONDS
    const stretch = Math.floor((hour - 1) / step.rowHours)
    const first = ((hour - 1) % step.rowHours) * perHour
    for (let slot = 0; slot < page.used; slot += 1) {
      const line = lines[slot]!
      if (isZero(line.totals) && isZero(line.bads)) continue
      const counts = packRun(first, line, this.#arena)
      this.#waiting.push({ slot: this.#slotNumber(page, slot), stepSeconds, stretch, counts })
    }
  }
}

/** One hour of a page, a line a slot, by the buckets of an hour: scratch. */
const HOUR_LINES = new Map(
  HISTORY_STEPS.map(({ stepTicks }) => {
    const perHour = TICKS_PER_HOUR / stepTicks
    const line = (): CountColumns => ({
      totals: new Float64Array(perHour),
      bads: new Float64Array(perHour),
    })
    return [perHour, Array.from({ length: PAGE_SLOTS }, line)]
  }),
)

function isZero(counts: Float64Array): boolean {
  for (const count of counts) if (count !== 0) return false
  return true
}
