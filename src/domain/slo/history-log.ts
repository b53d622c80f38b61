/**
 * What goes from memory to the history on disk: each hour once it has settled, and later every
 * count that still lands in it. Rows wait here until a checkpoint takes them, and are kept until it
 * is known to be written.
 */
import { ByteArena } from './byte-arena.ts'
import { PAGE_SLOTS } from './count-columns.ts'
import type { CountRing } from './count-ring.ts'
import { packGain, packRun, type CountColumns } from './history-pack.ts'
import {
  HISTORY_COARSE_TICKS,
  HISTORY_LONG_TICKS,
  HISTORY_STEPS,
  historyStep,
  type HistoryStep,
} from './history-steps.ts'
import { SEAL_SPARE_MINUTES } from './page-rings.ts'
import type { LateCount, LateCounts, SlotPage } from './slot-page.ts'
import { MINUTES_PER_HOUR, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICK_SECONDS } from './windows.ts'

/** A stretch of one slot's history, to be appended to what is stored of it. */
export interface HistoryRow {
  /** The slot's number over all pages. */
  readonly slot: number
  readonly stepSeconds: number
  /** Which row: the hours since the epoch, divided by the hours of a row. */
  readonly stretch: number
  readonly counts: Uint8Array
}

/** Late gains of one slot, by step and bucket. */
type LateGains = Map<string, LateCount>

export class HistoryLog implements LateCounts {
  readonly #slotNumber: (page: SlotPage, slot: number) => number
  #arena = new ByteArena()
  /** By slot. */
  #waiting = new Map<number, HistoryRow[]>()
  #inFlight = new Map<number, HistoryRow[]>()
  #late = new Map<number, LateGains>()
  /** Of the checkpoint that took last. */
  checkpoint = 0

  /** Grows with every count that changes what is sealed. */
  lateCounts = 0

  constructor(slotNumber: (page: SlotPage, slot: number) => number) {
    this.#slotNumber = slotNumber
  }

  /** Takes a count that came after its hour was sealed. Shape: what is told of five minutes holds
   *  for the quarter of an hour around them as well. */
  add(late: LateCount): void {
    this.lateCounts += 1
    this.#gain(late)
    if (late.stepTicks !== HISTORY_COARSE_TICKS) return
    const bucket = Math.ceil((late.bucket * HISTORY_COARSE_TICKS) / HISTORY_LONG_TICKS)
    this.#gain({ ...late, stepTicks: HISTORY_LONG_TICKS, bucket })
  }

