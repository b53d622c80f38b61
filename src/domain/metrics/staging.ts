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
import type { NativeHistogram } from '../../machinery/wire/native-histogram.ts'
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
import { Entries, MAX_MESSAGES, SAMPLE, STALE } from './entries.ts'
import type { HaClusters } from './ha-clusters.ts'
import { DEFAULT_HA_RULES } from './ha-rules.ts'
import { classicFault } from './histogram-fault.ts'
import { HistogramEntries } from './histogram-entries.ts'
import { HaSenders, NO_SENDER } from './ha-senders.ts'
import type { Keys } from './keys.ts'
import type { MetricLimits } from './limits.ts'
import { MetricKey } from './metric-key.ts'
import { NativeKey } from './native-key.ts'
import { exponentialFault, nativeFault } from './native-layout.ts'
import type { DiscardReason } from './reasons.ts'
import { refusalCode, UNKNOWN, type Registrar, type StagedPlace } from './registrar.ts'
import type { WriteContext } from './write-context.ts'

/** Series that are recognised at once: what they need fits the nearest caches. */
const BATCH_SERIES = 128

/** The labels that a series is recognised by. */
interface NamedRange {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

export class Staging implements RemoteWriteVisitor, RemoteWrite2Visitor, OtlpVisitor {
  readonly entries: Entries
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
  readonly #histograms: HistogramEntries
  readonly #place: StagedPlace = {
    contextNumber: 0,
    resource: UNKNOWN,
    resourceBytes: new Uint8Array(0),
    metric: UNKNOWN,
    metricKey: new Uint8Array(0),
  }

  constructor(keys: Keys, registrar: Registrar, clusters: HaClusters, limits: MetricLimits) {
    this.entries = new Entries(new HaSenders(clusters, limits))
    this.#histograms = new HistogramEntries(this.entries, registrar, limits)
    this.#keys = keys
    this.#registrar = registrar
    this.#limits = limits
  }

  /**
   * Starts a request. The series of remote write are recognised in batches where the message is
   * given, else one by one; the first one always is, to see whether it names a replica.
   */
  begin(context: WriteContext, message: Uint8Array | null): void {
    const contextNumber = this.#keys.contextNumber(context)
    const isTenants = (context.boundTenant ?? context.namedTenant) !== null
    this.entries.senders.begin(contextNumber, isTenants, context.ha ?? DEFAULT_HA_RULES)
    this.#held = message
    this.#message = null
    this.#sender = NO_SENDER
    this.#waiting = 0
    this.#firstWaiting = 0
    this.entries.clear()
    this.#place.contextNumber = contextNumber
  }

  /** Ends the walk: all entries have their series afterwards. */
  finish(): void {
    this.#recognise()
    this.#held = null
    this.#message = null
  }

