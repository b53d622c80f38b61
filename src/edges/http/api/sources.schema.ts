/** The shape of a tenant's sources on the wire. The portal imports these types only. */
import { z } from 'zod'

export const sourceSchema = z.object({
  signal: z.string(),
  /** What of the signal it measures, such as database or volume; empty where there is only one. */
  resource: z.string(),
  source: z.string(),
  /** The same in words. */
  says: z.string(),
  /** From 1, among those that report the same. */
  rank: z.int(),
  /** Only an active one changes figures. A silent one has not reported for long. */
  state: z.enum(['active', 'shadowed', 'silent']),
  lastSampleAtMs: z.number(),
  series: z.int(),
})

export const sourcesSchema = z.object({ asOfMs: z.number(), items: z.array(sourceSchema) })
export type SourcesBody = z.infer<typeof sourcesSchema>
export type SourceBody = SourcesBody['items'][number]
