/**
 * Which impacts tenants had and have. They follow the alerts within the transaction that turns
 * them: when that is rolled back, the index is filled anew from the rows, as that of alerts is.
 */
import { TenantryError } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Database } from '../../machinery/storage/database.ts'
import type { Alert } from './alert.ts'
import { INCIDENT_ERRORS } from './errors.ts'
import { continues, impactOpened, outcomeOf, type Impact, type ImpactOutcome } from './impact.ts'
import { ImpactIndex } from './impact-index.ts'
import { ImpactStore, type ImpactPosition } from './impact-store.ts'
import { IMPACT_LIMITS } from './limits.ts'

/** Tells whether an alert that pages is about a tenant's users being let down. */
export type IsImpact = (alert: Pick<Alert, 'tenantId' | 'source' | 'key' | 'labels'>) => boolean

export interface ImpactView extends Impact {
  readonly outcome: ImpactOutcome
  readonly limitMs: number
}

export interface ImpactQuery {
  readonly tenantId?: TenantId | undefined
  /** Open ones alone, or ended ones alone. */
  readonly isOpen?: boolean | undefined
  readonly cursor?: string | null | undefined
  /** At most 500. */
  readonly limit: number
}

export interface ImpactPage {
  /** Newest first. */
  readonly items: readonly ImpactView[]
  readonly nextCursor: string | null
}

/** When an impact was after all: an alert may begin later and end later than what it tells of. */
export interface Redating {
  readonly openedAtMs: number
  readonly endedAtMs: number
  readonly reason: string
}

/** A storm's do not fall due together. */
const WRITTEN_AT_ONCE = 64

interface ImpactParts {
  readonly db: Database
  readonly monotonicMs: () => number
  readonly isImpact: IsImpact
}

export class Impacts {
  readonly #store: ImpactStore
  readonly #index: ImpactIndex
  readonly #isImpact: IsImpact
  #isLoaded = false
  /** Nothing was followed since the start. */
  #isFirst = true

  constructor({ db, monotonicMs, isImpact }: ImpactParts) {
    this.#store = new ImpactStore(db)
    this.#index = new ImpactIndex(monotonicMs)
    this.#isImpact = isImpact
  }

  /** Fills the index anew at the next use: rows may not be what was last written. */
  distrust(): void {
    this.#isLoaded = false
  }

  /** Opens and ends impacts of tenants whose alerts may have turned, so that they are those of the
   *  alerts that fire. Call it within the transaction that turned these. Cost: a look at every
   *  alert of these tenants that fires; the first time, and after a distrust, of all tenants. */
  follow(
    turned: ReadonlySet<TenantId>,
    firing: (tenantId?: TenantId) => Iterable<Alert>,
    nowMs: number,
  ): void {
    const isWhole = this.#isFirst || !this.#isLoaded
    const index = this.#loaded(nowMs)
    if (isWhole) {
      const open = index.openAcrossTenants().map(({ tenantId }) => tenantId)
      this.#agree(open, this.#pages(firing()), nowMs)
    } else {
      for (const tenantId of turned) {
        this.#agree([tenantId], this.#pages(firing(tenantId)), nowMs)
      }
    }
    this.#isFirst = false
    for (const impact of index.takeUnwritten(IMPACT_LIMITS.refreshEveryMs, WRITTEN_AT_ONCE)) {
      this.#store.put(impact.tenantId, impact, nowMs)
    }
  }

