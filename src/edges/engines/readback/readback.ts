/**
 * What the rules of tenants say, for tenants whose engine decides: asked for again and again, and
 * kept as it was last. An answer in which the rules were not evaluated for long is silence, and so
 * is none at all.
 */
import type { TenantId } from '../../../core/ids.ts'
import type { Clock, Counters, Log } from '../../../core/ports.ts'
import { MINUTE_MS } from '../../../core/time.ts'
import { ENGINE_TYPES } from '../config-schema.ts'
import { callEngine } from '../engine-calls.ts'
import type { EngineClient } from '../engine-client.ts'
import type { Engine } from '../engine.ts'
import { inParallel } from '../rules/in-parallel.ts'
import { READBACK_QUERY, readRulerAnswer, type RulerSays } from './ruler-answer.ts'

/** Rules are evaluated every minute: so many were missed. */
export const SILENT_AFTER_MS = 5 * MINUTE_MS
const QUERIES_AT_ONCE = 8
const FAILURES_MAX = 3

/** What is known of one tenant's rules. */
export interface RulerState {
  readonly engine: string
  readonly says: RulerSays
  /** When the rules were evaluated last, as far as is known; null where never. */
  readonly heardAtMs: number | null
  readonly isSilent: boolean
  /** Since when it is silent, or since when it is waited for. */
  readonly sinceMs: number
  /** Why the last question was not answered; null where it was. */
  readonly failure: string | null
}

export interface Readback {
  /** Asks all engines that decide. Never rejects; what failed is said of the tenants. */
  read(): Promise<void>
  /** Hangs up. */
  stop(): void
  /** Tells what is known. Undefined for a tenant that is not decided on by a ruler. */
  stateOf(tenantId: TenantId): RulerState | undefined
  /** Shape: tenants that a ruler decides on, in no order. */
  tenantIds(): readonly TenantId[]
}

interface Kept {
  readonly engine: string
  readonly sinceMs: number
  says: RulerSays
  heardAtMs: number | null
  failure: string | null
}

const SAID_NOTHING: RulerSays = {
  heardAtMs: null,
  burns: new Map(),
  budgetLeft: new Map(),
  alerts: [],
}

export function openReadback(parts: {
  readonly engines: () => readonly Engine[]
  /** Those whose rules an engine has. */
  readonly tenantsOf: (engine: Engine) => readonly TenantId[]
  readonly clientOf: (engine: Engine) => EngineClient
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}): Readback {
  const { engines, tenantsOf, clientOf, clock, counters, log } = parts
  const kept = new Map<TenantId, Kept>()
  const aborter = new AbortController()

  /** Follows who is decided on by whom; one that is new is waited for from now on. */
  const follow = (): Map<Engine, readonly TenantId[]> => {
    const deciding = engines().filter(({ evaluator, query }) => evaluator === 'ruler' && query)
    const byEngine = new Map(deciding.map((engine) => [engine, tenantsOf(engine)]))
    const current = new Map(
      [...byEngine].flatMap(([{ name }, ids]) => ids.map((tenantId) => [tenantId, name])),
    )
    for (const tenantId of kept.keys()) if (!current.has(tenantId)) kept.delete(tenantId)
    for (const [tenantId, engine] of current) {
      if (kept.get(tenantId)?.engine === engine) continue
      const sinceMs = clock.nowMs()
      kept.set(tenantId, { engine, sinceMs, says: SAID_NOTHING, heardAtMs: null, failure: null })
    }
    return byEngine
  }

  const take = (tenantIds: readonly TenantId[], text: string): void => {
    const said = readRulerAnswer(text)
    for (const tenantId of tenantIds) {
      const own = kept.get(tenantId)
      if (own === undefined) continue
      own.says = said.get(tenantId) ?? SAID_NOTHING
      own.heardAtMs = own.says.heardAtMs ?? own.heardAtMs
      own.failure = null
    }
  }

  const ask = async (engine: Engine, tenantIds: readonly TenantId[]): Promise<void> => {
    const shared = ENGINE_TYPES[engine.type].tenancy === 'none'
    const said = await callEngine(
      { client: clientOf(engine), clock },
      {
        method: 'POST',
        url: `${engine.query!.url}/api/v1/query`,
        // Federated: several ids in one header. Source: Grafana Mimir, "Tenant federation".
        tenantId: shared ? undefined : (tenantIds.join('|') as TenantId),
        signal: aborter.signal,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ query: READBACK_QUERY }).toString(),
      },
    )
    take(tenantIds, said.body)
  }

  const readEngine = async (engine: Engine, tenantIds: readonly TenantId[]): Promise<void> => {
    // All are in one place, or each is asked for alone.
    const shared = ENGINE_TYPES[engine.type].tenancy === 'none'
    const size = engine.query?.tenantsPerQuery ?? 1
    const questions = shared ? [tenantIds] : inChunks(tenantIds, size)
    let inARow = 0
    let last = ''
    await inParallel(questions, QUERIES_AT_ONCE, async (some) => {
      try {
        if (inARow >= FAILURES_MAX) throw new Error(last)
        await ask(engine, some)
        inARow = 0
        counters.add('tenantry_engine_readbacks_total', 1, { outcome: 'ok' })
      } catch (error) {
        inARow += 1
        last = (error as Error).message
        for (const tenantId of some) fail(kept.get(tenantId), last)
        counters.add('tenantry_engine_readbacks_total', 1, { outcome: 'failed' })
      }
    })
    if (last !== '') log.warn({ engine: engine.name, why: last }, 'a ruler could not be asked')
  }

  const stateOf = (tenantId: TenantId): RulerState | undefined => {
    const own = kept.get(tenantId)
    if (own === undefined) return undefined
    const sinceMs = own.heardAtMs ?? own.sinceMs
    return { ...own, sinceMs, isSilent: clock.nowMs() - sinceMs > SILENT_AFTER_MS }
  }
  counters.gauge(
    'tenantry_engine_rulers_silent',
    () => [...kept.keys()].filter((tenantId) => stateOf(tenantId)?.isSilent).length,
  )

  return {
    async read() {
      const asked = [...follow()].map(([engine, tenantIds]) => readEngine(engine, tenantIds))
      await Promise.all(asked)
    },
    stop: () => aborter.abort(),
    stateOf,
    tenantIds: () => [...kept.keys()],
  }
}

function inChunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

function fail(own: Kept | undefined, why: string): void {
  if (own !== undefined) own.failure = why
}
