/**
 * How far a target has come: stretches of the log that were read, each with what must be known to
 * go on behind it. A position is passed when every sample before it was settled: sent, refused,
 * dropped. So after a restart nothing is missing, and what was under way comes again.
 */
import type { AcceptedState } from '../../../domain/metrics/metrics.ts'

export interface Epoch {
  /** Samples of it that are not settled. */
  outstanding: number
  /** Of the record that is read: where it ends, when it was received. */
  recordEnd: number
  receivedAtMs: number
  /** When its first record was received. */
  firstReceivedAtMs: number
}

export interface Passed {
  readonly position: number
  readonly state: AcceptedState
}

interface Closed {
  readonly epoch: Epoch
  readonly passed: Passed
}

export class Epochs {
  current: Epoch = newEpoch(0)
  readonly #closed: Closed[] = []
  #passed: Passed

  constructor(passed: Passed) {
    this.#passed = passed
    this.current.recordEnd = passed.position
  }

  /** Begins a record. */
  record(endPosition: number, receivedAtMs: number): void {
    this.current.recordEnd = endPosition
    this.current.receivedAtMs = receivedAtMs
    if (this.current.firstReceivedAtMs === 0) this.current.firstReceivedAtMs = receivedAtMs
  }

  /** Ends a stretch that was read up to a position. */
  close(position: number, state: AcceptedState): void {
    this.#closed.push({ epoch: this.current, passed: { position, state } })
    this.current = newEpoch(position)
  }

  /** Tells the last position before which everything was settled. */
  passed(): Passed {
    while (this.#closed[0]?.epoch.outstanding === 0) this.#passed = this.#closed.shift()!.passed
    return this.#passed
  }

  /** Tells when the oldest record was received that is not settled. Null where all is. */
  oldestReceivedAtMs(): number | null {
    this.passed()
    const oldest = this.#closed[0]?.epoch ?? this.current
    return oldest.outstanding === 0 ? null : oldest.firstReceivedAtMs
  }
}

function newEpoch(recordEnd: number): Epoch {
  return { outstanding: 0, recordEnd, receivedAtMs: 0, firstReceivedAtMs: 0 }
}