  batch(bytes: Uint8Array, base: number, count: number): void {
    this.#recognise()
    this.#findBatch(base, count)
    const { entries } = this
    entries.reserve(count)
    const { senders, slots, timesMs, values, startsMs, flags } = entries
    const { words, doubles } = linearMemory
    const context = this.#place.contextNumber
    for (let index = 0; index < count; index += 1) {
      const entry = entries.count
      let slot = words[FOUND / 4 + index]!
      if (slot === UNKNOWN) {
        const start = words[STARTS / 4 + index]!
        slot = this.#recogniseOne(context, bytes, start, words[ENDS / 4 + index]!)
        senders.turn(this.#sender, entry)
        if (slot < 0) {
          entries.refuse(slot)
          continue
        }
      } else senders.turn(NO_SENDER, entry)
      slots[entry] = slot
      timesMs[entry] = doubles[TIMES / 8 + index]!
      values[entry] = doubles[VALUES / 8 + index]!
      startsMs[entry] = 0
      flags[entry] = SAMPLE
      entries.count = entry + 1
    }
    this.#firstWaiting = entries.count
  }

  series(bytes: Uint8Array, labelsStart: number, labelsEnd: number): void {
    const context = this.#place.contextNumber
    if (bytes === this.#message) {
      if (this.#waiting === BATCH_SERIES) this.#recognise()
      if (this.#waiting === 0) this.#firstWaiting = this.entries.count
      this.#starts[this.#waiting] = labelsStart
      this.#ends[this.#waiting] = labelsEnd
      this.#slot = this.#waiting
      this.#waiting += 1
      return
    }
    this.#recognise()
    this.#slot = this.#recogniseOne(context, bytes, labelsStart, labelsEnd)
    this.entries.senders.turn(this.#sender, this.entries.count)
    this.#message = this.#sender === NO_SENDER ? this.#held : null
  }

  sample(value: number, timestampMs: number): void {
    if (this.#slot < 0) this.entries.refuse(this.#slot)
    else this.entries.push(this.#slot, timestampMs, value, 0, SAMPLE)
  }

  stale(timestampMs: number): void {
    if (this.#slot < 0) this.entries.refuse(this.#slot)
    else this.entries.push(this.#slot, timestampMs, NaN, 0, STALE)
  }

  holdLabels(bytes: Uint8Array): void {
    this.#recognise()
    if (this.#message !== null) this.#message = bytes
    this.#held = bytes
  }

  /** A start after the sample itself says nothing. */
  sampleSince(value: number, timestampMs: number, startMs: number): void {
    const since = startMs > 0 && startMs <= timestampMs ? startMs : 0
    if (this.#slot < 0) this.entries.refuse(this.#slot)
    else this.entries.push(this.#slot, timestampMs, value, since, SAMPLE)
  }

  nativeHistogram(bytes: Uint8Array, start: number, end: number, given: NativeHistogram): void {
    this.#recognise()
    this.entries.native.histograms += 1
    const name = this.#nameOf(bytes, start, end, 'label')
    const fault = nativeFault(given, this.#limits)
    const slot = fault === undefined ? this.#findNative(name, given) : UNKNOWN
    if (fault !== undefined) {
      this.#refuseAs(fault.reason)
      this.entries.tell(`a native histogram: ${fault.text} (${fault.reason})`)
    } else if (slot < 0) this.entries.refuse(slot)
    else this.#histograms.pushNative(slot, given)
    if (slot < 0) this.entries.senders.sender.histogramsRefused += 1
  }

  refuseSeries(why: string, samples: number, histograms: number): void {
    if (samples + histograms === 0) this.entries.native.faults += 1
    else this.#refuseAs('invalid-labels', samples + histograms)
    this.entries.native.histograms += histograms
    this.entries.senders.sender.histogramsRefused += histograms
    this.entries.tell(`a series: ${why} (invalid-labels)`)
  }

  extras(exemplars: number, metadata: number): void {
    this.entries.native.exemplars += exemplars
    this.entries.native.metadata += metadata
  }

  refuseExemplar(why: string): void {
    this.entries.native.faults += 1
    this.entries.tell(`an exemplar: ${why}`)
  }

  resource(bytes: Uint8Array, start: number, end: number): void {
    const place = this.#place
    const name = this.#nameOf(bytes, start, end, 'attribute')
    this.#resourceSender = this.entries.senders.current
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
    if (slot < 0) this.entries.refuse(slot)
    else this.entries.push(slot, timeMs, value, startMs, noRecordedValue ? STALE : SAMPLE)
  }

  histogramPoint(
    bytes: Uint8Array,
    attributesStart: number,
    attributesEnd: number,
    startMs: number,
    timeMs: number,
    point: OtlpHistogramPoint,
  ): void {
    const unsound = point.noRecordedValue ? undefined : classicFault(point, this.#limits)
    if (unsound !== undefined) {
      this.#refusePoint(unsound.reason, unsound.text)
      return
    }
    if (this.#metricKey.setBounds(point)) this.#findMetric()
    const slot = this.#find(bytes, attributesStart, attributesEnd)
    if (slot < 0) this.entries.refuse(slot)
    else if (point.noRecordedValue) this.entries.push(slot, timeMs, NaN, startMs, STALE)
    else this.#histograms.pushClassic(slot, timeMs, startMs, point)
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
    if (slot < 0) this.entries.refuse(slot)
    else if (point.noRecordedValue) this.entries.push(slot, timeMs, NaN, startMs, STALE)
    else this.#histograms.pushExponential(slot, timeMs, startMs, point)
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
    if (slot < 0) this.entries.refuse(slot)
    else if (noRecordedValue) this.entries.push(slot, timeMs, NaN, startMs, STALE)
    else {
      this.entries.push(slot, timeMs, count, startMs, SAMPLE)
      this.#histograms.pushSum(slot, timeMs, sum)
    }
  }

  valuelessPoint(): void {
    this.#refusePoint('no-value', 'no value is given')
  }

  leftOut(what: LeftOut, count: number): void {
    if (what === 'exemplar') this.entries.native.exemplars += count
    else if (what === 'extreme') this.entries.native.extremes += count
    else this.entries.native.quantiles += count
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
    this.#firstWaiting = this.entries.count
  }

  /** Recognises a series by itself, and notes who sent it. */
  #recogniseOne(context: number, bytes: Uint8Array, start: number, end: number): number {
    this.#sender = this.entries.senders.find(bytes, start, end, 'label')
    if (this.#sender === NO_SENDER) return this.#findLabels(context, bytes, start, end)
    const { rest } = this.entries.senders
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
    const { senders } = this.entries
    if (!namesReplicas) senders.turn(NO_SENDER, this.#firstWaiting)
    let kept = this.#firstWaiting
    for (let entry = this.#firstWaiting; entry < this.entries.count; entry += 1) {
      const waiting = this.entries.slots[entry]!
      const slot = found[waiting]!
      if (namesReplicas) senders.turn(this.#senders[waiting]!, kept)
      if (slot < 0) {
        this.entries.refuse(slot)
        continue
      }
      if (kept !== entry) this.entries.move(entry, kept)
      this.entries.slots[kept] = slot
      kept += 1
    }
    this.entries.count = kept
  }

  #findNative({ bytes, start, end }: NamedRange, given: NativeHistogram): number {
    const key = this.#nativeKey
    const context = this.#place.contextNumber
    key.build(bytes, start, end, given)
    const slot = this.#keys.labels.find(context, key.bytes, 0, key.end)
    return slot === UNKNOWN ? this.#taken(this.#registrar.takeNative(context, key)) : slot
  }

  /** What never came to be a series is of who writes. */
  #refuseAs(reason: DiscardReason, samples = 1): void {
    this.entries.refuse(refusalCode(reason, this.#registrar.writer), samples)
  }

  #refusePoint(reason: DiscardReason, text: string): void {
    this.#refuseAs(reason)
    if (this.entries.messages.length < MAX_MESSAGES) {
      this.entries.tell(`a point of ${this.#metricKey.name()}: ${text} (${reason})`)
    }
  }

  /** Notes who sends what comes next, and tells what names it: all labels but the replica's. */
  #nameOf(bytes: Uint8Array, start: number, end: number, wire: LabelWire): NamedRange {
    const sender = this.entries.senders.find(bytes, start, end, wire)
    this.entries.senders.turn(sender, this.entries.count)
    const { rest } = this.entries.senders
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
    const sender =
      slot === UNKNOWN ? this.entries.senders.find(bytes, start, end, 'attribute') : NO_SENDER
    this.entries.senders.turn(
      sender === NO_SENDER ? this.#resourceSender : sender,
      this.entries.count,
    )
    if (slot !== UNKNOWN) return slot
    if (sender === NO_SENDER) return this.#takePoint(bytes, start, end)
    const { rest } = this.entries.senders
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
    if (slot < 0) this.entries.tell(this.#registrar.lastRefusal)
    return slot
  }
}

const NO_BYTES = new Uint8Array(0)
