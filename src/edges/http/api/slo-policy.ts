/**
 * `/api/v1/slo/policy` and `/api/v1/slo/reviews`: what becomes of budgets that are used up, over
 * all tenants.
 */
import { z } from 'zod'
import type { TenantId } from '../../../core/ids.ts'
import type { Principal } from '../../../domain/access/access.ts'
import { publishedPolicies, reviewClosingSchema } from '../../../domain/slo/slo.ts'
import { tenantNotFound } from '../../../domain/tenants/tenants.ts'
import { defineRoute, json, type Route } from '../route.ts'
import {
  cursorSchema,
  DEFAULT_LIMIT,
  limitSchema,
  needTenant,
  pageSchema,
  tenantIdSchema,
  type ApiDeps,
} from './parts.ts'
import {
  policyAnswerSchema,
  reviewListSchema,
  reviewSchema,
  transitionSchema,
} from './slo-policy.schema.ts'

const tenantQuery = z.strictObject({ tenantId: tenantIdSchema.exactOptional() })

export function sloPolicyRoutes(deps: ApiDeps): Route[] {
  const { policies, sloBook, live } = deps
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/policy',
      permission: 'slo:read',
      summary: 'Tells which budget policies there are and which of their steps hold for whom.',
      status: 200,
      query: tenantQuery,
      answer: policyAnswerSchema,
      handler: ({ query, principal, nowMs }) => {
        const tenantId = onlyTenant(deps, principal, query.tenantId)
        const tenant = tenantId === null ? null : needTenant(deps.tenants, tenantId)
        const states = policies.states(tenantId)
        const frozen = states.filter(({ actions }) => actions.includes('freeze-deploys'))
        return json(200, {
          policies: publishedPolicies(sloBook.spec(), tenant),
          states,
          frozenTenants: new Set(frozen.map((state) => state.tenantId)).size,
          asOfMs: live.asOfMs() ?? nowMs,
        })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/policy/history',
      permission: 'slo:read',
      summary: 'Lists the steps of budget policies that were entered or left, newest first.',
      status: 200,
      query: tenantQuery.extend({ cursor: cursorSchema, limit: limitSchema }),
      answer: pageSchema(transitionSchema),
      handler: ({ query: { cursor, limit = DEFAULT_LIMIT, ...query }, principal }) => {
        const tenantId = onlyTenant(deps, principal, query.tenantId)
        return json(200, policies.history({ tenantId, cursor, limit }))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/reviews',
      permission: 'slo:read',
      summary: 'Lists the budget reviews that budget policies asked for, newest first.',
      status: 200,
      query: tenantQuery.extend({ state: z.enum(['open', 'all']).exactOptional() }),
      answer: reviewListSchema,
      handler: ({ query: { state = 'open', tenantId: asked }, principal }) =>
        json(200, { items: policies.reviews.list(state, onlyTenant(deps, principal, asked)) }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/slo/reviews/:reviewId/close',
      permission: 'slo:write',
      summary: 'Closes a budget review with what came of it.',
      status: 200,
      params: z.object({ reviewId: z.string() }),
      body: reviewClosingSchema,
      answer: reviewSchema,
      handler: ({ params, body, principal, nowMs }) =>
        json(200, policies.reviews.close(params.reviewId, body.note, principal, nowMs)),
    }),
  ]
}

/** Somebody who is bound to a tenant sees it alone. Null: everything. Throws TENANT_NOT_FOUND. */
function onlyTenant(
  { tenants }: ApiDeps,
  principal: Principal,
  asked: TenantId | undefined,
): TenantId | null {
  const tenantId = principal.tenantId ?? asked ?? null
  if (asked !== undefined && asked !== tenantId) throw tenantNotFound(asked)
  return tenantId === null ? null : needTenant(tenants, tenantId).tenantId
}
