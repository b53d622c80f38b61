/** `/api/v1/scrape/targets`: what is pulled, and how it goes. */
import { z } from 'zod'
import { defineRoute, json, type Route } from '../route.ts'
import type { ApiDeps } from './parts.ts'

export const scrapeTargetSchema = z.object({
  job: z.string(),
  url: z.string(),
  labels: z.record(z.string(), z.string()),
  health: z.enum(['unknown', 'up', 'down']),
  lastScrapeAtMs: z.number().nullable(),
  lastDurationSeconds: z.number().nullable(),
  lastError: z.string().nullable(),
  samplesScraped: z.int(),
  samplesKept: z.int(),
})
export type ScrapeTargetBody = Readonly<z.infer<typeof scrapeTargetSchema>>

export function scrapeRoutes({ scrape }: Pick<ApiDeps, 'scrape'>): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/scrape/targets',
      permission: 'telemetry:read',
      summary: 'Lists the targets that are scraped, by job and address, with their last scrape.',
      status: 200,
      answer: z.object({ items: z.array(scrapeTargetSchema) }),
      handler: () => json(200, { items: scrape.targets() }),
    }),
  ]
}
