/** What artefacts are made of. Plain values: nothing here reads a file, a clock or a server. */
import type { SloSpec } from '../domain/slo/model/slo-spec.ts'
import { DEFAULT_SLOS } from '../domain/slo/model/default-slos.ts'

/** Where rules read from: what Tenantry exposes of every tenant, or the platform's own metrics. */
export const READINGS = ['tenantry', 'platform'] as const
export type ReadingName = (typeof READINGS)[number]

export interface CodegenOptions {
  /** `increase` with `anchored` for targets that have it: exact at the ends of a range. */
  readonly anchored: boolean
  /** Beside the rules, records under the names that Sloth's dashboards read. */
  readonly slothNames: boolean
  readonly reads: ReadingName
  /** How the platform's own metrics are called. */
  readonly platform: PlatformNames
  readonly maxRulesPerGroup: number
  readonly maxGroups: number
  /** Where alerts link to: a folder or an address that holds the runbooks. */
  readonly runbooks: string
}

export interface PlatformNames {
  /** The label that names the tenant, by its id. */
  readonly tenantLabel: string
  /** A histogram of request durations in seconds, by its name before `_count`. */
  readonly durationMetric: string
  /** The label with the HTTP status code. */
  readonly codeLabel: string
}

export interface CodegenInput {
  readonly slos: readonly SloSpec[]
  readonly options: CodegenOptions
}

/** Limits are Mimir's; the metric is that of OpenTelemetry's semantic conventions as Prometheus
 *  spells it. */
export const DEFAULT_OPTIONS: CodegenOptions = {
  anchored: false,
  slothNames: false,
  reads: 'tenantry',
  platform: {
    tenantLabel: 'tenant_id',
    durationMetric: 'http_server_request_duration_seconds',
    codeLabel: 'http_response_status_code',
  },
  maxRulesPerGroup: 20,
  maxGroups: 70,
  runbooks: 'runbooks',
}

export const DEFAULT_INPUT: CodegenInput = { slos: DEFAULT_SLOS, options: DEFAULT_OPTIONS }
