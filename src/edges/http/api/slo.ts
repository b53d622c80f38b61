/** SLO status and the signals behind it. */
import { z } from 'zod'
import type { SloId, TenantId } from '../../../core/ids.ts'
import { HOUR_MS } from '../../../core/time.ts'
import { sloNotFound, type SloStatus } from '../../../domain/slo/slo.ts'
import { tenantApdex } from '../apdex-of.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { apdexSchema } from './apdex.schema.ts'
import {
  cursorSchema,
  instantSchema,
  limitSchema,
  needTenant,
  tenantParams,
  type ApiDeps,
} from './parts.ts'
import { quantileBody, quantileSchema } from './quantile.schema.ts'
import { sloBurndownSchema } from './slo-burndown.schema.ts'
import { sloDimensionsSchema, sloStatusListSchema, sloStatusPageSchema } from './slo.schema.ts'
import { usersSchema } from './users.schema.ts'

/** How far back the rates of the signals look. */
const SPAN_SECONDS = 300
/** Tenants of one page; each has a handful of SLOs. */
const DEFAULT_TENANTS = 200

/** How far back counts by dimension are told where nobody says. */
const DIMENSIONS_MS = HOUR_MS

const rangeQuery = z
  .strictObject({ from: instantSchema.exactOptional(), to: instantSchema.exactOptional() })
  .refine(({ from = 0, to = Infinity }) => from < to, {
    path: ['from'],
    error: 'expected an instant before `to`',
  })

const signalsSchema = z.object({
  tenantId: z.string(),
  firstSampleAtMs: z.number().nullable(),
  /** When the newest sample was taken. Null when none ever came. */
  lastSampleAtMs: z.number().nullable(),
  spanSeconds: z.number(),
  requestsPerSecond: z.number().nullable(),
  errorRatio: z.number().nullable(),
  /** Of response times. Null without observations. */
  p50: quantileSchema.nullable(),
  p95: quantileSchema.nullable(),
  p99: quantileSchema.nullable(),
  /** Null without observations. */
  apdex: apdexSchema.nullable(),
  users: usersSchema,
})

export function sloRoutes(deps: ApiDeps): Route[] {
  const { tenants, metrics, slo, live } = deps
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo',
      permission: 'slo:read',
      summary: 'Tells how every SLO stands, in pages of tenants.',
      status: 200,
      query: z.strictObject({ cursor: cursorSchema, limit: limitSchema }),
      answer: sloStatusPageSchema,
      handler: ({ query, principal, nowMs }) => {
        const { items, nextCursor } = statusPage(deps, principal.tenantId, query)
        return json(200, {
          items: withRulers(deps, items),
          nextCursor,
          asOfMs: live.asOfMs() ?? nowMs,
        })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/slo',
      permission: 'slo:read',
      summary: 'Tells how the SLOs of a tenant stand.',
      status: 200,
      params: tenantParams,
      answer: sloStatusListSchema,
      handler: ({ params, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        return json(200, {
          items: withRulers(deps, slo.status(tenantId)),
          asOfMs: live.asOfMs() ?? nowMs,
        })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/slos/:sloId/dimensions',
      permission: 'slo:read',
      summary:
        'Tells where the bad events of an SLO came from, by dimension: the last hour, or a range within six hours.',
      status: 200,
      params: tenantParams.extend({ sloId: z.string() }),
      query: rangeQuery,
      answer: sloDimensionsSchema,
      handler: ({ params, query, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        const { to: toMs = nowMs, from: fromMs = toMs - DIMENSIONS_MS } = query
        const range = { fromMs, toMs }
        const breakdown = slo.breakdown(tenantId, params.sloId as SloId, range)
        if (breakdown === undefined) throw sloNotFound(tenantId, params.sloId)
        return json(200, breakdown)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/slos/:sloId/burndown',
      permission: 'slo:read',
      summary:
        'Tells how the budget of the present period was spent, step by step, with and without corrections.',
      status: 200,
      params: tenantParams.extend({ sloId: z.string() }),
      answer: sloBurndownSchema,
      handler: ({ params }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        const burndown = slo.burndown(tenantId, params.sloId as SloId)
        if (burndown === undefined) throw sloNotFound(tenantId, params.sloId)
        return json(200, burndown)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/signals',
      permission: 'slo:read',
      summary:
        'Tells how a tenant is served: traffic, errors and response time of the last five minutes.',
      status: 200,
      params: tenantParams,
      answer: signalsSchema,
      handler: ({ params, nowMs }) => {
        const tenant = needTenant(tenants, params.tenantId)
        const { tenantId } = tenant
        const rates = metrics.rates(tenantId, nowMs, SPAN_SECONDS)
        return json(200, {
          tenantId,
          firstSampleAtMs: metrics.firstSampleAtMs(tenantId),
          lastSampleAtMs: metrics.lastSampleAtMs(tenantId),
          spanSeconds: SPAN_SECONDS,
          requestsPerSecond: rates.requestsPerSecond,
          errorRatio: rates.errorRatio,
          p50: quantileBody(rates.quantile(0.5)),
          p95: quantileBody(rates.quantile(0.95)),
          p99: quantileBody(rates.quantile(0.99)),
          apdex: tenantApdex(rates, tenant, slo),
          users: metrics.activeUsers(tenantId, nowMs),
        })
      },
    }),
  ]
}

/** Adds what rulers say of those that they decide on. */
function withRulers({ rulers }: ApiDeps, items: readonly SloStatus[]): object[] {
  return items.map((item) => {
    const ruler = rulers.rulerOf(item.tenantId, item.sloId as SloId)
    return ruler === null ? item : { ...item, ruler }
  })
}

/** Shape: whole tenants, sorted by id. The cursor is the last tenant of the page before. */
function statusPage(
  { tenants, slo }: ApiDeps,
  tenantId: TenantId | null,
  { cursor, limit = DEFAULT_TENANTS }: { readonly cursor?: string; readonly limit?: number },
): { items: SloStatus[]; nextCursor: string | null } {
  if (tenantId !== null) return { items: slo.status(tenantId), nextCursor: null }
  const page = tenants.list({ state: 'active', cursor, limit })
  const items = page.items.flatMap((tenant) => slo.status(tenant.tenantId))
  return { items, nextCursor: page.nextCursor }
}
