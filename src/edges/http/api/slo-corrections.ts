/** `/api/v1/slo/corrections`: stretches of time that no budget is charged for. */
import { z } from 'zod'
import type { SloId, TenantId } from '../../../core/ids.ts'
import {
  concerns,
  correctionRequestSchema,
  correctionScope,
  sloBookOf,
  sloNotFound,
  whyNotCorrectable,
  type Correction,
} from '../../../domain/slo/slo.ts'
import { tenantNotFound } from '../../../domain/tenants/tenants.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { needTenant, tenantIdSchema, type ApiDeps } from './parts.ts'
import { correctionListSchema, correctionSchema } from './slo-corrections.schema.ts'

export function sloCorrectionRoutes(deps: ApiDeps): Route[] {
  const { corrections } = deps
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/corrections',
      permission: 'slo:read',
      summary: 'Lists the corrections of budgets, or those that concern a tenant.',
      status: 200,
      query: z.strictObject({ tenantId: tenantIdSchema.exactOptional() }),
      answer: correctionListSchema,
      handler: ({ query, principal }) => {
        const tenantId = principal.tenantId ?? query.tenantId ?? null
        if (query.tenantId !== undefined && query.tenantId !== tenantId) {
          throw tenantNotFound(query.tenantId)
        }
        return json(200, { items: ofTenant(deps, tenantId) })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/slo/corrections',
      permission: 'slo:write',
      summary:
        'Excludes a stretch of time, past or to come, once or again and again, from the budgets of a tenant, a tier, an SLO or all.',
      status: 201,
      body: correctionRequestSchema,
      answer: correctionSchema,
      handler: ({ body, principal, nowMs }) => {
        refuseUnknown(deps, body)
        return json(201, corrections.create(body, principal, nowMs))
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/slo/corrections/:correctionId',
      permission: 'slo:write',
      summary: 'Revokes a correction: budgets are charged for its time again.',
      status: 200,
      params: z.object({ correctionId: z.string() }),
      answer: correctionSchema,
      handler: ({ params, principal, nowMs }) =>
        json(200, corrections.revoke(params.correctionId, principal, nowMs)),
    }),
  ]
}

/** Shape: by start. */
function ofTenant({ corrections, tenants }: ApiDeps, tenantId: TenantId | null): Correction[] {
  if (tenantId === null) return [...corrections.all()]
  const { tier } = needTenant(tenants, tenantId)
  return corrections.all().filter((each) => concerns(each, { tenantId, tier, sloId: null }))
}

/** A correction of nothing is a mistake. Throws TENANT_NOT_FOUND, SLO_NOT_FOUND,
 *  SLO_CORRECTION_SCOPE. */
function refuseUnknown(
  { tenants, sloBook }: ApiDeps,
  { tenantId, sloId }: { readonly tenantId?: string; readonly sloId?: string },
): void {
  if (tenantId !== undefined) needTenant(tenants, tenantId)
  if (sloId === undefined) return
  const { templates } = sloBookOf(sloBook.spec())
  const template = templates.find((each) => each.sloId === (sloId as SloId))
  if (template === undefined) throw sloNotFound((tenantId ?? 'any') as TenantId, sloId)
  const why = whyNotCorrectable(template)
  if (why !== null) throw correctionScope(why)
}
