/** `/api/v1/events/deploy`: what was put into service when. */
import { z } from 'zod'
import type { TenantId } from '../../../core/ids.ts'
import type { Deploy } from '../../../domain/tenants/tenants.ts'
import { fieldProblems } from '../../../machinery/runtime/field-problems.ts'
import { invalid } from '../checked.ts'
import { readCloudEvent } from '../cloud-event.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { deployDataSchema, deployListSchema, deploySchema } from './deploys.schema.ts'
import {
  cursorSchema,
  DEFAULT_LIMIT,
  instantSchema,
  limitSchema,
  tenantIdSchema,
  type ApiDeps,
} from './parts.ts'

const listQuery = z
  .strictObject({
    tenantId: tenantIdSchema.exactOptional(),
    service: z.string().max(200).exactOptional(),
    from: instantSchema.exactOptional(),
    to: instantSchema.exactOptional(),
    cursor: cursorSchema,
    limit: limitSchema,
  })
  .refine(({ from = 0, to = Infinity }) => from < to, {
    path: ['from'],
    error: 'expected an instant before `to`',
  })

export function deployRoutes({ tenants }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/events/deploy',
      permission: 'deploys:write',
      summary:
        'Records a deploy: a CloudEvent 1.0, structured or binary, whose data has service, version and tenants.',
      status: 201,
      body: z.unknown(),
      answer: deploySchema,
      handler: ({ header, body, principal, nowMs }) => {
        const event = readCloudEvent(header, body)
        const read = deployDataSchema.safeParse(event.data)
        if (!read.success) {
          const problems = fieldProblems(read.error, event.data)
          throw invalid(
            'the event',
            problems.map(({ field, message }) => ({ field: event.fieldOf(field), message })),
          )
        }
        const { source, id: eventId, timeMs } = event
        const facts = { source, eventId, ...read.data, atMs: timeMs }
        const { deploy, isNew } = tenants.deploys.record(facts, principal, nowMs)
        return json(isNew ? 201 : 200, deploy)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/events/deploy',
      permission: 'deploys:read',
      summary: 'Lists deploys, newest first: of a tenant, a service, a range.',
      status: 200,
      query: listQuery,
      answer: deployListSchema,
      handler: ({ query, principal }) => {
        const { from: fromMs, to: toMs, limit = DEFAULT_LIMIT, ...rest } = query
        const own = principal.tenantId
        if (own !== null && query.tenantId !== undefined && query.tenantId !== own) {
          return json(200, { items: [], nextCursor: null })
        }
        const tenantId = own ?? query.tenantId
        const page = tenants.deploys.list({ ...rest, tenantId, fromMs, toMs, limit })
        const items = page.items.map((deploy) => (own === null ? deploy : ownPart(deploy, own)))
        return json(200, { items, nextCursor: page.nextCursor })
      },
    }),
  ]
}

/** Nobody learns which other tenants there are. */
function ownPart(deploy: Deploy, own: TenantId): Deploy {
  return deploy.tenants === 'all' ? deploy : { ...deploy, tenants: [own] }
}
