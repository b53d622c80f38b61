/** Rules in engines, as far as the program's construction goes: what shall be there, and where. */
import type { Clock, Counters, Log } from './core/ports.ts'
import { promiseBookOf } from './domain/slo/slo.ts'
import type { Engine, EngineRules } from './edges/engines/engine.ts'
import { openDirectoryPlace } from './edges/engines/rules/directory-place.ts'
import { openRuleDesk, type RuleDesk } from './edges/engines/rules/rule-desk.ts'
import type { RulePlace } from './edges/engines/rules/rule-place.ts'
import { ruleSetSteps } from './edges/engines/rules/rule-sets.ts'
import { openRulerPlace } from './edges/engines/rules/ruler-place.ts'
import type { Engines } from './engines.ts'
import type { Database } from './machinery/storage/database.ts'
import type { Domain } from './open-domain.ts'

/** Opens the rules of engines. */
export function openEngineRules(parts: {
  readonly engines: Engines
  readonly domain: Pick<Domain, 'access' | 'sloBook' | 'tenants'>
  readonly control: Database
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}): RuleDesk {
  const { engines, domain, control, clock, counters, log } = parts

  return openRuleDesk({
    db: control,
    access: domain.access,
    clock,
    counters,
    log,
    placeOf: (engine, rules) => placeOf({ engines, clock }, engine, rules),
    setsOf: (engine) =>
      ruleSetSteps({
        engine,
        tenants: engines.tenantsOf(engine, 'rules').map((tenantId) => ({
          tenantId,
          tier: domain.tenants.get(tenantId)!.tier,
        })),
        book: promiseBookOf(domain.sloBook.spec()),
        accountOf: (tenantId) => engines.accounts.accountOf(tenantId),
        nowMs: clock.nowMs(),
      }),
  })
}

/** Opens the place where an engine has its rules. */
export function placeOf(
  { engines, clock }: { readonly engines: Engines; readonly clock: Clock },
  engine: Engine,
  { place, maxGroups }: EngineRules,
): RulePlace {
  const client = engines.clientOf(engine)
  if (place.kind === 'ruler') {
    const type = engine.type === 'cortex' ? 'cortex' : 'mimir'
    return openRulerPlace({ client, clock, type, url: place.url, maxGroups })
  }
  const { path: directory, reloadUrl } = place
  return openDirectoryPlace({ client, clock, directory, reloadUrl })
}
