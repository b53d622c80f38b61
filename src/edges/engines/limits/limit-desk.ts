/** The door of limits: what tenants shall be allowed in an engine, and what they are. */
import { TenantryError } from '../../../core/errors.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { Clock } from '../../../core/ports.ts'
import { ENGINE_TYPES } from '../config-schema.ts'
import type { EngineClient } from '../engine-client.ts'
import type { Engine } from '../engine.ts'
import { ENGINE_ERRORS } from '../errors.ts'
import {
  limitDifferences,
  limitOverrides,
  overridesText,
  type LimitDifference,
  type LimitedTenant,
  type LimitRow,
} from './limit-overrides.ts'
import { readRunningLimits, type RunningLimits } from './running-limits.ts'

export interface TenantLimits {
  readonly tenantId: TenantId
  readonly limits: LimitRow
  /** `unknown`: the engine was not asked. */
  readonly state: 'same' | 'differs' | 'unknown'
  readonly differences: readonly LimitDifference[]
}

export interface EngineLimitsView {
  readonly engine: string
  /** The runtime file, as it shall be. */
  readonly text: string
  /** What told the limits that run; null where the engine was not asked. */
  readonly source: RunningLimits['source'] | null
  readonly items: readonly TenantLimits[]
}

export interface LimitDesk {
  /** Works out the limits of an engine's tenants, and with `drift` asks for those that run. Rejects
   *  with ENGINE_NO_LIMITS, ENGINE_REFUSED, OUTBOUND_*. */
  view(engine: Engine, drift: boolean): Promise<EngineLimitsView>
}

export function openLimitDesk(parts: {
  readonly clock: Clock
  readonly clientOf: (engine: Engine) => EngineClient
  readonly tenantsOf: (engine: Engine) => readonly LimitedTenant[]
}): LimitDesk {
  const { clock, clientOf, tenantsOf } = parts
  return {
    async view(engine, drift) {
      if (ENGINE_TYPES[engine.type].tenancy !== 'header') {
        const message = `${engine.name}: ${engine.type} has no limits of tenants to be set`
        throw new TenantryError(ENGINE_ERRORS.noLimits, message)
      }
      const overrides = limitOverrides(engine, tenantsOf(engine))
      const tenantIds = [...overrides.keys()]
      const running = drift
        ? await readRunningLimits({ client: clientOf(engine), clock }, tenantIds)
        : null
      const items = [...overrides].map(([tenantId, limits]): TenantLimits => {
        if (running === null) return { tenantId, limits, state: 'unknown', differences: [] }
        const differences = limitDifferences(limits, running.byTenant.get(tenantId) ?? {})
        return {
          tenantId,
          limits,
          differences,
          state: differences.length === 0 ? 'same' : 'differs',
        }
      })
      const text = overridesText(engine.name, overrides)
      return { engine: engine.name, text, source: running?.source ?? null, items }
    },
  }
}
