/**
 * What OpenMetrics says of the samples of a metric family: which names they have, what their values
 * may be, which of them form a metric, and what must add up in a histogram. Numbers only, so that a
 * line that is known costs no strings.
 * Source: OpenMetrics 1.0, "Metric types" and "Text format".
 */
import type { WireLabel } from './labels.ts'
import { boundText, parseNumber } from './number-text.ts'

/** Suffixes of the sample names of each type, and what a sample with it is. */
const SUFFIXES = {
  counter: { _total: 'total', _created: 'created' },
  gauge: { '': 'plain' },
  histogram: { _bucket: 'bucket', _count: 'count', _sum: 'sum', _created: 'created' },
  gaugehistogram: { _bucket: 'bucket', _gcount: 'count', _gsum: 'gsum' },
  stateset: { '': 'state' },
  info: { _info: 'info' },
  summary: { '': 'quantile', _count: 'count', _sum: 'sum', _created: 'created' },
  unknown: { '': 'plain' },
} as const satisfies Record<string, Readonly<Record<string, string>>>

export type FamilyType = keyof typeof SUFFIXES
export const FAMILY_TYPES = Object.keys(SUFFIXES) as FamilyType[]

export type SampleRole =
  | 'plain'
  | 'total'
  | 'created'
  | 'bucket'
  | 'count'
  | 'sum'
  | 'gsum'
  | 'state'
  | 'info'
  | 'quantile'

/** Tells what a sample is in a family. Undefined where its name is none of the family's. */
export function roleIn(type: FamilyType, family: string, name: string): SampleRole | undefined {
  if (!name.startsWith(family)) return undefined
  const suffixes: Readonly<Record<string, SampleRole>> = SUFFIXES[type]
  const suffix = name.slice(family.length)
  return Object.hasOwn(suffixes, suffix) ? suffixes[suffix] : undefined
}

/** Tells whether the metrics of a type may say when they began. */
export function hasStart(type: FamilyType): boolean {
  return type === 'counter' || type === 'histogram' || type === 'summary'
}

/** Lists the names that no other family may have, too. */
export function namesOf(type: FamilyType, family: string): string[] {
  return [...new Set(['', ...Object.keys(SUFFIXES[type])])].map((suffix) => family + suffix)
}

/** The label that tells the samples of one metric apart: not part of the metric's own labels. */
export function dividingLabel(role: SampleRole, family: string): string | undefined {
  if (role === 'bucket') return 'le'
  if (role === 'quantile') return 'quantile'
  return role === 'state' ? family : undefined
}

/**
 * Reads a bound. Undefined where it is no number, or infinity in another spelling than "+Inf".
 * Other numbers should be canonical, too, but need not; the readers make them so.
 * Source: OpenMetrics 1.0, "Considerations: Canonical Numbers".
 */
export function readBound(text: string | undefined): number | undefined {
  const value = text === undefined ? undefined : parseNumber(text)
  if (value === undefined || Number.isNaN(value)) return undefined
  return value === Infinity && text !== '+Inf' ? undefined : value
}

/** Writes a bound as Prometheus 3 does, where it is a number. */
export function withBound(labels: readonly WireLabel[], bound: 'le' | 'quantile'): WireLabel[] {
  return labels.map(({ name, value }) => {
    const number = name === bound ? parseNumber(value) : undefined
    return { name, value: number === undefined ? value : boundText(number) }
  })
}

/** Tells why a value cannot be that of such a sample, or undefined. */
export function valueFault(role: SampleRole, value: number): string | undefined {
  switch (role) {
    case 'plain':
    case 'created':
      return undefined
    case 'state':
      return value === 0 || value === 1 ? undefined : 'a state is 0 or 1'
    case 'info':
      return value === 1 ? undefined : 'an info is 1'
    case 'quantile':
      return value < 0 ? 'a quantile is not negative' : undefined
    case 'bucket':
    case 'count':
      return Number.isInteger(value) && value >= 0
        ? undefined
        : 'a count is a whole number from 0 on'
    case 'total':
    case 'sum':
      return value >= 0 ? undefined : 'a counter is not negative and not NaN'
    case 'gsum':
      return Number.isNaN(value) ? 'a sum is not NaN' : undefined
  }
}

/** The key of the metric that a sample belongs to: its labels without the dividing one, sorted. */
export function metricKey(labels: readonly WireLabel[], dividing: string | undefined): string {
  const own = labels.slice(1).filter(({ name }) => name !== dividing)
  return JSON.stringify(own.map(({ name, value }) => [name, value]).toSorted(byText))
}

function byText(left: readonly string[], right: readonly string[]): number {
  return left[0]! < right[0]! ? -1 : 1
}

/** Adds up one metric point of a histogram and tells what is wrong with it. */
export class HistogramCheck {
  #bound = NaN
  #inBucket = 0
  #count = NaN
  #hasSum = false
  #hasGaugeSum = false
  #negativeGaugeSum = false
  #negativeBounds = false
  #begun = false

  begin(): void {
    this.#bound = NaN
    this.#inBucket = 0
    this.#count = NaN
    this.#hasSum = false
    this.#hasGaugeSum = false
    this.#negativeGaugeSum = false
    this.#negativeBounds = false
    this.#begun = false
  }

  /** Takes a sample. Tells what is wrong with it after those before, or undefined. */
  take(role: SampleRole, bound: number, value: number): string | undefined {
    this.#begun = true
    if (role === 'count') this.#count = value
    else if (role === 'sum') this.#hasSum = true
    else if (role === 'gsum') {
      this.#hasGaugeSum = true
      this.#negativeGaugeSum = value < 0
    } else if (role === 'bucket') return this.#takeBucket(bound, value)
    return undefined
  }

  #takeBucket(bound: number, value: number): string | undefined {
    if (bound <= this.#bound) return 'buckets come in rising order of le'
    if (value < this.#inBucket) return 'a bucket holds no less than the one before'
    this.#bound = bound
    this.#inBucket = value
    if (bound < 0) this.#negativeBounds = true
    return undefined
  }

  /** Tells what is wrong with the point as a whole, or undefined. */
  finish(): string | undefined {
    if (!this.#begun) return undefined
    const hasCount = !Number.isNaN(this.#count)
    const sums = this.#hasSum || this.#hasGaugeSum
    if (this.#bound !== Infinity) return 'a bucket with le="+Inf" is missing'
    if (hasCount && this.#count !== this.#inBucket) return 'the count is not that of le="+Inf"'
    if (sums !== hasCount) return 'count and sum come together or not at all'
    if (this.#negativeBounds && this.#hasSum) return 'with negative buckets there is no sum'
    if (!this.#negativeBounds && this.#negativeGaugeSum) {
      return 'without negative buckets the sum is not negative'
    }
    return undefined
  }
}
