/**
 * Collects one request's samples as columns while the wire readers walk its bytes: which series,
 * when, what. Walking recognises series and takes in new ones, but counts nothing: a request that
 * turns out to be broken, or that the log refuses, is abandoned without a trace in any figure.
 */
import type {
  LeftOut,
  OtlpExponentialPoint,
  OtlpHistogramPoint,
  OtlpMetricHeader,
  OtlpSummaryPoint,
  OtlpVisitor,
} from '../../machinery/wire/otlp.ts'
import type { LabelWire } from '../../machinery/wire/label-pair.ts'
import type {
  ExponentialHistogram,
  NativeHistogram,
} from '../../machinery/wire/native-histogram.ts'
import {
  ENDS,
  FOUND,
  linearMemory,
  STARTS,
  TIMES,
  VALUES,
} from '../../machinery/wasm/linear-memory.ts'
import type { RemoteWrite2Visitor } from '../../machinery/wire/remote-write-2.ts'
import type { RemoteWriteVisitor } from '../../machinery/wire/remote-write.ts'
import type { HaClusters } from './ha-clusters.ts'
import { DEFAULT_HA_RULES } from './ha-rules.ts'
import { sumFault } from './histogram-fault.ts'
import { HaSenders, NO_SENDER } from './ha-senders.ts'
import type { Keys } from './keys.ts'
import type { MetricLimits } from './limits.ts'
import { MetricKey } from './metric-key.ts'
import { NativeKey } from './native-key.ts'
import {
  cumulateCustom,
  cumulateExponential,
  CUSTOM_BUCKETS,
  exponentialFault,
  EXPONENTIAL_BOUNDS,
  isPower,
  nativeFault,
  resolutionOf,
} from './native-layout.ts'
import { NativeTally } from './native-tally.ts'
import type { DiscardReason } from './reasons.ts'
import { refusalCode, UNKNOWN, type Registrar, type StagedPlace } from './registrar.ts'
import type { WriteContext } from './write-context.ts'

/**
 * What an entry is: a sample, the end of its series, a component that goes with the sample before
 * it, or a histogram of which only the components at powers of two follow.
 */
export const SAMPLE = 0
export const STALE = 1
export const PART = 2
export const COARSE = 3
/** Goes with a sample: its sender says that counting began anew. */
export const RESET = 8

/** Capacity that is kept from one request to the next. */
const KEPT_ENTRIES = 2 ** 18

/** Series that are recognised at once: what they need fits the nearest caches. */
const BATCH_SERIES = 128

export const MAX_MESSAGES = 5

/** The labels that a series is recognised by. */
interface NamedRange {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

export class Staging implements RemoteWriteVisitor, RemoteWrite2Visitor, OtlpVisitor {
  count = 0
  slots = new Int32Array(4_096)
  timesMs = new Float64Array(4_096)
  values = new Float64Array(4_096)
  startsMs = new Float64Array(4_096)
  flags = new Uint8Array(4_096)
  /** Which replica sent what, and what of it found no series. */
  readonly senders: HaSenders
  readonly messages: string[] = []
  /** What remote write 2.0 brought beside samples. */
  readonly native = new NativeTally()

  readonly #keys: Keys
  readonly #registrar: Registrar
  readonly #limits: MetricLimits
  /**
   * The series that the next samples belong to: its slot or a refusal, or its place among those
   * that wait.
   */
  #slot = UNKNOWN
  /** The bytes that hold until the walk is finished. */
  #held: Uint8Array | null = null
  /**
   * The same while series may wait to be recognised in batches; none while they name replicas,
   * since their labels are then not what names them.
   */
  #message: Uint8Array | null = null
  #waiting = 0
  /** The first entry that waits for its series. */
  #firstWaiting = 0
  /** Where the labels of those that wait begin and end, and the slots that were found. */
  readonly #starts = new Int32Array(BATCH_SERIES)
  readonly #ends = new Int32Array(BATCH_SERIES)
  readonly #found = new Int32Array(BATCH_SERIES)
  /** Their senders, where one of them names a replica. */
  readonly #senders = new Int32Array(BATCH_SERIES)
  /** Who sent the series that was recognised last. */
  #sender = NO_SENDER
  /** Who sends the resource that is walked. */
  #resourceSender = NO_SENDER
  readonly #metricKey = new MetricKey()
  readonly #nativeKey = new NativeKey()
  readonly #cumulative: Float64Array
  readonly #place: StagedPlace = {
    contextNumber: 0,
    resource: UNKNOWN,
    resourceBytes: new Uint8Array(0),
    metric: UNKNOWN,
    metricKey: new Uint8Array(0),
  }

