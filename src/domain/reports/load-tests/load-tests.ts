/** Records of load tests: kept, found, listed, and what was measured meanwhile. */
import { TenantryError } from '../../../core/errors.ts'
import type { TenantId } from '../../../core/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Access, Principal } from '../../access/access.ts'
import type { Tenants } from '../../tenants/tenants.ts'
import { REPORT_ERRORS } from '../errors.ts'
import { LOAD_TEST_LIMITS, REPORT_LIMITS } from '../limits.ts'
import { endedAtMs, partOf, runIdOf, type LoadTest, type LoadTestRecord } from './load-test.ts'
import { LoadTestStore } from './load-test-store.ts'
import { measuredIn, type Measured, type MeasuringDeps } from './measured.ts'

export interface LoadTestQuery {
  /** Only runs about this tenant. Null: all. */
  readonly tenantId: TenantId | null
  /** Half-open: runs that touch it. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface LoadTestPage {
  /** Newest first. */
  readonly items: readonly LoadTest[]
  readonly nextCursor: string | null
}

/** A tenant of a run, by the name that the test gave it. */
export interface MeasuredTenant {
  readonly tenant: string
  /** Null where the registry knows nobody of that name. */
  readonly tenantId: TenantId | null
  readonly measured: Measured | null
}

export interface LoadTests {
  /**
   * Keeps a run, with its entry in the audit log. One that is known already is told as it is kept.
   * Throws LOAD_TEST_CHANGED for a known run with other facts, LOAD_TEST_TIME for one that is not
   * over or of before what is kept.
   */
  record(
    record: LoadTestRecord,
    actor: Principal,
    nowMs: number,
  ): { readonly test: LoadTest; readonly isNew: boolean }
  /** Lists runs. Who is bound to a tenant gets that tenant's part of them. Throws
   *  LOAD_TEST_CURSOR. */
  list(query: LoadTestQuery, readerTenantId: TenantId | null): LoadTestPage
  /** Throws LOAD_TEST_NOT_FOUND: of another tenant's run, too. */
  get(runId: string, readerTenantId: TenantId | null): LoadTest
  /** Tells what was measured of each tenant of a run, over its span. */
  measured(test: LoadTest, nowMs: number): MeasuredTenant[]
  prune(nowMs: number): number
}

export interface LoadTestDeps extends MeasuringDeps {
  readonly db: Database
  readonly access: Access
  readonly tenants: Pick<Tenants, 'resolver' | 'get'>
}

export function openLoadTests(deps: LoadTestDeps): LoadTests {
  const { db, access, tenants } = deps
  const store = new LoadTestStore(db)
  const resolver = tenants.resolver()

  const shownTo = (test: LoadTest, readerTenantId: TenantId | null): LoadTest =>
    readerTenantId === null
      ? test
      : partOf(test, (name) => resolver.resolve(name) === readerTenantId)

  return {
    record(record, actor, nowMs) {
      const runId = runIdOf(record)
      const known = store.readAcrossTenants(runId)
      if (known !== undefined) {
        refuseChanged(known, record)
        return { test: known, isNew: false }
      }
      refuseTime(record, nowMs)
      const test = { runId, record, recordedAtMs: nowMs, recordedBy: actor.id }
      const tenantIds = record.plan.targets
        .map(({ tenant }) => resolver.resolve(tenant))
        .filter((tenantId) => tenantId !== undefined)
      inTransaction(db, () => {
        store.insertAcrossTenants(test, tenantIds)
        const { test: name, shape, startedAtMs, plan } = record
        access.audit.record(
          {
            actor,
            action: 'load-test.recorded',
            target: `load-test/${runId}`,
            tenantId: null,
            details: { test: name, shape, startedAtMs, targets: plan.targets.length },
          },
          nowMs,
        )
      })
      return { test, isNew: true }
    },
    list({ tenantId, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, cursor, limit }, reader) {
      const most = Math.min(limit, REPORT_LIMITS.pageSize)
      const { beforeMs, beforeId } = readCursor(cursor)
      const query = { fromMs, toMs, beforeMs, beforeId, limit: most + 1 }
      const found = tenantId === null ? store.pageAcrossTenants(query) : store.page(tenantId, query)
      const items = found.slice(0, most).map((test) => shownTo(test, reader))
      const last = items.at(-1)
      const isMore = found.length > most && last !== undefined
      return { items, nextCursor: isMore ? `${last.record.startedAtMs}~${last.runId}` : null }
    },
    get(runId, readerTenantId) {
      const test = store.readAcrossTenants(runId)
      const isOwn = readerTenantId === null || store.concerns(readerTenantId, runId)
      if (test !== undefined && isOwn) return shownTo(test, readerTenantId)
      const message = `there is no load test ${JSON.stringify(runId)}`
      throw new TenantryError(REPORT_ERRORS.LOAD_TEST_NOT_FOUND, message)
    },
    measured({ record }, nowMs) {
      const span = { fromMs: record.startedAtMs, toMs: endedAtMs(record) }
      return record.plan.targets.map(({ tenant }) => {
        const tenantId = resolver.resolve(tenant) ?? null
        const measured = tenantId && measuredIn(deps, tenantId, span, nowMs)
        return { tenant, tenantId, measured }
      })
    },
    prune: (nowMs) =>
      store.deleteAcrossTenants(nowMs - LOAD_TEST_LIMITS.keptMs, LOAD_TEST_LIMITS.runs),
  }
}

function refuseChanged(known: LoadTest, record: LoadTestRecord): void {
  const { runId: _, ...kept } = known.record
  const { runId: __, ...told } = record
  if (JSON.stringify(sorted(kept)) === JSON.stringify(sorted(told))) return
  const message = `recording a load test: ${known.runId} is known with other facts`
  throw new TenantryError(REPORT_ERRORS.LOAD_TEST_CHANGED, message)
}

/** Puts the fields of objects in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]))
}

function refuseTime(record: LoadTestRecord, nowMs: number): void {
  const isAhead = endedAtMs(record) > nowMs + LOAD_TEST_LIMITS.aheadMs
  if (!isAhead && record.startedAtMs >= nowMs - LOAD_TEST_LIMITS.keptMs) return
  const why = isAhead ? 'ends in the future' : 'is of before what is kept'
  throw new TenantryError(REPORT_ERRORS.LOAD_TEST_TIME, `recording a load test: it ${why}`, {
    details: { errors: [{ field: 'startedAtMs', message: why }] },
  })
}

function readCursor(cursor: string | undefined): { beforeMs: number; beforeId: string } {
  if (cursor === undefined) return { beforeMs: Number.MAX_SAFE_INTEGER, beforeId: '' }
  const [, atMs, runId] = /^(\d{1,16})~([\w-]{1,64})$/.exec(cursor) ?? []
  if (atMs !== undefined && runId !== undefined) return { beforeMs: Number(atMs), beforeId: runId }
  const message = 'listing load tests: cursor is not one of ours'
  throw new TenantryError(REPORT_ERRORS.LOAD_TEST_CURSOR, message)
}
