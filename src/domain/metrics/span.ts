/**
 * What a cell came to over an hour or a day. A counter has its sum. A gauge has what can be merged
 * without loss: how many minutes were noted, their sum, the least, the greatest and the last. Pure.
 */
import { PackReader, PackWriter } from './packed-numbers.ts'

export interface Span {
  readonly cellId: number
  /** Of a counter what it gained; of a gauge all noted minutes added up. */
  readonly sum: number
  /** Null for a counter. */
  readonly gauge: GaugeSpan | null
}

export interface GaugeSpan {
  /** Minutes that were noted, at least one. */
  readonly minutes: number
  readonly min: number
  readonly max: number
  readonly last: number
}

/**
 * Tells what values came to, in the order of their time. NaN for a minute without one. Null where
 * there is none at all. Worked: a gauge at 3, NaN, 5 -> sum 8 of 2 minutes, 3 to 5, last 5.
 */
export function spanOf(cellId: number, values: Float64Array, isGauge: boolean): Span | null {
  let minutes = 0
  let sum = 0
  let min = Infinity
  let max = -Infinity
  let last = NaN
  for (const value of values) {
    if (Number.isNaN(value)) continue
    minutes += 1
    sum += value
    min = Math.min(min, value)
    max = Math.max(max, value)
    last = value
  }
  if (minutes === 0) return null
  return { cellId, sum, gauge: isGauge ? { minutes, min, max, last } : null }
}

/**
 * Adds spans of the same cells up, the earlier first. Exact: what is merged of hours is what the
 * minutes give. Shape: sorted by cell.
 */
export function mergeSpans(parts: readonly (readonly Span[])[]): Span[] {
  const merged = new Map<number, Span>()
  for (const span of parts.flat()) {
    const before = merged.get(span.cellId)
    merged.set(span.cellId, before === undefined ? span : joined(before, span))
  }
  return [...merged.values()].toSorted((a, b) => a.cellId - b.cellId)
}

function joined(before: Span, { cellId, sum, gauge }: Span): Span {
  if (before.gauge === null || gauge === null) return { cellId, sum: before.sum + sum, gauge }
  return {
    cellId,
    sum: before.sum + sum,
    gauge: {
      minutes: before.gauge.minutes + gauge.minutes,
      min: Math.min(before.gauge.min, gauge.min),
      max: Math.max(before.gauge.max, gauge.max),
      last: gauge.last,
    },
  }
}

/** Packs spans. Shape: cell ids rise. */
export function packSpans(spans: readonly Span[]): Uint8Array {
  const writer = new PackWriter()
  let lastId = 0
  for (const { cellId, sum, gauge } of spans) {
    writer.varint(2 * (cellId - lastId) + (gauge === null ? 0 : 1))
    writer.number(sum)
    lastId = cellId
    if (gauge === null) continue
    writer.varint(gauge.minutes)
    for (const value of [gauge.min, gauge.max, gauge.last]) writer.number(value)
  }
  return writer.bytes()
}

/** Calls with each span that `packSpans` packed. */
export function unpackSpans(bytes: Uint8Array, each: (span: Span) => void): void {
  const reader = new PackReader(bytes)
  let cellId = 0
  while (!reader.done()) {
    const head = reader.varint()
    cellId += Math.floor(head / 2)
    const sum = reader.number()
    each({ cellId, sum, gauge: head % 2 === 0 ? null : readGauge(reader) })
  }
}

function readGauge(reader: PackReader): GaugeSpan {
  return {
    minutes: reader.varint(),
    min: reader.number(),
    max: reader.number(),
    last: reader.number(),
  }
}