  constructor(keys: Keys, registrar: Registrar, clusters: HaClusters, limits: MetricLimits) {
    this.senders = new HaSenders(clusters, limits)
    this.#keys = keys
    this.#registrar = registrar
    this.#limits = limits
    const mostBounds = Math.max(limits.bucketsPerHistogram, EXPONENTIAL_BOUNDS.length)
    this.#cumulative = new Float64Array(mostBounds)
  }

  /**
   * Starts a request. The series of remote write are recognised in batches where the message is
   * given, else one by one; the first one always is, to see whether it names a replica.
   */
  begin(context: WriteContext, message: Uint8Array | null): void {
    const contextNumber = this.#keys.contextNumber(context)
    const isTenants = (context.boundTenant ?? context.namedTenant) !== null
    this.senders.begin(contextNumber, isTenants, context.ha ?? DEFAULT_HA_RULES)
    this.#held = message
    this.#message = null
    this.#sender = NO_SENDER
    this.#waiting = 0
    this.#firstWaiting = 0
    if (this.slots.length > KEPT_ENTRIES) this.#resize(KEPT_ENTRIES)
    this.count = 0
    this.messages.length = 0
    this.native.clear()
    this.#place.contextNumber = contextNumber
  }

  /** Ends the walk: all entries have their series afterwards. */
  finish(): void {
    this.#recognise()
    this.#held = null
    this.#message = null
  }

  /** Tells how many samples came, of which so many have a series. */
  countReceived(withSeries: number): number {
    let samples = withSeries
    for (const { refused } of this.senders.list) {
      for (const count of refused.values()) samples += count
    }
    return samples
  }

