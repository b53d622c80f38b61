/**
 * What it takes to get a tenant out of an engine, step by step; each may be done again. Source:
 * Grafana Mimir, "HTTP API: Delete tenant configuration, Tenant delete request"; Cortex, "HTTP API:
 * Purger"; VictoriaMetrics, "Cluster version: URL format"; Prometheus, "TSDB Admin APIs".
 */
import { z } from 'zod'
import type { TenantId } from '../../../core/ids.ts'
import type { Clock } from '../../../core/ports.ts'
import { ENGINE_TYPES } from '../config-schema.ts'
import { ACCOUNT } from '../engine-address.ts'
import { callEngine, type Call } from '../engine-calls.ts'
import type { EngineClient } from '../engine-client.ts'
import type { Engine } from '../engine.ts'

export interface OffboardParts {
  readonly client: EngineClient
  readonly clock: Clock
  readonly tenantId: TenantId
}

/** `waiting`: asked for, and the engine takes its time. */
export type StepState = 'done' | 'waiting'

export interface OffboardStep {
  readonly name: 'rules' | 'data' | 'gone'
  /** Rejects with ENGINE_* and OUTBOUND_*. */
  run(parts: OffboardParts): Promise<StepState>
}

/** Every series of an account. */
const ALL = '{__name__!=""}'

const statusSchema = z.object({ blocks_deleted: z.boolean() })
const countSchema = z.object({ data: z.object({ result: z.array(z.unknown()) }) })

/** Lists the steps for a kind of engine, in order. */
export function offboardSteps(engine: Engine): readonly OffboardStep[] {
  switch (ENGINE_TYPES[engine.type].tenancy) {
    case 'header':
      return headerSteps(engine)
    case 'account':
      return seriesSteps(engine, [ALL])
    case 'none':
      return seriesSteps(engine, null)
  }
}

/** Rules go at once, blocks when the engine's own work comes to them. */
function headerSteps(engine: Engine): OffboardStep[] {
  const base = serverOf(engine)
  const owner = engine.type === 'cortex' ? 'purger' : 'compactor'
  const post = async ({ tenantId, ...parts }: OffboardParts, path: string): Promise<StepState> => {
    await callEngine(parts, { method: 'POST', url: base + path, tenantId })
    return 'done'
  }
  return [
    { name: 'rules', run: (parts) => post(parts, '/ruler/delete_tenant_config') },
    { name: 'data', run: (parts) => post(parts, `/${owner}/delete_tenant`) },
    {
      name: 'gone',
      async run({ tenantId, ...parts }) {
        const url = `${base}/${owner}/delete_tenant_status`
        const { body } = await callEngine(parts, { method: 'GET', url, tenantId })
        return statusSchema.parse(JSON.parse(body)).blocks_deleted ? 'done' : 'waiting'
      },
    },
  ]
}

/** Series are deleted by what they are called: all of an account, or those that name the tenant. */
function seriesSteps(engine: Engine, matchers: readonly string[] | null): OffboardStep[] {
  const { query, tenantLabel } = engine
  if (query === undefined) return []
  const ofTenant = (tenantId: TenantId): readonly string[] =>
    matchers ?? [...new Set([tenantLabel, 'tenant'])].map((label) => `{${label}="${tenantId}"}`)
  const named = (tenantId: TenantId): Pick<Call, 'tenantId'> =>
    matchers === null ? {} : { tenantId }
  return [
    {
      name: 'data',
      async run({ tenantId, ...parts }) {
        const search = new URLSearchParams()
        for (const each of ofTenant(tenantId)) search.append('match[]', each)
        const url = `${adminOf(query.url)}/api/v1/admin/tsdb/delete_series?${search.toString()}`
        await callEngine(parts, { method: 'POST', url, ...named(tenantId) })
        return 'done'
      },
    },
    {
      name: 'gone',
      async run({ tenantId, ...parts }) {
        const expr = ofTenant(tenantId)
          .map((each) => `count(${each})`)
          .join(' or ')
        const url = `${query.url}/api/v1/query?${new URLSearchParams({ query: expr }).toString()}`
        const { body } = await callEngine(parts, { method: 'GET', url, ...named(tenantId) })
        const { result } = countSchema.parse(JSON.parse(body)).data
        return result.length === 0 ? 'done' : 'waiting'
      },
    },
  ]
}

/** Where series are deleted: a cluster has a path of its own for it. */
function adminOf(queryUrl: string): string {
  return queryUrl.replace(`/select/${ACCOUNT}`, `/delete/${ACCOUNT}`)
}

function serverOf({ rules, write, query }: Engine): string {
  const address = rules?.place.kind === 'ruler' ? rules.place.url : (write?.url ?? query?.url ?? '')
  return new URL(address).origin
}
