/** How much the forwarder takes on. Each row: why it is that. */
import { MIB } from '../../../core/units.ts'

export interface ForwardLimits {
  readonly queueBytes: number
  readonly heldTenantBytes: number
  readonly series: number
  readonly requestTimeoutMs: number
  readonly firstBackoffMs: number
  readonly longestBackoffMs: number
  readonly longestRetryAfterMs: number
  readonly answerCharacters: number
  readonly drainMs: number
  readonly reportMs: number
  readonly sweepMs: number
  readonly secretMs: number
}

export const FORWARD_LIMITS: ForwardLimits = {
  /** Samples that wait in memory for one target; a million or so. Then reading stops. */
  queueBytes: 48 * MIB,
  /** Of that, what one tenant may take up while its engine holds it up: then its samples wait on
   *  the disk, so that other tenants go on. */
  heldTenantBytes: 4 * MIB,
  /** Series that are remembered for one target; past it all are forgotten and met anew. */
  series: 1_000_000,
  /** One request, from its first byte to the answer. Prometheus' own deadline for a slow one. */
  requestTimeoutMs: 30_000,
  /** The first wait after a failure, doubled with each, up to the longest; half of it is chance. */
  firstBackoffMs: 500,
  longestBackoffMs: 30_000,
  /** The longest wait that an engine may ask for. */
  longestRetryAfterMs: 300_000,
  /** Of an answer, for a person. */
  answerCharacters: 300,
  /** How long requests under way may still take when the program ends. */
  drainMs: 3_000,
  /** How often the worker tells what it did. */
  reportMs: 1_000,
  /** How often lanes are looked at that wait for a time. */
  sweepMs: 50,
  /** A token file is read again after so long. */
  secretMs: 30_000,
}
