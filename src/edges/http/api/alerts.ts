/** `/api/v1/alerts`: what fires and what fired, and who was told. */
import { z } from 'zod'
import { ACTIONS, CONDITION_SOURCES } from '../../../core/condition.ts'
import { TenantryError } from '../../../core/errors.ts'
import type { Principal } from '../../../domain/access/access.ts'
import type { Alert } from '../../../domain/incidents/incidents.ts'
import { HTTP_ERRORS } from '../errors.ts'
import { defineRoute, json, type Route } from '../route.ts'
import {
  cursorSchema,
  DEFAULT_LIMIT,
  limitSchema,
  pageSchema,
  tenantIdSchema,
  type ApiDeps,
} from './parts.ts'

const numbers = z.record(z.string(), z.number())

export const alertSchema = z.object({
  alertId: z.string(),
  tenantId: z.string(),
  source: z.enum(CONDITION_SOURCES),
  key: z.string(),
  state: z.enum(['firing', 'resolved']),
  action: z.enum(ACTIONS),
  summary: z.string(),
  labels: z.record(z.string(), z.string()),
  openedAtMs: z.number(),
  firedAtMs: z.number(),
  heldAtMs: z.number(),
  resolvedAtMs: z.number().nullable(),
  flaps: z.int(),
  openingNumbers: numbers,
  numbers,
  /** The portal's page about the SLO or the tenant. Null without TENANTRY_PUBLIC_URL. */
  link: z.string().nullable(),
})

const eventSchema = z.object({
  sequence: z.int(),
  atMs: z.number(),
  kind: z.string(),
  action: z.enum(ACTIONS),
  summary: z.string(),
  numbers,
})

const deliverySchema = z.object({
  deliveryId: z.string(),
  channel: z.string(),
  event: z.string(),
  state: z.string(),
  attempts: z.int(),
  createdAtMs: z.number(),
  settledAtMs: z.number().nullable(),
  lastError: z.string().nullable(),
})

const listQuery = z.strictObject({
  tenantId: tenantIdSchema.exactOptional(),
  state: z.enum(['firing', 'resolved']).exactOptional(),
  cursor: cursorSchema,
  limit: limitSchema,
})

const alertParams = z.object({ alertId: z.string() })
const DELIVERIES_SHOWN = 100

export function alertRoutes({ incidents, routing }: ApiDeps): Route[] {
  const need = (alertId: string, { tenantId }: Principal): Alert => {
    const alert = incidents.get(alertId)
    if (alert !== undefined && (tenantId === null || tenantId === alert.tenantId)) return alert
    const message = `there is no alert ${JSON.stringify(alertId)}`
    throw new TenantryError(HTTP_ERRORS.notFound, message)
  }
  const withLink = (alert: Alert): z.infer<typeof alertSchema> => {
    return { ...alert, link: routing.link(alert) }
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/alerts',
      permission: 'alerts:read',
      summary: 'Lists alerts, newest first.',
      status: 200,
      query: listQuery,
      answer: pageSchema(alertSchema),
      handler: ({ query, principal }) => {
        const { tenantId } = principal
        if (tenantId !== null && query.tenantId !== undefined && query.tenantId !== tenantId) {
          return json(200, { items: [], nextCursor: null })
        }
        const own = tenantId === null ? query : { ...query, tenantId }
        const { items, nextCursor } = incidents.list({ limit: DEFAULT_LIMIT, ...own })
        return json(200, { items: items.map(withLink), nextCursor })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/alerts/:alertId',
      permission: 'alerts:read',
      summary: 'Shows an alert: what happened to it, and who was told.',
      status: 200,
      params: alertParams,
      answer: alertSchema.extend({
        timeline: z.array(eventSchema),
        deliveries: z.array(deliverySchema),
      }),
      handler: ({ params, principal }) => {
        const alert = need(params.alertId, principal)
        const { tenantId, alertId } = alert
        const { items } = routing.deliveries({ tenantId, alertId, limit: DELIVERIES_SHOWN })
        const deliveries = items.map((delivery) => deliverySchema.parse(delivery))
        const timeline = incidents.timeline(alertId)
        return json(200, { ...withLink(alert), timeline, deliveries })
      },
    }),
  ]
}
