/**
 * The fields of `scrape.yaml`: Prometheus' own `global` and `scrape_configs`, as far as they are
 * understood here. What is not understood is refused, never ignored. Source: Prometheus 3
 * documentation, "Configuration".
 */
import { z } from 'zod'
import {
  durationField as duration,
  sizeField as size,
} from '../../../machinery/runtime/quantity-text.ts'
import { RELABEL_ACTIONS, wholeText, type RelabelRule } from './relabel.ts'

const count = z.int().min(0)
const labelName = z.string().min(1)
const labelSet = z.record(labelName, z.string())

const regex = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .transform((text, context) => {
    try {
      return wholeText(text)
    } catch (error) {
      context.addIssue(`expected a regular expression: ${(error as Error).message}`)
      return z.NEVER
    }
  })

const NEEDS_TARGET = new Set([
  'replace',
  'hashmod',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
])

export const relabelSchema = z
  .strictObject({
    source_labels: z.array(labelName).default([]),
    separator: z.string().default(';'),
    target_label: z.string().default(''),
    regex: regex.prefault('(.*)'),
    modulus: count.default(0),
    replacement: z.union([z.string(), z.number()]).transform(String).default('$1'),
    action: z
      .string()
      .transform((text) => text.toLowerCase())
      .pipe(z.enum(RELABEL_ACTIONS))
      .default('replace'),
  })
  .superRefine((rule, context) => {
    if (NEEDS_TARGET.has(rule.action) && rule.target_label === '') {
      context.addIssue(`action ${rule.action} needs a target_label`)
    }
    if (rule.action === 'hashmod' && rule.modulus === 0) {
      context.addIssue('action hashmod needs a modulus')
    }
  })
  .transform((rule): RelabelRule => ({
    action: rule.action,
    sourceLabels: rule.source_labels,
    separator: rule.separator,
    targetLabel: rule.target_label,
    regex: rule.regex,
    modulus: BigInt(rule.modulus),
    replacement: rule.replacement,
  }))

/** A group of targets, in the configuration and in the lists that files and servers give. */
export const groupSchema = z.strictObject({
  targets: z.array(z.string()).default([]),
  labels: labelSet.default({}),
})
export const groupsSchema = z.array(groupSchema)
export type TargetGroup = z.infer<typeof groupSchema>

const basicAuth = z
  .strictObject({
    username: z.string().optional(),
    username_file: z.string().optional(),
    password: z.string().optional(),
    password_file: z.string().optional(),
  })
  .refine(
    ({ password, password_file: file }) => password === undefined || file === undefined,
    'expected password or password_file, not both',
  )

const authorization = z
  .strictObject({
    type: z.string().default('Bearer'),
    credentials: z.string().optional(),
    credentials_file: z.string().optional(),
  })
  .refine(
    ({ credentials, credentials_file: file }) =>
      (credentials === undefined) !== (file === undefined),
    'expected credentials or credentials_file',
  )

const tls = z.strictObject({
  ca: z.string().optional(),
  ca_file: z.string().optional(),
  cert_file: z.string().optional(),
  key_file: z.string().optional(),
  server_name: z.string().optional(),
  insecure_skip_verify: z.boolean().default(false),
})

const access = {
  basic_auth: basicAuth.optional(),
  authorization: authorization.optional(),
  bearer_token: z.string().optional(),
  bearer_token_file: z.string().optional(),
  tls_config: tls.optional(),
  follow_redirects: z.boolean().default(true),
}

const DISCOVERY_FILE = /\.(?:json|ya?ml)$/

const fileSd = z.strictObject({
  files: z.array(
    z.string().regex(DISCOVERY_FILE, 'expected a name that ends in .json, .yml or .yaml'),
  ),
  refresh_interval: duration.prefault('5m'),
})

const httpSd = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'expected an http or https address' }),
  refresh_interval: duration.prefault('1m'),
  ...access,
})

/** The media type that each protocol is asked for by. */
export const SCRAPE_PROTOCOLS = {
  'OpenMetricsText1.0.0': 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8',
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'PrometheusText1.0.0': 'text/plain;version=1.0.0;escaping=allow-utf-8',
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
} as const
export type ScrapeProtocol = keyof typeof SCRAPE_PROTOCOLS
const protocol = z.enum(Object.keys(SCRAPE_PROTOCOLS) as [ScrapeProtocol, ...ScrapeProtocol[]])

/** What `global` may set for all jobs, and a job for itself. */
const shared = {
  scrape_interval: duration.optional(),
  scrape_timeout: duration.optional(),
  scrape_protocols: z.array(protocol).min(1).optional(),
  body_size_limit: size.optional(),
  sample_limit: count.optional(),
  label_limit: count.optional(),
  label_name_length_limit: count.optional(),
  label_value_length_limit: count.optional(),
  target_limit: count.optional(),
}

export const jobSchema = z
  .strictObject({
    ...shared,
    ...access,
    job_name: z.string().min(1),
    metrics_path: z.string().default('/metrics'),
    scheme: z.enum(['http', 'https']).default('http'),
    params: z.record(z.string(), z.array(z.string())).default({}),
    honor_labels: z.boolean().default(false),
    honor_timestamps: z.boolean().default(true),
    track_timestamps_staleness: z.boolean().default(false),
    enable_compression: z.boolean().default(true),
    fallback_scrape_protocol: protocol.optional(),
    static_configs: groupsSchema.default([]),
    file_sd_configs: z.array(fileSd).default([]),
    http_sd_configs: z.array(httpSd).default([]),
    relabel_configs: z.array(relabelSchema).default([]),
    metric_relabel_configs: z.array(relabelSchema).default([]),
  })
  .refine(
    (job) =>
      [job.basic_auth, job.authorization, job.bearer_token, job.bearer_token_file].filter(
        (given) => given !== undefined,
      ).length <= 1,
    'expected one of basic_auth, authorization, bearer_token and bearer_token_file',
  )
export type JobFields = z.infer<typeof jobSchema>
export type AccessFields = Pick<
  JobFields,
  | 'basic_auth'
  | 'authorization'
  | 'bearer_token'
  | 'bearer_token_file'
  | 'tls_config'
  | 'follow_redirects'
>

export const fileSchema = z.strictObject({
  global: z.strictObject(shared).default({}),
  scrape_configs: z.array(jobSchema).default([]),
})
export type FileFields = z.infer<typeof fileSchema>
