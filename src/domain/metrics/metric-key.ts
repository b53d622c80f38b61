/**
 * The key under which an OTLP metric is recognised: kind, temporality, name, unit, scope and, for a
 * histogram, its bounds. Histograms of one name with other bounds are other metrics. Shape of the
 * key: eight bytes of kind, temporality, monotonic and lengths, then the parts.
 */
import {
  METRIC_KINDS,
  type OtlpHistogramPoint,
  type OtlpMetricHeader,
  type OtlpMetricKind,
} from '../../machinery/wire/otlp.ts'
import { EXPONENTIAL_BOUNDS } from './native-layout.ts'

const NAME_LENGTH_AT = 4
const UNIT_LENGTH_AT = 8
const SCOPE_LENGTH_AT = 12
const PARTS_AT = 16
const CUMULATIVE = 2

export interface MetricMeaning {
  readonly name: string
  readonly unit: string
  readonly kind: MeaningKind
  readonly temporality: number
  readonly monotonic: boolean
  /** Upper bounds without Infinity, in the metric's unit. */
  readonly bounds: Float64Array
  /** Whether the histogram has buckets at all: one more than bounds. */
  readonly hasBuckets: boolean
  /** The raw body of its InstrumentationScope. */
  readonly scope: Uint8Array
}

type MeaningKind = Exclude<OtlpMetricKind, 'exponential-histogram' | 'summary'>

/** Builds keys in place. Reused: a key holds until the next `begin` or `setBounds`. */
export class MetricKey {
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)
  #headEnd = 0
  #end = 0
  #bounds = new Float64Array(0)

  get bytes(): Uint8Array {
    return this.#bytes
  }

  get end(): number {
    return this.#end
  }

  /** Tells the name of the metric, for a message. */
  name(): string {
    const length = this.#view.getUint32(NAME_LENGTH_AT, true)
    return Buffer.from(this.#bytes.subarray(PARTS_AT, PARTS_AT + length)).toString('utf8')
  }

  /** Starts the key of a metric. Copies what it needs. */
  begin(bytes: Uint8Array, header: OtlpMetricHeader): void {
    const { nameStart, nameEnd, unitStart, unitEnd, scopeStart, scopeEnd } = header
    const length = PARTS_AT + nameEnd - nameStart + (unitEnd - unitStart) + (scopeEnd - scopeStart)
    this.#reserve(length)
    this.#bytes[0] = METRIC_KINDS.indexOf(header.kind)
    this.#bytes[1] = header.temporality
    this.#bytes[2] = header.monotonic ? 1 : 0
    this.#bytes[3] = 0
    this.#view.setUint32(NAME_LENGTH_AT, nameEnd - nameStart, true)
    this.#view.setUint32(UNIT_LENGTH_AT, unitEnd - unitStart, true)
    this.#view.setUint32(SCOPE_LENGTH_AT, scopeEnd - scopeStart, true)
    let at = PARTS_AT
    for (const [from, to] of [
      [nameStart, nameEnd],
      [unitStart, unitEnd],
      [scopeStart, scopeEnd],
    ] as const) {
      this.#bytes.set(bytes.subarray(from, to), at)
      at += to - from
    }
    this.#headEnd = at
    this.#end = at
    this.#bounds = new Float64Array(0)
  }

  /**
   * Adds the bounds of a histogram point. Returns false when they are those of the point before.
   */
  setBounds({ bounds, boundsLength, bucketLength }: OtlpHistogramPoint): boolean {
    const hasBuckets = bucketLength > 0 ? 1 : 0
    if (this.#bytes[3] === hasBuckets && sameBounds(this.#bounds, bounds, boundsLength))
      return false
    this.#reserve(this.#headEnd + 8 * boundsLength)
    this.#bytes[3] = hasBuckets
    this.#bounds = bounds.slice(0, boundsLength)
    for (let index = 0; index < boundsLength; index += 1) {
      this.#view.setFloat64(this.#headEnd + 8 * index, bounds[index]!, true)
    }
    this.#end = this.#headEnd + 8 * boundsLength
    return true
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return
    const grown = new Uint8Array(2 * length)
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

/**
 * Reads a key that `MetricKey` built. An exponential histogram is one with fixed bounds, a summary
 * is a cumulative one without buckets.
 */
export function readMetricKey(key: Uint8Array): MetricMeaning {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  const unitAt = PARTS_AT + view.getUint32(NAME_LENGTH_AT, true)
  const scopeAt = unitAt + view.getUint32(UNIT_LENGTH_AT, true)
  const boundsAt = scopeAt + view.getUint32(SCOPE_LENGTH_AT, true)
  const text = (from: number, to: number) => Buffer.from(key.subarray(from, to)).toString('utf8')
  const bounds = new Float64Array((key.length - boundsAt) / 8)
  for (let index = 0; index < bounds.length; index += 1) {
    bounds[index] = view.getFloat64(boundsAt + 8 * index, true)
  }
  const kind = METRIC_KINDS[key[0]!]!
  const isExponential = kind === 'exponential-histogram'
  return {
    name: text(PARTS_AT, unitAt),
    unit: text(unitAt, scopeAt),
    kind: isExponential || kind === 'summary' ? 'histogram' : kind,
    temporality: kind === 'summary' ? CUMULATIVE : key[1]!,
    monotonic: key[2] === 1,
    bounds: isExponential ? EXPONENTIAL_BOUNDS : bounds,
    hasBuckets: isExponential || key[3] === 1,
    scope: key.subarray(scopeAt, boundsAt),
  }
}

function sameBounds(known: Float64Array, bounds: Float64Array, length: number): boolean {
  if (known.length !== length) return false
  for (let index = 0; index < length; index += 1) if (known[index] !== bounds[index]) return false
  return true
}
