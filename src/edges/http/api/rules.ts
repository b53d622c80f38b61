/**
 * `/api/v1/attribution` and `/api/v1/mapping`: whose series are that name no tenant, and what
 * metrics of the operator's own mean. Each is read and replaced as a whole.
 */
import { z } from 'zod'
import { attributionSchema, mappingSchema } from '../../../domain/tenants/tenants.ts'
import { defineRoute, json, type Route } from '../route.ts'
import type { ApiDeps } from './parts.ts'

const changedSchema = z.object({ changed: z.boolean() })

export function ruleRoutes({ tenants: { rules } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/attribution',
      permission: 'telemetry:read',
      summary: 'Shows the rules that give a tenant to series that name none, in their order.',
      status: 200,
      answer: attributionSchema,
      handler: () => json(200, { rules: rules.attribution() }),
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/attribution',
      permission: 'tenants:write',
      summary: 'Replaces the rules that give a tenant to series that name none.',
      status: 200,
      body: attributionSchema,
      answer: changedSchema,
      handler: ({ body, principal, nowMs }) =>
        json(200, { changed: rules.setAttribution(body.rules, principal, nowMs) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/mapping',
      permission: 'telemetry:read',
      summary: 'Shows what metrics of the operator’s own mean, in their order.',
      status: 200,
      answer: mappingSchema,
      handler: () => json(200, { rows: rules.mapping() }),
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/mapping',
      permission: 'tenants:write',
      summary: 'Replaces what metrics of the operator’s own mean.',
      status: 200,
      body: mappingSchema,
      answer: changedSchema,
      handler: ({ body, principal, nowMs }) =>
        json(200, { changed: rules.setMapping(body.rows, principal, nowMs) }),
    }),
  ]
}