  batch(bytes: Uint8Array, base: number, count: number): void {
    this.#recognise()
    this.#findBatch(base, count)
    this.#reserve(count)
    const { senders, slots, timesMs, values, startsMs, flags } = this
    const { words, doubles } = linearMemory
    const context = this.#place.contextNumber
    for (let index = 0; index < count; index += 1) {
      const entry = this.count
      let slot = words[FOUND / 4 + index]!
      if (slot === UNKNOWN) {
        const start = words[STARTS / 4 + index]!
        slot = this.#recogniseOne(context, bytes, start, words[ENDS / 4 + index]!)
        senders.turn(this.#sender, entry)
        if (slot < 0) {
          this.#refuse(slot)
          continue
        }
      } else senders.turn(NO_SENDER, entry)
      slots[entry] = slot
      timesMs[entry] = doubles[TIMES / 8 + index]!
      values[entry] = doubles[VALUES / 8 + index]!
      startsMs[entry] = 0
      flags[entry] = SAMPLE
      this.count = entry + 1
    }
    this.#firstWaiting = this.count
  }

  series(bytes: Uint8Array, labelsStart: number, labelsEnd: number): void {
    const context = this.#place.contextNumber
    if (bytes === this.#message) {
      if (this.#waiting === BATCH_SERIES) this.#recognise()
      if (this.#waiting === 0) this.#firstWaiting = this.count
      this.#starts[this.#waiting] = labelsStart
      this.#ends[this.#waiting] = labelsEnd
      this.#slot = this.#waiting
      this.#waiting += 1
      return
    }
    this.#recognise()
    this.#slot = this.#recogniseOne(context, bytes, labelsStart, labelsEnd)
    this.senders.turn(this.#sender, this.count)
    this.#message = this.#sender === NO_SENDER ? this.#held : null
  }

  sample(value: number, timestampMs: number): void {
    if (this.#slot < 0) this.#refuse(this.#slot)
    else this.#push(this.#slot, timestampMs, value, 0, SAMPLE)
  }

  stale(timestampMs: number): void {
    if (this.#slot < 0) this.#refuse(this.#slot)
    else this.#push(this.#slot, timestampMs, NaN, 0, STALE)
  }

  holdLabels(bytes: Uint8Array): void {
    this.#recognise()
    if (this.#message !== null) this.#message = bytes
    this.#held = bytes
  }

  /** A start after the sample itself says nothing. */
  sampleSince(value: number, timestampMs: number, startMs: number): void {
    const since = startMs > 0 && startMs <= timestampMs ? startMs : 0
    if (this.#slot < 0) this.#refuse(this.#slot)
    else this.#push(this.#slot, timestampMs, value, since, SAMPLE)
  }

  nativeHistogram(bytes: Uint8Array, start: number, end: number, given: NativeHistogram): void {
    this.#recognise()
    this.native.histograms += 1
    const name = this.#nameOf(bytes, start, end, 'label')
    const fault = nativeFault(given, this.#limits)
    const slot = fault === undefined ? this.#findNative(name, given) : UNKNOWN
    if (fault !== undefined) {
      this.#refuseAs(fault.reason)
      this.#tell(`a native histogram: ${fault.text} (${fault.reason})`)
    } else if (slot < 0) this.#refuse(slot)
    else this.#pushNative(slot, given)
    if (slot < 0) this.senders.sender.histogramsRefused += 1
  }

  refuseSeries(why: string, samples: number, histograms: number): void {
    if (samples + histograms === 0) this.native.faults += 1
    else this.#refuseAs('invalid-labels', samples + histograms)
    this.native.histograms += histograms
    this.senders.sender.histogramsRefused += histograms
    this.#tell(`a series: ${why} (invalid-labels)`)
  }

  extras(exemplars: number, metadata: number): void {
    this.native.exemplars += exemplars
    this.native.metadata += metadata
  }

  refuseExemplar(why: string): void {
    this.native.faults += 1
    this.#tell(`an exemplar: ${why}`)
  }

  resource(bytes: Uint8Array, start: number, end: number): void {
    const place = this.#place
    const name = this.#nameOf(bytes, start, end, 'attribute')
    this.#resourceSender = this.senders.current
    place.resource = this.#keys.resources.find(
      place.contextNumber,
      name.bytes,
      name.start,
      name.end,
    )
    if (place.resource === UNKNOWN) place.resourceBytes = name.bytes.slice(name.start, name.end)
    else place.resourceBytes = NO_BYTES
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
    const slot = this.#find(bytes, attributesStart, attributesEnd)
    if (slot < 0) this.#refuse(slot)
    else this.#push(slot, timeMs, value, startMs, noRecordedValue ? STALE : SAMPLE)
  }

  histogramPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    point: OtlpHistogramPoint,
  ): void {
    const unsound = point.noRecordedValue ? undefined : this.#unsound(point)
    if (unsound !== undefined) {
      this.#refusePoint(unsound.reason, unsound.text)
      return
    }
    if (this.#metricKey.setBounds(point)) this.#findMetric()
    const slot = this.#find(bytes, attributesStart, attributesEnd)
    if (slot < 0) this.#refuse(slot)
    else if (point.noRecordedValue) this.#push(slot, timeMs, NaN, startMs, STALE)
    else this.#pushHistogram(slot, timeMs, startMs, point)
  }

  exponentialPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    point: OtlpExponentialPoint,
  ): void {
    const fault = point.noRecordedValue ? undefined : exponentialFault(point)
    if (fault !== undefined) {
      this.#refusePoint('invalid-histogram', fault)
      return
    }
    const slot = this.#find(bytes, attributesStart, attributesEnd)
    if (slot < 0) this.#refuse(slot)
    else if (point.noRecordedValue) this.#push(slot, timeMs, NaN, startMs, STALE)
    else this.#pushExponential(slot, timeMs, startMs, point)
  }

  summaryPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    { count, sum, fault, noRecordedValue }: OtlpSummaryPoint,
  ): void {
    if (fault !== undefined) {
      this.#refusePoint('invalid-summary', fault)
      return
    }
    const slot = this.#find(bytes, attributesStart, attributesEnd)
    if (slot < 0) this.#refuse(slot)
    else if (noRecordedValue) this.#push(slot, timeMs, NaN, startMs, STALE)
    else {
      this.#push(slot, timeMs, count, startMs, SAMPLE)
      this.#pushSum(slot, timeMs, sum)
    }
  }

  valuelessPoint(): void {
    this.#refusePoint('no-value', 'no value is given')
  }

  leftOut(what: LeftOut, count: number): void {
    if (what === 'exemplar') this.native.exemplars += count
    else if (what === 'extreme') this.native.extremes += count
    else this.native.quantiles += count
  }

  /** Series of a replica are known by fewer labels: after one, each is looked up by itself. */
  #findBatch(base: number, count: number): void {
    if (this.#sender === NO_SENDER) {
      this.#keys.labels.findBatch(this.#place.contextNumber, base, count)
    } else linearMemory.words.fill(UNKNOWN, FOUND / 4, FOUND / 4 + count)
  }

  /** Finds the series of the entries that wait for it, and drops entries that find none. */
  #recognise(): void {
    const held = this.#held
    if (this.#waiting > 0 && held !== null) {
      const context = this.#place.contextNumber
      const starts = this.#starts
      const ends = this.#ends
      const found = this.#found
      this.#keys.labels.findMany(context, held, starts, ends, this.#waiting, found)
      let namesReplicas = false
      for (let index = 0; index < this.#waiting; index += 1) {
        if (found[index] !== UNKNOWN) continue
        found[index] = this.#recogniseOne(context, held, starts[index]!, ends[index]!)
        if (this.#sender === NO_SENDER) continue
        if (!namesReplicas) this.#senders.fill(NO_SENDER)
        namesReplicas = true
        this.#senders[index] = this.#sender
      }
      this.#settleWaiting(namesReplicas)
      if (namesReplicas) this.#message = null
      this.#waiting = 0
    }
    this.#firstWaiting = this.count
  }

  /** Recognises a series by itself, and notes who sent it. */
  #recogniseOne(context: number, bytes: Uint8Array, start: number, end: number): number {
    this.#sender = this.senders.find(bytes, start, end, 'label')
    if (this.#sender === NO_SENDER) return this.#findLabels(context, bytes, start, end)
    const { rest } = this.senders
    return this.#findLabels(context, rest.bytes, 0, rest.length)
  }

  /** A series that is new to the table may stand twice in one batch. */
  #findLabels(context: number, bytes: Uint8Array, start: number, end: number): number {
    const slot = this.#keys.labels.find(context, bytes, start, end)
    return slot === UNKNOWN
      ? this.#taken(this.#registrar.takeLabels(context, bytes, start, end))
      : slot
  }

  #settleWaiting(namesReplicas: boolean): void {
    const found = this.#found
    const { senders } = this
    if (!namesReplicas) senders.turn(NO_SENDER, this.#firstWaiting)
    let kept = this.#firstWaiting
    for (let entry = this.#firstWaiting; entry < this.count; entry += 1) {
      const waiting = this.slots[entry]!
      const slot = found[waiting]!
      if (namesReplicas) senders.turn(this.#senders[waiting]!, kept)
      if (slot < 0) {
        this.#refuse(slot)
        continue
      }
      if (kept !== entry) this.move(entry, kept)
      this.slots[kept] = slot
      kept += 1
    }
    this.count = kept
  }

  /** Puts an entry into another's place. */
  move(entry: number, place: number): void {
    this.slots[place] = this.slots[entry]!
    this.timesMs[place] = this.timesMs[entry]!
    this.values[place] = this.values[entry]!
    this.startsMs[place] = this.startsMs[entry]!
    this.flags[place] = this.flags[entry]!
  }

  #pushHistogram(slot: number, timeMs: number, startMs: number, point: OtlpHistogramPoint): void {
    const parts = this.#registrar.partsAt(slot)
    this.#push(slot, timeMs, point.count, startMs, SAMPLE)
    this.#pushSum(slot, timeMs, point.sum)
    let cumulative = 0
    for (let bucket = 0; bucket < parts - 1; bucket += 1) {
      cumulative += point.bucketCounts[bucket]!
      this.#push(slot + 2 + bucket, timeMs, cumulative, 0, PART)
    }
  }

  #findNative({ bytes, start, end }: NamedRange, given: NativeHistogram): number {
    const key = this.#nativeKey
    const context = this.#place.contextNumber
    key.build(bytes, start, end, given)
    const slot = this.#keys.labels.find(context, key.bytes, 0, key.end)
    return slot === UNKNOWN ? this.#taken(this.#registrar.takeNative(context, key)) : slot
  }

  #pushNative(slot: number, given: NativeHistogram): void {
    const { timestampMs, count } = given
    const startMs = given.startMs > 0 && given.startMs <= timestampMs ? given.startMs : 0
    if (given.isStale) this.#push(slot, timestampMs, NaN, startMs, STALE)
    else if (given.schema !== CUSTOM_BUCKETS) {
      this.#pushExponential(slot, timestampMs, startMs, given, given.isReset ? RESET : 0)
    } else {
      this.#push(slot, timestampMs, count, startMs, SAMPLE | (given.isReset ? RESET : 0))
      if (this.#registrar.partsAt(slot) === 0) return
      this.#pushSum(slot, timestampMs, given.sum)
      const bounds = cumulateCustom(given, this.#cumulative)
      for (let bound = 0; bound < bounds; bound += 1) {
        this.#push(slot + 2 + bound, timestampMs, this.#cumulative[bound]!, 0, PART)
      }
      this.#push(slot + 2 + bounds, timestampMs, count, 0, PART)
    }
  }

  #pushExponential(
    slot: number,
    timeMs: number,
    startMs: number,
    given: ExponentialHistogram,
    reset: 0 | typeof RESET = 0,
  ): void {
    const hasParts = this.#registrar.partsAt(slot) > 0
    const resolution = resolutionOf(given)
    const isCoarse = hasParts && resolution === 'powers'
    this.#push(slot, timeMs, given.count, startMs, (isCoarse ? COARSE : SAMPLE) | reset)
    if (!hasParts) return
    this.#pushSum(slot, timeMs, given.sum)
    if (resolution !== 'full') this.native.coarse += 1
    if (resolution === 'none') return
    const bounds = cumulateExponential(given, this.#cumulative)
    for (let bound = 0; bound < bounds; bound += 1) {
      if (isCoarse && !isPower(bound)) continue
      this.#push(slot + 2 + bound, timeMs, this.#cumulative[bound]!, 0, PART)
    }
    this.#push(slot + 2 + bounds, timeMs, given.count, 0, PART)
  }

  #pushSum(slot: number, timeMs: number, sum: number): void {
    if (this.#registrar.partsAt(slot) <= 0 || Number.isNaN(sum)) return
    this.#push(slot + 1, timeMs, sum, 0, PART)
  }

  #unsound(point: OtlpHistogramPoint): { reason: DiscardReason; text: string } | undefined {
    const { bucketLength, boundsLength, bounds } = point
    const { bucketsPerHistogram } = this.#limits
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

  #refusePoint(reason: DiscardReason, text: string): void {
    this.#refuseAs(reason)
    if (this.messages.length < MAX_MESSAGES) {
      this.#tell(`a point of ${this.#metricKey.name()}: ${text} (${reason})`)
    }
  }

  /** Notes who sends what comes next, and tells what names it: all labels but the replica's. */
  #nameOf(bytes: Uint8Array, start: number, end: number, wire: LabelWire): NamedRange {
    const sender = this.senders.find(bytes, start, end, wire)
    this.senders.turn(sender, this.count)
    const { rest } = this.senders
    return sender === NO_SENDER
      ? { bytes, start, end }
      : { bytes: rest.bytes, start: 0, end: rest.length }
  }

  #findMetric(): void {
    const place = this.#place
    const { bytes, end } = this.#metricKey
    place.metric =
      place.resource === UNKNOWN ? UNKNOWN : this.#keys.metrics.find(place.resource, bytes, 0, end)
  }

  /**
   * Finds the series of a point, which its resource sends, or a replica that its own attributes
   * name.
   */
  #find(bytes: Uint8Array, start: number, end: number): number {
    const slot = this.#knownPoint(bytes, start, end)
    const sender = slot === UNKNOWN ? this.senders.find(bytes, start, end, 'attribute') : NO_SENDER
    this.senders.turn(sender === NO_SENDER ? this.#resourceSender : sender, this.count)
    if (slot !== UNKNOWN) return slot
    if (sender === NO_SENDER) return this.#takePoint(bytes, start, end)
    const { rest } = this.senders
    const named = this.#knownPoint(rest.bytes, 0, rest.length)
    return named === UNKNOWN ? this.#takePoint(rest.bytes, 0, rest.length) : named
  }

  #knownPoint(bytes: Uint8Array, start: number, end: number): number {
    const { metric } = this.#place
    return metric === UNKNOWN ? UNKNOWN : this.#keys.attributes.find(metric, bytes, start, end)
  }

