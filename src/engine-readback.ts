/** What rules in engines say of tenants that they decide on, as far as the program's construction
 *  goes: who they are, what is raised of them, and what is shown. */
import type { Condition } from './core/condition.ts'
import type { SloId, TenantId } from './core/ids.ts'
import type { Clock, Counters, Log } from './core/ports.ts'
import type { Alert } from './domain/incidents/incidents.ts'
import { promiseBookOf, type SloBookKeeper } from './domain/slo/slo.ts'
import type { Tenants } from './domain/tenants/tenants.ts'
import { openReadback, type RulerState } from './edges/engines/readback/readback.ts'
import { decidedBy, type RulerTenant } from './edges/engines/readback/ruler-conditions.ts'
import { decidedIn } from './edges/engines/rules/rule-sets.ts'
import type { RulerBody } from './edges/http/api/slo.schema.ts'
import type { Engines } from './engines.ts'

/** Rules are evaluated every minute; what they say is never older than that and half of it. */
export const READBACK_MS = 30_000

export interface EngineReadback {
  /** Asks the engines that decide. */
  read(): Promise<void>
  stop(): void
  /** See `Stages.decide`. */
  decide(
    conditions: readonly Condition[],
    firing: readonly Alert[],
    nowMs: number,
  ): readonly Condition[]
  /** Tells what a ruler says of an SLO. Null where none decides on it. */
  rulerOf(tenantId: TenantId, sloId: SloId): RulerBody | null
}

export function openEngineReadback(parts: {
  readonly engines: Engines
  readonly tenants: Pick<Tenants, 'get'>
  readonly sloBook: Pick<SloBookKeeper, 'spec' | 'version'>
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}): EngineReadback {
  const { engines, tenants, sloBook } = parts
  const readback = openReadback({
    ...parts,
    engines: () => engines.list(),
    tenantsOf: (engine) => engines.tenantsOf(engine, 'rules'),
    clientOf: (engine) => engines.clientOf(engine),
  })
  const decided = new Map<string, ReturnType<typeof decidedIn>>()
  let decidedAt = ''
  /** What the rules of an engine decide on, worked out again when either was configured anew. */
  const decidedOf = (name: string): ReturnType<typeof decidedIn> | undefined => {
    const at = `${engines.generation()}/${sloBook.version()}`
    if (at !== decidedAt) {
      decided.clear()
      const book = promiseBookOf(sloBook.spec())
      for (const engine of engines.list()) decided.set(engine.name, decidedIn(engine, book))
      decidedAt = at
    }
    return decided.get(name)
  }

  const rulerTenants = (): RulerTenant[] =>
    readback.tenantIds().flatMap((tenantId) => {
      const state = readback.stateOf(tenantId)
      const tenant = tenants.get(tenantId)
      const causes = state && decidedOf(state.engine)?.causes
      if (state === undefined || tenant === undefined || causes === undefined) return []
      return [{ tenantId, name: tenant.name, tier: tenant.tier, state, causes }]
    })

  return {
    read: () => readback.read(),
    stop: () => readback.stop(),
    decide: (conditions, firing, nowMs) => decidedBy(rulerTenants(), conditions, firing, nowMs),
    rulerOf(tenantId, sloId) {
      const state = readback.stateOf(tenantId)
      if (state === undefined || !decidedOf(state.engine)?.sloIds.has(sloId)) return null
      return rulerBody(state, sloId)
    },
  }
}

function rulerBody(state: RulerState, sloId: SloId): RulerBody {
  const { engine, says, heardAtMs, isSilent, failure } = state
  const burns = [...(says.burns.get(sloId) ?? [])].toSorted(([left], [right]) => left - right)
  return {
    engine,
    heardAtMs,
    isSilent,
    failure,
    budgetLeftRatio: says.budgetLeft.get(sloId) ?? null,
    burns: burns.map(([windowSeconds, burn]) => ({ windowSeconds, burn })),
    alerts: says.alerts
      .filter(({ slo }) => slo === sloId)
      .map(({ speed, action }) => ({ speed, action })),
  }
}
