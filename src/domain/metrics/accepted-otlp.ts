/**
 * The OTLP half of `accepted.ts`: points become samples of series in the names and labels that
 * Prometheus would give them, with `target_info` of their resource beside them. Deltas are added
 * up, so that a receiver sees a counter; the first one of a series that is not known here comes
 * with a zero just before it: whoever had seen a higher sum sees that counting began anew.
 *
 * A classic histogram is its buckets, count and sum; an exponential one a native histogram; a
 * summary its count and sum. Changes of a sum that may fall, deltas of exponential histograms,
 * quantiles and names of which nothing is left cannot be said in remote write.
 * Source: OpenTelemetry compatibility/prometheus_and_openmetrics.md; Prometheus
 * storage/remote/otlptranslator/prometheusremotewrite.
 */
import type { TenantId } from '../../core/ids.ts'
import { LABELS } from '../../core/names/labels.ts'
import type { TranslationStrategy } from '../../core/names/translation-strategies.ts'
import { readResourceAttributes } from '../../machinery/wire/otlp-attributes.ts'
import {
  METRIC_KINDS,
  type LeftOut,
  type OtlpExponentialPoint,
  type OtlpHistogramPoint,
  type OtlpMetricHeader,
  type OtlpSummaryPoint,
  type OtlpVisitor,
} from '../../machinery/wire/otlp.ts'
import { WireError } from '../../machinery/wire/wire-error.ts'
import type { AcceptedSink, LeftReason } from './accepted.ts'
import { describeAttributes, type NamedValue, type SeriesDescription } from './description.ts'
import { exponentialMessage } from './exponential-message.ts'
import { classicFault } from './histogram-fault.ts'
import { Keys } from './keys.ts'
import type { MetricLimits } from './limits.ts'
import { MetricKey, type MetricMeaning } from './metric-key.ts'
import { exponentialFault } from './native-layout.ts'
import { UNKNOWN } from './registrar.ts'
import { translatedType, translateLabels, translateMetricName } from './translation.ts'

/** Whose a series is. */
export interface AcceptedOwner {
  readonly tenantId: TenantId
  readonly tenant: number
  readonly isTenants: (observed: string) => boolean
}

/** What the two halves share. An entry is what is remembered of a series as it came. */
export interface AcceptedCore {
  readonly sink: AcceptedSink
  readonly limits: MetricLimits
  readonly strategy: TranslationStrategy
  /** Tells who sends what has this name. */
  find(bytes: Uint8Array, start: number, end: number): number
  /** The name without a replica, after `find` found one. */
  rest(): Uint8Array
  setSender(sender: number): void
  /**
   * Takes in a series: `make` gives its number where somebody wants it. Returns its entry, or
   * UNKNOWN where the record refused it, which was told.
   */
  enter(
    description: SeriesDescription,
    known: number,
    make: (owner: AcceptedOwner) => number,
  ): number
  /** Tells whether the record names series that had no room, and whether a point is of one. */
  hasRefused(): boolean
  isRefused(
    bytes: Uint8Array,
    start: number,
    end: number,
    metricKey: Uint8Array,
    resourceBytes: Uint8Array,
  ): boolean
  /** Tells whether an entry has to be taken in again. */
  isStaleEntry(entry: number): boolean
  /**
   * Tells the number that `make` gave of a point that was accepted, else -1. Of a delta: since
   * when; else 0.
   */
  admit(entry: number, timeMs: number, sinceMs: number, isStale: boolean): number
  refuse(reason: LeftReason): void
}

type Form = 'number' | 'classic' | 'exponential' | 'summary' | 'none'

/** What an OTLP series becomes. */
interface Outgoing {
  readonly form: Form
  readonly owner: AcceptedOwner
  /** A number; or count, sum, buckets from the lowest bound on. */
  readonly parts: readonly number[]
  /** Of deltas: what each part came to. */
  readonly sums: Float64Array | null
  isFresh: boolean
}

