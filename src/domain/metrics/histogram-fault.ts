/**
 * Whether a classic histogram is sound: its bounds rise, it has one bucket more than bounds, and
 * the buckets add up to its count. One that does not add up would be
 * counted as so many requests here and as so many there, and nobody could tell which was meant.
 * Source: opentelemetry-proto, metrics.proto, HistogramDataPoint.bucket_counts: "The sum of the
 * bucket_counts must equal the value in the count field."
 */
import type { OtlpHistogramPoint } from '../../machinery/wire/otlp.ts'
import type { MetricLimits } from './limits.ts'
import type { DiscardReason } from './reasons.ts'

/**
 * Tells what does not add up, or undefined. Counts beyond what a number holds exactly are not
 * judged, nor is a point without buckets, which has a count alone.
 */
export function sumFault(
  point: Pick<OtlpHistogramPoint, 'count' | 'bucketCounts' | 'bucketLength'>,
): string | undefined {
  const { count, bucketCounts, bucketLength } = point
  if (bucketLength === 0) return undefined
  let inBuckets = 0
  for (let index = 0; index < bucketLength; index += 1) inBuckets += bucketCounts[index]!
  if (inBuckets > Number.MAX_SAFE_INTEGER || count > Number.MAX_SAFE_INTEGER) return undefined
  if (inBuckets === count) return undefined
  return (
    `${inBuckets} observations in buckets, ${count} in all: ` +
    'the sum of the bucket_counts must equal the value in the count field'
  )
}

/** Says what is wrong with a classic histogram. Undefined for nothing. */
export function classicFault(
  point: OtlpHistogramPoint,
  { bucketsPerHistogram }: Pick<MetricLimits, 'bucketsPerHistogram'>,
): { reason: DiscardReason; text: string } | undefined {
  const { bucketLength, boundsLength, bounds } = point
  if (bucketLength === 0 && boundsLength === 0) return undefined
  if (bucketLength > bucketsPerHistogram) {
    const text = `${bucketLength} buckets, over the limit bucketsPerHistogram of ${bucketsPerHistogram}`
    return { reason: 'bucket-limit', text }
  }
  if (bucketLength !== boundsLength + 1) {
    const text = `${bucketLength} buckets do not fit ${boundsLength} bounds`
    return { reason: 'invalid-histogram', text }
  }
  for (let index = 1; index < boundsLength; index += 1) {
    if (bounds[index]! > bounds[index - 1]!) continue
    return { reason: 'invalid-histogram', text: 'the bounds do not rise' }
  }
  const text = sumFault(point)
  return text === undefined ? undefined : { reason: 'invalid-histogram', text }
}
