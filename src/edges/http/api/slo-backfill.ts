/**
 * `/api/v1/slo/backfills`: past counts are loaded, so that a new user begins with a full period. A
 * load is begun, sent in bounded parts, and ended; sending a part again changes nothing.
 */
import { z } from 'zod'
import type { SloId, TenantId } from '../../../core/ids.ts'
import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts'
import { BACKFILL_LIMITS, backfillNotWritten, type PastRow } from '../../../domain/slo/slo.ts'
import { inSlices } from '../in-slices.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { cursorSchema, limitSchema, pageSchema, tenantIdSchema, type ApiDeps } from './parts.ts'
import {
  backfillListSchema,
  backfillPartAnswerSchema,
  backfillSchema,
  loadableSchema,
} from './slo-backfill.schema.ts'

const TICK_MS = 10 * SECOND_MS
const DEFAULT_TENANTS = 100

const instant = z.int().nonnegative()

const requestSchema = z
  .strictObject({
    source: z.string().min(1).max(BACKFILL_LIMITS.sourceCharacters),
    digest: z.string().min(1).max(100),
    fromMs: instant,
    toMs: instant,
  })
  .refine(({ fromMs, toMs }) => fromMs < toMs, {
    path: ['toMs'],
    error: 'expected an instant after fromMs',
  })

const countsSchema = z.array(z.int().nonnegative()).max(BACKFILL_LIMITS.rowMinutes)

const rowSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    sloId: z.string(),
    /** What the row counts: (fromMs, toMs]. */
    fromMs: instant.multipleOf(MINUTE_MS),
    toMs: instant.multipleOf(TICK_MS),
    /** Events by the minute. Empty where none were counted. */
    totals: countsSchema,
    bads: countsSchema,
    /** By what is good for sure, where a latency's threshold is no bucket bound. */
    surelyBads: countsSchema.exactOptional(),
  })
  .refine(isWhole, { error: 'expected an entry for each minute from fromMs to toMs, or none' })
  .refine(isPossible, { path: ['bads'], error: 'expected no more bad events than there were' })

const partSchema = z
  .strictObject({
    rows: z.array(rowSchema).max(BACKFILL_LIMITS.rows),
    /** What was sent before reaches up to then; where the server has less, it was lost. */
    afterMs: instant,
    /** With these rows everything up to then was sent. */
    readToMs: instant,
  })
  .refine(({ rows }) => minutesOf(rows) <= BACKFILL_LIMITS.minutes, {
    path: ['rows'],
    error: `expected at most ${BACKFILL_LIMITS.minutes} minutes altogether`,
  })

const backfillParams = z.object({ backfillId: z.string() })

export function sloBackfillRoutes(deps: ApiDeps): Route[] {
  const { backfills, slo, tenants, checkpoint, clock } = deps
  const written = async (): Promise<void> => {
    const noteWritten = backfills.unwritten()
    if (!(await checkpoint())) throw backfillNotWritten()
    noteWritten()
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/backfills',
      permission: 'slo:write',
      summary: 'Lists the loads of past counts, the newest first.',
      status: 200,
      answer: backfillListSchema,
      handler: () => json(200, { items: backfills.all() }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/backfills/loadable',
      permission: 'slo:write',
      summary: 'Tells up to when past counts of each SLO may be loaded, and which were.',
      status: 200,
      query: z.strictObject({ cursor: cursorSchema, limit: limitSchema }),
      answer: pageSchema(loadableSchema),
      handler: ({ query: { cursor, limit = DEFAULT_TENANTS } }) => {
        const page = tenants.list({ state: 'active', cursor, limit })
        const items = page.items.flatMap(({ tenantId }) =>
          slo.loadable(tenantId).map((each) => ({ tenantId, ...each })),
        )
        return json(200, { items, nextCursor: page.nextCursor })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/slo/backfills',
      permission: 'slo:write',
      summary:
        'Begins to load past counts, or goes on with a load of the same digest that was broken off: from readToMs on.',
      status: 201,
      body: requestSchema,
      answer: backfillSchema,
      handler: ({ body, principal, nowMs }) => json(201, backfills.begin(body, principal, nowMs)),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/slo/backfills/:backfillId/counts',
      permission: 'slo:write',
      summary:
        'Loads past counts by the minute. What was loaded before, or was counted as it came, stays as it is; nothing is raised because of them.',
      status: 200,
      params: backfillParams,
      body: partSchema,
      answer: backfillPartAnswerSchema,
      handler: async ({ params, body }) => {
        if (backfills.isFull()) await written()
        const rows = body.rows.map((row): PastRow => ({ ...row, sloId: row.sloId as SloId }))
        const part = { ...body, rows }
        return json(200, await inSlices(clock, backfills.load(params.backfillId, part)))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/slo/backfills/:backfillId/end',
      permission: 'slo:write',
      summary: 'Ends a load of past counts: what was loaded is on disk when it answers.',
      status: 200,
      params: backfillParams,
      answer: backfillSchema,
      handler: async ({ params, principal, nowMs }) => {
        await written()
        return json(200, backfills.end(params.backfillId, principal, nowMs))
      },
    }),
  ]
}

interface Row {
  readonly tenantId: TenantId
  readonly fromMs: number
  readonly toMs: number
  readonly totals: readonly number[]
  readonly bads: readonly number[]
  readonly surelyBads?: readonly number[]
}

function isWhole({ fromMs, toMs, totals, bads, surelyBads = bads }: Row): boolean {
  if (toMs <= fromMs || bads.length !== totals.length || surelyBads.length !== totals.length) {
    return false
  }
  return totals.length === 0 || totals.length === Math.ceil((toMs - fromMs) / MINUTE_MS)
}

function isPossible({ totals, bads, surelyBads = bads }: Row): boolean {
  return totals.every((total, i) => bads[i]! <= surelyBads[i]! && surelyBads[i]! <= total)
}

function minutesOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { totals }) => sum + totals.length, 0)
}
