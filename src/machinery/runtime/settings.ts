/**
 * What an installation may set: command-line options first, then TENANTRY_* variables, then
 * defaults. A secret may be given as the path of a file instead, in the variable of the same name
 * with _FILE behind it.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { TenantryError } from '../../core/errors.ts'
import {
  DEFAULT_TRANSLATION,
  TRANSLATION_STRATEGIES,
} from '../../core/names/translation-strategies.ts'
import { isTimeZone } from '../../core/time.ts'
import { MIB } from '../../core/units.ts'
import { RUNTIME_ERRORS } from './errors.ts'
import { nearestName } from './nearest-name.ts'

const wholeNumber = (minimum: number, maximum: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `expected ${minimum} to ${maximum}`)

const secret = z.string().min(16, 'expected at least 16 characters')
const labelName = z.string().regex(/^[A-Za-z_][\w.]{0,127}$/, 'expected the name of a label')
/** Names with commas between them, or `none`. */
const labelNames = z
  .string()
  .transform((text) => (text === 'none' ? [] : text.split(',').map((name) => name.trim())))
  .pipe(z.array(labelName).max(10))
const timeZone = z.string().refine(isTimeZone, 'expected an IANA time zone, such as Europe/Berlin')
const webAddress = z.url({ protocol: /^https?$/, error: 'expected an http or https address' })

const MOST_DIMENSIONS = 4
const DIMENSION = /^([a-z][a-z0-9_]{0,31})(?:=([^\s,=|]+(?:\|[^\s,=|]+)*))?$/

/** Worked: `route,region=cloud.region|region`. Nothing tells nothing apart. */
const dimensions = z.string().transform((text, context) => {
  const rows = text.split(',').filter((part) => part.trim() !== '')
  const read = rows.map((part) => {
    const [, name, labels] = DIMENSION.exec(part.trim()) ?? []
    if (name === undefined) context.addIssue(`expected name or name=label|label, not ${part}`)
    return { name: name ?? '', ...(labels === undefined ? {} : { labels: labels.split('|') }) }
  })
  if (read.length > MOST_DIMENSIONS) context.addIssue(`expected at most ${MOST_DIMENSIONS} names`)
  if (new Set(read.map(({ name }) => name)).size < read.length)
    context.addIssue('expected each name once')
  return read
})

const schema = z.object({
  dataDirectory: z.string().default('data/main'),
  host: z.string().default('127.0.0.1'),
  /** 0 takes a free one. */
  port: wholeNumber(0, 65_535).default(7_400),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Sets a platform operator's key on the first start. */
  bootstrapKey: secret.optional(),
  /** A checkpoint is due when a restart would have to replay so much of the log. */
  checkpointTailBytes: wholeNumber(MIB, 4_096 * MIB).default(192 * MIB),
  /** When the log is put on the disk, and so what a power cut may take of what was acknowledged:
   *  nothing, the last second, or what the system had not written. */
  logSync: z.enum(['always', 'interval', 'never']).default('interval'),
  checkpointSeconds: wholeNumber(1, 3_600).default(60),
  /** How long a bucket is kept open for samples that come late. */
  settleSeconds: wholeNumber(0, 300).default(15),
  /** By what requests are told apart beside their tenant, with the labels that hold it. */
  dimensions: dimensions.prefault('route,version,cell,dependency'),
  /** The address at which people reach the portal, for links in notifications. */
  publicUrl: webAddress.optional(),
  /** Whose weeks, months and quarters are reviewed, and at whose six o'clock. */
  reviewZone: timeZone.default('UTC'),
  /** The operator's own webhook for alerts. It may be a private address. */
  webhookUrl: webAddress.optional(),
  webhookSecret: secret.optional(),
  /** The label that names what several replicas send alike, and the one that names a replica. */
  haClusterLabel: labelName.default('cluster'),
  haReplicaLabel: labelName.default('__replica__'),
  /** After how long without a write of the elected replica another one is elected. */
  haFailoverSeconds: wholeNumber(1, 3_600).default(30),
  /** Labels and attributes that name a user, tried in this order. */
  userLabels: labelNames.default(['enduser.id', 'enduser_id', 'user.id', 'user_id']),
  /** A scrape.yaml: what is pulled. Nothing where it is not given. */
  scrapeConfig: z.string().optional(),
  /** An engines.yaml: which distributed engines tenants are handed over to. None without it. */
  enginesConfig: z.string().optional(),
  /**
   * Which names of Prometheus are shown for OpenTelemetry metrics. What they mean does not change.
   */
  otlpTranslation: z.enum(TRANSLATION_STRATEGIES).default(DEFAULT_TRANSLATION),
  /** The server that client commands talk to, and the key that they send. */
  clientUrl: webAddress.optional(),
  clientKey: z.string().optional(),
})

export type Settings = Readonly<z.infer<typeof schema>>
export type SettingName = keyof Settings
export type SettingOverrides = { readonly [Name in SettingName]?: string | number }
export type Environment = Readonly<Record<string, string | undefined>>

