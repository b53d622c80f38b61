/**
 * Puts messages through the whole metrics stage and checks its books: what was received is what was
 * attributed, not attributed, a duplicate, of a standby or discarded, and as much as was sent.
 */
import type { StagedWrite } from '../../src/domain/metrics/metrics.ts'
import { WireError } from '../../src/machinery/wire/wire-error.ts'
import { openBench, PLATFORM, type Bench } from '../domain/metrics/writing.ts'
import { Disagreement } from './target.ts'

export interface StageCheck {
  /** Counts a message. `expected` is how many samples it has, undefined where nobody knows. */
  check(bytes: Uint8Array, expected: number | undefined): void
}

/** A stage that knows more series than this begins anew. */
const MESSAGES_PER_STAGE = 2_000
const T = 1_700_000_000_200

export function openStageCheck(
  read: (bytes: Uint8Array, visitor: StagedWrite) => void,
): StageCheck {
  let bench: Bench = openBench()
  let messages = 0
  return {
    check(bytes, expected) {
      messages += 1
      if (messages % MESSAGES_PER_STAGE === 0) bench = openBench()
      const staged = bench.metrics.stage(PLATFORM, bytes)
      try {
        read(bytes, staged)
      } catch (error) {
        staged.abandon()
        if (error instanceof WireError) return
        throw error
      }
      const outcome = staged.apply(T)
      const { received, attributed, unattributed, duplicate, discardedTotal } = outcome
      const { notElected } = outcome
      const parts = attributed + unattributed + duplicate + notElected + discardedTotal
      if (received !== parts) throw new Disagreement(`received ${received}, judged ${parts}`, bytes)
      if (expected !== undefined && received !== expected) {
        throw new Disagreement(`received ${received}, sent ${expected}`, bytes)
      }
    },
  }
}
