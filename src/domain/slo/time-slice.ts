/** Whether a minute was good. A minute without events is not counted at all; otherwise it is one
 *  slice, good or bad. */
import { PPM } from '../../core/units.ts'

export const NOT_COUNTED = 0
export const GOOD_SLICE = 1
export const BAD_SLICE = 2
export type SliceVerdict = typeof NOT_COUNTED | typeof GOOD_SLICE | typeof BAD_SLICE

/** Decides one minute, exactly. A slice is good when good / total >= target.
 *  Worked: 950 good of 1_000 at 950_000 ppm is good, 949 is bad. */
export function decideSlice(total: number, bad: number, targetPpm: number): SliceVerdict {
  if (total <= 0) return NOT_COUNTED
  const good = total - bad
  if (total <= SAFE_COUNT) return good * PPM >= total * targetPpm ? GOOD_SLICE : BAD_SLICE
  return BigInt(good) * BigInt(PPM) >= BigInt(total) * BigInt(targetPpm) ? GOOD_SLICE : BAD_SLICE
}

const SAFE_COUNT = Math.floor(Number.MAX_SAFE_INTEGER / PPM)
