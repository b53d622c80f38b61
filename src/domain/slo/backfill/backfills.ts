/**
 * Loads of past counts: begun, gone on with, ended, with their entries in the audit log. What is
 * loaded stands in memory until a checkpoint has written it, so a load notes how far it came only
 * after one; one that was broken off is gone on with from there, by whoever begins the same again.
 */
import { TenantryError } from '../../../core/errors.ts'
import type { Counters } from '../../../core/ports.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Access, Principal } from '../../access/access.ts'
import { backfillBehind, SLO_ERRORS } from '../errors.ts'
import { BACKFILL_LIMITS, type Backfill, type BackfillRequest } from './backfill.ts'
import { BackfillStore } from './backfill-store.ts'
import { noPast, PAST_LEFT, type PastOutcome, type PastRow } from './past-counts.ts'

export interface Backfills {
  /** Shape: newest first, at most `BACKFILL_LIMITS.kept`. */
  all(): readonly Backfill[]
  /** Begins a load, or finds the one of the same digest that was broken off and reaches as far
   *  back. */
  begin(request: BackfillRequest, actor: Principal, nowMs: number): Backfill
  /**
   * Loads rows. Shape: each yield is a place to pause. Returns what became of them. Throws
   * SLO_BACKFILL_NOT_FOUND, and SLO_BACKFILL_BEHIND where what was sent before was lost.
   */
  load(backfillId: string, part: BackfillPart): Generator<void, PastOutcome>
  /** Tells whether so much waits to be written that a checkpoint has to come first. */
  isFull(): boolean
  /** Takes what was loaded so far. Returns what to call once a checkpoint that begins later has
   *  written it. */
  unwritten(): () => void
  /** Ends a load whose rows were written. Throws SLO_BACKFILL_NOT_FOUND. */
  end(backfillId: string, actor: Principal, nowMs: number): Backfill
}

export interface BackfillPart {
  readonly rows: readonly PastRow[]
  /** What was sent before reaches up to then, as far as the sender knows. */
  readonly afterMs: number
  /** The source was read up to then. */
  readonly readToMs: number
}

export interface BackfillDeps {
  readonly db: Database
  readonly access: Access
  readonly slo: { load(row: PastRow, outcome: PastOutcome): void }
  readonly counters: Counters
}

export function openBackfills({ db, access, slo, counters }: BackfillDeps): Backfills {
  const store = new BackfillStore(db)
  const all = store.newestAcrossTenants(BACKFILL_LIMITS.kept)
  /** What loads will be once it is written. */
  const waiting = new Map<string, Backfill>()
  let minutesOnTheWay = 0

  const placeOf = (backfillId: string): number => {
    const place = all.findIndex((each) => each.backfillId === backfillId)
    if (place >= 0) return place
    const message = `loading past counts: there is no load called ${backfillId}`
    throw new TenantryError(SLO_ERRORS.SLO_BACKFILL_NOT_FOUND, message)
  }
  const put = (backfill: Backfill): void => {
    all[placeOf(backfill.backfillId)] = backfill
  }
  const record = (action: 'begun' | 'ended', load: Backfill, actor: Principal, nowMs: number) => {
    const { backfillId, digest: _, ...details } = load
    const target = `slo-backfill/${backfillId}`
    access.audit.record(
      { actor, action: `slo-backfill.${action}`, target, tenantId: null, details },
      nowMs,
    )
  }

  return {
    all: () => all,
    begin(request, actor, nowMs) {
      const known = all.find(
        ({ digest, endedAtMs, fromMs }) =>
          digest === request.digest && endedAtMs === null && fromMs <= request.fromMs,
      )
      const backfill: Backfill =
        known === undefined ? begun(request, actor, nowMs) : { ...known, toMs: request.toMs }
      inTransaction(db, () => {
        if (known === undefined) {
          const oldest = all[BACKFILL_LIMITS.kept - 1]
          store.insertAcrossTenants(backfill, oldest === undefined ? 0 : oldest.begunAtMs + 1)
        } else store.updateAcrossTenants(backfill)
        record('begun', backfill, actor, nowMs)
      })
      if (known !== undefined) put(backfill)
      else all.unshift(backfill)
      all.splice(BACKFILL_LIMITS.kept)
      return backfill
    },
    *load(backfillId, { rows, afterMs, readToMs }) {
      const outcome = noPast()
      const before = waiting.get(backfillId) ?? all[placeOf(backfillId)]!
      if (afterMs > before.readToMs) throw backfillBehind(before.readToMs)
      for (const row of rows) {
        slo.load(row, outcome)
        minutesOnTheWay += row.totals.length
        yield
      }
      const load = waiting.get(backfillId) ?? all[placeOf(backfillId)]!
      const readTo = Math.max(load.readToMs, readToMs)
      waiting.set(backfillId, { ...load, readToMs: readTo, outcome: sumOf(load.outcome, outcome) })
      counters.add('tenantry_slo_backfill_minutes_total', outcome.loadedMinutes, {
        outcome: 'loaded',
      })
      for (const reason of PAST_LEFT) {
        counters.add('tenantry_slo_backfill_minutes_total', outcome.left[reason], {
          outcome: reason,
        })
      }
      return outcome
    },
    isFull: () => minutesOnTheWay > BACKFILL_LIMITS.minutesOnTheWay,
    unwritten() {
      const taken = [...waiting.values()]
      const minutes = minutesOnTheWay
      return () => {
        minutesOnTheWay -= minutes
        inTransaction(db, () => {
          for (const backfill of taken) store.updateAcrossTenants(backfill)
        })
        for (const backfill of taken) {
          put(backfill)
          if (waiting.get(backfill.backfillId) === backfill) waiting.delete(backfill.backfillId)
        }
      }
    },
    end(backfillId, actor, nowMs) {
      const backfill = { ...all[placeOf(backfillId)]!, endedAtMs: nowMs }
      inTransaction(db, () => {
        store.updateAcrossTenants(backfill)
        record('ended', backfill, actor, nowMs)
      })
      put(backfill)
      return backfill
    },
  }
}

function begun(request: BackfillRequest, actor: Principal, nowMs: number): Backfill {
  return {
    ...request,
    backfillId: `bf_${randomToken(9)}`,
    readToMs: request.fromMs,
    begunAtMs: nowMs,
    begunBy: actor.id,
    endedAtMs: null,
    outcome: noPast(),
  }
}

function sumOf(left: PastOutcome, right: PastOutcome): PastOutcome {
  const sum = noPast()
  for (const each of [left, right]) {
    sum.loadedMinutes += each.loadedMinutes
    sum.total += each.total
    sum.bad += each.bad
    for (const reason of PAST_LEFT) sum.left[reason] += each.left[reason]
  }
  return sum
}