  #gain(late: LateCount): void {
    const { page, slot, stepTicks, bucket } = late
    const number = this.#slotNumber(page, slot)
    const gains = this.#late.get(number) ?? new Map<string, LateCount>()
    this.#late.set(number, gains)
    const key = `${String(stepTicks)}/${String(bucket)}`
    const before = gains.get(key)
    const total = late.total + (before?.total ?? 0)
    const bad = late.bad + (before?.bad ?? 0)
    gains.set(key, { ...late, total, bad })
  }

  /** Takes a whole hour of a slot that is counted only now: it adds up with what there is. Shape: a
   *  bucket of the step an entry. */
  addHour(slot: number, step: HistoryStep, hour: number, counts: CountColumns): void {
    if (isZero(counts.totals) && isZero(counts.bads)) return
    this.lateCounts += 1
    this.#wait({
      slot,
      stepSeconds: step.stepTicks * TICK_SECONDS,
      stretch: Math.floor((hour - 1) / step.rowHours),
      counts: packRun(
        ((hour - 1) % step.rowHours) * (TICKS_PER_HOUR / step.stepTicks),
        counts,
        this.#arena,
      ),
    })
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
   * the order in which they come, to be read after those that are stored. `written`: the last
   * checkpoint that is on disk, for whoever looked.
   */
  pending(
    slot: number,
    stepSeconds: number,
    written: number,
  ): ReadonlyMap<number, readonly Uint8Array[]> {
    const late = [...(this.#late.get(slot)?.values() ?? [])].map((each) => this.#gainRow(each))
    const inFlight = written >= this.checkpoint ? [] : (this.#inFlight.get(slot) ?? [])
    const rows = [...inFlight, ...(this.#waiting.get(slot) ?? []), ...late]
    const byStretch = new Map<number, Uint8Array[]>()
    for (const row of rows) {
      if (row.stepSeconds !== stepSeconds) continue
      const known = byStretch.get(row.stretch)
      if (known === undefined) byStretch.set(row.stretch, [row.counts])
      else known.push(row.counts)
    }
    return byStretch
  }

  /** Takes what a checkpoint must write. */
  take(): readonly HistoryRow[] {
    for (const gains of this.#late.values()) {
      for (const late of gains.values()) this.#wait(this.#gainRow(late))
    }
    this.#late = new Map()
    this.checkpoint += 1
    this.#inFlight = this.#waiting
    this.#waiting = new Map()
    this.#arena = new ByteArena()
    return [...this.#inFlight.values()].flat()
  }

  confirm(written: boolean): void {
    const taken = this.#inFlight
    this.#inFlight = new Map()
    if (written) return
    const since = this.#waiting
    this.#waiting = taken
    for (const row of [...since.values()].flat()) this.#wait(row)
  }

  #wait(row: HistoryRow): void {
    const rows = this.#waiting.get(row.slot)
    if (rows === undefined) this.#waiting.set(row.slot, [row])
    else rows.push(row)
  }

  #gainRow({ page, slot, stepTicks, bucket, total, bad }: LateCount): HistoryRow {
    const perRow = (historyStep(stepTicks).rowHours * TICKS_PER_HOUR) / stepTicks
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
    for (const step of HISTORY_STEPS) this.#sealStep(page, step, hour)
    page.sealedHour = hour
    page.dirty = true
  }

  /** Turns an hour's columns into rows, by way of a table with a line a slot. */
  #sealStep(page: SlotPage, step: HistoryStep, hour: number): void {
    const perHour = TICKS_PER_HOUR / step.stepTicks
    const lines = HOUR_LINES.get(perHour)!
    fillLines(lines, { page, ring: ringOf(page, step), hour, perHour })
    const stepSeconds = step.stepTicks * TICK_SECONDS
    const stretch = Math.floor((hour - 1) / step.rowHours)
    const first = ((hour - 1) % step.rowHours) * perHour
    for (let slot = 0; slot < page.used; slot += 1) {
      const line = lines[slot]!
      if (isZero(line.totals) && isZero(line.bads)) continue
      const counts = packRun(first, line, this.#arena)
      this.#wait({ slot: this.#slotNumber(page, slot), stepSeconds, stretch, counts })
    }
  }
}

/** Finds the ring that a step is made of. */
function ringOf(page: SlotPage, { stepTicks }: HistoryStep): CountRing {
  if (stepTicks === TICKS_PER_MINUTE) return page.minutes
  return page.rings.find((ring) => ring.stepTicks === HISTORY_COARSE_TICKS)!
}

interface HourOfRing {
  readonly page: SlotPage
  readonly ring: CountRing
  readonly hour: number
  readonly perHour: number
}

/** Adds up the ring's buckets of an hour in as many as a line has. */
function fillLines(
  lines: readonly CountColumns[],
  { page, ring, hour, perHour }: HourOfRing,
): void {
  const ofRing = TICKS_PER_HOUR / ring.stepTicks
  const perBucket = ofRing / perHour
  for (let i = 0; i < ofRing; i += 1) {
    const bucket = (hour - 1) * ofRing + i + 1
    const at = Math.floor(i / perBucket)
    const isFirst = i % perBucket === 0
    for (let slot = 0; slot < page.used; slot += 1) {
      const { totals, bads } = lines[slot]!
      totals[at] = ring.total(slot, bucket) + (isFirst ? 0 : totals[at]!)
      bads[at] = ring.bad(slot, bucket) + (isFirst ? 0 : bads[at]!)
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
