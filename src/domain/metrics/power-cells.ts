/**
 * The second cell of a bucket of an exponential histogram: where it is counted when the sender's
 * buckets are so coarse that of all bounds only the powers of two are among them. Those make a
 * layout of their own, so that counts at a bound stay exact in both.
 */
import type { Cells } from './cells.ts'
import type { Facets } from './facets.ts'
import { layoutText } from './families.ts'
import { EXPONENTIAL_BOUNDS, isPower } from './native-layout.ts'
import { CELL, EXTRA, NO_POWER, ROLE_STRIDE, type SeriesTable } from './series-table.ts'

/**
 * Gives the buckets of a series their cells among the powers of two. Shape: the first bucket's
 * slot, and how many there are with the one without a bound.
 */
export function bindPowerCells(
  tables: { series: SeriesTable; cells: Cells; facets: Facets },
  firstSlot: number,
  buckets: number,
): void {
  const { series, cells, facets } = tables
  const { roles } = series
  const cellOf = (bucket: number) =>
    facets.cellOf(roles.data[(firstSlot + bucket) * ROLE_STRIDE + CELL]!)
  const isKept = (bucket: number) => bucket === EXPONENTIAL_BOUNDS.length || isPower(bucket)
  const kept = Array.from({ length: buckets }, (_, bucket) => bucket).filter(isKept)
  const layout = layoutText(kept.map((bucket) => cells.list[cellOf(bucket)]!.leSeconds!))
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const cell = cellOf(bucket)
    const { cellId: _, ...spec } = cells.list[cell]!
    roles.data[(firstSlot + bucket) * ROLE_STRIDE + EXTRA] = isKept(bucket)
      ? cells.number({ ...spec, layout }, cells.scale(cell), cells.feeds[cell]!)
      : NO_POWER
    roles.mark(firstSlot + bucket)
  }
}