  #takePoint(bytes: Uint8Array, start: number, end: number): number {
    const place = this.#place
    place.metricKey = this.#metricKey.bytes.subarray(0, this.#metricKey.end)
    if (place.resource !== UNKNOWN) place.resourceBytes = this.#keys.resourceBytes(place.resource)
    return this.#taken(this.#registrar.takeAttributes(place, bytes, start, end))
  }

  #taken(slot: number): number {
    if (slot < 0) this.#tell(this.#registrar.lastRefusal)
    return slot
  }

  #tell(message: string): void {
    if (this.messages.length < MAX_MESSAGES) this.messages.push(message)
  }

  /** What never came to be a series is of who writes. */
  #refuseAs(reason: DiscardReason, samples = 1): void {
    this.#refuse(refusalCode(reason, this.#registrar.writer), samples)
  }

  #refuse(code: number, samples = 1): void {
    const { refused } = this.senders.sender
    refused.set(code, (refused.get(code) ?? 0) + samples)
  }

  #push(slot: number, timeMs: number, value: number, startMs: number, flag: number): void {
    const at = this.count
    if (at === this.slots.length) this.#reserve(1)
    this.slots[at] = slot
    this.timesMs[at] = timeMs
    this.values[at] = value
    this.startsMs[at] = startMs
    this.flags[at] = flag
    this.count = at + 1
  }

  #reserve(entries: number): void {
    const needed = this.count + entries
    if (needed > this.slots.length) this.#resize(Math.max(needed, 2 * this.slots.length))
  }

  #resize(entries: number): void {
    const kept = Math.min(entries, this.count)
    this.slots = resized(this.slots, new Int32Array(entries), kept)
    this.timesMs = resized(this.timesMs, new Float64Array(entries), kept)
    this.values = resized(this.values, new Float64Array(entries), kept)
    this.startsMs = resized(this.startsMs, new Float64Array(entries), kept)
    this.flags = resized(this.flags, new Uint8Array(entries), kept)
  }
}

const NO_BYTES = new Uint8Array(0)

function resized<A extends Int32Array | Float64Array | Uint8Array>(
  from: A,
  to: A,
  kept: number,
): A {
  to.set(from.subarray(0, kept))
  return to
}
