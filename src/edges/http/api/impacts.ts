/**
 * `/api/v1/impacts`: the spans in which tenants had an alert that pages, and how long they took.
 */
import { z } from 'zod'
import { SECOND_MS } from '../../../core/time.ts'
import type { ImpactView } from '../../../domain/incidents/incidents.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { impactSchema, type ImpactBody } from './impacts.schema.ts'
import {
  cursorSchema,
  DEFAULT_LIMIT,
  limitSchema,
  pageSchema,
  tenantIdSchema,
  type ApiDeps,
} from './parts.ts'

const listQuery = z.strictObject({
  tenantId: tenantIdSchema.exactOptional(),
  state: z.enum(['open', 'ended']).exactOptional(),
  cursor: cursorSchema,
  limit: limitSchema,
})

const instant = z.iso
  .datetime({
    offset: true,
    error: 'expected RFC 3339 with an offset, such as 2026-12-01T02:00:00+01:00',
  })
  .transform((text) => Date.parse(text))

const redatingSchema = z.strictObject({
  openedAt: instant,
  endedAt: instant,
  reason: z.string().trim().min(1).max(500),
})

export function impactRoutes({ incidents }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/impacts',
      permission: 'alerts:read',
      summary: 'Lists the spans in which tenants had an alert that pages, newest first.',
      status: 200,
      query: listQuery,
      answer: pageSchema(impactSchema),
      handler: ({ query, principal, nowMs }) => {
        const { tenantId: own } = principal
        const { tenantId = own ?? undefined, state, cursor, limit = DEFAULT_LIMIT } = query
        if (own !== null && tenantId !== own) return json(200, { items: [], nextCursor: null })
        const isOpen = state === undefined ? undefined : state === 'open'
        const page = incidents.impacts({ tenantId, isOpen, cursor, limit }, nowMs)
        return json(200, { items: page.items.map(bodyOf), nextCursor: page.nextCursor })
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/api/v1/impacts/:impactId',
      permission: 'slo:write',
      summary: 'Corrects when an ended impact was. Recovery times are counted by it at once.',
      status: 200,
      params: z.object({ impactId: z.string() }),
      body: redatingSchema,
      answer: impactSchema,
      handler: ({ params, body, principal, nowMs }) => {
        const { openedAt: openedAtMs, endedAt: endedAtMs, reason } = body
        const redating = { openedAtMs, endedAtMs, reason }
        const redated = incidents.redateImpact(params.impactId, redating, principal, nowMs)
        return json(200, bodyOf(redated))
      },
    }),
  ]
}

function bodyOf({ impactId, tenantId, openedAtMs, endedAtMs, ...rest }: ImpactView): ImpactBody {
  const { elapsedMs, limitMs, outcome } = rest
  return {
    impactId,
    tenantId,
    openedAtMs,
    endedAtMs,
    elapsedSeconds: elapsedMs / SECOND_MS,
    limitSeconds: limitMs / SECOND_MS,
    leftSeconds: (limitMs - elapsedMs) / SECOND_MS,
    outcome,
  }
}
