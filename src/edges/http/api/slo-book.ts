/**
 * `/api/v1/slo/book` and `/api/v1/slo/windows`: what is promised, and by which windows it is
 * judged.
 */
import { z } from 'zod'
import {
  EDGE_STEPS,
  publishedSlos,
  sloBookOf,
  sloBookParts,
  type SloBookKeeper,
} from '../../../domain/slo/slo.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { Tenant, Tenants } from '../../../domain/tenants/tenants.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { needTenant, type ApiDeps } from './parts.ts'
import { rollUpListSchema, sloBookAnswerSchema, sloWindowsSchema } from './slo-book.schema.ts'

export function sloBookRoutes({ slo, sloBook, tenants }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/book',
      permission: 'telemetry:read',
      summary:
        'Shows the SLOs, overrides and budget policies that configuration holds, and its versions.',
      status: 200,
      answer: sloBookAnswerSchema,
      handler: () => json(200, bookAnswer(sloBook)),
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/slo/book',
      permission: 'slo:write',
      summary:
        'Replaces the SLOs, the overrides, the budget policies or several of them. Counts stay, and hours that are over keep what was promised in them.',
      status: 200,
      body: sloBookParts,
      answer: z.object({ changed: z.boolean(), version: z.number().int() }),
      handler: ({ body, principal, nowMs }) => {
        const changed = sloBook.set(body, principal, nowMs)
        if (changed) slo.follow(sloBookOf(sloBook.spec()))
        return json(200, { changed, version: sloBook.version() })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/roll-ups',
      permission: 'telemetry:read',
      summary: 'Tells how the SLOs stand that are added up over the tenants of a tier or all.',
      status: 200,
      answer: rollUpListSchema,
      handler: () => json(200, { items: slo.rollUps() }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/windows',
      permission: 'slo:read',
      summary: 'Tells on which steps windows end, and which pairs of windows raise what, by SLO.',
      status: 200,
      answer: sloWindowsSchema,
      handler: ({ principal }) =>
        json(200, {
          edgeSteps: EDGE_STEPS.map(({ belowSeconds, stepSeconds }) => ({
            belowSeconds: Number.isFinite(belowSeconds) ? belowSeconds : null,
            stepSeconds,
          })),
          slos: publishedSlos(sloBook.spec(), {
            tenant: tenantOf(tenants, principal.tenantId),
            sources: slo.sources(),
          }),
        }),
    }),
  ]
}

/** Somebody who is bound to a tenant sees what is promised to it. */
function tenantOf(tenants: Tenants, tenantId: TenantId | null): Tenant | null {
  return tenantId === null ? null : needTenant(tenants, tenantId)
}

function bookAnswer(sloBook: SloBookKeeper): z.infer<typeof sloBookAnswerSchema> {
  const { slos, overrides, policies = [] } = sloBook.spec()
  const version = sloBook.version()
  return { version, slos, overrides, policies, versions: [...sloBook.versions()] }
}
