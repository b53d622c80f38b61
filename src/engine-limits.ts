/** Limits of tenants in engines, as far as the program's construction goes: whose quotas they are
 *  from. */
import type { Clock } from './core/ports.ts'
import { quotasOf, type Tenants } from './domain/tenants/tenants.ts'
import { openLimitDesk, type LimitDesk } from './edges/engines/limits/limit-desk.ts'
import type { Engines } from './engines.ts'

export function openEngineLimits(parts: {
  readonly engines: Engines
  readonly tenants: Pick<Tenants, 'get'>
  readonly clock: Clock
}): LimitDesk {
  const { engines, tenants, clock } = parts
  return openLimitDesk({
    clock,
    clientOf: (engine) => engines.clientOf(engine),
    tenantsOf: (engine) => {
      const purpose = engine.limits !== undefined ? 'limits' : engine.write ? 'write' : 'rules'
      return engines.tenantsOf(engine, purpose).map((tenantId) => {
        const tenant = tenants.get(tenantId)!
        return { tenantId, tier: tenant.tier, ingest: quotasOf(tenant).ingest }
      })
    },
  })
}
