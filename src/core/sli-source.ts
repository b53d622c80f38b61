/**
 * Counts that somebody else keeps and the SLO engine judges: a source is a value that `app.ts`
 * hands to it. The engine asks again whenever it needs counts and keeps none of them, so what a
 * source corrects later is followed at once, and what the source keeps over a restart is exact
 * after it.
 */
import type { TenantId } from './ids.ts'

export interface SliCount {
  readonly good: number
  readonly total: number
}

/** Something of a tenant that runs against a limit, such as an impact that has not ended. */
export interface SliClock {
  readonly tenantId: TenantId
  /** Unique within the source. */
  readonly clockId: string
  readonly startedAtMs: number
  /** Since its start, whatever became of the wall clock. */
  readonly elapsedSeconds: number
  /** It is counted as bad once so much has passed. */
  readonly limitSeconds: number
}

export interface SliSource {
  /** What `source` of an SLO of kind `external` names. */
  readonly name: string
  /** What is counted, such as `impact`. */
  readonly one: string
  readonly many: string
  /**
   * Tells what a tenant counted between edges that follow each other, (edge, next edge] each. Each
   * thing is counted once, at the instant at which it was known to be good or bad. Shape: one less
   * than edges, which ascend, the last of which may be Infinity; zeros where nothing was counted.
   * Units: whole things. Cost: must be little, and read no disk: it is asked for every tenant.
   */
  counts(tenantId: TenantId, edgesMs: readonly number[]): readonly SliCount[]
  /** Lists what runs now. Shape: unsorted; empty for a source of which nothing ever does. */
  clocks(): readonly SliClock[]
}
