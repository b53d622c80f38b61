/** One engine that accepted series are sent on to, as the worker needs it. */
import { ACCOUNT } from '../engine-address.ts'
import type { Engine, EngineWrite } from '../engine.ts'

export type TargetAccess = Pick<Engine, 'auth' | 'headers' | 'tls'>

export const FORWARD_TYPES = [
  'mimir',
  'cortex',
  'victoriametrics-cluster',
  'victoriametrics',
  'prometheus',
] as const
export type ForwardType = (typeof FORWARD_TYPES)[number]

/** Versions of remote write. */
export type WriteVersion = '1.0' | '2.0'

export interface ForwardTarget {
  readonly name: string
  readonly type: ForwardType
  /** Holds `{account}` where each tenant of a VictoriaMetrics cluster has its own. */
  readonly url: string
  /** Where secrets are read. */
  readonly access: TargetAccess
  /** The label that says whose a series is, where the series does not say so itself. */
  readonly tenantLabel: string
  readonly protocol: 'auto' | WriteVersion
  /** Log that is kept for it at most. */
  readonly maxLagBytes: number
  readonly maxLagMs: number
  /** Requests under way for one stream of series at once: one a shard. */
  readonly shards: number
  readonly maxInFlight: number
  readonly maxSamplesPerSend: number
  readonly flushAfterMs: number
}

/** Reads an engine that is written to. */
export function targetOf(engine: Engine, write: EngineWrite): ForwardTarget {
  const { name, type, auth, headers, tls, tenantLabel } = engine
  const { maxLagAgeMs: maxLagMs, ...fields } = write
  return { ...fields, maxLagMs, name, type, access: { auth, headers, tls }, tenantLabel }
}

/** Tells whether a header names the tenant. */
export function isNamedByHeader(type: ForwardType): boolean {
  return type === 'mimir' || type === 'cortex'
}

/** Tells whether it keeps a sample behind the last one of its series, or another at its time. */
export function keepsBoth(type: ForwardType): boolean {
  return type === 'victoriametrics' || type === 'victoriametrics-cluster'
}

/** Tells whether a request is one tenant's alone: a header or the address names it. */
export function isByTenant({ type, url }: Pick<ForwardTarget, 'type' | 'url'>): boolean {
  return isNamedByHeader(type) || url.includes(ACCOUNT)
}

/**
 * Tells the version that is tried first. A Prometheus takes all or nothing of a 1.0 request, and
 * what is good of a 2.0 request; Mimir and Cortex take what is good of either, and 2.0 is an
 * experiment there that may be off; VictoriaMetrics reads 1.0 only.
 */
export function firstVersion({ type, protocol }: ForwardTarget): WriteVersion {
  if (protocol !== 'auto') return protocol
  return type === 'prometheus' ? '2.0' : '1.0'
}
