/** How many users a tenant had lately, on the wire. */
import { z } from 'zod'

export const usersSchema = z.object({
  /** As reported, else the estimate of the last five minutes. Null where there is neither. */
  count: z.number().nullable(),
  isReported: z.boolean(),
  /** Estimates from labels that name a user. Null where no series has one. */
  distinct: z
    .object({
      fiveMinutes: z.int(),
      hour: z.int(),
      day: z.int(),
      /** Of each of them where it is more than two thousand; fewer are counted exactly. */
      standardErrorRatio: z.number(),
    })
    .nullable(),
})
export type UsersBody = z.infer<typeof usersSchema>
