/** An engine, as its file describes it: a store of metrics that Tenantry hands over to. */
import type { TenantId } from '../../core/ids.ts'
import type { Tier } from '../../domain/tenants/tenants.ts'
import type { EngineType } from './config-schema.ts'

/** What an engine does for its tenants. */
export const PURPOSES = ['write', 'rules', 'query', 'limits'] as const
export type Purpose = (typeof PURPOSES)[number]

export interface TenantSelector {
  readonly tiers: readonly Tier[]
  readonly ids: readonly TenantId[]
}

export interface EngineAuth {
  readonly bearerTokenFile?: string | undefined
  readonly username?: string | undefined
  readonly passwordFile?: string | undefined
}

export interface EngineTls {
  readonly caFile?: string | undefined
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  readonly serverName?: string | undefined
  readonly insecureSkipVerify: boolean
}

export interface EngineWrite {
  /** Of a VictoriaMetrics cluster it holds `{account}`, or is the one for many tenants. */
  readonly url: string
  readonly protocol: 'auto' | '2.0' | '1.0'
  readonly maxLagBytes: number
  readonly maxLagAgeMs: number
  readonly shards: number
  readonly maxInFlight: number
  readonly maxSamplesPerSend: number
  readonly flushAfterMs: number
}

export interface EngineRules {
  readonly place:
    | { readonly kind: 'ruler'; readonly url: string }
    | { readonly kind: 'directory'; readonly path: string; readonly reloadUrl: string | undefined }
  readonly reads: 'platform' | 'tenantry'
  readonly maxRulesPerGroup: number
  readonly maxGroups: number
}

export interface EngineLimits {
  readonly marginRatio: number
  readonly tiers: Readonly<
    Partial<Record<Tier, Readonly<Record<string, number | boolean | string>>>>
  >
}

/** An engine with every default filled in. Paths are absolute. */
export interface Engine {
  readonly name: string
  readonly type: EngineType
  /** Undefined where all tenants are its. */
  readonly tenants: TenantSelector | undefined
  /** By which label series that are written to it name their tenant. */
  readonly tenantLabel: string
  readonly auth: EngineAuth | undefined
  readonly headers: Readonly<Record<string, string | { readonly file: string }>>
  readonly tls: EngineTls | undefined
  readonly write: EngineWrite | undefined
  readonly rules: EngineRules | undefined
  readonly query: { readonly url: string; readonly tenantsPerQuery: number } | undefined
  readonly limits: EngineLimits | undefined
  /** Who decides for its tenants: Tenantry, or what is recorded there by its rules. */
  readonly evaluator: 'local' | 'ruler'
}
