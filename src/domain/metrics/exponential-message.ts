/**
 * Writes an exponential histogram of OpenTelemetry as the message that a Prometheus native
 * histogram is in remote write. Pure. Buckets of each sign go as one span, from the first to the
 * last that holds anything. Source: prometheus/prompb types.proto, whose fields stand in
 * `native-histogram`.
 */
import { openProtoWriter } from '../../machinery/wire/encode.ts'
import type { ExponentialHistogram, NativeBuckets } from '../../machinery/wire/native-histogram.ts'

/** Prometheus has no coarser schema. */
const LOWEST_SCHEMA = -4

const writer = openProtoWriter()

/** Undefined where Prometheus has no such histogram. */
export function exponentialMessage(
  point: ExponentialHistogram,
  timeMs: number,
): Uint8Array | undefined {
  const { count, sum, schema, zeroThreshold, zeroCount, positive, negative } = point
  if (schema < LOWEST_SCHEMA) return undefined
  writer.varint(1, count)
  if (!Number.isNaN(sum)) writer.double(3, sum)
  writer.varint(4, zigzag(schema))
  writer.double(5, zeroThreshold)
  writer.varint(6, zeroCount)
  writeBuckets(negative, 8)
  writeBuckets(positive, 11)
  writer.varint(15, timeMs)
  return writer.take()
}

/** Writes spans and deltas, two fields in a row. */
function writeBuckets({ indexes, counts, length }: NativeBuckets, field: number): void {
  let first = 0
  while (first < length && counts[first] === 0) first += 1
  let end = length
  while (end > first && counts[end - 1] === 0) end -= 1
  if (first === end) return
  writer.message(field, () => {
    writer.varint(1, zigzag(indexes[first]!))
    writer.varint(2, end - first)
  })
  let before = 0
  for (let at = first; at < end; at += 1) {
    writer.varint(field + 1, zigzag(counts[at]! - before))
    before = counts[at]!
  }
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}
