/**
 * A cell is where the series of one tenant that mean the same are added up: all 5xx requests that
 * one source reports, or all requests that took at most 250 ms. Series feed cells; rollups, SLOs
 * and the exposition read cells. Cells are few (tens a tenant), series many.
 */
import type { TenantId } from '../../core/ids.ts'

export interface SignalRow {
  /** A count that only rises, or a present value. */
  readonly kind: 'counter' | 'gauge'
  readonly unit: string
  /** What else tells the cells of the signal apart: a status class, or the bound of a bucket. */
  readonly by?: 'status' | 'bucket'
}

/**
 * The measures that Tenantry knows, with the unit that each is kept in. The guide's list:
 * utilisation, performance, user experience. Dependency calls are those that a tenant's services
 * make themselves, of databases, other services and queues: never part of what they serve. A user's
 * duration is what a browser or another client at the user's end measured.
 */
export const SIGNALS = {
  requests: { kind: 'counter', unit: 'requests', by: 'status' },
  duration: { kind: 'counter', unit: 'requests', by: 'bucket' },
  duration_sum: { kind: 'counter', unit: 'seconds' },
  active_requests: { kind: 'gauge', unit: 'requests' },
  api_calls: { kind: 'counter', unit: 'calls' },
  probes: { kind: 'counter', unit: 'probes', by: 'status' },
  user_duration: { kind: 'counter', unit: 'observations', by: 'bucket' },
  user_duration_sum: { kind: 'counter', unit: 'seconds' },
  active_users: { kind: 'gauge', unit: 'users' },
  dependency_calls: { kind: 'counter', unit: 'calls', by: 'status' },
  dependency_duration_sum: { kind: 'counter', unit: 'seconds' },
  cpu: { kind: 'counter', unit: 'seconds' },
  memory: { kind: 'gauge', unit: 'bytes' },
  storage: { kind: 'gauge', unit: 'bytes' },
  network_in: { kind: 'counter', unit: 'bytes' },
  network_out: { kind: 'counter', unit: 'bytes' },
} as const satisfies Readonly<Record<string, SignalRow>>
export type SignalName = keyof typeof SIGNALS
export const SIGNAL_NAMES = Object.keys(SIGNALS) as SignalName[]

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
  /** Only of signals by status. A probe that succeeded is 2xx, one that failed 5xx. */
  readonly statusClass?: StatusClass
  /** Only of signals by bucket: observations at or below this bound, Infinity included. */
  readonly leSeconds?: number
  /**
   * Only of signals by bucket: the cells of one layout are the buckets of histograms with the same
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
