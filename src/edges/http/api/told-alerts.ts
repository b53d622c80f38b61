/**
 * `/api/v2/alerts` and `/api/v1/alerts/webhook`: alerts of other systems, as Alertmanager takes and
 * as its webhook sends them; and what was told.
 */
import { z } from 'zod'
import type { Principal } from '../../../domain/access/access.ts'
import {
  FOREIGN_STATES,
  readPosting,
  readWebhook,
  type Told,
  type ToldProblem,
} from '../../../domain/incidents/incidents.ts'
import { fieldProblems } from '../../../machinery/runtime/field-problems.ts'
import { invalid } from '../checked.ts'
import { HTTP_LIMITS } from '../limits.ts'
import { defineRoute, json, type Answer, type Route } from '../route.ts'
import { cursorSchema, DEFAULT_LIMIT, limitSchema, tenantIdSchema, type ApiDeps } from './parts.ts'
import { toldAlertListSchema } from './told-alerts.schema.ts'

const listQuery = z.strictObject({
  tenantId: tenantIdSchema.exactOptional(),
  state: z.enum(FOREIGN_STATES).exactOptional(),
  cursor: cursorSchema,
  limit: limitSchema,
})

const CURSOR = /^(\d{1,16})-([0-9a-f]{16})$/

type Read = (body: unknown, nowMs: number) => Told

export function toldAlertRoutes({ alertIntake, foreign }: ApiDeps): Route[] {
  const take = async (read: Read, body: unknown, principal: Principal, nowMs: number) => {
    const told = readOrRefuse(read, body, nowMs)
    const problems = await alertIntake.take(told, principal.tenantId)
    return { problems, taken: told.alerts.length + told.problems.length - problems.length }
  }
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v2/alerts',
      permission: 'alerts:write',
      bodyBytes: HTTP_LIMITS.alertBodyBytes,
      summary:
        "Takes alerts as Alertmanager's API v2 does. Those that are right are taken, also where others are not.",
      status: 200,
      body: z.unknown(),
      handler: async ({ body, principal, nowMs }) => {
        const { problems, taken } = await take(readPosting, body, principal, nowMs)
        return problems.length === 0 ? { status: 200 } : json(400, inWords(problems, taken))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/alerts/webhook',
      permission: 'alerts:write',
      bodyBytes: HTTP_LIMITS.alertBodyBytes,
      summary: "Takes what Alertmanager's webhook sends, version 4.",
      status: 200,
      body: z.unknown(),
      handler: async ({ body, principal, nowMs }) => {
        const { problems, taken } = await take(readWebhook, body, principal, nowMs)
        return problems.length === 0 ? json(200, { taken }) : refusal(problems, taken)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/alerts/told',
      permission: 'alerts:read',
      summary: 'Lists the alerts that other systems told of, told last first.',
      status: 200,
      query: listQuery,
      answer: toldAlertListSchema,
      handler: ({ query, principal }) => {
        const own = principal.tenantId
        if (own !== null && query.tenantId !== undefined && query.tenantId !== own) {
          return json(200, { items: [], nextCursor: null })
        }
        const { limit = DEFAULT_LIMIT, state } = query
        const items = foreign.list({
          tenantId: own ?? query.tenantId,
          state,
          before: positionOf(query.cursor),
          limit: limit + 1,
        })
        const page = items.slice(0, limit)
        const last = items.length > limit ? page.at(-1) : undefined
        const nextCursor =
          last === undefined ? null : `${String(last.toldAtMs)}-${last.fingerprint}`
        return json(200, { items: page, nextCursor })
      },
    }),
  ]
}

function readOrRefuse(read: Read, body: unknown, nowMs: number): Told {
  try {
    return read(body, nowMs)
  } catch (error) {
    if (error instanceof z.ZodError) throw invalid('the alerts', fieldProblems(error, body))
    throw error
  }
}

/** As Alertmanager answers: a text as JSON. */
function inWords(problems: readonly ToldProblem[], taken: number): string {
  const told = problems.map(({ place, field, message }) => {
    return `alert ${String(place)}: ${field === '' ? '' : `${field}: `}${message}`
  })
  return `${String(taken)} taken, ${String(problems.length)} refused: ${told.join('; ')}`
}

function refusal(problems: readonly ToldProblem[], taken: number): Answer {
  const errors = problems.map(({ place, field, message }) => ({
    field: `alerts[${String(place)}]${field === '' ? '' : `.${field}`}`,
    message,
  }))
  return json(400, { title: inWords(problems, taken), taken, errors })
}

function positionOf(cursor: string | undefined) {
  if (cursor === undefined) return null
  const match = CURSOR.exec(cursor)
  if (match === null) {
    throw invalid('the query', [{ field: 'cursor', message: 'expected one of ours' }])
  }
  return { toldAtMs: Number(match[1]), fingerprint: match[2] ?? '' }
}
