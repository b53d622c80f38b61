/**
 * Adds up a tenant's cells for the exposition: counters since the beginning, gauges as they are.
 */
import { STATUS_CLASSES, type Cell, type SignalName, type StatusClass } from './cell.ts'
import { mergeLayouts, type Bucket } from './quantile.ts'
import { bucketsByLayout } from './rates.ts'

export interface TenantTotals {
  /** Null for a class that never occurred. */
  readonly requests: Readonly<Record<StatusClass, number | null>>
  /** At or below each bound, all layouts merged, see `mergeLayouts`. Empty without histograms. */
  readonly durationBuckets: readonly Bucket[]
  readonly durationSumSeconds: number | null
  readonly cpuSeconds: number | null
  readonly memoryBytes: number | null
  readonly storageBytes: number | null
  readonly networkInBytes: number | null
  readonly networkOutBytes: number | null
  readonly activeRequests: number | null
}

export interface TotalsInput {
  readonly cells: readonly Cell[]
  readonly total: (cellId: number) => number
  readonly gaugeValue: (cellId: number) => number
  /** Whether the cell's source is the one of its signal that counts. */
  readonly isActive: (cellId: number) => boolean
}

export function totalsOf({ cells, total, gaugeValue, isActive }: TotalsInput): TenantTotals {
  const sum = (signal: SignalName, statusClass?: StatusClass): number | null => {
    const of = cells.filter((cell) => cell.signal === signal && cell.statusClass === statusClass)
    return of.length === 0 ? null : of.reduce((all, cell) => all + total(cell.cellId), 0)
  }
  const present = (signal: SignalName): number | null => {
    const of = cells.filter((cell) => cell.signal === signal && isActive(cell.cellId))
    return of.length === 0 ? null : of.reduce((all, cell) => all + gaugeValue(cell.cellId), 0)
  }
  const classes = STATUS_CLASSES.map((name) => [name, sum('requests', name)] as const)
  return {
    requests: Object.fromEntries(classes) as Record<StatusClass, number | null>,
    durationBuckets: mergedBuckets(cells, total),
    durationSumSeconds: sum('duration_sum'),
    cpuSeconds: sum('cpu'),
    memoryBytes: present('memory'),
    storageBytes: present('storage'),
    networkInBytes: sum('network_in'),
    networkOutBytes: sum('network_out'),
    activeRequests: present('active_requests'),
  }
}

function mergedBuckets(cells: readonly Cell[], total: (cellId: number) => number): Bucket[] {
  const layouts = bucketsByLayout(cells, (cell) => total(cell.cellId))
  return layouts.length === 0 ? [] : mergeLayouts(layouts)
}
