/**
 * `/api/v1/engines`: the distributed engines that tenants are handed over to, and the rules there:
 * what a push would change, the push, what became of it, and taking it back.
 */
import { z } from 'zod'
import type { TenantId } from '../../../core/ids.ts'
import type { Principal } from '../../../domain/access/access.ts'
import { defineRoute, json, type Route } from '../route.ts'
import {
  engineLimitsSchema,
  engineOffboardSchema,
  engineOffboardsSchema,
  enginePlanSchema,
  enginePushDetailsSchema,
  enginePushesSchema,
  enginePushSchema,
  enginesSchema,
  type EngineBody,
  type EngineLimitsBody,
  type EngineOffboardBody,
  type EnginePlanBody,
  type EnginePushBody,
  type EnginePushDetailsBody,
} from './engines.schema.ts'
import { tenantIdSchema, type ApiDeps } from './parts.ts'

/** What the routes ask of engines. Each call throws ENGINE_UNKNOWN for a name that is none. */
export interface EngineDesk {
  list(): EngineBody[]
  problems(): readonly string[]
  plan(name: string, tenantIds: readonly TenantId[] | null, texts: boolean): Promise<EnginePlanBody>
  push(name: string, asked: PushAsked): Promise<EnginePushBody>
  rollback(name: string, asked: RollbackAsked): Promise<EnginePushBody>
  pushes(name: string): EnginePushBody[]
  offboard(name: string, tenantId: TenantId, actor: Principal): Promise<EngineOffboardBody>
  offboards(name: string): EngineOffboardBody[]
  limits(name: string, drift: boolean): Promise<EngineLimitsBody>
  pushDetails(name: string, pushId: string): EnginePushDetailsBody
}

interface PushAsked {
  readonly tenantIds: readonly TenantId[] | null
  readonly hash: string | null
  readonly actor: Principal
}

interface RollbackAsked {
  readonly pushId: string
  readonly tenantIds: readonly TenantId[] | null
  readonly actor: Principal
}

const params = z.object({ name: z.string() })
const pushParams = z.object({ name: z.string(), pushId: z.string() })
const tenantIds = z.array(tenantIdSchema).min(1).max(10_000).exactOptional()

const planQuery = z.strictObject({
  /** Ids by commas; without it all. */
  tenants: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(tenantIdSchema).max(1_000))
    .exactOptional(),
  /** `true`: changes come with the groups as YAML. */
  texts: z.enum(['true', 'false']).exactOptional(),
})

/** `true`: the engine is asked for the limits that run. */
const limitsQuery = z.strictObject({ drift: z.enum(['true', 'false']).exactOptional() })

const pushBody = z.strictObject({
  tenantIds,
  /** Of the plan that was looked at: another one by now is refused. */
  hash: z.string().max(64).exactOptional(),
})

const offboardBody = z.strictObject({ tenantId: tenantIdSchema })
const rollbackBody = z.strictObject({ pushId: z.string().max(64), tenantIds })

export function engineRoutes({ engines }: Pick<ApiDeps, 'engines'>): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/engines',
      permission: 'engines:read',
      summary: 'Lists the engines that tenants are handed over to, in the order of their file.',
      status: 200,
      answer: enginesSchema,
      handler: () => json(200, { items: engines.list(), problems: [...engines.problems()] }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/engines/:name/plan',
      permission: 'engines:read',
      summary:
        'Reads the rules that an engine has, and tells what a push would change, tenant by tenant.',
      status: 200,
      params,
      query: planQuery,
      answer: enginePlanSchema,
      handler: async ({ params: { name }, query: { tenants = null, texts } }) =>
        json(200, await engines.plan(name, tenants, texts === 'true')),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/engines/:name/limits',
      permission: 'engines:read',
      summary:
        'Tells the limits that tenants shall have in Mimir or Cortex, from their quotas, as its runtime file; and on request those that run.',
      status: 200,
      params,
      query: limitsQuery,
      answer: engineLimitsSchema,
      handler: async ({ params: { name }, query: { drift } }) =>
        json(200, await engines.limits(name, drift === 'true')),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/engines/:name/push',
      permission: 'engines:write',
      summary:
        'Begins to bring the rules of an engine to what they shall be; it goes on by itself, and its record tells how it went.',
      status: 201,
      params,
      body: pushBody,
      answer: enginePushSchema,
      handler: async ({ params: { name }, body, principal: actor }) => {
        const { tenantIds: some = null, hash = null } = body
        return json(201, await engines.push(name, { tenantIds: some, hash, actor }))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/engines/:name/rollback',
      permission: 'engines:write',
      summary: 'Begins to put back the rules that tenants had before a push.',
      status: 201,
      params,
      body: rollbackBody,
      answer: enginePushSchema,
      handler: async ({ params: { name }, body, principal: actor }) => {
        const { pushId, tenantIds: some = null } = body
        return json(201, await engines.rollback(name, { pushId, tenantIds: some, actor }))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/engines/:name/offboard',
      permission: 'engines:write',
      summary:
        'Gets a tenant that an engine has no more out of it: rules, then data; asked again it goes on.',
      status: 201,
      params,
      body: offboardBody,
      answer: engineOffboardSchema,
      handler: async ({ params: { name }, body: { tenantId }, principal }) =>
        json(201, await engines.offboard(name, tenantId, principal)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/engines/:name/offboards',
      permission: 'engines:read',
      summary: 'Lists the tenants that were got out of an engine, and how far that is.',
      status: 200,
      params,
      answer: engineOffboardsSchema,
      handler: ({ params: { name } }) => json(200, { items: engines.offboards(name) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/engines/:name/pushes',
      permission: 'engines:read',
      summary: 'Lists the pushes of rules to an engine, the newest first.',
      status: 200,
      params,
      answer: enginePushesSchema,
      handler: ({ params: { name } }) => json(200, { items: engines.pushes(name) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/engines/:name/pushes/:pushId',
      permission: 'engines:read',
      summary: 'Tells a push of rules with what became of each tenant.',
      status: 200,
      params: pushParams,
      answer: enginePushDetailsSchema,
      handler: ({ params: { name, pushId } }) => json(200, engines.pushDetails(name, pushId)),
    }),
  ]
}
