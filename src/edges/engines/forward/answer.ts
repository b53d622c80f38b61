/**
 * What an engine's answer to a write means, and what is done next. Pure.
 *
 *   2xx                kept. An answer to 2.0 that does not say how much was written comes from a
 *                      receiver that read it as 1.0 and kept nothing: the version is lowered
 *   415                the version is lowered; to 1.0 it is a wrong address
 *   400, 409, 422      not kept, in whole or in part, and never to be repeated
 *   413                too large: sent in halves
 *   429                later, for this tenant where a request is one tenant's alone
 *   401, 403, 404, 405, 3xx   wrong key or address: later, because the data is good
 *   5xx, 408, no answer       later
 *
 * Of a 400, Mimir and Cortex have kept what was good and do not say how much; a Prometheus has kept
 * nothing of 1.0, so its request is sent in halves until the bad sample is alone, and says how much
 * it kept of 2.0.
 * Source: Prometheus remote-write specifications 1.0 and 2.0; Mimir pkg/distributor/push.go;
 * Prometheus storage/remote/write_handler.go.
 */
import { HEADERS } from '../../../core/names/headers.ts'
import { isNamedByHeader, type ForwardType, type WriteVersion } from './forward-target.ts'
import { FORWARD_LIMITS } from './forward-limits.ts'

export interface WriteAnswer {
  /** 0 where none came. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The beginning of its text, or why none came. */
  readonly text: string
}

export type Verdict =
  | { readonly kind: 'kept' }
  /** So many samples were written, the others refused. */
  | { readonly kind: 'partial'; readonly written: number }
  /** Some were kept and some not. */
  | { readonly kind: 'uncertain' }
  | { readonly kind: 'refused' }
  /** Sent again in halves; what is alone is refused. */
  | { readonly kind: 'split' }
  /** Sent again as 1.0. */
  | { readonly kind: 'lower' }
  | {
      readonly kind: 'later'
      /** What the engine asked for; null where it did not. */
      readonly waitMs: number | null
      /** It holds for one tenant's writes, not for the engine. */
      readonly isTenants: boolean
    }

export interface Asked {
  readonly type: ForwardType
  readonly version: WriteVersion
  /** Whether the version may be lowered. */
  readonly mayLower: boolean
  readonly samples: number
  readonly nowMs: number
}

export function verdictOn(answer: WriteAnswer, asked: Asked): Verdict {
  const { status } = answer
  if (status >= 200 && status < 300) return verdictOnSuccess(answer, asked)
  switch (status) {
    case 415:
      return asked.version === '2.0' && asked.mayLower ? { kind: 'lower' } : later(answer, asked)
    case 413:
      return { kind: asked.samples > 1 ? 'split' : 'refused' }
    case 400:
    case 409:
    case 422:
      return verdictOnRefusal(answer, asked)
    case 429:
      return later(answer, asked, isNamedByHeader(asked.type))
    default:
      return later(answer, asked)
  }
}

function verdictOnSuccess(answer: WriteAnswer, { version, mayLower, samples }: Asked): Verdict {
  if (version === '1.0') return { kind: 'kept' }
  const written = writtenOf(answer)
  if (written === null) return mayLower ? { kind: 'lower' } : { kind: 'kept' }
  return written >= samples ? { kind: 'kept' } : { kind: 'partial', written }
}

function verdictOnRefusal(answer: WriteAnswer, { type, version, samples }: Asked): Verdict {
  const written = version === '2.0' ? writtenOf(answer) : null
  if (written !== null) return { kind: 'partial', written: Math.min(written, samples) }
  if (samples === 1) return { kind: 'refused' }
  if (type === 'prometheus') return { kind: 'split' }
  return { kind: isNamedByHeader(type) ? 'uncertain' : 'refused' }
}

function writtenOf({ headers }: WriteAnswer): number | null {
  const samples = headers[HEADERS.samplesWritten]
  if (samples === undefined || !/^\d+$/.test(samples)) return null
  const histograms = headers[HEADERS.histogramsWritten] ?? '0'
  return Number(samples) + (/^\d+$/.test(histograms) ? Number(histograms) : 0)
}

function later({ headers }: WriteAnswer, { nowMs }: Asked, isTenants = false): Verdict {
  return { kind: 'later', waitMs: retryAfterMs(headers['retry-after'], nowMs), isTenants }
}

/** Reads seconds or a date. Null for neither. */
export function retryAfterMs(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null
  const seconds = /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) * 1_000 : NaN
  const waitMs = Number.isNaN(seconds) ? Date.parse(text) - nowMs : seconds
  if (Number.isNaN(waitMs)) return null
  return Math.min(Math.max(0, waitMs), FORWARD_LIMITS.longestRetryAfterMs)
}
