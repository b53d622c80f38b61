/** Runs inputs of one target. The same seed and number give the same input in any run. */
import { openPrng } from '../../src/core/prng.ts'
import type { FuzzTarget, Verdict } from './target.ts'

export interface Tally {
  readonly inputs: number
  /** By verdict. */
  readonly verdicts: Readonly<Record<string, number>>
}

/** Throws what the target throws, with the number of the input in the message. */
export function runInputs(
  target: FuzzTarget,
  { seed, from, to }: { seed: number; from: number; to: number },
  before: (input: number) => void = () => undefined,
): Tally {
  const verdicts = new Map<Verdict, number>()
  for (let input = from; input < to; input += 1) {
    before(input)
    try {
      const verdict = target.run(openPrng(seed * 1_000_003 + input))
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
    } catch (cause) {
      throw new Error(`seed ${seed}, input ${input}: ${String(cause)}`, { cause })
    }
  }
  return { inputs: to - from, verdicts: Object.fromEntries(verdicts) }
}