  /** Ends the open impacts of those tenants that nobody is paged for, and opens those of pages. */
  #agree(tenants: Iterable<TenantId>, pages: ReadonlyMap<TenantId, number>, nowMs: number): void {
    const index = this.#loaded(nowMs)
    for (const tenantId of tenants) {
      const open = pages.has(tenantId) ? undefined : index.open(tenantId)
      if (open !== undefined) this.#save({ ...open, endedAtMs: nowMs }, nowMs)
    }
    for (const [tenantId, firedAtMs] of pages) {
      if (index.open(tenantId) === undefined) this.#begin(tenantId, firedAtMs, nowMs)
    }
  }

  /** Tells when the first page of each tenant fired. */
  #pages(firing: Iterable<Alert>): ReadonlyMap<TenantId, number> {
    const pages = new Map<TenantId, number>()
    for (const alert of firing) {
      if (alert.action !== 'page' || !this.#isImpact(alert)) continue
      const { tenantId, firedAtMs } = alert
      pages.set(tenantId, Math.min(firedAtMs, pages.get(tenantId) ?? Infinity))
    }
    return pages
  }

  #begin(tenantId: TenantId, firedAtMs: number, nowMs: number): void {
    const last = this.#index.lastEnded(tenantId)
    if (last !== undefined && continues(last, nowMs)) {
      const betweenMs = Math.max(0, nowMs - last.endedAtMs!)
      const elapsedMs = last.elapsedMs + betweenMs
      return this.#save({ ...last, endedAtMs: null, elapsedMs }, nowMs)
    }
    // An alert that fired before anybody kept impacts has held for a while.
    const openedAtMs = this.#isFirst ? Math.min(nowMs, firedAtMs) : nowMs
    const elapsedMs = nowMs - openedAtMs
    this.#save({ ...impactOpened(tenantId, openedAtMs), elapsedMs }, nowMs)
  }

  #save(impact: Impact, nowMs: number): void {
    this.#index.put(impact)
    this.#store.put(impact.tenantId, impact, nowMs)
  }

  /** Tells what an impact is with other dates. Throws IMPACT_NOT_FOUND, IMPACT_DATES. */
  redated(impactId: string, { openedAtMs, endedAtMs }: Redating, nowMs: number): Impact {
    this.#loaded(nowMs)
    const found = this.#store.byIdAcrossTenants(impactId)
    if (found === undefined) {
      const message = `there is no impact ${JSON.stringify(impactId)}`
      throw new TenantryError(INCIDENT_ERRORS.IMPACT_NOT_FOUND, message)
    }
    if (found.endedAtMs === null) refuseDates(impactId, 'it has not ended')
    if (endedAtMs < openedAtMs) refuseDates(impactId, 'it would end before it began')
    if (endedAtMs > nowMs) refuseDates(impactId, 'it would end in the future')
    const { tenantId } = found
    const elapsedMs = endedAtMs - openedAtMs
    return { impactId, tenantId, openedAtMs, endedAtMs, elapsedMs }
  }

  /** Keeps an impact as it is after all. Call it within a transaction. */
  write(impact: Impact, nowMs: number): void {
    this.#save(impact, nowMs)
  }

  /** Shape: oldest first. */
  of(tenantId: TenantId, nowMs: number): Impact[] {
    return this.#loaded(nowMs).of(tenantId)
  }

  openAcrossTenants(nowMs: number): Impact[] {
    return this.#loaded(nowMs).openAcrossTenants()
  }

  /** Throws IMPACT_CURSOR. */
  list({ tenantId, isOpen, cursor, limit }: ImpactQuery, nowMs: number): ImpactPage {
    const most = Math.min(limit, IMPACT_LIMITS.pageSize)
    const query = { isOpen: isOpen ?? null, before: readCursor(cursor), limit: most + 1 }
    const rows =
      tenantId === undefined
        ? this.#store.pageAcrossTenants(query)
        : this.#store.page(tenantId, query)
    const page = rows.slice(0, most).map((row) => viewOf(this.#current(row, nowMs)))
    const last = rows.length > most ? page.at(-1) : undefined
    const nextCursor = last === undefined ? null : `${String(last.openedAtMs)}-${last.impactId}`
    return { items: page, nextCursor }
  }

  /** Rows say how long an open impact had lasted a while ago. */
  #current(impact: Impact, nowMs: number): Impact {
    const open = this.#loaded(nowMs).open(impact.tenantId)
    return open?.impactId === impact.impactId ? open : impact
  }

  /** Deletes impacts that ended longer ago than they are kept. Answers how many. */
  prune(nowMs: number): number {
    const deleted = this.#store.deleteEndedAcrossTenants(nowMs - IMPACT_LIMITS.keepEndedMs)
    if (deleted > 0) this.distrust()
    return deleted
  }

  #loaded(nowMs: number): ImpactIndex {
    if (!this.#isLoaded) this.#index.load(this.#store.allAcrossTenants(), nowMs)
    this.#isLoaded = true
    return this.#index
  }
}

/** Tells an impact with what it counts as. */
export function viewOf(impact: Impact): ImpactView {
  const limitMs = IMPACT_LIMITS.recoveredWithinMs
  return { ...impact, outcome: outcomeOf(impact, limitMs), limitMs }
}

function readCursor(cursor: string | null | undefined): ImpactPosition | null {
  if (cursor === null || cursor === undefined) return null
  const match = /^(\d{1,16})-(imp_[0-9a-f]{24})$/.exec(cursor)
  if (match === null) {
    const message = 'listing impacts: cursor is not one of ours'
    throw new TenantryError(INCIDENT_ERRORS.IMPACT_CURSOR, message)
  }
  return { openedAtMs: Number(match[1]), impactId: match[2]! }
}

function refuseDates(impactId: string, why: string): never {
  throw new TenantryError(INCIDENT_ERRORS.IMPACT_DATES, `redating ${impactId}: ${why}`)
}
