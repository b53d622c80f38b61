/**
 * Whether the buckets of a classic histogram add up to its count. One that does not would be
 * counted as so many requests here and as so many there, and nobody could tell which was meant.
 * Source: opentelemetry-proto, metrics.proto, HistogramDataPoint.bucket_counts: "The sum of the
 * bucket_counts must equal the value in the count field."
 */
import type { OtlpHistogramPoint } from '../../machinery/wire/otlp.ts'

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
