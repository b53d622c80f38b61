/** `/api/v1/load-tests`: load tests that were run, and what was measured meanwhile. */
import { z } from 'zod'
import { tenantNotFound } from '../../../domain/tenants/tenants.ts'
import { loadTestView } from '../load-test-view.ts'
import { defineRoute, json, type Route } from '../route.ts'
import {
  loadTestDetailSchema,
  loadTestListSchema,
  loadTestRecordSchema,
  loadTestSchema,
} from './load-tests.schema.ts'
import {
  cursorSchema,
  DEFAULT_LIMIT,
  instantSchema,
  limitSchema,
  needTenant,
  tenantIdSchema,
  type ApiDeps,
} from './parts.ts'

const listQuery = z.strictObject({
  tenantId: tenantIdSchema.exactOptional(),
  from: instantSchema.exactOptional(),
  to: instantSchema.exactOptional(),
  cursor: cursorSchema,
  limit: limitSchema,
})

export function loadTestRoutes({ reports, tenants }: ApiDeps): Route[] {
  const { loadTests } = reports
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/load-tests',
      permission: 'tests:write',
      summary:
        'Records a load test, as `npm run loadtest` writes it. The same run again changes nothing.',
      status: 201,
      body: loadTestRecordSchema,
      answer: loadTestSchema,
      handler: ({ body, principal, nowMs }) => {
        const { test, isNew } = loadTests.record(body, principal, nowMs)
        return json(isNew ? 201 : 200, loadTestView(test))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/load-tests',
      permission: 'slo:read',
      summary: 'Lists load tests, newest first: of a tenant, of a range that they touch.',
      status: 200,
      query: listQuery,
      answer: loadTestListSchema,
      handler: ({ query, principal }) => {
        const { tenantId: asked, from: fromMs, to: toMs, cursor, limit = DEFAULT_LIMIT } = query
        const own = principal.tenantId
        const tenantId = own ?? asked ?? null
        if (asked !== undefined && asked !== tenantId) throw tenantNotFound(asked)
        if (tenantId !== null) needTenant(tenants, tenantId)
        const page = loadTests.list({ tenantId, fromMs, toMs, cursor, limit }, own)
        return json(200, { items: page.items.map(loadTestView), nextCursor: page.nextCursor })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/load-tests/:runId',
      permission: 'slo:read',
      summary: 'Shows a load test, and beside it what was measured of its tenants meanwhile.',
      status: 200,
      params: z.object({ runId: z.string() }),
      answer: loadTestDetailSchema,
      handler: ({ params, principal, nowMs }) => {
        const test = loadTests.get(params.runId, principal.tenantId)
        const { record, recordedBy } = test
        const measured = loadTests.measured(test, nowMs)
        return json(200, { ...loadTestView(test), record, recordedBy, measured })
      },
    }),
  ]
}
