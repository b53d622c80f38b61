/**
 * Counts a history of samples through the server's own stages: what each SLO of each tenant counted
 * by the minute. Nothing is evaluated; what was counted is handed on in rows of some hours, so that
 * memory is bounded however long the history is.
 *
 * A row begins with the first count of its SLO, or where the row before ended. It ends before what
 * the server counted as it came, to the bucket.
 */
import { HOUR_MS, MINUTE_MS, type TimeRange } from './core/time.ts'
import type { SloId, TenantId } from './core/ids.ts'
import {
  openCountTap,
  type CountTap,
  type PastRow,
  type SloBook,
  type TappedCount,
} from './domain/slo/slo.ts'
import { systemClock } from './machinery/runtime/clock.ts'
import type { WireLabel } from './machinery/wire/labels.ts'
import { ReplayedMetrics, type Outcomes, type ReplayOptions } from './replayed-metrics.ts'

/** A step is a minute: samples of one are counted together. */
const STEP_MS = MINUTE_MS
/** What a row spans at most. */
const ROW_MS = 6 * HOUR_MS
const ROW_MINUTES = ROW_MS / MINUTE_MS
/** After so many steps other work gets a turn. */
const STEPS_A_TURN = 256

export interface CountingOptions extends ReplayOptions {
  readonly book: SloBook
  /** What is wanted: (fromMs, toMs]. What lies before is counted from, and not handed on. */
  readonly range: TimeRange
  /** Tells where the counts of an SLO end that may be loaded. */
  readonly beforeMs: (tenantId: TenantId, sloId: SloId) => number
  /** Takes the rows of a stretch. Everything up to `readToMs` has been handed on then. */
  readonly onRows: (rows: readonly PastRow[], readToMs: number) => Promise<void>
  readonly signal?: AbortSignal
}

export interface Counting {
  define(labels: readonly WireLabel[], metric: number): number
  start(metric: number, startMs: number): void
  /** Takes a sample. Shape: by time. Wait for what is returned. */
  sample(atMs: number, series: number, timestampMs: number, value: number): Promise<void> | void
  /** Takes a message of remote write 1.0, of samples of one minute: (endMs - 60 s, endMs]. */
  message(message: Uint8Array, endMs: number): Promise<void>
  /** Hands on the rest. */
  finish(): Promise<void>
  readonly outcomes: Outcomes
  close(): Promise<void>
}

/** Opens a count of nothing. */
export function openCounting(options: CountingOptions): Counting {
  return new HistoryCount(options)
}

interface StandIns {
  readonly totals: Float64Array
  readonly bads: Float64Array
}

/** What an SLO counted since the last rows were handed on. */
interface OpenRow {
  readonly tenantId: TenantId
  readonly sloId: SloId
  fromMs: number
  readonly totals: Float64Array
  readonly bads: Float64Array
  readonly surelyBads: Float64Array
  /** What decides minutes without events. Null where nothing does. */
  standIns: StandIns | null
  isEmpty: boolean
}

class HistoryCount implements Counting {
  readonly #clock = systemClock()
  readonly #options: CountingOptions
  readonly #stage: ReplayedMetrics
  readonly #tap: CountTap
  readonly #rows = new Map<string, OpenRow>()
  #steps = 0
  /** When the step under way ends. */
  #endMs = -1
  /** When the rows under way end. */
  #rowsEndMs = -1

  constructor(options: CountingOptions) {
    this.#options = options
    const { book } = options
    this.#stage = new ReplayedMetrics(options, book)
    const { tenants, counters } = this.#stage
    const onCount = (count: TappedCount): void => this.#count(count)
    this.#tap = openCountTap({ book, tenants, counters, onCount })
  }

  get outcomes(): Outcomes {
    return this.#stage.outcomes
  }

  define(labels: readonly WireLabel[], metric: number): number {
    return this.#stage.define(labels, metric)
  }

  start(metric: number, startMs: number): void {
    this.#stage.start(metric, startMs)
  }

