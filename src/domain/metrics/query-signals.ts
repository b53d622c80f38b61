/** What can be asked of a tenant's signals over time: data, a row a question. */
import type { SignalName, StatusClass } from './cell.ts'

export type SignalGroup = 'none' | 'status' | 'source'

/** How the answer follows from the cells of a signal. */
export type SignalCalculation =
  | { readonly kind: 'count'; readonly of: SignalName; readonly classes?: readonly StatusClass[] }
  | { readonly kind: 'rate'; readonly of: SignalName; readonly classes?: readonly StatusClass[] }
  | { readonly kind: 'error-ratio' }
  | { readonly kind: 'quantile'; readonly q: number }
  | { readonly kind: 'mean-duration' }
  | { readonly kind: 'gauge'; readonly of: SignalName; readonly stat: 'mean' | 'max' }

export interface QuerySignalRow {
  readonly unit: string
  readonly calculation: SignalCalculation
  readonly groups: readonly SignalGroup[]
}

const SOURCES = ['none', 'source'] as const
const CLASSES = ['none', 'status', 'source'] as const
const ERRORS = ['5xx'] as const

export const QUERY_SIGNALS = {
  requests: row('requests', { kind: 'count', of: 'requests' }, CLASSES),
  requests_per_second: row('requests/s', { kind: 'rate', of: 'requests' }, CLASSES),
  errors: row('requests', { kind: 'count', of: 'requests', classes: ERRORS }),
  errors_per_second: row('requests/s', { kind: 'rate', of: 'requests', classes: ERRORS }),
  error_ratio: row('ratio', { kind: 'error-ratio' }),
  duration_p50_seconds: row('seconds', { kind: 'quantile', q: 0.5 }),
  duration_p90_seconds: row('seconds', { kind: 'quantile', q: 0.9 }),
  duration_p95_seconds: row('seconds', { kind: 'quantile', q: 0.95 }),
  duration_p99_seconds: row('seconds', { kind: 'quantile', q: 0.99 }),
  duration_mean_seconds: row('seconds', { kind: 'mean-duration' }),
  cpu_cores: row('cores', { kind: 'rate', of: 'cpu' }),
  memory_bytes: row('bytes', { kind: 'gauge', of: 'memory', stat: 'mean' }),
  memory_max_bytes: row('bytes', { kind: 'gauge', of: 'memory', stat: 'max' }),
  storage_bytes: row('bytes', { kind: 'gauge', of: 'storage', stat: 'mean' }),
  network_in_bytes_per_second: row('bytes/s', { kind: 'rate', of: 'network_in' }),
  network_out_bytes_per_second: row('bytes/s', { kind: 'rate', of: 'network_out' }),
  active_requests: row('requests', { kind: 'gauge', of: 'active_requests', stat: 'mean' }),
  active_requests_max: row('requests', { kind: 'gauge', of: 'active_requests', stat: 'max' }),
} as const satisfies Readonly<Record<string, QuerySignalRow>>
export type QuerySignal = keyof typeof QUERY_SIGNALS

export const QUERY_SIGNAL_NAMES = Object.keys(QUERY_SIGNALS) as QuerySignal[]

function row(
  unit: string,
  calculation: SignalCalculation,
  groups: readonly SignalGroup[] = SOURCES,
): QuerySignalRow {
  return { unit, calculation, groups }
}

/** Tells which cells a calculation reads. */
export function signalsRead(calculation: SignalCalculation): readonly SignalName[] {
  switch (calculation.kind) {
    case 'count':
    case 'rate':
    case 'gauge':
      return [calculation.of]
    case 'error-ratio':
      return ['requests']
    case 'quantile':
      return ['duration']
    case 'mean-duration':
      return ['duration', 'duration_sum']
  }
}
