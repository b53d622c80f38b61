/**
 * What a slice of time counts for. One without events is not counted at all; otherwise it is one,
 * good or bad, or as bad as its share of bad events.
 */
import { PPM } from '../../core/units.ts'
import type { SliceRule } from './template.ts'

export const NOT_COUNTED = -1

/** How long a slice may be that is counted here: buckets are minutes, and hours hold whole ones. */
export const SLICE_MINUTES: readonly number[] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60]

/** What a slice counts: one where it is good or bad, a million where it is a share. */
export function sliceUnits(rule: SliceRule): number {
  return rule.rule === 'mean' ? PPM : 1
}

/** Decides one slice, exactly: NOT_COUNTED, or how many of the slice's units are bad.
 *  Worked: of 1_000 events at a target of 950_000 ppm 50 bad ones make 0, 51 make 1; as a mean 51
 *  make 51_000. */
export function sliceBad(total: number, bad: number, rule: SliceRule): number {
  if (total <= 0) return NOT_COUNTED
  switch (rule.rule) {
    case 'good-share':
      return isAtLeast(total - bad, rule.targetPpm, total) ? 0 : 1
    case 'served':
      return isAtLeast(total - bad, rule.servedPpm, Math.min(total, rule.capPerMinute)) ? 0 : 1
    case 'mean':
      return meanBad(total, bad)
  }
}

/** Tells whether a part is at least a share of a whole. */
function isAtLeast(part: number, sharePpm: number, whole: number): boolean {
  if (whole <= SAFE_COUNT && part <= SAFE_COUNT) return part * PPM >= whole * sharePpm
  return BigInt(part) * BigInt(PPM) >= BigInt(whole) * BigInt(sharePpm)
}

/**
 * The share of bad events in millionths, rounded half up; never less than none or more than all.
 */
function meanBad(total: number, bad: number): number {
  const within = Math.min(Math.max(bad, 0), total)
  if (total <= SAFE_COUNT) return Math.floor((2 * within * PPM + total) / (2 * total))
  return Number((2n * BigInt(within) * BigInt(PPM) + BigInt(total)) / (2n * BigInt(total)))
}

const SAFE_COUNT = Math.floor(Number.MAX_SAFE_INTEGER / (4 * PPM))
