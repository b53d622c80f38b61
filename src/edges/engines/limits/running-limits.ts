/**
 * Which limits an engine applies to tenants now. Source: Grafana Mimir, "HTTP API: Runtime
 * Configuration, Get tenant limits"; Cortex, "HTTP API: Runtime Configuration, Overrides".
 */
import { parse } from 'yaml'
import { TenantryError } from '../../../core/errors.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { Clock } from '../../../core/ports.ts'
import { callEngine } from '../engine-calls.ts'
import type { EngineClient } from '../engine-client.ts'
import type { Engine } from '../engine.ts'
import { ENGINE_ERRORS } from '../errors.ts'

export interface RunningLimits {
  /** What told them. */
  readonly source: 'runtime_config' | 'user_limits' | 'user-overrides'
  /** Of tenants that have any of their own. */
  readonly byTenant: ReadonlyMap<TenantId, Readonly<Record<string, unknown>>>
}

const NOT_FOUND = 404
/** Asks at once, where tenants are asked for one by one. */
const ASKED_AT_ONCE = 8

/**
 * Asks for them: the runtime configuration, which has those of all tenants, or where the engine has
 * none of it each tenant's own. Rejects with ENGINE_REFUSED where it tells neither.
 */
export async function readRunningLimits(
  parts: { readonly client: EngineClient; readonly clock: Clock },
  tenantIds: readonly TenantId[],
): Promise<RunningLimits> {
  const base = serverOf(parts.client.engine)
  const url = `${base}/runtime_config`
  const said = await callEngine(parts, { method: 'GET', url }, [NOT_FOUND])
  if (said.status !== NOT_FOUND) {
    const { overrides } = (readYaml(said.body, parts.client) ?? {}) as { overrides?: unknown }
    const rows = Object.entries((overrides ?? {}) as Record<string, Record<string, unknown>>)
    return { source: 'runtime_config', byTenant: new Map(rows as [TenantId, object][]) as never }
  }
  return readOneByOne(parts, base, tenantIds)
}

async function readOneByOne(
  parts: { readonly client: EngineClient; readonly clock: Clock },
  base: string,
  tenantIds: readonly TenantId[],
): Promise<RunningLimits> {
  const isCortex = parts.client.engine.type === 'cortex'
  const source = isCortex ? 'user-overrides' : 'user_limits'
  const byTenant = new Map<TenantId, Readonly<Record<string, unknown>>>()
  for (let at = 0; at < tenantIds.length; at += ASKED_AT_ONCE) {
    await Promise.all(
      tenantIds.slice(at, at + ASKED_AT_ONCE).map(async (tenantId) => {
        const url = `${base}/api/v1/${source}`
        const { body } = await callEngine(parts, { method: 'GET', url, tenantId })
        byTenant.set(tenantId, (readYaml(body, parts.client) ?? {}) as Record<string, unknown>)
      }),
    )
  }
  return { source, byTenant }
}

/** The server itself, where its own paths begin. */
function serverOf({ rules, write, query }: Engine): string {
  const address = rules?.place.kind === 'ruler' ? rules.place.url : (write?.url ?? query?.url ?? '')
  return new URL(address).origin
}

function readYaml(text: string, { engine }: EngineClient): unknown {
  try {
    return parse(text, { maxAliasCount: -1 }) as unknown
  } catch (cause) {
    throw new TenantryError(ENGINE_ERRORS.unreadable, `${engine.name}: its limits are no YAML`, {
      cause,
    })
  }
}
