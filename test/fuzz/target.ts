/** What a fuzz target is: one file of `targets/`, which exports `openTarget`. */
import type { Prng } from '../../src/core/prng.ts'
import { WireError } from '../../src/machinery/wire/wire-error.ts'

/**
 * What became of an input: read by all readers, refused by all, or judged differently for a reason
 * that has a name in the README.
 */
export type Verdict = 'accepted' | 'rejected' | `differs: ${string}`

export interface FuzzTarget {
  /** Makes one input and feeds it to the reader and its second opinion. Throws Disagreement. */
  run(prng: Prng): Verdict
}

export interface FuzzTargetFile {
  openTarget(): FuzzTarget
}

/** The readers do not agree, and no reason for it has a name. */
export class Disagreement extends Error {
  constructor(what: string, input: Uint8Array | string) {
    const shown = typeof input === 'string' ? input : Buffer.from(input).toString('hex')
    super(`${what}\ninput: ${shown.slice(0, 20_000)}`)
    this.name = 'Disagreement'
  }
}

export type Attempt<T> = { readonly value: T } | { readonly refused: string }

/** Reads; a WireError is a refusal, anything else is a defect. */
export function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof WireError) return { refused: error.message }
    throw error
  }
}

/** Reads by the second opinion, which may refuse by any error. */
export function attemptOther<T>(read: () => T): Attempt<T> {
  try {
    return { value: read() }
  } catch (error) {
    return { refused: (error as Error).message }
  }
}
