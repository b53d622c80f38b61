/** Reads the options of `generate`, alike for the command line and the API: as text, or as JSON. */
import { z } from 'zod'
import { DEFAULT_OPTIONS, READINGS, type CodegenOptions } from './input.ts'

/** As Prometheus takes them without quotes. */
const labelSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_]\w*$/, 'expected a label: letters, digits and _')
const metricSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_:][\w:]*$/, 'expected the name of a metric: letters, digits, _ and :')
const countSchema = z.union(
  [
    z.int().min(1).max(999_999),
    z
      .string()
      .regex(/^[1-9]\d{0,5}$/)
      .transform(Number),
  ],
  { error: 'expected a number of 1 or more' },
)
const yesOrNo = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')],
  { error: 'expected true or false' },
)

/** By name of the option: what may be said. */
export const OPTION_TEXTS = {
  reads: z.enum(READINGS).exactOptional(),
  anchored: yesOrNo.exactOptional(),
  slothNames: yesOrNo.exactOptional(),
  tenantLabel: labelSchema.exactOptional(),
  durationMetric: metricSchema.exactOptional(),
  codeLabel: labelSchema.exactOptional(),
  maxRules: countSchema.exactOptional(),
  maxGroups: countSchema.exactOptional(),
  runbooks: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^\p{Cc}]*$/u, 'expected an address or a folder')
    .exactOptional(),
}

const optionsSchema = z.object(OPTION_TEXTS)
export type OptionName = keyof typeof OPTION_TEXTS
export type SaidOptions = z.infer<typeof optionsSchema>

/** Puts defaults where nothing was said. */
export function optionsOf(said: SaidOptions): CodegenOptions {
  const { platform } = DEFAULT_OPTIONS
  return {
    reads: said.reads ?? DEFAULT_OPTIONS.reads,
    anchored: said.anchored ?? DEFAULT_OPTIONS.anchored,
    slothNames: said.slothNames ?? DEFAULT_OPTIONS.slothNames,
    platform: {
      tenantLabel: said.tenantLabel ?? platform.tenantLabel,
      durationMetric: said.durationMetric ?? platform.durationMetric,
      codeLabel: said.codeLabel ?? platform.codeLabel,
    },
    maxRulesPerGroup: said.maxRules ?? DEFAULT_OPTIONS.maxRulesPerGroup,
    maxGroups: said.maxGroups ?? DEFAULT_OPTIONS.maxGroups,
    runbooks: said.runbooks ?? DEFAULT_OPTIONS.runbooks,
  }
}
