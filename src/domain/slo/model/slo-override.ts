/** What one tenant is promised otherwise than its tier, as configuration writes it. */
import { z } from 'zod'
import { TENANT_ID_PATTERN } from '../../../core/ids.ts'
import { percentSchema } from './percent.ts'
import { datedSchema, fromSchema } from './slo-spec.ts'

const idSchema = z
  .string()
  .regex(TENANT_ID_PATTERN, 'expected 1 to 48 of a-z, 0-9 and inner hyphens')

const objectiveSchema = z.strictObject({
  from: fromSchema.exactOptional(),
  /** Null: what its tier is promised. */
  percent: percentSchema.nullable(),
  recompute: z.boolean().exactOptional(),
})

const minimumSchema = z.int().min(1).max(1_000_000).exactOptional()

export const sloOverrideSchema = z.strictObject({
  tenant: idSchema,
  slo: idSchema,
  objectives: datedSchema(objectiveSchema),
  minBadEvents: minimumSchema,
  minTotalEvents: minimumSchema,
})
export type SloOverrideSpec = z.infer<typeof sloOverrideSchema>
