/** Who asks, on the wire. The portal imports these types only. */
import { z } from 'zod'

export const sessionSchema = z.object({
  name: z.string(),
  role: z.string(),
  /** Null for somebody who sees the whole platform. */
  tenantId: z.string().nullable(),
  /** What they may do, such as `slo:write`: a page offers nothing else. */
  permissions: z.array(z.string()),
})
export type SessionBody = z.infer<typeof sessionSchema>
