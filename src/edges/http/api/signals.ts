/** `/api/v1/tenants/{id}/signals/query`: signals over time. */
import { z } from 'zod'
import { bucketEndMs, DAY_MS, SECOND_MS } from '../../../core/time.ts'
import {
  QUERY_LIMITS,
  QUERY_SIGNAL_NAMES,
  type QuerySignal,
} from '../../../domain/metrics/metrics.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { needTenant, tenantParams, type ApiDeps } from './parts.ts'
import {
  signalAnswerSchema,
  signalUsageSchema,
  type SignalAnswerBody,
  type SignalUsageBody,
} from './signals.schema.ts'

const DEFAULT_LAST_SECONDS = 3_600
const DEFAULT_USAGE_DAYS = 30
const MOST_USAGE_DAYS = 400

/** Epoch milliseconds, or an instant as in RFC 3339. */
const instantSchema = z.string().transform((text, context) => {
  const isInstant = /^\d{4}-\d\d-\d\dT/.test(text)
  const atMs = /^\d{1,15}$/.test(text) ? Number(text) : isInstant ? Date.parse(text) : NaN
  if (Number.isFinite(atMs)) return atMs
  const message = 'expected epoch milliseconds or an instant such as 2026-11-25T10:00:00Z'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

const wholeSchema = z
  .string()
  .regex(/^\d{1,8}$/, 'expected a whole number')
  .transform(Number)

const signalsSchema = z.string().transform((text, context): QuerySignal[] => {
  const names = [...new Set(text.split(','))]
  const unknown = names.filter((name) => !(QUERY_SIGNAL_NAMES as string[]).includes(name))
  if (unknown.length === 0) return names as QuerySignal[]
  context.addIssue({
    code: 'custom',
    message: `there is no signal ${JSON.stringify(unknown[0])}; expected some of ${QUERY_SIGNAL_NAMES.join(', ')}, separated by commas`,
  })
  return z.NEVER
})

const signalQuery = z.strictObject({
  signal: signalsSchema,
  /** Seconds up to `to`, where no `from` is given. */
  last: wholeSchema.exactOptional(),
  from: instantSchema.exactOptional(),
  to: instantSchema.exactOptional(),
  /** Seconds, a multiple of ten. */
  step: wholeSchema.exactOptional(),
  /** The most points of a series where no step is given. */
  points: wholeSchema.exactOptional(),
  group: z.enum(['none', 'status', 'source']).exactOptional(),
})

const usageQuery = z.strictObject({
  /** Days of UTC, the one that goes on included. */
  days: wholeSchema.pipe(z.int().min(1).max(MOST_USAGE_DAYS)).exactOptional(),
})

export function signalRoutes({ tenants, metrics, counters, clock, live }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/signals/query',
      permission: 'slo:read',
      summary: `Tells signals of a tenant over time, in steps; at most ${String(QUERY_LIMITS.points)} points a series.`,
      status: 200,
      params: tenantParams,
      query: signalQuery,
      answer: signalAnswerSchema,
      handler: ({ params, query, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        const toMs = query.to ?? nowMs
        const startMs = clock.monotonicMs()
        const answer = metrics.query(
          tenantId,
          {
            signals: query.signal,
            fromMs: query.from ?? toMs - (query.last ?? DEFAULT_LAST_SECONDS) * SECOND_MS,
            toMs,
            stepSeconds: query.step,
            points: query.points,
            group: query.group,
          },
          nowMs,
        )
        const { resolution } = answer
        const seconds = (clock.monotonicMs() - startMs) / SECOND_MS
        counters.observe('tenantry_query_seconds', seconds, { resolution })
        return json(200, {
          tenantId,
          ...answer,
          firstSampleAtMs: metrics.firstSampleAtMs(tenantId),
          lastSampleAtMs: metrics.lastSampleAtMs(tenantId),
          asOfMs: live.asOfMs() ?? nowMs,
        } satisfies SignalAnswerBody)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/signals/usage',
      permission: 'slo:read',
      summary: 'Tells by day what was received of a tenant by signal, and what is stored of it.',
      status: 200,
      params: tenantParams,
      query: usageQuery,
      answer: signalUsageSchema,
      handler: ({ params, query, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        const toMs = bucketEndMs(nowMs, DAY_MS)
        const fromMs = toMs - (query.days ?? DEFAULT_USAGE_DAYS) * DAY_MS
        const items = metrics.usage(tenantId, { fromMs, toMs }).map((day) => ({
          ...day,
          signals: day.signals.map((each) => ({ ...each })),
        }))
        return json(200, { tenantId, items } satisfies SignalUsageBody)
      },
    }),
  ]
}