const NO_SENDER = 0
const DELTA = 1
const NO_BYTES = new Uint8Array(0)
const SERVICE = ['service.name', 'service.namespace', 'service.instance.id']

export class AcceptedOtlp implements OtlpVisitor {
  readonly #core: AcceptedCore
  /** Deltas are only added up: their sum comes with the first one after. */
  addsInSilence = false
  #keys = new Keys()
  #outgoing: Outgoing[] = []
  readonly #metricKey = new MetricKey()
  #contextNumber = 0
  #resource = UNKNOWN
  #resourceBytes: Uint8Array = NO_BYTES
  #metric = UNKNOWN
  #resourceSender = NO_SENDER
  /** Of the present resource: by tenant, the owner and the time of the newest point. */
  #seen = new Map<number, { owner: AcceptedOwner; timeMs: number }>()
  /** By resource and tenant: the series of `target_info` and its newest sample. */
  #infos = new Map<string, { series: number; timeMs: number }>()
  #quantiles = 0

  constructor(core: AcceptedCore) {
    this.#core = core
  }

  forget(): void {
    this.#keys = new Keys()
    this.#outgoing = []
    this.#infos.clear()
  }

  /** Forgets what series are called elsewhere; entries are taken in again. */
  askAgain(): void {
    this.#infos.clear()
  }

  begin(contextNumber: number): void {
    this.#contextNumber = contextNumber
    this.#seen.clear()
  }

  end(): void {
    this.#tellInfo()
  }

  resource(bytes: Uint8Array, start: number, end: number): void {
    this.#tellInfo()
    const core = this.#core
    this.#resourceSender = core.find(bytes, start, end)
    const isReplica = this.#resourceSender !== NO_SENDER
    const name = isReplica ? core.rest() : bytes
    const [from, to] = isReplica ? [0, name.length] : [start, end]
    this.#resource = this.#keys.resources.find(this.#contextNumber, name, from, to)
    this.#resourceBytes = this.#resource === UNKNOWN ? name.slice(from, to) : NO_BYTES
  }

  metric(bytes: Uint8Array, header: OtlpMetricHeader): void {
    this.#metricKey.begin(bytes, header)
    this.#findMetric()
  }

  numberPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    value: number,
    noRecordedValue: boolean,
  ): void {
    const entry = this.#find(bytes, attributesStart, attributesEnd)
    this.#tell(entry, startMs, timeMs, noRecordedValue, () => [value])
  }

  histogramPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    point: OtlpHistogramPoint,
  ): void {
    const fault = point.noRecordedValue ? undefined : classicFault(point, this.#core.limits)
    if (fault !== undefined) {
      this.#core.refuse('invalid')
      return
    }
    if (this.#metricKey.setBounds(point)) this.#findMetric()
    const entry = this.#find(bytes, attributesStart, attributesEnd)
    this.#tell(entry, startMs, timeMs, point.noRecordedValue, () => classicValues(point))
  }

  exponentialPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    point: OtlpExponentialPoint,
  ): void {
    if (!point.noRecordedValue && exponentialFault(point) !== undefined) {
      this.#core.refuse('invalid')
      return
    }
    const entry = this.#find(bytes, attributesStart, attributesEnd)
    this.#tell(entry, startMs, timeMs, point.noRecordedValue, () => point)
  }

  summaryPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    { count, sum, fault, noRecordedValue }: OtlpSummaryPoint,
  ): void {
    const quantiles = this.#quantiles
    this.#quantiles = 0
    if (fault !== undefined) {
      this.#core.refuse('invalid')
      return
    }
    const entry = this.#find(bytes, attributesStart, attributesEnd)
    this.#tell(entry, startMs, timeMs, noRecordedValue, () => {
      if (quantiles > 0) this.#core.sink.unforwardable(quantiles)
      return [count, sum]
    })
  }

  valuelessPoint(): void {
    this.#core.refuse('invalid')
  }

  leftOut(what: LeftOut, count: number): void {
    if (what === 'exemplar') this.#core.sink.exemplars(count)
    else if (what === 'quantile') this.#quantiles = count
  }

  /** Tells the samples of a point, where it was accepted. */
  #tell(
    entry: number,
    startMs: number,
    timeMs: number,
    isStale: boolean,
    read: () => readonly number[] | OtlpExponentialPoint,
  ): void {
    if (entry === UNKNOWN) return
    const { sink } = this.#core
    const isDelta = this.#metricKey.bytes[1] === DELTA
    const number = this.#core.admit(entry, timeMs, isDelta ? startMs : 0, isStale)
    if (number < 0) return
    const outgoing = this.#outgoing[number]!
    this.#note(outgoing.owner, timeMs)
    if (isStale) {
      for (const part of outgoing.parts) if (part >= 0) sink.stale(part, timeMs)
      return
    }
    const value = read()
    if (outgoing.form === 'none') sink.unforwardable(1)
    else if ('schema' in value) this.#tellExponential(outgoing, startMs, timeMs, value)
    else if (outgoing.sums === null) {
      const since = startMs > 0 && startMs <= timeMs ? startMs : 0
      tellParts(sink, outgoing.parts, timeMs, value, since)
    } else this.#tellDelta(outgoing, outgoing.sums, startMs, timeMs, value)
  }

  #tellDelta(
    outgoing: Outgoing,
    sums: Float64Array,
    startMs: number,
    timeMs: number,
    value: readonly number[],
  ): void {
    const { sink } = this.#core
    if (this.addsInSilence) {
      for (const [part, change] of value.entries()) sums[part]! += Number.isNaN(change) ? 0 : change
      sink.left('added-up', outgoing.parts.length)
      return
    }
    if (outgoing.isFresh) {
      // Behind the end of the interval before, where another sum may stand
      const zeroMs = startMs > 0 && startMs + 1 < timeMs ? startMs + 1 : timeMs - 1
      tellParts(sink, outgoing.parts, zeroMs, value.map(zeroOf), 0)
      outgoing.isFresh = false
    }
    for (const [part, change] of value.entries()) sums[part]! += Number.isNaN(change) ? 0 : change
    const totals = value.map((change, part) => (Number.isNaN(change) ? NaN : sums[part]!))
    tellParts(sink, outgoing.parts, timeMs, totals, 0)
  }

  #tellExponential(
    { parts }: Outgoing,
    startMs: number,
    timeMs: number,
    point: OtlpExponentialPoint,
  ): void {
    const { sink } = this.#core
    const message = exponentialMessage(point, timeMs)
    if (message === undefined) {
      sink.unforwardable(1)
      return
    }
    const wire = { bytes: message, start: 0, end: message.length }
    const since = startMs > 0 && startMs <= timeMs ? startMs : 0
    sink.native(parts[0]!, { timestampMs: timeMs, startMs: since, wire })
  }

  #find(bytes: Uint8Array, start: number, end: number): number {
    const core = this.#core
    const known = this.#knownPoint(bytes, start, end)
    const sender = known === UNKNOWN ? core.find(bytes, start, end) : NO_SENDER
    core.setSender(sender === NO_SENDER ? this.#resourceSender : sender)
    if (known !== UNKNOWN && !core.isStaleEntry(known)) {
      return core.hasRefused() ? this.#take(known, bytes, start, end) : known
    }
    if (sender === NO_SENDER) return this.#take(known, bytes, start, end)
    const rest = core.rest()
    const named = this.#knownPoint(rest, 0, rest.length)
    return named !== UNKNOWN && !core.isStaleEntry(named) && !core.hasRefused()
      ? named
      : this.#take(named, rest, 0, rest.length)
  }

  #knownPoint(bytes: Uint8Array, start: number, end: number): number {
    return this.#metric === UNKNOWN
      ? UNKNOWN
      : this.#keys.attributes.find(this.#metric, bytes, start, end)
  }

  #findMetric(): void {
    const { bytes, end } = this.#metricKey
    this.#metric =
      this.#resource === UNKNOWN ? UNKNOWN : this.#keys.metrics.find(this.#resource, bytes, 0, end)
  }

  #take(known: number, bytes: Uint8Array, start: number, end: number): number {
    const { limits, refuse } = this.#core
    const metricKey = this.#metricKey.bytes.subarray(0, this.#metricKey.end)
    const resourceBytes =
      this.#resource === UNKNOWN ? this.#resourceBytes : this.#keys.resourceBytes(this.#resource)
    if (Math.max(resourceBytes.length, metricKey.length, end - start) > limits.keyBytes) {
      refuse('invalid')
      return UNKNOWN
    }
    if (this.#core.isRefused(bytes, start, end, metricKey, resourceBytes)) {
      refuse('quota')
      return UNKNOWN
    }
    if (known !== UNKNOWN && !this.#core.isStaleEntry(known)) return known
    try {
      const place = {
        contextNumber: this.#contextNumber,
        resource: this.#resource,
        resourceBytes,
        metricKey,
      }
      const description = describeAttributes(place, bytes, start, end)
      const resource = readResourceAttributes(resourceBytes, 0, resourceBytes.length).map(named)
      const entry = this.#core.enter(description, known, (owner) =>
        this.#makeOutgoing(owner, description, resource),
      )
      if (entry !== UNKNOWN && known === UNKNOWN) this.#addKeys(entry, bytes, start, end)
      return entry
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      refuse('invalid')
      return UNKNOWN
    }
  }

  #addKeys(entry: number, bytes: Uint8Array, start: number, end: number): void {
    const keys = this.#keys
    if (this.#resource === UNKNOWN) {
      this.#resource = keys.addResource(this.#contextNumber, this.#resourceBytes)
    }
    if (this.#metric === UNKNOWN) {
      const metricKey = this.#metricKey.bytes.subarray(0, this.#metricKey.end)
      this.#metric = keys.addMetric(this.#resource, metricKey)
    }
    keys.attributes.add(this.#metric, bytes, start, end, entry)
  }

  /** Names the series that a point becomes. -1 where nobody wants them. */
  #makeOutgoing(
    owner: AcceptedOwner,
    { labels, ownLabels, metric }: SeriesDescription,
    resource: readonly NamedValue[],
  ): number {
    const { strategy } = this.#core
    const meaning = metric!
    const form = this.#formOf(meaning)
    const { name: given, unit } = meaning
    const type = translatedType(meaning)
    const name = translateMetricName({ name: given, unit, type }, strategy)
    const translated = translateLabels(labels.slice(0, ownLabels), resource, strategy)
    const series = (suffix: string, le?: string): number =>
      this.#series(owner, `${name ?? given}${suffix}`, translated, le)
    const isNone = name === undefined || form === 'none'
    const parts = isNone ? [series('')] : partsOf(form, meaning, series)
    if (parts[0]! < 0) return -1
    const isDelta = meaning.temporality === DELTA && meaning.kind !== 'gauge'
    const sums = isDelta ? new Float64Array(parts.length) : null
    this.#outgoing.push({ form: isNone ? 'none' : form, owner, parts, sums, isFresh: true })
    return this.#outgoing.length - 1
  }

  #formOf({ kind, monotonic, temporality }: MetricMeaning): Form {
    const otlpKind = METRIC_KINDS[this.#metricKey.bytes[0]!]!
    if (otlpKind === 'exponential-histogram') {
      return temporality === DELTA ? 'none' : 'exponential'
    }
    if (otlpKind === 'summary') return 'summary'
    if (kind === 'histogram') return 'classic'
    return kind === 'sum' && temporality === DELTA && !monotonic ? 'none' : 'number'
  }

  #series(
    { tenantId, isTenants }: AcceptedOwner,
    name: string,
    translated: readonly NamedValue[],
    le?: string,
  ): number {
    const labels = translated.filter((label) => label.name !== LABELS.name)
    labels.push({ name: LABELS.name, value: name })
    if (le !== undefined) labels.push({ name: LABELS.le, value: le })
    return this.#core.sink.series(tenantId, labels, isTenants)
  }

  #note(owner: AcceptedOwner, timeMs: number): void {
    const seen = this.#seen.get(owner.tenant)
    if (seen === undefined) this.#seen.set(owner.tenant, { owner, timeMs })
    else if (timeMs > seen.timeMs) seen.timeMs = timeMs
  }

  /** Tells what a resource is, once for each tenant that has a point of it. */
  #tellInfo(): void {
    for (const { owner, timeMs } of this.#seen.values()) {
      const key = `${this.#resource} ${owner.tenant}`
      const info = this.#infos.get(key) ?? { series: this.#infoSeries(owner), timeMs: 0 }
      this.#infos.set(key, info)
      if (info.series < 0 || timeMs <= info.timeMs) continue
      info.timeMs = timeMs
      this.#core.sink.sample(info.series, timeMs, 1, 0)
    }
    this.#seen.clear()
  }

  /** -1 where nothing tells the resource from others, or nothing more is known of it. */
  #infoSeries(owner: AcceptedOwner): number {
    const bytes = this.#keys.resourceBytes(this.#resource)
    const resource = readResourceAttributes(bytes, 0, bytes.length).map(named)
    const others = resource.filter(({ name }) => !SERVICE.includes(name))
    const labels = translateLabels(others, resource, this.#core.strategy)
    const isNamed = labels.some(({ name }) => name === LABELS.job || name === LABELS.instance)
    if (!isNamed || others.length === 0) return -1
    return this.#series(owner, 'target_info', labels)
  }
}

