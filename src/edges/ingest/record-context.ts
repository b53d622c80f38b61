/**
 * Who sent a log record and for whom, and what of it quotas refused: the text that stands beside
 * the body, and what it is read back into. Rules of replicas are in it where they are not the usual
 * ones: a replay must elect by those that held.
 */
import { parseTenantId, type TenantId } from '../../core/ids.ts'
import {
  readRuling,
  type HaRules,
  type Ruling,
  type WriteContext,
} from '../../domain/metrics/metrics.ts'

export interface RecordContext extends WriteContext {
  readonly keyId: string
}

export interface RuledContext extends RecordContext {
  /** Empty where nothing was refused. */
  readonly ruling: Ruling
}

export function encodeRecordContext(context: RecordContext, ruling: Ruling | null): string {
  const { boundTenant, namedTenant, keyId, ha } = context
  return JSON.stringify({ boundTenant, namedTenant, keyId, ha, ruling: ruling ?? undefined })
}

/** Reads a context back. Undefined when it is none that this version writes. */
export function decodeRecordContext(text: string): RuledContext | undefined {
  const fields = parseObject(text)
  const boundTenant = tenantOrNull(fields?.['boundTenant'])
  const namedTenant = tenantOrNull(fields?.['namedTenant'])
  const keyId = fields?.['keyId']
  const ha = fields?.['ha'] === undefined ? undefined : readHa(fields['ha'])
  if (boundTenant === undefined || namedTenant === undefined || ha === null) return undefined
  const ruling = readRuling(fields?.['ruling'] ?? {})
  if (typeof keyId !== 'string' || ruling === undefined) return undefined
  return { boundTenant, namedTenant, keyId, ruling, ...(ha === undefined ? {} : { ha }) }
}

/** Null for what is none. */
function readHa(value: unknown): HaRules | null {
  if (typeof value !== 'object' || value === null) return null
  const { clusterLabel, replicaLabel, failoverSeconds } = value as Record<string, unknown>
  if (typeof clusterLabel !== 'string' || typeof replicaLabel !== 'string') return null
  return typeof failoverSeconds === 'number'
    ? { clusterLabel, replicaLabel, failoverSeconds }
    : null
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function tenantOrNull(value: unknown): TenantId | null | undefined {
  if (value === null) return null
  return typeof value === 'string' ? parseTenantId(value) : undefined
}
