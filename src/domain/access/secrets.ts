/** Secrets that Tenantry gives out: how they are made, and what is kept of them. */
import { createHash } from 'node:crypto'
import { randomToken } from '../../machinery/runtime/ids.ts'
import { ACCESS_LIMITS } from './limits.ts'

/**
 * What a secret is for stands in its first letters, so that a leaked one is recognised by people
 * and by scanners.
 */
export type SecretPrefix = 'tn_' | 'tns_' | 'tnl_'

/** Makes a secret. Shape: the prefix and 32 characters of base64url. */
export function newSecret(prefix: SecretPrefix): string {
  return prefix + randomToken(ACCESS_LIMITS.secretBytes)
}

/** Tells what is kept of a secret: its SHA-256 in hex. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
