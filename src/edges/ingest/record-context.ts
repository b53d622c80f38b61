/**
 * Who sent a log record and for whom: the text that stands beside the body, and what it is read
 * back into.
 */
import { parseTenantId, type TenantId } from '../../core/ids.ts'
import type { WriteContext } from '../../domain/metrics/metrics.ts'

export interface RecordContext extends WriteContext {
  readonly keyId: string
}

export function encodeRecordContext({ boundTenant, namedTenant, keyId }: RecordContext): string {
  return JSON.stringify({ boundTenant, namedTenant, keyId })
}

/** Reads a context back. Undefined when it is none that this version writes. */
export function decodeRecordContext(text: string): RecordContext | undefined {
  const fields = parseObject(text)
  const boundTenant = tenantOrNull(fields?.['boundTenant'])
  const namedTenant = tenantOrNull(fields?.['namedTenant'])
  const keyId = fields?.['keyId']
  if (boundTenant === undefined || namedTenant === undefined) return undefined
  return typeof keyId === 'string' ? { boundTenant, namedTenant, keyId } : undefined
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
