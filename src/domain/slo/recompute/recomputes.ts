/**
 * The pasts that were counted again, each with its entries in the tenant's audit log: what counts
 * were before is on record before the first of them is replaced. One that was broken off is gone on
 * with by whoever asks for the same SLO again, and keeps what it was at its begin.
 */
import type { SloId, TenantId } from '../../../core/ids.ts'
import type { Counters } from '../../../core/ports.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Access, Principal } from '../../access/access.ts'
import {
  RECOMPUTE_LIMITS,
  type Recompute,
  type RecomputedStatus,
  type SloRecount,
} from './recompute.ts'
import { RecomputeStore, type LatestRecompute } from './recompute-store.ts'

export interface Recomputes {
  /** Shape: newest first; of one tenant, or of all for null. */
  list(tenantId: TenantId | null): readonly Recompute[]
  /** Tells what figures say. Null where nothing was counted again. */
  statusOf(tenantId: TenantId, sloId: SloId): RecomputedStatus | null
  /** Finds one that was begun and did not end. */
  open(tenantId: TenantId, sloId: SloId): Recompute | null
  /** Notes what will be replaced, and by whom and why. Goes on with one that did not end. */
  begin(planned: readonly PlannedRecount[], why: RecomputeWhy, nowMs: number): Recompute[]
  /** Notes what was replaced, once it is on disk. Shape: without those that somebody else ended. */
  end(done: readonly PlannedRecount[], actor: Principal, nowMs: number): Recompute[]
}

export interface PlannedRecount {
  readonly tenantId: TenantId
  readonly sloId: SloId
  readonly recount: SloRecount
}

export interface RecomputeWhy {
  readonly actor: Principal
  readonly reason: string
}

export interface RecomputesDeps {
  readonly db: Database
  readonly access: Access
  readonly counters: Counters
}

export function openRecomputes({ db, access, counters }: RecomputesDeps): Recomputes {
  const store = new RecomputeStore(db)
  const latest = new Map<string, LatestRecompute>()
  for (const each of store.latestAcrossTenants()) latest.set(keyOf(each), each)

  const openOne = (tenantId: TenantId, sloId: SloId): Recompute | null => {
    const known = latest.get(keyOf({ tenantId, sloId }))
    if (known?.endedAtMs !== null) return null
    return store.read(tenantId, known) ?? null
  }
  const write = (
    recomputes: readonly Recompute[],
    action: 'slo-recompute.begun' | 'slo-recompute.ended',
    actor: Principal,
    nowMs: number,
  ): void => {
    inTransaction(db, () => {
      for (const { tenantId, ...row } of recomputes) {
        store.put(tenantId, row, RECOMPUTE_LIMITS.keptEach)
        const target = `slo-recompute/${row.recomputeId}`
        access.audit.record({ actor, action, target, tenantId, details: detailsOf(row) }, nowMs)
      }
    })
    for (const each of recomputes) latest.set(keyOf(each), latestOf(each))
  }

  return {
    list: (tenantId) =>
      tenantId === null
        ? store.newestAcrossTenants(RECOMPUTE_LIMITS.listed)
        : store.newest(tenantId, RECOMPUTE_LIMITS.listed),
    statusOf(tenantId, sloId) {
      const known = latest.get(keyOf({ tenantId, sloId }))
      if (known === undefined) return null
      const { begunAtMs, endedAtMs, begunBy: by, reason, fromMs, toMs } = known
      return {
        atMs: endedAtMs ?? begunAtMs,
        by,
        reason,
        fromMs,
        toMs,
      }
    },
    open: openOne,
    begin(planned, { actor, reason }, nowMs) {
      const begun = planned.map(
        ({ tenantId, sloId, recount }): Recompute =>
          openOne(tenantId, sloId) ?? {
            recomputeId: `rc_${randomToken(9)}`,
            tenantId,
            sloId,
            reason,
            begunAtMs: nowMs,
            begunBy: actor.id,
            endedAtMs: null,
            recount,
          },
      )
      write(begun, 'slo-recompute.begun', actor, nowMs)
      return begun
    },
    end(done, actor, nowMs) {
      const ended = done.flatMap(({ tenantId, sloId, recount }): Recompute[] => {
        const known = openOne(tenantId, sloId)
        // Who asked for the same at the same time has ended it.
        if (known === null) return []
        return [{ ...known, endedAtMs: nowMs, recount: joined(known.recount, recount) }]
      })
      write(ended, 'slo-recompute.ended', actor, nowMs)
      counters.add('tenantry_slo_recomputed_hours_total', hoursOf(ended))
      return ended
    },
  }
}

/** What an audit entry says: the hours one by one once, before they are replaced. */
function detailsOf(row: Omit<Recompute, 'tenantId'>): Record<string, unknown> {
  const { recomputeId: _, ...details } = row
  if (row.endedAtMs === null) return details
  const { hours, ...recount } = row.recount
  return { ...details, recount: { ...recount, hours: hours.length } }
}

function latestOf({ recount: { fromMs, toMs }, ...rest }: Recompute): LatestRecompute {
  return { ...rest, fromMs, toMs }
}

/** Puts together what was planned and what was done: hours that were replaced before it was broken
 *  off are in the plan alone. */
function joined(planned: SloRecount, done: SloRecount): SloRecount {
  const hours = new Map(planned.hours.map((hour) => [hour.hourEndMs, hour]))
  for (const hour of done.hours) {
    const before = hours.get(hour.hourEndMs)?.before ?? hour.before
    hours.set(hour.hourEndMs, { ...hour, before })
  }
  const all = [...hours.values()].toSorted((one, other) => one.hourEndMs - other.hourEndMs)
  const before = { ...done.after }
  for (const hour of all) {
    before.total -= hour.after.total - hour.before.total
    before.bad -= hour.after.bad - hour.before.bad
  }
  return { ...done, before, hours: all }
}

function hoursOf(recomputes: readonly Recompute[]): number {
  return recomputes.reduce((sum, { recount }) => sum + recount.hours.length, 0)
}

function keyOf({ tenantId, sloId }: Pick<Recompute, 'tenantId' | 'sloId'>): string {
  return `${tenantId} ${sloId}`
}
