/** Which series, by name, can feed some signals: what a history has to be asked for. Pure. */
import type { MappingRow } from '../tenants/tenants.ts'
import type { SignalName } from './cell.ts'
import { ownRows } from './own-rows.ts'
import { SOURCE_ROWS } from './signals.ts'

/** Lists the names as Prometheus has them; of a histogram those of its parts, and its own, which a
 *  native one has. Shape: sorted, unique. */
export function seriesNames(
  signals: ReadonlySet<SignalName>,
  mapping: readonly MappingRow[],
): string[] {
  const names = new Set<string>()
  for (const row of [...ownRows(mapping), ...SOURCE_ROWS]) {
    for (const [part, signal] of Object.entries(row.signals)) {
      if (!signals.has(signal)) continue
      names.add(part === 'value' ? row.metric : `${row.metric}_${part}`)
      if (row.shape === 'histogram') names.add(row.metric)
    }
  }
  return [...names].toSorted()
}
