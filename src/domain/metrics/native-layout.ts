/**
 * Turns native histograms, and the exponential ones of OpenTelemetry, into what the rest of this
 * folder counts: a count, a sum and observations at or below fixed bounds. Pure.
 *
 * Custom buckets (schema -53) have bounds of their own. Exponential ones have those of their
 * schema, and a sender may coarsen the schema while it goes on counting; a series must keep its
 * bounds all the same, or its whole count would seem to be a gain. So they are all read at the same
 * bounds: powers of two, and quarter steps between them around usual response times, which every
 * schema from 2 up has among its own: `full`. Schemas 1 and 0 have the powers of two, which are
 * counted as a layout of their own: `powers`. What is coarser still, or has a zero bucket as wide
 * as the lowest bound, gives count and sum only: `none`.
 *
 * Counts at the bounds are exact. A quantile read from them lies in the bucket of the true one:
 * between 1/16 s and 2 s it is off by at most a factor of 2^(1/4) = 1.19 at full resolution,
 * elsewhere and from powers of two by at most a factor of 2.
 * Source: Prometheus native histograms, "Schema"; a bucket of index i and schema s ends at
 * 2^(i x 2^-s).
 */
import type {
  ExponentialHistogram,
  NativeHistogram,
} from '../../machinery/wire/native-histogram.ts'
import type { MetricLimits } from './limits.ts'
import type { DiscardReason } from './reasons.ts'

export const CUSTOM_BUCKETS = -53
const LOWEST_SCHEMA = -9
/** The coarsest that an OpenTelemetry SDK goes: two buckets for all numbers there are. */
const LOWEST_SCALE = -10
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

/** Tells why a point of OpenTelemetry cannot be counted, or undefined. */
export function exponentialFault(point: ExponentialHistogram): string | undefined {
  const { schema, zeroThreshold } = point
  if (schema < LOWEST_SCALE || schema > HIGHEST_SCHEMA) return `scale ${schema} is not known`
  if (!(zeroThreshold >= 0)) return `a zero threshold of ${zeroThreshold}`
  return countFault(point)
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
function countFault({ count, sum, zeroCount, positive, negative }: ExponentialHistogram) {
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

export type Resolution = 'full' | 'powers' | 'none'

/** Tells which of the bounds a histogram has among its own. */
export function resolutionOf({ schema, zeroThreshold }: ExponentialHistogram): Resolution {
  if (schema === CUSTOM_BUCKETS) return 'full'
  if (schema < 0 || !(zeroThreshold <= EXPONENTIAL_BOUNDS[0]!)) return 'none'
  return schema < QUARTERS ? 'powers' : 'full'
}

/** Tells whether the bound of this number is a power of two. */
export function isPower(bound: number): boolean {
  return STEPS[bound]! % 4 === 0
}

/**
 * Writes how many observations of a histogram with custom buckets lie at or below each bound,
 * without the one at infinity. Returns how many were written.
 */
export function cumulateCustom(
  { positive, customLength }: Pick<NativeHistogram, 'positive' | 'customLength'>,
  into: Float64Array,
): number {
  const { indexes, counts, length } = positive
  let below = 0
  for (let bound = 0, at = 0; bound < customLength; bound += 1) {
    for (; at < length && indexes[at]! <= bound; at += 1) below += counts[at]!
    into[bound] = below
  }
  return customLength
}

/**
 * Writes how many observations of an exponential histogram lie at or below each bound, exact where
 * its resolution has the bound. Returns how many were written.
 * Worked: schema 3, index 0 holds 5, index 8 holds 2: 5 at or below 1, 7 at or below 2.
 */
export function cumulateExponential(histogram: ExponentialHistogram, into: Float64Array): number {
  const { schema, zeroCount, positive, negative } = histogram
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
