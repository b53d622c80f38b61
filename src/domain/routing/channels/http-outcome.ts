/**
 * What an HTTP answer, or its absence, means for a delivery. Standard Webhooks 1.0.0: only 2xx is
 * success, a redirect is a failure, 410 ends it, and a pause asked for is kept. Source: RFC 9110
 * sections 10.2.3 (Retry-After) and 15.
 */
import { isTenantryError } from '../../../core/errors.ts'
import type { OutboundResponse } from '../../../core/ports.ts'
import type { SendOutcome } from './channel.ts'

const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425])

/** Classifies an answer. */
export function outcomeOfResponse(response: OutboundResponse, nowMs: number): SendOutcome {
  const { status } = response
  if (status >= 200 && status < 300) {
    return { kind: 'delivered', status, error: null, retryAfterMs: null }
  }
  const retryAfterMs = readRetryAfterMs(response.headers['retry-after'], nowMs)
  const error = `status ${String(status)}${excerpt(response.body)}`
  return { kind: failureKind(status), status, error, retryAfterMs }
}

/** Classifies a send that got no answer. What is not known to be hopeless is tried again. */
export function outcomeOfError(error: unknown): SendOutcome {
  const hopeless = isTenantryError(error) && !error.retryable
  const message = error instanceof Error ? error.message : String(error)
  const kind = hopeless ? 'permanent' : 'transient'
  return { kind, status: null, error: message.slice(0, 200), retryAfterMs: null }
}

/** Reads Retry-After: seconds or an HTTP date. Units: ms from now, not negative. Null when absent
 *  or neither. */
export function readRetryAfterMs(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  if (!/^[A-Z][a-z]{2},? /.test(text)) return null
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs)
}

function failureKind(status: number): 'throttled' | 'transient' | 'permanent' {
  if (status === 429) return 'throttled'
  return status >= 500 || TRANSIENT_STATUSES.has(status) ? 'transient' : 'permanent'
}

function excerpt(body: string): string {
  const text = body.replaceAll(/\s+/g, ' ').trim().slice(0, 120)
  return text === '' ? '' : `: ${text}`
}
