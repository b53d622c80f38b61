/**
 * A cell is where the series of one tenant that mean the same are added up: all 5xx requests that
 * one source reports, or all requests that took at most 250 ms. Series feed cells; rollups, SLOs
 * and the exposition read cells. Cells are few (tens a tenant), series many.
 */
import type { TenantId } from '../../core/ids.ts'
import type { SignalName } from '../../core/names/signals.ts'
import type { RequestRefusal, StatusClass } from '../../core/names/status-classes.ts'

export {
  isRatioSignal,
  SIGNAL_NAMES,
  SIGNALS,
  type SignalName,
  type SignalRow,
} from '../../core/names/signals.ts'
export {
  REFUSALS,
  STATUS_CLASSES,
  type RequestRefusal,
  type StatusClass,
} from '../../core/names/status-classes.ts'

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
  /** Only of requests that were turned away, where their status tells: a part of the class. */
  readonly refusal?: RequestRefusal
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
  /** The gains of requests and of the durations next to a threshold once more, told apart. */
  byFacet?: FacetGains
}

/** One text a configured dimension, in their order; undefined where a series has none. */
export type DimensionValues = readonly (string | undefined)[]

/** What cells gained by facet, the series of one cell with the same values of all dimensions. */
export interface FacetGains extends Omit<Increments, 'byFacet'> {
  values: DimensionValues[]
}

export const BUCKET_MS = 10_000
