/** `/api/v1/tenants/:tenantId/deploy-gate`: whether a pipeline may deploy, and who opened it. */
import { z } from 'zod'
import type { SloId } from '../../../core/ids.ts'
import {
  appliesTo,
  gateOverrideRequestSchema,
  sloBookOf,
  sloNotFound,
} from '../../../domain/slo/slo.ts'
import type { Tenant } from '../../../domain/tenants/tenants.ts'
import { defineRoute, json, type Route } from '../route.ts'
import {
  deployGateSchema,
  gateOverrideListSchema,
  gateOverrideSchema,
} from './deploy-gate.schema.ts'
import { needTenant, tenantParams, type ApiDeps } from './parts.ts'

export function deployGateRoutes(deps: ApiDeps): Route[] {
  const { tenants, policies } = deps
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/deploy-gate',
      permission: 'slo:read',
      summary:
        'Tells a pipeline whether it may deploy for a tenant: open or closed, with the reason, the numbers behind it and when it would open.',
      status: 200,
      params: tenantParams,
      query: z.strictObject({ slo: z.string().exactOptional() }),
      answer: deployGateSchema,
      handler: ({ params, query, nowMs }) => {
        const tenant = needTenant(tenants, params.tenantId)
        return json(200, policies.gate(tenant, needSlo(deps, tenant, query.slo), nowMs))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/deploy-gate/overrides',
      permission: 'slo:read',
      summary: 'Lists the overrides of a deploy gate, those that are over included.',
      status: 200,
      params: tenantParams,
      answer: gateOverrideListSchema,
      handler: ({ params }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        return json(200, { items: policies.overrides.list(tenantId) })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenantId/deploy-gate/overrides',
      permission: 'slo:write',
      summary:
        'Opens a deploy gate for a while although budgets are spent: with a reason, for at most 7 days.',
      status: 201,
      params: tenantParams,
      body: gateOverrideRequestSchema,
      answer: gateOverrideSchema,
      handler: ({ params, body, principal, nowMs }) => {
        const tenant = needTenant(tenants, params.tenantId)
        needSlo(deps, tenant, body.sloId)
        return json(201, policies.overrides.create(tenant.tenantId, body, principal, nowMs))
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/tenants/:tenantId/deploy-gate/overrides/:overrideId',
      permission: 'slo:write',
      summary: 'Revokes an override: the gate is closed again where a budget asks for it.',
      status: 200,
      params: tenantParams.extend({ overrideId: z.string() }),
      answer: gateOverrideSchema,
      handler: ({ params, principal, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        return json(200, policies.overrides.revoke(tenantId, params.overrideId, principal, nowMs))
      },
    }),
  ]
}

/** A gate of an SLO that is not promised to the tenant would always be open. Throws
 *  SLO_NOT_FOUND. */
function needSlo({ sloBook }: ApiDeps, tenant: Tenant, slo: string | undefined): SloId | null {
  if (slo === undefined) return null
  const { templates } = sloBookOf(sloBook.spec())
  const found = templates.find(({ sloId }) => sloId === slo)
  if (found === undefined || !appliesTo(found, tenant)) throw sloNotFound(tenant.tenantId, slo)
  return found.sloId
}
