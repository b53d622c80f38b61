/**
 * Deletes what is kept no longer, a slice of rows at a time: each is a short transaction of its
 * own, so that a checkpoint never waits long for the writer.
 */
import type { TenantId } from '../../core/ids.ts'
import type { Counters } from '../../core/ports.ts'
import { keptFromMs, type KeptDays, type StoredResolution } from './retention.ts'
import type { MetricStore, OldKind, OldRows } from './store.ts'

export interface ExpireParts {
  readonly tenantIds: () => readonly TenantId[]
  readonly keptDays: (tenantId: TenantId) => KeptDays
  readonly store: Pick<MetricStore, 'readOld' | 'deleteOldAcrossTenants'>
  readonly counters: Counters
}

/** What goes, and which resolution says when. */
const EXPIRES: readonly (readonly [OldKind, StoredResolution])[] = [
  ['minute', 'minute'],
  ['hour', 'hour'],
  ['day', 'day'],
  ['received', 'day'],
]
/** Deleting 500 rows takes the writer about 10 ms. */
const ROWS_A_SLICE = 500
/** Tenants looked at before other work gets a turn. */
const TENANTS_A_STEP = 50

/** Yields after every slice. Returns how many rows were deleted. */
export async function* expire(parts: ExpireParts, nowMs: number): AsyncGenerator<void, number> {
  let deleted = 0
  let slice: OldRows[] = []
  const flush = async (): Promise<void> => {
    await parts.store.deleteOldAcrossTenants(slice)
    for (const old of slice) count(parts.counters, old)
    deleted += rowsOf(slice)
    slice = []
  }
  for (const [index, tenantId] of parts.tenantIds().entries()) {
    if (index % TENANTS_A_STEP === TENANTS_A_STEP - 1) yield
    const kept = parts.keptDays(tenantId)
    for (const [what, resolution] of EXPIRES) {
      const beforeMs = keptFromMs(kept, resolution, nowMs)
      for (;;) {
        const old = parts.store.readOld(tenantId, what, beforeMs, ROWS_A_SLICE)
        if (old === null) break
        slice.push(old)
        if (rowsOf(slice) < ROWS_A_SLICE) break
        await flush()
        yield
      }
    }
  }
  if (slice.length > 0) await flush()
  return deleted
}

function rowsOf(slice: readonly OldRows[]): number {
  return slice.reduce((sum, { rows }) => sum + rows, 0)
}

function count(counters: Counters, { what, rows, bytes }: OldRows): void {
  counters.add('tenantry_rollup_deleted_rows_total', rows, { what })
  counters.add('tenantry_rollup_deleted_bytes_total', bytes, { what })
}
