/** The shape of deploys on the wire. The portal imports these types only. */
import { z } from 'zod'

const name = z.string().min(1).max(200)

/** The data of a deploy event. */
export const deployDataSchema = z.strictObject({
  service: name,
  version: name,
  /** Ids of tenants, or names that metrics report. */
  tenants: z
    .union([z.literal('all'), z.array(name).min(1).max(10_000)], {
      error: 'expected "all", or a list of tenants',
    })
    .default('all'),
})

export const deploySchema = z.object({
  deployId: z.string(),
  source: z.string(),
  eventId: z.string(),
  service: z.string(),
  version: z.string(),
  atMs: z.number(),
  recordedAtMs: z.number(),
  /** For who is bound to a tenant: itself. */
  tenants: z.union([z.literal('all'), z.array(z.string())]),
})
export type DeployBody = z.infer<typeof deploySchema>

export const deployListSchema = z.object({
  /** Newest first. */
  items: z.array(deploySchema),
  /** For the next page. Null on the last one. */
  nextCursor: z.string().nullable(),
})
export type DeployListBody = z.infer<typeof deployListSchema>