  sample(atMs: number, series: number, timestampMs: number, value: number): Promise<void> | void {
    if (atMs <= this.#endMs) return this.#stage.add(series, timestampMs, value)
    return this.#stepTo(atMs).then(() => this.#stage.add(series, timestampMs, value))
  }

  async message(message: Uint8Array, endMs: number): Promise<void> {
    await this.#stepTo(endMs)
    this.#stage.writeMessage(message, endMs)
  }

  async finish(): Promise<void> {
    if (this.#endMs < 0) return
    this.#step()
    await this.#handOn(Math.min(this.#endMs, floored(this.#options.range.toMs)))
  }

  close(): Promise<void> {
    return this.#stage.close()
  }

  /** Runs every step that ends before a time. */
  async #stepTo(atMs: number): Promise<void> {
    const endMs = Math.ceil(atMs / STEP_MS) * STEP_MS
    if (this.#endMs < 0) {
      this.#endMs = endMs
      this.#rowsEndMs = Math.ceil(endMs / ROW_MS) * ROW_MS
    }
    while (this.#endMs < endMs) {
      this.#step()
      this.#steps += 1
      if (this.#steps % STEPS_A_TURN === 0) await this.#clock.sleep(0)
      this.#options.signal?.throwIfAborted()
      if (this.#endMs >= this.#rowsEndMs) {
        await this.#stage.checkpoint()
        await this.#handOn(this.#rowsEndMs)
        this.#rowsEndMs += ROW_MS
      }
      this.#endMs += STEP_MS
    }
  }

  #step(): void {
    const { metrics } = this.#stage
    this.#stage.write(this.#endMs)
    const increments = metrics.drain(this.#endMs)
    this.#tap.take(metrics.cells(), increments)
    metrics.closeMinute(this.#endMs)
  }

  #count({ tenantId, sloId, atMs, total, bad, surelyBad, standsIn }: TappedCount): void {
    const { range, beforeMs } = this.#options
    if (atMs <= range.fromMs || atMs > range.toMs) return
    if (atMs > beforeMs(tenantId, sloId)) return
    const key = `${tenantId} ${sloId}`
    let row = this.#rows.get(key)
    if (row === undefined) {
      row = openRow(tenantId, sloId, Math.ceil(atMs / MINUTE_MS) * MINUTE_MS - MINUTE_MS)
      this.#rows.set(key, row)
    }
    const minute = Math.ceil((atMs - this.#rowsEndMs) / MINUTE_MS) + ROW_MINUTES - 1
    // Of a sample that is older than the rows under way nothing was asked.
    if (minute < 0) return
    row.isEmpty = false
    if (standsIn) {
      row.standIns ??= {
        totals: new Float64Array(ROW_MINUTES),
        bads: new Float64Array(ROW_MINUTES),
      }
      row.standIns.totals[minute]! += total
      row.standIns.bads[minute]! += bad
      return
    }
    row.totals[minute]! += total
    row.bads[minute]! += bad
    row.surelyBads[minute]! += surelyBad
  }

  /** Hands on what was counted up to a time. */
  async #handOn(toMs: number): Promise<void> {
    const rows: PastRow[] = []
    for (const row of this.#rows.values()) {
      const { tenantId, sloId } = row
      const endMs = Math.min(toMs, this.#options.beforeMs(tenantId, sloId))
      if (endMs > row.fromMs) rows.push(rowOf(row, endMs, this.#rowsEndMs - ROW_MS))
      row.fromMs = Math.max(row.fromMs, toMs)
      for (const counts of [row.totals, row.bads, row.surelyBads]) counts.fill(0)
      row.standIns = null
      row.isEmpty = true
    }
    await this.#options.onRows(rows, toMs)
  }
}

function openRow(tenantId: TenantId, sloId: SloId, fromMs: number): OpenRow {
  const counts = (): Float64Array => new Float64Array(ROW_MINUTES)
  return {
    tenantId,
    sloId,
    fromMs,
    totals: counts(),
    bads: counts(),
    surelyBads: counts(),
    standIns: null,
    isEmpty: true,
  }
}

function rowOf(row: OpenRow, toMs: number, rowsFromMs: number): PastRow {
  const { tenantId, sloId, fromMs, isEmpty } = row
  const identity = { tenantId, sloId, fromMs, toMs }
  if (isEmpty) return { ...identity, totals: [], bads: [] }
  decideEmpty(row)
  const from = (fromMs - rowsFromMs) / MINUTE_MS
  const to = Math.ceil((toMs - rowsFromMs) / MINUTE_MS)
  const [totals, bads, surelyBads] = [row.totals, row.bads, row.surelyBads].map((counts) => [
    ...counts.subarray(from, to),
  ]) as [number[], number[], number[]]
  const isOne = bads.every((bad, i) => bad === surelyBads[i])
  return { ...identity, totals, bads, ...(isOne ? {} : { surelyBads }) }
}

/** Lets what stands in decide the minutes without events. */
function decideEmpty({ totals, bads, surelyBads, standIns }: OpenRow): void {
  if (standIns === null) return
  standIns.totals.forEach((total, minute) => {
    if (total === 0 || totals[minute]! > 0) return
    totals[minute] = total
    bads[minute] = standIns.bads[minute]!
    surelyBads[minute] = standIns.bads[minute]!
  })
}

function floored(atMs: number): number {
  return Math.floor(atMs / STEP_MS) * STEP_MS
}
