/** `/api/v1/scrape/targets`: what is pulled, and how it goes. */
import { defineRoute, json, type Route } from '../route.ts'
import type { ApiDeps } from './parts.ts'
import { scrapeTargetsSchema } from './scrape.schema.ts'

export function scrapeRoutes({ scrape }: Pick<ApiDeps, 'scrape'>): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/scrape/targets',
      permission: 'telemetry:read',
      summary: 'Lists the targets that are scraped, by job and address, with their last scrape.',
      status: 200,
      answer: scrapeTargetsSchema,
      handler: () => json(200, { items: scrape.targets(), problems: [...scrape.problems()] }),
    }),
  ]
}
