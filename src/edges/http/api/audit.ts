/**
 * `/api/v1/audit`: what was done by whom. Who is bound to a tenant reads that tenant's chain, in
 * its own numbering.
 */
import { z } from 'zod'
import type { AuditEntry } from '../../../domain/access/access.ts'
import { defineRoute, json, type Route } from '../route.ts'
import {
  cursorSchema,
  DEFAULT_LIMIT,
  limitSchema,
  pageSchema,
  tenantIdSchema,
  type ApiDeps,
} from './parts.ts'

const entrySchema = z.object({
  /** In the chain of the whole log. Absent for who is bound to a tenant. */
  sequence: z.int().exactOptional(),
  hash: z.string().exactOptional(),
  tenantId: z.string().nullable(),
  tenantSequence: z.int().nullable(),
  tenantHash: z.string().nullable(),
  atMs: z.number(),
  actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  action: z.string(),
  target: z.string(),
  details: z.record(z.string(), z.unknown()),
})

const verdictSchema = z.union([
  z.object({ ok: z.literal(true), entries: z.int(), chains: z.int(), head: z.string() }),
  z.object({
    ok: z.literal(false),
    brokenAt: z.int(),
    chain: z.string().nullable(),
    reason: z.string(),
  }),
])

const listQuery = z.strictObject({
  tenantId: tenantIdSchema.exactOptional(),
  cursor: cursorSchema,
  limit: limitSchema,
})

export function auditRoutes({ access, clock }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/audit',
      permission: 'audit:read',
      summary: 'Lists the audit log, newest first.',
      status: 200,
      query: listQuery,
      answer: pageSchema(entrySchema),
      handler: ({ query, principal }) => {
        if (principal.tenantId === null) {
          return json(200, access.audit.list({ limit: DEFAULT_LIMIT, ...query }))
        }
        if (query.tenantId !== undefined && query.tenantId !== principal.tenantId) {
          return json(200, { items: [], nextCursor: null })
        }
        const own = { limit: DEFAULT_LIMIT, ...query, tenantId: principal.tenantId }
        const { items, nextCursor } = access.audit.list(own)
        return json(200, { items: items.map(ownPart), nextCursor })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/audit/verification',
      permission: 'audit:verify',
      summary: 'Checks every hash chain of the audit log and names the first break.',
      status: 200,
      answer: verdictSchema,
      handler: async () => {
        const steps = access.audit.verification()
        for (;;) {
          const { done, value } = steps.next()
          if (done === true) return json(200, value)
          await clock.sleep(0)
        }
      },
    }),
  ]
}

/** The numbering of the whole log would tell how much goes on elsewhere. */
function ownPart({ sequence: _s, hash: _h, ...entry }: AuditEntry): object {
  return entry
}
