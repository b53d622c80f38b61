/**
 * One load of past counts into a running server: what the server is asked first, how rows are sent,
 * and what becomes of them.
 */
import { createHash } from 'node:crypto'
import { isTenantryError } from '../../core/errors.ts'
import type { SloId, TenantId } from '../../core/ids.ts'
import { HOUR_MS, SECOND_MS } from '../../core/time.ts'
import {
  noPast,
  PAST_LEFT,
  sloBookOf,
  type Backfill,
  type Loadable,
  type PastOutcome,
  type PastRow,
  type SloBook,
  type SloBookSpec,
} from '../../domain/slo/slo.ts'
import type { AttributionRule, MappingRow } from '../../domain/tenants/tenants.ts'
import { systemClock } from '../../machinery/runtime/clock.ts'
import type { ReplayedTenant } from '../../replayed-metrics.ts'
import { readPages, type ApiClient } from './client.ts'
import { CLI_ERRORS } from './errors.ts'

/** Rows of one request: some hundred KiB of text. */
const ROWS_A_PART = 200
const MINUTES_A_PART = 20_000
/**
 * What the server counts as it comes may begin meanwhile: asked again for rows that end so late.
 */
const RECENT_MS = 2 * HOUR_MS
const TRIES = 6

/** What a server counts by. */
export interface ServerRules {
  readonly book: SloBook
  readonly tenants: readonly ReplayedTenant[]
  readonly attribution: readonly AttributionRule[]
  readonly mapping: readonly MappingRow[]
  /** Of all of it. */
  readonly digest: string
}

export async function readServerRules(client: ApiClient): Promise<ServerRules> {
  const { slos, overrides } = await client.get<SloBookSpec>('/api/v1/slo/book')
  const { rules } = await client.get<{ rules: AttributionRule[] }>('/api/v1/attribution')
  const { rows } = await client.get<{ rows: MappingRow[] }>('/api/v1/mapping')
  const pages = await readPages<ReplayedTenant>(client, '/api/v1/tenants', { state: 'active' })
  const tenants = pages
    .flatMap(({ items }) => items)
    .map(({ tenantId, tier, name, aliases }) => ({ tenantId, tier, name, aliases }))
  const digest = digestOf([slos, rules, rows, tenants])
  return {
    book: sloBookOf({ slos, overrides }),
    tenants,
    attribution: rules,
    mapping: rows,
    digest,
  }
}

export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)
}

/** Where the counts of each SLO end that may be loaded. */
export class LoadLimits {
  readonly #client: ApiClient
  #beforeMs = new Map<string, number>()

  constructor(client: ApiClient) {
    this.#client = client
  }

  async refresh(): Promise<void> {
    const pages = await readPages<Loadable & { tenantId: TenantId }>(
      this.#client,
      '/api/v1/slo/backfills/loadable',
    )
    this.#beforeMs = new Map(
      pages.flatMap(({ items }) =>
        items.map(({ tenantId, sloId, beforeMs }) => [`${tenantId} ${sloId}`, beforeMs]),
      ),
    )
  }

  /** The server says what it thinks of one that it did not tell of. */
  beforeMs(tenantId: TenantId, sloId: SloId): number {
    return this.#beforeMs.get(`${tenantId} ${sloId}`) ?? Infinity
  }
}

/** Sends rows in parts, each until it is answered. */
export class RowSender {
  readonly outcome: PastOutcome = noPast()
  readonly slos = new Set<string>()
  readonly tenants = new Set<string>()
  readonly #client: ApiClient
  readonly #load: Backfill
  readonly #limits: LoadLimits
  readonly #signal: AbortSignal
  #sentToMs: number

  constructor(parts: {
    client: ApiClient
    load: Backfill
    limits: LoadLimits
    signal: AbortSignal
  }) {
    this.#client = parts.client
    this.#load = parts.load
    this.#limits = parts.limits
    this.#signal = parts.signal
    this.#sentToMs = parts.load.readToMs
  }

  async send(rows: readonly PastRow[], readToMs: number): Promise<void> {
    // The server has them already, from before this load was broken off.
    if (readToMs <= this.#load.readToMs) return
    if (readToMs > systemClock().nowMs() - RECENT_MS) await this.#limits.refresh()
    const parts = [...partsOf(rows)]
    for (const [place, part] of parts.entries()) {
      const isLast = place === parts.length - 1
      const sent = await this.#post(part, isLast ? readToMs : this.#sentToMs)
      addTo(this.outcome, sent)
      for (const { tenantId, sloId } of part) {
        this.slos.add(sloId)
        this.tenants.add(tenantId)
      }
    }
    this.#sentToMs = readToMs
  }

  async #post(rows: readonly PastRow[], readToMs: number): Promise<PastOutcome> {
    const path = `/api/v1/slo/backfills/${this.#load.backfillId}/counts`
    for (let tries = 1; ; tries += 1) {
      this.#signal.throwIfAborted()
      try {
        return await this.#client.post(path, { rows, afterMs: this.#sentToMs, readToMs })
      } catch (error) {
        const isPassing = isTenantryError(error) && error.code === CLI_ERRORS.noServer.code
        if (!isPassing || tries === TRIES) throw error
        await systemClock().sleep(SECOND_MS * 2 ** (tries - 1))
      }
    }
  }
}

/** Tells whether an error says that the load has to be begun again: what was sent was lost. */
export function isBehind(error: unknown): boolean {
  return isTenantryError(error) && error.details['status'] === 409
}

/** Cuts rows into parts of a request each. */
function* partsOf(rows: readonly PastRow[]): Generator<readonly PastRow[]> {
  let part: PastRow[] = []
  let minutes = 0
  for (const row of rows) {
    if (part.length === ROWS_A_PART || minutes + row.totals.length > MINUTES_A_PART) {
      yield part
      part = []
      minutes = 0
    }
    part.push(row)
    minutes += row.totals.length
  }
  yield part
}

function addTo(sum: PastOutcome, more: PastOutcome): void {
  sum.loadedMinutes += more.loadedMinutes
  sum.total += more.total
  sum.bad += more.bad
  for (const reason of PAST_LEFT) sum.left[reason] += more.left[reason]
}

/** How far before what is wanted is read: series have to be known before they count. */
export const MARGIN_MS = HOUR_MS
