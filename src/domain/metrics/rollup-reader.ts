/**
 * Reads a tenant's cells over a range into a frame, from wherever they lie: the ring of ten
 * seconds, minutes in memory, hours that were packed and are on disk or on their way. A gain is in
 * one of these places only, so what is read is neither lost nor counted twice.
 */
import type { TenantId } from '../../core/ids.ts'
import { bucketEndMs, DAY_MS, HOUR_MS, MINUTE_MS, type TimeRange } from '../../core/time.ts'
import { BUCKET_MS, type Cell } from './cell.ts'
import type { Frame } from './frame.ts'
import { MINUTES_PER_HOUR, type HourRow } from './pack.ts'
import type { Resolution } from './resolutions.ts'
import { isGauge } from './series-kind.ts'
import type { Span } from './span.ts'

export interface ReaderParts {
  readonly live: Readable
  /** The minutes in memory. */
  readonly minutes: Readable
  /** Hours by minute whose end is in (fromMs, toMs]. */
  readonly packedMinutes: (
    tenantId: TenantId,
    range: TimeRange,
  ) => readonly { readonly hourEndMs: number; readonly rows: readonly HourRow[] }[]
  /** Spans that end in (fromMs, toMs]. */
  readonly spans: (
    tenantId: TenantId,
    spanMs: number,
    range: TimeRange,
  ) => readonly { readonly endMs: number; readonly spans: readonly Span[] }[]
}

export interface Readable {
  read(
    cells: readonly Cell[],
    range: TimeRange,
    each: (cellId: number, endMs: number, value: number) => void,
  ): void
}

/**
 * Fills a frame of a tenant's cells. `heardToMs`: up to when a minute that was heard of is told as
 * zero by ten seconds. Cost: one range of rows; a decoded hour takes microseconds.
 */
export function fillFrame(
  parts: ReaderParts,
  tenantId: TenantId,
  resolution: Resolution,
  frame: Frame,
  heardToMs: number,
): void {
  const add = (cellId: number, endMs: number, value: number) => frame.add(cellId, endMs, value)
  if (resolution === 'live') {
    parts.live.read(frame.cells, frame.range, add)
    return addHeard(parts, frame, heardToMs)
  }
  if (resolution === 'minute') addPackedMinutes(parts, tenantId, frame)
  else if (resolution === 'hour') addSpans(parts, tenantId, HOUR_MS, frame.range, frame)
  else addDays(parts, tenantId, frame)
  parts.minutes.read(frame.cells, frame.range, add)
}

/** The ring has gains only; that a counter was heard of and gained nothing stands in its minute. */
function addHeard(parts: ReaderParts, frame: Frame, heardToMs: number): void {
  const { fromMs, toMs } = frame.range
  const minutes = { fromMs, toMs: bucketEndMs(toMs, MINUTE_MS) }
  const counters = frame.cells.filter(({ signal }) => !isGauge(signal))
  parts.minutes.read(counters, minutes, (cellId, minuteEndMs) => {
    const lastMs = Math.min(minuteEndMs, toMs, heardToMs)
    const firstMs = Math.max(minuteEndMs - MINUTE_MS, fromMs)
    for (let endMs = firstMs + BUCKET_MS; endMs <= lastMs; endMs += BUCKET_MS) {
      frame.add(cellId, endMs, 0)
    }
  })
}

function addPackedMinutes(parts: ReaderParts, tenantId: TenantId, frame: Frame): void {
  const { fromMs, toMs } = frame.range
  const hours = parts.packedMinutes(tenantId, { fromMs, toMs: toMs + HOUR_MS - 1 })
  for (const { hourEndMs, rows } of hours) {
    const firstMs = hourEndMs - (MINUTES_PER_HOUR - 1) * MINUTE_MS
    for (const { cellId, minutes } of rows) {
      minutes.forEach((value, minute) => {
        const endMs = firstMs + minute * MINUTE_MS
        if (Number.isNaN(value) || endMs <= fromMs || endMs > toMs) return
        frame.add(cellId, endMs, value)
      })
    }
  }
}

function addSpans(
  parts: ReaderParts,
  tenantId: TenantId,
  spanMs: number,
  range: TimeRange,
  frame: Frame,
): void {
  for (const { endMs, spans } of parts.spans(tenantId, spanMs, range)) {
    for (const span of spans) frame.addSpan(span, endMs)
  }
}

/** A day that was not made yet, or is to be made anew, is read from its hours. */
function addDays(parts: ReaderParts, tenantId: TenantId, frame: Frame): void {
  const { fromMs, toMs } = frame.range
  let readToMs = fromMs
  const days = parts.spans(tenantId, DAY_MS, frame.range)
  for (const { endMs, spans } of days) {
    const gap = { fromMs: readToMs, toMs: endMs - DAY_MS }
    if (gap.fromMs < gap.toMs) addSpans(parts, tenantId, HOUR_MS, gap, frame)
    for (const span of spans) frame.addSpan(span, endMs)
    readToMs = endMs
  }
  if (readToMs < toMs) addSpans(parts, tenantId, HOUR_MS, { fromMs: readToMs, toMs }, frame)
}
