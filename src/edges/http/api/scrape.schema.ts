/** Targets as the API tells them. The portal imports these types only. */
import { z } from 'zod'

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

export const scrapeTargetsSchema = z.object({
  items: z.array(scrapeTargetSchema),
  /**
   * What keeps targets from being scraped as configured, such as a scrape file that is not valid.
   */
  problems: z.array(z.string()),
})
export type ScrapeTargetsBody = z.infer<typeof scrapeTargetsSchema>