const VARIABLES: Readonly<Record<SettingName, string>> = {
  dataDirectory: 'TENANTRY_DATA',
  host: 'TENANTRY_HOST',
  port: 'TENANTRY_PORT',
  logLevel: 'TENANTRY_LOG_LEVEL',
  bootstrapKey: 'TENANTRY_BOOTSTRAP_KEY',
  checkpointTailBytes: 'TENANTRY_CHECKPOINT_TAIL_BYTES',
  logSync: 'TENANTRY_LOG_SYNC',
  checkpointSeconds: 'TENANTRY_CHECKPOINT_SECONDS',
  settleSeconds: 'TENANTRY_SETTLE_SECONDS',
  dimensions: 'TENANTRY_DIMENSIONS',
  publicUrl: 'TENANTRY_PUBLIC_URL',
  reviewZone: 'TENANTRY_REVIEW_ZONE',
  webhookUrl: 'TENANTRY_WEBHOOK_URL',
  webhookSecret: 'TENANTRY_WEBHOOK_SECRET',
  haClusterLabel: 'TENANTRY_HA_CLUSTER_LABEL',
  haReplicaLabel: 'TENANTRY_HA_REPLICA_LABEL',
  haFailoverSeconds: 'TENANTRY_HA_FAILOVER_SECONDS',
  userLabels: 'TENANTRY_USER_LABELS',
  scrapeConfig: 'TENANTRY_SCRAPE_CONFIG',
  enginesConfig: 'TENANTRY_ENGINES_CONFIG',
  otlpTranslation: 'TENANTRY_OTLP_TRANSLATION',
  clientUrl: 'TENANTRY_URL',
  clientKey: 'TENANTRY_KEY',
}

const SECRETS: readonly SettingName[] = ['bootstrapKey', 'webhookSecret', 'clientKey']

const KNOWN_VARIABLES: readonly string[] = [
  ...Object.values(VARIABLES),
  ...SECRETS.map((name) => fileVariable(name)),
]

/** Variables that are not settings of the program: read by its test suite, or put there by
 *  Kubernetes and Docker for a service called tenantry. */
const FOREIGN_VARIABLE =
  /^TENANTRY_(?:REQUIRE_TOOLS|TEST_.*|FUZZ_.*|SERVICE_.*|PORT_\d+_.*|ENV_.*|NAME)$/
const SERVICE_LINK = /^tcp:\/\//

/** Reads the settings. Throws SETTING_UNKNOWN, naming the nearest known variable, and
 *  SETTING_INVALID, naming every variable that is wrong. */
export function readSettings(
  overrides: SettingOverrides = {},
  environment: Environment = process.env,
): Settings {
  refuseUnknown(environment)
  const given = Object.fromEntries(
    settingNames().map((name) => [
      name,
      overrides[name] === undefined ? fromEnvironment(name, environment) : String(overrides[name]),
    ]),
  )
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = path[0] as SettingName
    const source = overrides[name] === undefined ? VARIABLES[name] : `the option for ${name}`
    const shown = SECRETS.includes(name) ? '' : `, not ${JSON.stringify(given[name])}`
    return `${source}: ${message}${shown}`
  })
  throw new TenantryError(
    RUNTIME_ERRORS.settingInvalid,
    `reading the settings: ${faults.join('; ')}`,
  )
}

function settingNames(): SettingName[] {
  return Object.keys(VARIABLES) as SettingName[]
}

function fileVariable(name: SettingName): string {
  return `${VARIABLES[name]}_FILE`
}

/** An empty variable is one that is not given, as compose files leave it. */
function fromEnvironment(name: SettingName, environment: Environment): string | undefined {
  const value = environment[VARIABLES[name]] || undefined
  if (name === 'port' && value !== undefined && SERVICE_LINK.test(value)) return undefined
  const path = SECRETS.includes(name) ? environment[fileVariable(name)] || undefined : undefined
  if (path === undefined) return value
  if (value !== undefined)
    throw new TenantryError(
      RUNTIME_ERRORS.settingInvalid,
      `reading the settings: both ${VARIABLES[name]} and ${fileVariable(name)} are given`,
    )
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new TenantryError(
      RUNTIME_ERRORS.settingInvalid,
      `reading the settings: the file that ${fileVariable(name)} names cannot be read`,
      { cause },
    )
  }
}

function refuseUnknown(environment: Environment): void {
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('TENANTRY_') || KNOWN_VARIABLES.includes(name)) continue
    if (FOREIGN_VARIABLE.test(name)) continue
    const nearest = nearestName(name, KNOWN_VARIABLES)
    throw new TenantryError(
      RUNTIME_ERRORS.settingUnknown,
      `reading the settings: there is no ${name}; ${
        nearest === undefined ? `there are ${KNOWN_VARIABLES.join(', ')}` : `was ${nearest} meant?`
      }`,
      { details: { name, nearest } },
    )
  }
}
