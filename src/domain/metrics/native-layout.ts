/**
 * Turns native histograms into what the rest of this folder counts: a count, a sum and, where that
 * is exact, observations at or below fixed bounds. Pure.
 *
 * Custom buckets (schema -53) have bounds of their own. Exponential ones have those of their
 * schema, and a sender may coarsen the schema while it goes on counting; a series must keep its
 * bounds all the same, or its whole count would seem to be a gain. So they are all read at the same
 * bounds: powers of two, and quarter steps between them around usual response times, which every
 * schema from 2 up has among its own. A coarser one gives count and sum only.
 * Source: Prometheus native histograms, "Schema"; a bucket of index i and schema s ends at
 * 2^(i x 2^-s).
 */
import type { NativeHistogram } from '../../machinery/wire/native-histogram.ts'
import type { MetricLimits } from './limits.ts'
import type { DiscardReason } from './reasons.ts'

export const CUSTOM_BUCKETS = -53
const LOWEST_SCHEMA = -9
const HIGHEST_SCHEMA = 52
/** The schema whose steps are quarters of a doubling. */
const QUARTERS = 2

/** Bounds as quarter steps: 2^(step / 4). From 1/1024 to 16384, in quarters from 1/16 to 2. */
const STEPS: readonly number[] = steps()
export const EXPONENTIAL_BOUNDS = Float64Array.from(STEPS, (step) => 2 ** (step / 4))

export type NativeKind = 'custom' | 'exponential' | 'gauge'

export function nativeKind({ schema, isGauge }: NativeHistogram): NativeKind {
  if (isGauge) return 'gauge'
  return schema === CUSTOM_BUCKETS ? 'custom' : 'exponential'
}

/** Tells why a histogram cannot be counted, or undefined. A stale marker has nothing to judge. */
export function nativeFault(
  histogram: NativeHistogram,
  { bucketsPerHistogram }: MetricLimits,
): { reason: DiscardReason; text: string } | undefined {
  const { schema, customLength } = histogram
  if (schema === CUSTOM_BUCKETS) {
    if (customLength >= bucketsPerHistogram) {
      const text = `${customLength + 1} buckets, over the limit bucketsPerHistogram of ${bucketsPerHistogram}`
      return { reason: 'bucket-limit', text }
    }
  } else if (schema < LOWEST_SCHEMA || schema > HIGHEST_SCHEMA) {
    return { reason: 'native-histogram', text: `schema ${schema} is not known` }
  }
  if (histogram.isStale) return undefined
  const text = histogram.fault ?? customFault(histogram) ?? countFault(histogram)
  return text === undefined ? undefined : { reason: 'invalid-histogram', text }
}

function customFault(histogram: NativeHistogram): string | undefined {
  const { schema, customValues, customLength, positive, negative, zeroCount } = histogram
  if (schema !== CUSTOM_BUCKETS) return undefined
  for (let index = 0; index < customLength; index += 1) {
    if (!Number.isFinite(customValues[index])) return 'a custom bound is not finite'
    if (index > 0 && !(customValues[index]! > customValues[index - 1]!)) {
      return 'custom bounds do not rise'
    }
  }
  if (negative.length > 0 || zeroCount > 0) return 'custom buckets beside others'
  const { indexes, length } = positive
  const isOutside = length > 0 && (indexes[0]! < 0 || indexes[length - 1]! > customLength)
  return isOutside ? 'a bucket outside of the custom bounds' : undefined
}

/** Observations that are no number are in the count but in no bucket; the sum then is none too. */
function countFault({ count, sum, zeroCount, positive, negative }: NativeHistogram) {
  let inBuckets = zeroCount
  for (const { counts, length } of [positive, negative]) {
    for (let index = 0; index < length; index += 1) {
      if (!(counts[index]! >= 0)) return 'a bucket with a negative count'
      inBuckets += counts[index]!
    }
  }
  const areWhole = Number.isInteger(inBuckets) && Number.isInteger(count)
  const isSafe = inBuckets <= Number.MAX_SAFE_INTEGER && count <= Number.MAX_SAFE_INTEGER
  if (!areWhole || !isSafe) return undefined
  const isSound = Number.isNaN(sum) ? inBuckets <= count : inBuckets === count
  return isSound ? undefined : `${inBuckets} observations in buckets, ${count} in all`
}

/**
 * Writes how many observations lie at or below each bound, without the one at infinity. Returns
 * how many were written, or -1 where the schema does not have the bounds.
 * Worked: schema 3, index 0 holds 5, index 8 holds 2: 5 at or below 1, 7 at or below 2.
 */
export function cumulate(histogram: NativeHistogram, into: Float64Array): number {
  return histogram.schema === CUSTOM_BUCKETS
    ? cumulateCustom(histogram, into)
    : cumulateExponential(histogram, into)
}

function cumulateCustom({ positive, customLength }: NativeHistogram, into: Float64Array): number {
  const { indexes, counts, length } = positive
  let below = 0
  for (let bound = 0, at = 0; bound < customLength; bound += 1) {
    for (; at < length && indexes[at]! <= bound; at += 1) below += counts[at]!
    into[bound] = below
  }
  return customLength
}

function cumulateExponential(histogram: NativeHistogram, into: Float64Array): number {
  const { schema, zeroCount, zeroThreshold, positive, negative } = histogram
  if (schema < QUARTERS || !(zeroThreshold <= EXPONENTIAL_BOUNDS[0]!)) return -1
  let below = zeroCount
  for (let at = 0; at < negative.length; at += 1) below += negative.counts[at]!
  const { indexes, counts, length } = positive
  const indexesPerStep = 2 ** (schema - QUARTERS)
  for (let bound = 0, at = 0; bound < STEPS.length; bound += 1) {
    const lastIndex = STEPS[bound]! * indexesPerStep
    for (; at < length && indexes[at]! <= lastIndex; at += 1) below += counts[at]!
    into[bound] = below
  }
  return STEPS.length
}

function steps(): number[] {
  const all = new Set<number>()
  for (let power = -10; power <= 14; power += 1) all.add(4 * power)
  for (let step = 4 * -4; step <= 4 * 1; step += 1) all.add(step)
  return [...all].toSorted((a, b) => a - b)
}
