/**
 * Adds up a tenant's cells for the exposition: counters since the beginning, gauges as they are.
 */
import {
  REFUSALS,
  STATUS_CLASSES,
  type Cell,
  type RequestRefusal,
  type SignalName,
  type StatusClass,
} from './cell.ts'
import { mergeLayouts, type Bucket } from './layout-counts.ts'
import { bucketsByLayout } from './rates.ts'

/** Null for a class that never occurred. */
export type ByStatusClass = Readonly<Record<StatusClass, number | null>>

/** Null for what never occurred. */
export type ByRefusal = Readonly<Record<RequestRefusal, number | null>>

/** Null where nothing reports the signal. */
export interface TenantTotals {
  readonly requests: ByStatusClass
  /** Of the requests those that were turned away, each once. */
  readonly turnedAway: ByRefusal
  /** At or below each bound, all layouts merged, see `mergeLayouts`. Empty without histograms. */
  readonly durationBuckets: readonly Bucket[]
  readonly durationSumSeconds: number | null
  readonly activeRequests: number | null
  readonly apiCalls: number | null
  /** A probe that succeeded is 2xx, one that failed 5xx. */
  readonly probes: ByStatusClass
  /** As measured at the user's end. Shape as of `durationBuckets`. */
  readonly userDurationBuckets: readonly Bucket[]
  readonly userDurationSumSeconds: number | null
  readonly dependencyCalls: ByStatusClass
  /** In microseconds: see `SIGNALS`. */
  readonly errorRatio: ByStatusClass
  readonly successRatio: ByStatusClass
  readonly dependencyDurationSumSeconds: number | null
  readonly cpuSeconds: number | null
  readonly memoryBytes: number | null
  readonly storageBytes: number | null
  readonly networkInBytes: number | null
  readonly networkOutBytes: number | null
}

export interface TotalsInput {
  readonly cells: readonly Cell[]
  readonly total: (cellId: number) => number
  readonly gaugeValue: (cellId: number) => number
  /** Whether the cell's source is the one of its signal that counts. */
  readonly isActive: (cellId: number) => boolean
}

export function totalsOf({ cells, total, gaugeValue, isActive }: TotalsInput): TenantTotals {
  const bySignal = Map.groupBy(cells, ({ signal }) => signal)
  const of = (signal: SignalName): readonly Cell[] => bySignal.get(signal) ?? []
  const add = (some: readonly Cell[], value: (cellId: number) => number): number | null =>
    some.length === 0 ? null : some.reduce((sum, { cellId }) => sum + value(cellId), 0)
  const sum = (signal: SignalName): number | null => add(of(signal), total)
  const present = (signal: SignalName): number | null => {
    const active = of(signal).filter(({ cellId }) => isActive(cellId))
    return add(active, gaugeValue)
  }
  const byClass = (signal: SignalName): ByStatusClass => {
    const classes = STATUS_CLASSES.map((name) => {
      const some = of(signal).filter(({ statusClass }) => statusClass === name)
      return [name, add(some, total)] as const
    })
    return Object.fromEntries(classes) as Record<StatusClass, number | null>
  }
  const turnedAway = REFUSALS.map((name) => {
    return [
      name,
      add(
        of('requests').filter(({ refusal }) => refusal === name),
        total,
      ),
    ] as const
  })
  const buckets = (signal: SignalName): Bucket[] => {
    const layouts = bucketsByLayout(of(signal), ({ cellId }) => total(cellId), signal)
    return layouts.length === 0 ? [] : mergeLayouts(layouts)
  }
  return {
    requests: byClass('requests'),
    turnedAway: Object.fromEntries(turnedAway) as ByRefusal,
    durationBuckets: buckets('duration'),
    durationSumSeconds: sum('duration_sum'),
    activeRequests: present('active_requests'),
    apiCalls: sum('api_calls'),
    probes: byClass('probes'),
    userDurationBuckets: buckets('user_duration'),
    userDurationSumSeconds: sum('user_duration_sum'),
    dependencyCalls: byClass('dependency_calls'),
    errorRatio: byClass('error_ratio'),
    successRatio: byClass('success_ratio'),
    dependencyDurationSumSeconds: sum('dependency_duration_sum'),
    cpuSeconds: sum('cpu'),
    memoryBytes: present('memory'),
    storageBytes: present('storage'),
    networkInBytes: sum('network_in'),
    networkOutBytes: sum('network_out'),
  }
}
