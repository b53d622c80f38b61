/**
 * Takes gauges out of their cells when their series went silent, so that a vanished process leaves
 * no memory behind.
 */
import type { Cells } from './cells.ts'
import {
  CELL,
  ENDED,
  isPresentKind,
  KIND,
  LAST_MS,
  LAST_VALUE,
  POINT_STRIDE,
  ROLE_STRIDE,
  SPAN_MS,
  type SeriesTable,
} from './series-table.ts'

/**
 * Ends every gauge without a sample in the stale span. One of which only the changes come keeps
 * what they add up to: it is quiet while nothing changes. Returns by cell: 1 where a live gauge is
 * left. Cost: one pass over all series.
 */
export function endStaleGauges(
  { series, cells }: { series: SeriesTable; cells: Cells },
  nowMs: number,
  staleMs: number,
): Uint8Array<ArrayBuffer> {
  const live = new Uint8Array(cells.list.length)
  const roles = series.roles.data
  const points = series.points.data
  for (let slot = 0; slot < series.size(); slot += 1) {
    const role = slot * ROLE_STRIDE
    const at = slot * POINT_STRIDE
    if (!isPresentKind(roles[role + KIND]!) || points[at + LAST_MS] === 0) continue
    if (points[at + SPAN_MS] === ENDED) continue
    const cell = roles[role + CELL]!
    if (nowMs - points[at + LAST_MS]! <= staleMs) {
      if (cell >= 0) live[cell] = 1
      continue
    }
    points[at + SPAN_MS] = ENDED
    series.points.mark(slot)
    if (cell >= 0) cells.adjustGauge(cell, -points[at + LAST_VALUE]!)
  }
  return live
}
