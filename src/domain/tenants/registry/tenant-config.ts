/**
 * The guide's TenantConfig, whole: what an operator asks for, in the API, in configuration files
 * and in the registry. Checked here and nowhere else. A field that is not known is refused by name;
 * a list or object that is left out is empty.
 */
import { isIP } from 'node:net'
import { z } from 'zod'
import { TENANT_ID_PATTERN, type TenantId } from '../../../core/ids.ts'
import { SHARED_FILE } from '../../../core/names/bulk-file.ts'
import {
  fieldProblems,
  withNearest,
  type FieldProblem,
} from '../../../machinery/runtime/field-problems.ts'
import { quotaOverridesSchema } from './quotas.ts'
import { TIERS } from './tiers.ts'

export const ISOLATIONS = ['shared', 'dedicated', 'isolated'] as const
export type Isolation = (typeof ISOLATIONS)[number]

/** Who of the platform's support may look into the tenant's data. */
export const SUPPORT_ACCESS = ['allowed', 'on-consent', 'forbidden'] as const

const CONTROL_CHARACTER = /\p{Cc}/u
const ID_EXPECTED = 'expected 1 to 48 of a-z, 0-9 and inner hyphens'

const tenantIdSchema = z
  .string()
  .regex(TENANT_ID_PATTERN, ID_EXPECTED)
  .refine((id) => id !== SHARED_FILE, {
    error: `"${SHARED_FILE}" is reserved: it names the file that tenants share`,
  })
  .transform((text) => text as TenantId)

const text = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => value.isWellFormed() && !CONTROL_CHARACTER.test(value), {
    error: 'expected text without control characters',
  })
  .refine((value) => value.trim() === value, { error: 'begins or ends with white space' })

const word = (expected: string): z.ZodType<string, string> =>
  z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/, expected)

const featureSchema = word('expected 1 to 64 of a-z, 0-9 and inner . _ -')
const networkSchema = z.string().refine(isNetwork, {
  error: 'expected a network such as 203.0.113.0/24 or 2001:db8::/32',
})

const securitySchema = z.strictObject({
  /** People of the tenant must sign in with a second factor. */
  mfaRequired: z.boolean().default(false),
  supportAccess: z.enum(SUPPORT_ACCESS).default('on-consent'),
  /** From where the tenant may be reached; empty for anywhere. */
  allowedNetworks: unique(networkSchema, 100),
  dataRetentionDays: z.int().min(1).max(3_650).default(400),
  /** What the tenant must comply with, such as soc2 or gdpr. */
  frameworks: unique(word('expected 1 to 64 of a-z, 0-9 and inner . _ -'), 20),
})

const labelsSchema = z
  .record(z.string(), z.string().max(200))
  .superRefine((labels, context) => {
    const names = Object.keys(labels)
    if (names.length > 32) {
      const message = `expected at most 32 labels, not ${String(names.length)}`
      context.addIssue({ code: 'custom', message })
    }
    for (const name of names) {
      if (/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/.test(name)) continue
      const message = 'expected a name of a-z, A-Z, 0-9 and _, not beginning with a digit'
      context.addIssue({ code: 'custom', message, path: [name] })
    }
  })
  .default({})

const SHAPE = {
  /** Immutable: safe as a file name, a namespace, a label value and a header. */
  tenantId: tenantIdSchema,
  name: text,
  tier: z.enum(TIERS),
  /** Such as eu-central-1. */
  region: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'expected a region such as eu-central-1'),
  isolation: z.enum(ISOLATIONS),
  quotas: quotaOverridesSchema.default({}),
  security: securitySchema.default(securitySchema.parse({})),
  /** The flags that are on for the tenant. */
  features: unique(featureSchema, 100),
  /** Other names under which metrics report the tenant. */
  aliases: unique(text, 50),
  labels: labelsSchema,
  /**
   * Until when its users are satisfied, for the Apdex; that of the SLO where it is null.
   */
  apdexThresholdSeconds: z.number().min(0.001).max(600).nullable().default(null),
}

export const tenantConfigSchema = z.strictObject(SHAPE).superRefine((config, context) => {
  const index = config.aliases.indexOf(config.tenantId)
  if (index < 0) return
  const message = 'is the tenant id itself: leave it out'
  context.addIssue({ code: 'custom', message, path: ['aliases', index] })
})

export type TenantConfig = z.infer<typeof tenantConfigSchema>

export type TenantConfigResult =
  | { readonly ok: true; readonly config: TenantConfig }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] }

/** Checks a configuration from outside. Shape: every problem names its field. */
export function readTenantConfig(value: unknown): TenantConfigResult {
  const parsed = tenantConfigSchema.safeParse(value)
  if (parsed.success) return { ok: true, config: parsed.data }
  const problems = fieldProblems(parsed.error, value)
  return { ok: false, problems: withNearest(problems, Object.keys(SHAPE)) }
}

function unique(entry: z.ZodType<string, string>, most: number) {
  return z
    .array(entry)
    .max(most)
    .superRefine((values, context) => {
      for (const [index, value] of values.entries()) {
        if (values.indexOf(value) === index) continue
        const message = `${JSON.stringify(value)} comes twice`
        context.addIssue({ code: 'custom', message, path: [index] })
      }
    })
    .default([])
}

function isNetwork(value: string): boolean {
  const [address = '', bits = '', ...rest] = value.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false
  return Number(bits) <= (version === 4 ? 32 : 128)
}
