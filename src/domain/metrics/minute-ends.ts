/**
 * What a minute gets when it ends and no sample books it: the values that gauges have then, and a
 * zero for counters that were heard of and gained nothing, so that an idle tenant is not one that
 * is silent. A minute ends with the first write received after it, or with the tick that comes
 * before one. So it follows from the log: a replay ends the same minutes with the same values.
 */
import { bucketEndMs, MINUTE_MS } from '../../core/time.ts'
import { SIGNALS, type SignalName, type SignalRow } from './cell.ts'
import { floatColumn } from './columns.ts'
import { endStaleGauges } from './gauges.ts'
import type { Rollup } from './rollup.ts'
import type { MetricTables } from './tables.ts'

/** A source that was silent for longer than this is not heard of any more: no zero is its own. */
const HEARD_MS = 2 * MINUTE_MS
/** Buckets and sums of durations mean nothing without the counts that come with them. */
const UNHEARD: ReadonlySet<SignalName> = new Set([
  'duration_sum',
  'user_duration_sum',
  'dependency_duration_sum',
])

function isNotedHeard(signal: SignalName): boolean {
  const row: SignalRow = SIGNALS[signal]
  return row.kind === 'counter' && row.by !== 'bucket' && !UNHEARD.has(signal)
}

export class MinuteEnds {
  /** One row: the end of the minute that goes on. */
  readonly column = floatColumn(1)
  readonly #tables: MetricTables
  readonly #rollup: Rollup
  readonly #staleMs: number
  /** By cell: 1 for gauges that had a value when they were last noted. */
  #told = new Uint8Array(0)

  constructor(tables: MetricTables, rollup: Rollup, staleMs: number) {
    this.#tables = tables
    this.#rollup = rollup
    this.#staleMs = staleMs
    this.column.reserve(1)
  }

  /** Ends the minutes before the one that holds an instant. Hot: mostly one comparison. */
  advance(atMs: number): void {
    const openEndMs = this.column.data[0]!
    if (atMs <= openEndMs) return
    const endMs = bucketEndMs(atMs, MINUTE_MS)
    this.column.data[0] = endMs
    this.column.mark(0)
    if (openEndMs === 0) return
    for (let closingMs = openEndMs; closingMs < endMs; closingMs += MINUTE_MS) {
      if (!this.#close(closingMs)) break
    }
  }

  /** Notes the present values of gauges in the minute that goes on. */
  notePresent(nowMs: number): void {
    const live = endStaleGauges(this.#tables, nowMs, this.#staleMs)
    this.#noteGauges(this.column.data[0]!, live)
  }

  /** Tells whether a gauge had a value when present values were last noted. */
  isLive(cellId: number): boolean {
    return this.#told[cellId] === 1
  }

  /** Returns whether anything was noted: after a minute without, the next ones have none either. */
  #close(minuteEndMs: number): boolean {
    const live = endStaleGauges(this.#tables, minuteEndMs, this.#staleMs)
    const gauges = this.#noteGauges(minuteEndMs, live)
    const counters = this.#noteHeard(minuteEndMs)
    return gauges || counters
  }

  #noteGauges(minuteEndMs: number, live: Uint8Array<ArrayBuffer>): boolean {
    const { cells, sources } = this.#tables
    let some = false
    for (const cellId of cells.gauges) {
      if (!sources.isActive(cells.feeds[cellId]!)) live[cellId] = 0
      const isLive = live[cellId] === 1
      this.#rollup.noteGauge(minuteEndMs, cellId, isLive ? cells.gaugeValue(cellId) : NaN)
      some ||= isLive
    }
    this.#told = live
    return some
  }

  #noteHeard(minuteEndMs: number): boolean {
    const { cells, sources } = this.#tables
    let some = false
    for (let feed = 0; feed < sources.words.size; feed += 1) {
      if (sources.lastMs(feed) <= minuteEndMs - HEARD_MS || !sources.isActive(feed)) continue
      const cell = cells.firstOf(feed)
      if (cell === undefined || !isNotedHeard(cell.signal)) continue
      this.#rollup.noteHeard(minuteEndMs, cell.cellId)
      some = true
    }
    return some
  }
}
