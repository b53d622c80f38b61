/** Limits of access. Each with its reason. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts'

export const ACCESS_LIMITS = {
  /** Randomness of a secret: 192 bits cannot be guessed, so a fast hash is enough to keep it. */
  secretBytes: 24,
  /** A bootstrap key is made by hand: shorter ones than 160 bits as base64url are refused. */
  bootstrapKeyCharacters: 27,
  /** A presented secret longer than this is none of ours, and is not hashed. */
  presentedCharacters: 512,
  signInMs: 15 * MINUTE_MS,
  sessionMs: 12 * HOUR_MS,
  idempotencyMs: DAY_MS,
  idempotencyKeyCharacters: 255,
  /** Active keys of one tenant, and of the platform: more are a leak of keys, not a use of them. */
  keysPerOwner: 1_000,
  auditPageSize: 200,
  /** Entries checked at one go: about six milliseconds. */
  auditStepEntries: 200,
} as const