/** Count, sum, then buckets from the lowest bound on, each with those below it. */
function classicValues({ count, sum, bucketCounts, bucketLength }: OtlpHistogramPoint): number[] {
  const values = [count, sum]
  let below = 0
  for (let bucket = 0; bucket < bucketLength - 1; bucket += 1) {
    below += bucketCounts[bucket]!
    values.push(below)
  }
  values.push(count)
  return values
}

function partsOf(
  form: Form,
  { bounds }: MetricMeaning,
  series: (suffix: string, le?: string) => number,
): number[] {
  if (form === 'number' || form === 'exponential') return [series('')]
  const parts = [series('_count'), series('_sum')]
  if (form === 'summary') return parts
  for (const bound of bounds) parts.push(series('_bucket', boundText(bound)))
  parts.push(series('_bucket', '+Inf'))
  return parts
}

/** A part that has no value, such as a sum that was not given, has no sample. */
function tellParts(
  sink: AcceptedSink,
  parts: readonly number[],
  timeMs: number,
  values: readonly number[],
  startMs: number,
): void {
  const isOne = parts.length === 1
  for (const [index, part] of parts.entries()) {
    const value = values[index]!
    if (isOne || !Number.isNaN(value)) sink.sample(part, timeMs, value, startMs)
  }
}

function zeroOf(value: number): number {
  return Number.isNaN(value) ? NaN : 0
}

/** As Prometheus writes bounds: never with an exponent. Worked: 1e-7 -> 0.0000001. */
function boundText(bound: number): string {
  const text = String(bound)
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (match === null) return text
  const [, sign = '', first = '', rest = '', power = ''] = match
  const digits = first + rest
  const point = 1 + Number(power)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return sign + digits.padEnd(point, '0')
}

function named({ key, value }: { key: string; value: string }): NamedValue {
  return { name: key, value }
}
