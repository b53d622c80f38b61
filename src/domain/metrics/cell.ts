/**
 * A cell is where the series of one tenant that mean the same are added up: all 5xx requests that
 * one source reports, or all requests that took at most 250 ms. Series feed cells; rollups, SLOs
 * and the exposition read cells. Cells are few (tens a tenant), series many.
 */
import type { TenantId } from '../../core/ids.ts'

/**
 * The measures that Tenantry knows, with the unit that each is kept in. The guide's list:
 * utilisation, performance, user experience.
 */
export const SIGNALS = {
  requests: { kind: 'counter', unit: 'requests' },
  duration: { kind: 'counter', unit: 'requests' },
  duration_sum: { kind: 'counter', unit: 'seconds' },
  cpu: { kind: 'counter', unit: 'seconds' },
  memory: { kind: 'gauge', unit: 'bytes' },
  storage: { kind: 'gauge', unit: 'bytes' },
  network_in: { kind: 'counter', unit: 'bytes' },
  network_out: { kind: 'counter', unit: 'bytes' },
  active_requests: { kind: 'gauge', unit: 'requests' },
} as const
export type SignalName = keyof typeof SIGNALS

export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'unknown'] as const
export type StatusClass = (typeof STATUS_CLASSES)[number]

export interface Cell {
  /** Dense, from 0, never reused. */
  readonly cellId: number
  readonly tenantId: TenantId
  readonly signal: SignalName
  /**
   * The mapping row that the series came through, such as `otel-http-server`. One source a tenant
   * and signal is active; others are shadowed.
   */
  readonly source: string
  /** Only for `requests`. */
  readonly statusClass?: StatusClass
  /** Only for `duration`: observations at or below this bound, Infinity included. */
  readonly leSeconds?: number
  /**
   * Only for `duration`: the cells of one layout are the buckets of histograms with the same
   * bounds.
   */
  readonly layout?: string
}

/**
 * What counters gained since the last drain. Columns of equal use: entry i says that `cellIds[i]`
 * gained `amounts[i]` in the ten seconds (bucketEndsMs[i] - 10_000, bucketEndsMs[i]]. The arrays
 * are reused by the next drain.
 */
export interface Increments {
  count: number
  cellIds: Int32Array
  bucketEndsMs: Float64Array
  amounts: Float64Array
}

export const BUCKET_MS = 10_000
