/**
 * The fields of `engines.yaml`: distributed engines, whose tenants they serve and for what. A field
 * that is not known is refused, never ignored; secrets are named as files.
 */
import { z } from 'zod'
import { TENANT_ID_PATTERN } from '../../core/ids.ts'
import { HEADERS } from '../../core/names/headers.ts'
import { durationField, sizeField } from '../../machinery/runtime/quantity-text.ts'
import { TIERS } from '../../domain/tenants/tenants.ts'

/** What an engine is, and whether it keeps each tenant's data apart from the others'. */
export const ENGINE_TYPES = {
  mimir: { tenancy: 'header', rules: 'ruler' },
  cortex: { tenancy: 'header', rules: 'ruler' },
  'victoriametrics-cluster': { tenancy: 'account', rules: 'directory' },
  victoriametrics: { tenancy: 'none', rules: 'directory' },
  prometheus: { tenancy: 'none', rules: 'directory' },
} as const
export type EngineType = keyof typeof ENGINE_TYPES

const ENGINE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/
const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/
/** Set by us, or a secret that belongs into a file. */
const OWN_HEADERS: readonly string[] = [
  HEADERS.scopeOrgId,
  'authorization',
  'host',
  'content-length',
  'content-type',
]

const address = z
  .url({ protocol: /^https?$/, error: 'expected an http or https address' })
  .refine(
    (text) => !hasUserInfo(text),
    'a name and password do not belong into an address: use auth',
  )
  .refine((text) => !text.includes('#'), 'expected an address without a fragment')

function hasUserInfo(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && (url.username !== '' || url.password !== '')
}

const file = z.string().min(1).max(4_096)

const headerValue = z.union(
  [z.string().regex(/^[\t\x20-\x7e]*$/, 'expected printable ASCII'), z.strictObject({ file })],
  { error: 'expected a text, or { file: … } where it is a secret' },
)

const headers = z.record(
  z
    .string()
    .regex(HEADER_NAME, 'expected the name of a header')
    .refine(
      (name) => !OWN_HEADERS.includes(name.toLowerCase()),
      'is set by Tenantry; secrets belong into auth',
    ),
  headerValue,
)

const auth = z
  .strictObject({
    bearerTokenFile: file.optional(),
    username: z.string().min(1).max(256).optional(),
    passwordFile: file.optional(),
  })
  .refine(
    ({ bearerTokenFile, username, passwordFile }) =>
      bearerTokenFile === undefined
        ? username !== undefined && passwordFile !== undefined
        : username === undefined && passwordFile === undefined,
    'expected bearerTokenFile, or username and passwordFile',
  )

const tls = z
  .strictObject({
    caFile: file.optional(),
    certFile: file.optional(),
    keyFile: file.optional(),
    serverName: z.string().min(1).max(253).optional(),
    insecureSkipVerify: z.boolean().default(false),
  })
  .refine(
    ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
    'expected certFile and keyFile together',
  )

const selector = z
  .strictObject({
    tiers: z.array(z.enum(TIERS)).default([]),
    ids: z
      .array(z.string().regex(TENANT_ID_PATTERN, 'expected the id of a tenant'))
      .max(10_000)
      .default([]),
  })
  .refine(
    ({ tiers, ids }) => tiers.length + ids.length > 0,
    'names nobody: leave it out where all are meant',
  )

const whole = (least: number, most: number): z.ZodInt => z.int().min(least).max(most)

export const WRITE_PROTOCOLS = ['auto', '2.0', '1.0'] as const

const writeSchema = z.strictObject({
  url: address,
  protocol: z
    .union([z.literal(2).transform(() => '2.0'), z.literal(1).transform(() => '1.0'), z.string()])
    .pipe(z.enum(WRITE_PROTOCOLS))
    .default('auto'),
  maxLagBytes: sizeField.prefault('2GiB'),
  maxLagAge: durationField.prefault('2h'),
  shards: whole(1, 64).default(4),
  maxInFlight: whole(1, 256).default(16),
  maxSamplesPerSend: whole(1, 100_000).default(2_000),
  flushAfter: durationField.prefault('1s'),
})

const rulesSchema = z.strictObject({
  /** Of the ruler; for Mimir and Cortex. */
  url: address.optional(),
  /** Where rule files are written; for vmalert and Prometheus. */
  directory: file.optional(),
  /** Called with POST once files have changed. */
  reloadUrl: address.optional(),
  reads: z.enum(['platform', 'tenantry']).default('platform'),
  maxRulesPerGroup: whole(1, 10_000).default(20),
  maxGroups: whole(1, 100_000).default(70),
})

const querySchema = z.strictObject({
  url: address,
  /** More than one: asked in one query, where the engine federates tenants. */
  tenantsPerQuery: whole(1, 100).default(1),
})

/** A figure of the engine's own limits, as its `overrides` take it. */
const limitValue = z.union([z.number(), z.boolean(), z.string().max(256)])
const limitRow = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'expected the name of a limit'),
  limitValue,
)

const limitsSchema = z.strictObject({
  /** How much wider the engine's limits are than ours, so that ours hold first. */
  marginRatio: z.number().min(1).max(100).default(1.25),
  /** Figures of the engine's that no quota gives, or other ones, by tier. */
  tiers: z.partialRecord(z.enum(TIERS), limitRow).default({}),
})

export const engineSchema = z.strictObject({
  name: z.string().regex(ENGINE_NAME, 'expected 1 to 32 of a-z, 0-9 and inner hyphens'),
  type: z.enum(Object.keys(ENGINE_TYPES) as [EngineType, ...EngineType[]]),
  tenants: selector.optional(),
  tenantLabel: z.string().regex(LABEL_NAME, 'expected the name of a label').default('tenant_id'),
  auth: auth.optional(),
  headers: headers.default({}),
  tls: tls.optional(),
  write: writeSchema.optional(),
  rules: rulesSchema.optional(),
  query: querySchema.optional(),
  limits: limitsSchema.optional(),
  evaluator: z.enum(['local', 'ruler']).default('local'),
})

export const fileSchema = z.strictObject({ engines: z.array(engineSchema).max(100).default([]) })

export type EngineFields = z.infer<typeof engineSchema>
export type FileFields = z.infer<typeof fileSchema>

/** Names of all fields, to guess what was meant by one that there is not. */
export const KNOWN_FIELDS: readonly string[] = [
  'engines',
  ...[engineSchema, writeSchema, rulesSchema, querySchema, limitsSchema].flatMap(({ shape }) =>
    Object.keys(shape),
  ),
  'tiers',
  'ids',
  'bearerTokenFile',
  'username',
  'passwordFile',
  'caFile',
  'certFile',
  'keyFile',
  'serverName',
  'insecureSkipVerify',
]
