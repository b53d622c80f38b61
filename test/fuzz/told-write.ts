/** Collects what the remote-write readers tell, and says the same of what protobufjs decodes. */
import { readLabels, type WireLabel } from '../../src/machinery/wire/labels.ts'
import type { NativeBuckets, NativeHistogram } from '../../src/machinery/wire/native-histogram.ts'
import type { RemoteWrite2Visitor } from '../../src/machinery/wire/remote-write-2.ts'

export interface ToldWrite {
  /** Samples and histograms of each series with its labels, in the order in which they come. */
  readonly points: unknown[]
  /** Series that cannot be read, with what they had. */
  readonly refused: number[][]
  exemplars: number
  /** Exemplars that cannot be read. */
  badExemplars: number
}

export function openToldWrite(): { told: ToldWrite; visitor: RemoteWrite2Visitor } {
  const told: ToldWrite = { points: [], refused: [], exemplars: 0, badExemplars: 0 }
  let labels: WireLabel[] = []
  const visitor: RemoteWrite2Visitor = {
    holdLabels: () => undefined,
    series: (bytes, start, end) => {
      labels = readLabels(bytes, start, end)
    },
    sample: (value, timestampMs) => told.points.push([labels, value, timestampMs, 0]),
    sampleSince: (value, timestampMs, startMs) =>
      told.points.push([labels, value, timestampMs, startMs]),
    stale: (timestampMs) => told.points.push([labels, 'stale', timestampMs]),
    nativeHistogram: (bytes, start, end, histogram) =>
      told.points.push([readLabels(bytes, start, end), plainHistogram(histogram)]),
    refuseSeries: (_why, samples, histograms) => told.refused.push([samples, histograms]),
    extras: (exemplars) => {
      told.exemplars += exemplars
    },
    refuseExemplar: () => {
      told.badExemplars += 1
    },
  }
  return { told, visitor }
}

function plainHistogram(histogram: NativeHistogram): unknown[] {
  const { timestampMs, startMs, count, sum, schema, zeroThreshold, zeroCount } = histogram
  const { isStale, isGauge, fault, positive, negative, customValues, customLength } = histogram
  const bounds = [...customValues.subarray(0, customLength)]
  const plain = [timestampMs, startMs, count, isStale ? 'stale' : sum, schema, zeroThreshold]
  const buckets = fault === undefined ? [pairs(positive), pairs(negative)] : 'at fault'
  return [...plain, zeroCount, isGauge, buckets, bounds]
}

function pairs({ indexes, counts, length }: NativeBuckets): number[][] {
  return Array.from({ length }, (_, at) => [indexes[at]!, counts[at]!])
}

/**
 * Changes definitions so that the values which may be stale markers are decoded as their bits: a
 * number does not keep those of a NaN.
 */
export function asBits(definitions: string): string {
  return definitions
    .replace(/(message Sample \{[^}]*?)double value = 1/, '$1fixed64 value = 1')
    .replace(/(message Histogram \{[^}]*\}[^}]*?)double sum = 3/, '$1fixed64 sum = 3')
}

/** Changes those of 1.0 to what its reader looks at: starts, and neither exemplars nor metadata. */
export function asRead(definitions: string): string {
  return asBits(definitions)
    .replaceAll(/(?:Exemplar (?=exemplars)|MetricMetadata (?=metadata))/g, 'bytes ')
    .replace(/(message Sample \{[^}]*timestamp = 2;)/, '$1 int64 start_timestamp = 3;')
}

const STALE_BITS = 0x7ff0_0000_0000_0002n

/** A message of remote write 1.0 as protobufjs has it. */
export interface DecodedWrite {
  readonly timeseries: {
    readonly labels: { readonly name?: string; readonly value?: string }[]
    readonly samples: DecodedSample[]
    readonly histograms: DecodedHistogram[]
  }[]
}

export interface DecodedSample {
  /** The bits, as decimal text. */
  readonly value?: string
  readonly timestamp?: string
  readonly startTimestamp?: string
}

/** Says what a visitor is told of a sample. */
export function expectedSample(labels: unknown, decoded: DecodedSample, createdMs = 0): unknown[] {
  const { value = '0', timestamp = 0, startTimestamp = 0 } = decoded
  const told = valueOf(value)
  if (told === 'stale') return [labels, told, Number(timestamp)]
  return [labels, told, Number(timestamp), Number(startTimestamp) || createdMs]
}

function valueOf(bits: string): number | 'stale' {
  if (BigInt(bits) === STALE_BITS) return 'stale'
  return new Float64Array(BigUint64Array.of(BigInt(bits)).buffer)[0]!
}

export interface DecodedHistogram {
  readonly countInt?: string
  readonly countFloat?: number
  /** The bits, as decimal text. */
  readonly sum?: string
  readonly schema?: number
  readonly zeroThreshold?: number
  readonly zeroCountInt?: string
  readonly zeroCountFloat?: number
  readonly negativeSpans: DecodedSpan[]
  readonly negativeDeltas: string[]
  readonly negativeCounts: number[]
  readonly positiveSpans: DecodedSpan[]
  readonly positiveDeltas: string[]
  readonly positiveCounts: number[]
  readonly resetHint?: number
  readonly timestamp?: string
  readonly customValues: number[]
  readonly startTimestamp?: string
}
interface DecodedSpan {
  readonly offset?: number
  readonly length?: number
}

/** Says what a visitor is told of a histogram. */
export function expectedHistogram(decoded: DecodedHistogram, createdMs = 0): unknown[] {
  const { positiveSpans, positiveDeltas, positiveCounts } = decoded
  const { negativeSpans, negativeDeltas, negativeCounts } = decoded
  const positive = sideOf(positiveSpans, positiveDeltas, positiveCounts)
  const negative = sideOf(negativeSpans, negativeDeltas, negativeCounts)
  return [
    Number(decoded.timestamp ?? 0),
    Number(decoded.startTimestamp ?? 0) || createdMs,
    Number(decoded.countInt ?? decoded.countFloat ?? 0),
    valueOf(decoded.sum ?? '0'),
    decoded.schema ?? 0,
    decoded.zeroThreshold ?? 0,
    Number(decoded.zeroCountInt ?? decoded.zeroCountFloat ?? 0),
    decoded.resetHint === 3,
    positive === undefined || negative === undefined ? 'at fault' : [positive, negative],
    decoded.customValues,
  ]
}

/** Undefined where spans and buckets do not fit each other. */
function sideOf(
  spans: readonly DecodedSpan[],
  deltas: readonly string[],
  floats: readonly number[],
): number[][] | undefined {
  if (deltas.length > 0 && floats.length > 0) return undefined
  let last = 0
  const counts = deltas.length > 0 ? deltas.map((delta) => (last += Number(delta))) : floats
  const found: number[][] = []
  let index = 0
  for (const [number, { offset = 0, length = 0 }] of spans.entries()) {
    if (number > 0 && offset < 0) return undefined
    index += offset
    if (length > counts.length - found.length) return undefined
    for (let step = 0; step < length; step += 1, index += 1) {
      found.push([index, counts[found.length]!])
    }
  }
  return found.length === counts.length ? found : undefined
}
