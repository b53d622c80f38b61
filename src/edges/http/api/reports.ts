/** `/api/v1/reports`: reviews of a week, a month or a quarter, made by schedule or when asked. */
import { z } from 'zod'
import { isTimeZone } from '../../../core/time.ts'
import { HTML_POLICY } from '../../../machinery/documents/html.ts'
import {
  REVIEW_FORMATS,
  reviewDocument,
  reviewTitle,
  type ReviewScope,
} from '../../../domain/reports/reports.ts'
import { tenantNotFound } from '../../../domain/tenants/tenants.ts'
import { defineRoute, json, type Answer, type Route } from '../route.ts'
import {
  cursorSchema,
  DEFAULT_LIMIT,
  instantSchema,
  limitSchema,
  needTenant,
  pageSchema,
  tenantIdSchema,
  type ApiDeps,
} from './parts.ts'
import {
  archivedReviewSchema,
  REVIEW_SCOPES,
  reviewDetailSchema,
  reviewSpanSchema,
  reviewTierSchema,
} from './reports.schema.ts'

const makeSchema = z
  .strictObject({
    /** Of one tenant; of a tier; of all tenants without both. */
    tenantId: tenantIdSchema.exactOptional(),
    tier: reviewTierSchema.exactOptional(),
    span: reviewSpanSchema,
    /** Whose days and months. UTC without it. */
    zone: z
      .string()
      .max(64)
      .refine(isTimeZone, { error: 'there is no such time zone' })
      .exactOptional(),
    /** An instant within the period. The last one that is over without it. */
    at: z.union([z.number(), instantSchema]).exactOptional(),
  })
  .refine(({ tenantId, tier }) => tenantId === undefined || tier === undefined, {
    error: 'has a tenantId beside it',
    path: ['tier'],
  })

const listQuery = z.strictObject({
  tenantId: tenantIdSchema.exactOptional(),
  scope: z.enum(REVIEW_SCOPES).exactOptional(),
  span: reviewSpanSchema.exactOptional(),
  cursor: cursorSchema,
  limit: limitSchema,
})

const documentQuery = z.strictObject({
  format: z.enum(REVIEW_FORMATS).exactOptional(),
  theme: z.enum(['auto', 'light', 'dark']).exactOptional(),
  /** Saved under a name in place of being shown. */
  download: z.enum(['true', 'false']).exactOptional(),
})

const reviewParams = z.object({ reviewId: z.string() })

export function reportRoutes({ reports, tenants, pause, reviewZone }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/reports',
      permission: 'slo:read',
      summary: 'Lists the reviews that were made, newest period first.',
      status: 200,
      query: listQuery,
      answer: pageSchema(archivedReviewSchema),
      handler: ({ query: { tenantId: asked, limit = DEFAULT_LIMIT, ...query }, principal }) => {
        const tenantId = principal.tenantId ?? asked ?? null
        if (asked !== undefined && asked !== tenantId) throw tenantNotFound(asked)
        if (tenantId !== null) needTenant(tenants, tenantId)
        return json(200, reports.listReviews({ tenantId, limit, ...query }))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/reports',
      permission: 'slo:write',
      summary: 'Makes a review of a week, a month or a quarter, and archives it.',
      status: 201,
      body: makeSchema,
      answer: archivedReviewSchema,
      handler: async ({ body, principal, nowMs }) => {
        const { tenantId, tier, span, zone = reviewZone, at } = body
        if (tenantId !== undefined) needTenant(tenants, tenantId)
        const scope: ReviewScope =
          tenantId !== undefined
            ? { kind: 'tenant', tenantId }
            : tier !== undefined
              ? { kind: 'tier', tier }
              : { kind: 'fleet' }
        const request = { scope, span, zone, atMs: at ?? null }
        const made = reports.makeReview(request, principal, nowMs)
        for (let step = made.next(); ; step = made.next()) {
          if (step.done === true) return json(201, step.value)
          await pause()
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/reports/:reviewId',
      permission: 'slo:read',
      summary: 'Shows a review as figures.',
      status: 200,
      params: reviewParams,
      answer: reviewDetailSchema,
      handler: ({ params, principal }) => {
        const { row, review } = reports.review(params.reviewId, principal.tenantId)
        const { tenants: count, slos, lines, alerts, alertCounts, advice } = review
        const title = reviewTitle(review)
        return json(200, {
          ...row,
          title,
          tenants: count,
          slos,
          lines,
          alerts,
          alertCounts,
          advice,
        })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/reports/:reviewId/document',
      permission: 'slo:read',
      summary: 'Writes a review as HTML, Markdown, PDF, CSV or JSON.',
      status: 200,
      params: reviewParams,
      query: documentQuery,
      handler: async ({ params, query, principal }): Promise<Answer> => {
        const { format = 'html', theme = 'auto', download } = query
        const { review } = reports.review(params.reviewId, principal.tenantId)
        const { type, fileName, content } = await reviewDocument(review, format, theme)
        const headers = {
          'content-disposition': `${download === 'true' ? 'attachment' : 'inline'}; filename="${fileName}"`,
          ...(format === 'html' ? FRAMED : {}),
        }
        const body = typeof content === 'string' ? { text: content } : { bytes: content }
        return { status: 200, type, headers, ...body }
      },
    }),
  ]
}

/** The portal shows it in a frame of its own. */
const FRAMED = {
  'content-security-policy': `${HTML_POLICY}; frame-ancestors 'self'`,
  'x-frame-options': 'SAMEORIGIN',
}
