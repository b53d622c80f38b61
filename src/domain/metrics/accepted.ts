/**
 * Tells which samples of a log record were accepted, whose they are and by which labels they go,
 * for a reader that passes them on: the same verdicts as the stage came to when the record was
 * received, without its counts. What the registry said stands in the log, what quotas refused in
 * the record's ruling, who is elected follows from the times of receipt.
 *
 * One thing is not known here: the last sample of a series before this reader began. The first one
 * that it meets is in order. What a value means to Tenantry's own signals (a counter below zero,
 * NaN) is no matter here. A log of before series without room were named in it says only how many
 * had room: such a record is gone through in its order.
 */
import type { TenantId } from '../../core/ids.ts'
import {
  DEFAULT_TRANSLATION,
  type TranslationStrategy,
} from '../../core/names/translation-strategies.ts'
import { SECOND_MS } from '../../core/time.ts'
import {
  ENDS,
  FOUND,
  linearMemory,
  STARTS,
  TIMES,
  VALUES,
} from '../../machinery/wasm/linear-memory.ts'
import type { LabelWire } from '../../machinery/wire/label-pair.ts'
import type { NativeHistogram } from '../../machinery/wire/native-histogram.ts'
import type { OtlpVisitor } from '../../machinery/wire/otlp.ts'
import type { RemoteWrite2Visitor } from '../../machinery/wire/remote-write-2.ts'
import { WireError } from '../../machinery/wire/wire-error.ts'
import { AcceptedOtlp, type AcceptedOwner } from './accepted-otlp.ts'
import { ByteTable } from './byte-table.ts'
import { describeNewLabels, type NamedValue, type SeriesDescription } from './description.ts'
import { HaClusters, type HaVerdict } from './ha-clusters.ts'
import { DEFAULT_HA_RULES } from './ha-rules.ts'
import { HaSenders, NO_SENDER } from './ha-senders.ts'
import { attribute } from './identity.ts'
import { checkLabels } from './label-checks.ts'
import { DEFAULT_METRIC_LIMITS, type MetricLimits } from './limits.ts'
import { nativeFault } from './native-layout.ts'
import { decodeRefused, SeriesNumber } from './refused-series.ts'
import { NATIVE, UNKNOWN } from './registrar.ts'
import { RegistryMemory } from './registry-memory.ts'
import type { Ruling } from './ruling.ts'
import { Words } from './words.ts'
import { NO_RULES, type WriteContext } from './write-context.ts'

/** Why a sample of the log is not passed on. A closed set. */
export const LEFT_REASONS = [
  'unattributed',
  'tenant-mismatch',
  'not-elected',
  'quota',
  'invalid',
  'time',
  'repeated',
  'not-selected',
  'added-up',
] as const
export type LeftReason = (typeof LEFT_REASONS)[number]

/** A native histogram as its message. */
export type PassedHistogram = Pick<NativeHistogram, 'timestampMs' | 'startMs' | 'wire'>

/** Who takes what was accepted. */
export interface AcceptedSink {
  /**
   * Begins a series, in the sender's labels without the replica's. Returns its number, from 0; -1
   * where nobody wants it. `isTenants` tells whether a name of the sender's means the tenant.
   */
  series(
    tenantId: TenantId,
    labels: readonly NamedValue[],
    isTenants: (observed: string) => boolean,
  ): number
  /** A start of 0 says nothing. */
  sample(series: number, timeMs: number, value: number, startMs: number): void
  stale(series: number, timeMs: number): void
  native(series: number, histogram: PassedHistogram): void
  /** Says what of the record goes nowhere. */
  left(reason: LeftReason, samples: number): void
  /** Says how many samples were accepted that cannot be said in remote write. */
  unforwardable(samples: number): void
  /** Exemplars are not passed on. */
  exemplars(count: number): void
}

/** What a reader must know to go on from a position as if it had come from the beginning. */
export interface AcceptedState {
  /** As `Metrics.knownRegistry` gives it. */
  readonly registry: Uint8Array
  /** The clusters whose writers name replicas. Empty for none. */
  readonly clusters: string
}

interface KnownClusters {
  readonly contexts: readonly string[]
  readonly clusters: readonly unknown[]
}

/** What stands in an entry that goes nowhere: one of these, negative. */
const codeOf = (reason: LeftReason): number => -1 - LEFT_REASONS.indexOf(reason)
const reasonOf = (code: number): LeftReason => LEFT_REASONS[-1 - code]!
const UNATTRIBUTED = codeOf('unattributed')
const NOT_SELECTED = codeOf('not-selected')

const NOBODY = { resolve: () => undefined, generation: () => 0 }
const ALL: HaVerdict = { afterMs: -Infinity, failover: null }
const NONE: HaVerdict = { afterMs: Infinity, failover: null }
const NO_TENANT = -1

/** A sender of the present record, and what of it was kept. */
interface Judged {
  readonly cluster: number
  readonly replica: string
  readonly verdict: HaVerdict
  received: number
  notElected: number
  newestMs: number
}

export interface AcceptedOptions {
  readonly limits?: Partial<MetricLimits>
  /** What OTLP metrics are called. */
  readonly strategy?: TranslationStrategy
}

export class Accepted implements RemoteWrite2Visitor {
  /** The walk of an OTLP request. */
  readonly otlp: OtlpVisitor
  readonly #otlp: AcceptedOtlp
  readonly #sink: AcceptedSink
  readonly #limits: MetricLimits
  readonly #registry = new RegistryMemory(NOBODY, NO_RULES)
  readonly #clusters: HaClusters
  readonly #senders: HaSenders
  readonly #contexts = new Words()
  readonly #tenants = new Words()
  #clusterTexts: string[] = []
  #registryBytes: Uint8Array | null = null
  #state: AcceptedState | null = null
  /** Entries by the bytes of their labels. */
  #labels = new ByteTable()
  #entries = 0
  /** By entry: a series of the sink, or why there is none. */
  #series = new Int32Array(1_024)
  #tenant = new Int32Array(1_024)
  #lastMs = new Float64Array(1_024)
  /** Of the present record. */
  #context: WriteContext = { boundTenant: null, namedTenant: null }
  #contextNumber = 0
  #ruling: Ruling = {}
  #sliced = new Set<number>()
  /** New series that had no room; null where the log does not name them. */
  #refused: Set<number> | null = null
  readonly #number = new SeriesNumber()
  readonly #taken = new Map<number, number>()
  #earliestMs = 0
  #latestMs = 0
  #receivedAtMs = 0
  #judged: Judged[] = []
  /** Of the series that is walked. */
  #entry = UNKNOWN
  #refusal: LeftReason = 'invalid'
  #sender = NO_SENDER

  constructor(sink: AcceptedSink, options: AcceptedOptions = {}) {
    this.#sink = sink
    this.#limits = { ...DEFAULT_METRIC_LIMITS, ...options.limits }
    this.#clusters = new HaClusters(this.#limits)
    this.#senders = new HaSenders(this.#clusters, this.#limits)
    this.#otlp = new AcceptedOtlp({
      sink,
      limits: this.#limits,
      strategy: options.strategy ?? DEFAULT_TRANSLATION,
      find: (bytes, start, end) => this.#findSender(bytes, start, end, 'attribute'),
      rest: () => this.#senders.rest.bytes.subarray(0, this.#senders.rest.length),
      setSender: (sender) => (this.#sender = sender),
      enter: (description, known, make) => this.#enterPoint(description, known, make),
      isRefused: (bytes, start, end, metricKey, resourceBytes) =>
        this.#refused?.has(
          this.#number
            .begin()
            .add(bytes, start, end)
            .add(metricKey, 0, metricKey.length)
            .add(resourceBytes, 0, resourceBytes.length)
            .value(),
        ) ?? false,
      hasRefused: () => this.#refused !== null,
      isStaleEntry: (entry) => this.#series[entry] === ASK_AGAIN,
      admit: (entry, timeMs, sinceMs, isStale) => {
        this.#entry = entry
        return this.#admit(timeMs, isStale, sinceMs)
      },
      refuse: (reason) => this.#sink.left(reason, 1),
    })
    this.otlp = this.#otlp
  }

  /** Puts back what was known at the position where reading goes on. */
  restore({ registry, clusters }: AcceptedState): void {
    if (registry.length > 0) this.#registry.learn(registry)
    this.#registryBytes = registry
    if (clusters === '') return
    const known = JSON.parse(clusters) as KnownClusters
    for (const context of known.contexts) this.#contexts.restore(context)
    known.clusters.forEach((cluster, index) => {
      this.#clusterTexts[index] = JSON.stringify(cluster)
      this.#clusters.restoreChunk(index, Buffer.from(JSON.stringify(cluster)))
    })
  }

  /** Tells what is known now: the same object while nothing changed. */
  state(): AcceptedState {
    const changed = this.#clusters.takeChanged()
    if (this.#state !== null && changed.length === 0) return this.#state
    for (const { index, bytes } of changed) {
      this.#clusterTexts[index] = Buffer.from(bytes()).toString()
    }
    this.#state = this.#describe()
    return this.#state
  }

  #describe(): AcceptedState {
    this.#registryBytes ??= this.#registry.everything()
    const registry = this.#registryBytes
    if (this.#clusterTexts.length === 0) return { registry, clusters: '' }
    const contexts = Array.from({ length: this.#contexts.size }, (_, index) =>
      JSON.stringify(this.#contexts.word(index)),
    )
    return {
      registry,
      clusters: `{"contexts":[${contexts.join()}],"clusters":[${this.#clusterTexts.join()}]}`,
    }
  }

  /** Takes over what the stage learned before the next record. */
  learn(decisions: Uint8Array): void {
    const { names, rules } = this.#registry.learn(decisions)
    this.#registryBytes = null
    this.#state = null
    // Series that have a tenant keep it while only names changed, as in the stage
    if (!names && !rules) return
    for (let entry = 0; entry < this.#entries; entry += 1) {
      if (rules || this.#series[entry] === UNATTRIBUTED) this.#series[entry] = ASK_AGAIN
    }
  }

  /** Asks the sink again about every series: it may want others now. */
  askAgain(): void {
    this.#series.fill(ASK_AGAIN, 0, this.#entries)
    this.#otlp.askAgain()
  }

  /** How many series are known. */
  get size(): number {
    return this.#entries
  }

  /** Forgets all series; the sink forgets its own. */
  forget(): void {
    this.#labels = new ByteTable()
    this.#otlp.forget()
    this.#entries = 0
  }

  /** Says which new series of the next record had no room, as the stage named them. */
  refuseNext(numbers: Uint8Array): void {
    this.#refused = decodeRefused(numbers)
  }

  /** Tells whether the next record belongs to what came: nobody may go on between the two. */
  isWithin(): boolean {
    return this.#refused !== null
  }

  /**
   * Says whether deltas are only added up from here on. What may have been sent before, with sums
   * that are not known any more, must not be sent again with others to who keeps both.
   */
  addInSilence(silent: boolean): void {
    this.#otlp.addsInSilence = silent
  }

  /** Begins a record; its walk follows, then `end`. */
  begin(context: WriteContext, ruling: Ruling, receivedAtMs: number): void {
    const { boundTenant, namedTenant, ha } = context
    this.#context = context
    this.#contextNumber = this.#contexts.number(JSON.stringify([boundTenant, namedTenant]))
    this.#ruling = ruling
    this.#receivedAtMs = receivedAtMs
    this.#earliestMs = receivedAtMs - this.#limits.ageSeconds * SECOND_MS
    this.#latestMs = receivedAtMs + this.#limits.futureSeconds * SECOND_MS
    this.#sliced.clear()
    this.#taken.clear()
    for (const [tenantId, { slice }] of Object.entries(ruling)) {
      if (slice !== undefined) this.#sliced.add(this.#tenants.number(tenantId))
    }
    this.#clusters.begin(receivedAtMs)
    const isTenants = (boundTenant ?? namedTenant) !== null
    this.#senders.begin(this.#contextNumber, isTenants, ha ?? DEFAULT_HA_RULES)
    this.#sender = NO_SENDER
    this.#judged = []
    this.#otlp.begin(this.#contextNumber)
  }

  /** Ends a record. */
  end(): void {
    this.#otlp.end()
    this.#refused = null
    for (const { cluster, replica, received, notElected, newestMs } of this.#judged) {
      if (cluster >= 0) this.#clusters.note(cluster, replica, { received, notElected, newestMs })
    }
  }

  batch(bytes: Uint8Array, base: number, count: number): void {
    this.#labels.findBatch(this.#contextNumber * 2, base, count)
    const { words, doubles } = linearMemory
    for (let index = 0; index < count; index += 1) {
      let entry = words[FOUND / 4 + index]!
      if (entry === UNKNOWN || this.#series[entry] === ASK_AGAIN || this.#refused !== null) {
        const start = words[STARTS / 4 + index]!
        entry = this.#find(bytes, start, words[ENDS / 4 + index]!, false)
      } else this.#sender = NO_SENDER
      this.#entry = entry
      this.#take(doubles[TIMES / 8 + index]!, doubles[VALUES / 8 + index]!, 0)
    }
  }

  series(bytes: Uint8Array, labelsStart: number, labelsEnd: number): void {
    this.#entry = this.#find(bytes, labelsStart, labelsEnd, false)
  }

  sample(value: number, timestampMs: number): void {
    this.#take(timestampMs, value, 0)
  }

  sampleSince(value: number, timestampMs: number, startMs: number): void {
    this.#take(timestampMs, value, startMs > 0 && startMs <= timestampMs ? startMs : 0)
  }

  stale(timestampMs: number): void {
    const series = this.#admit(timestampMs, true)
    if (series >= 0) this.#sink.stale(series, timestampMs)
  }

  nativeHistogram(
    bytes: Uint8Array,
    labelsStart: number,
    labelsEnd: number,
    histogram: NativeHistogram,
  ): void {
    this.#entry = this.#find(bytes, labelsStart, labelsEnd, true)
    if (nativeFault(histogram, this.#limits) !== undefined && !histogram.isStale) {
      this.#sink.left('invalid', 1)
      return
    }
    const series = this.#admit(histogram.timestampMs, histogram.isStale)
    if (series >= 0) this.#sink.native(series, histogram)
  }

  holdLabels(): void {}

  refuseSeries(_why: string, samples: number, histograms: number): void {
    this.#sink.left('invalid', samples + histograms)
  }

  extras(exemplars: number): void {
    this.#sink.exemplars(exemplars)
  }

  refuseExemplar(): void {}

  #take(timeMs: number, value: number, startMs: number): void {
    const series = this.#admit(timeMs, false)
    if (series >= 0) this.#sink.sample(series, timeMs, value, startMs)
  }

  /** Tells the sink's series of a sample that was accepted; what was not is told to the sink. */
  #admit(timeMs: number, isStale: boolean, sinceMs = 0): number {
    const sender = this.#sender === NO_SENDER ? null : this.#judged[this.#sender]!
    if (sender !== null) sender.received += 1
    const entry = this.#entry
    if (entry < 0) return this.#leave(this.#refusal)
    if (this.#sliced.size > 0 && this.#sliced.has(this.#tenant[entry]!)) return this.#leave('quota')
    if (sender !== null) {
      if (timeMs <= sender.verdict.afterMs) {
        sender.notElected += 1
        return this.#leave('not-elected')
      }
      if (timeMs > sender.newestMs) sender.newestMs = timeMs
    }
    const series = this.#series[entry]!
    if (series < 0) return this.#leave(reasonOf(series))
    if (timeMs > this.#latestMs || timeMs < this.#earliestMs || timeMs <= 0) {
      return this.#leave('time')
    }
    const lastMs = this.#lastMs[entry]!
    const isLate =
      (timeMs <= lastMs && (!isStale || timeMs < lastMs)) || (sinceMs > 0 && sinceMs < lastMs)
    if (isLate && lastMs <= this.#latestMs) return this.#leave('repeated')
    this.#lastMs[entry] = timeMs
    return series
  }

  #leave(reason: LeftReason): -1 {
    this.#sink.left(reason, 1)
    return -1
  }

  /** Finds the entry of a series, or takes it in. UNKNOWN where the record refused it. */
  #find(bytes: Uint8Array, start: number, end: number, isNative: boolean): number {
    const context = this.#contextNumber * 2 + (isNative ? 1 : 0)
    this.#sender = NO_SENDER
    if (this.#refused !== null) return this.#findUnlessRefused(context, bytes, start, end, isNative)
    const known = this.#labels.find(context, bytes, start, end)
    if (known >= 0 && this.#series[known] !== ASK_AGAIN) return known
    this.#sender = this.#findSender(bytes, start, end, 'label')
    if (this.#sender === NO_SENDER) return this.#enter(known, context, bytes, start, end)
    const { rest } = this.#senders
    const entry = this.#labels.find(context, rest.bytes, 0, rest.length)
    if (entry >= 0 && this.#series[entry] !== ASK_AGAIN) return entry
    return this.#enter(entry, context, rest.bytes, 0, rest.length)
  }

  /** As `find`; what it knows may be new to the stage, which forgets sooner. */
  #findUnlessRefused(
    context: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isNative: boolean,
  ): number {
    this.#sender = this.#findSender(bytes, start, end, 'label')
    const isReplica = this.#sender !== NO_SENDER
    const { rest } = this.#senders
    const named = isReplica ? rest.bytes : bytes
    const [from, to] = isReplica ? [0, rest.length] : [start, end]
    const number = this.#number.begin().add(named, from, to)
    if (isNative) number.add(NATIVE, 0, NATIVE.length)
    if (this.#refused!.has(number.value())) return this.#refuse('quota')
    const known = this.#labels.find(context, named, from, to)
    return known >= 0 && this.#series[known] !== ASK_AGAIN
      ? known
      : this.#enter(known, context, named, from, to)
  }

  #findSender(bytes: Uint8Array, start: number, end: number, wire: LabelWire): number {
    const sender = this.#senders.find(bytes, start, end, wire)
    if (sender !== NO_SENDER) this.#judge(sender)
    return sender
  }

  /** Judges senders as they are met, which is the order in which the stage judges them. */
  #judge(last: number): void {
    for (let sender = this.#judged.length; sender <= last; sender += 1) {
      const { cluster, replica, refusal } = this.#senders.list[sender]!
      const { failoverSeconds } = this.#senders.rules
      const verdict =
        refusal !== undefined
          ? NONE
          : cluster < 0
            ? ALL
            : this.#clusters.judge(cluster, replica, this.#receivedAtMs, failoverSeconds)
      this.#judged.push({ cluster, replica, verdict, received: 0, notElected: 0, newestMs: 0 })
    }
  }

  #enter(known: number, context: number, bytes: Uint8Array, start: number, end: number): number {
    if (end - start > this.#limits.keyBytes) return this.#refuse('invalid')
    let description: SeriesDescription
    try {
      description = describeNewLabels(context, bytes, start, end)
      const verdict = this.#verdictOn(description, ({ tenantId, isTenants }) =>
        this.#sink.series(tenantId, description.labels, isTenants),
      )
      if (typeof verdict === 'string') return this.#refuse(verdict)
      const entry = this.#put(known, verdict)
      if (known < 0) this.#labels.add(context, bytes, start, end, entry)
      return entry
    } catch (error) {
      if (error instanceof WireError) return this.#refuse('invalid')
      throw error
    }
  }

  #enterPoint(
    description: SeriesDescription,
    known: number,
    make: (owner: AcceptedOwner) => number,
  ): number {
    const verdict = this.#verdictOn(description, make)
    if (typeof verdict !== 'string') return this.#put(known, verdict)
    this.#sink.left(verdict, 1)
    return UNKNOWN
  }

  /** Tells where a series goes, or why this record's samples of it were refused. */
  #verdictOn(
    description: SeriesDescription,
    make: (owner: AcceptedOwner) => number,
  ): { series: number; tenant: number } | LeftReason {
    const found = attribute(this.#context, description.label, this.#registry)
    const tenantId = found.kind === 'tenant' ? found.tenantId : null
    const ruled = tenantId === null ? undefined : this.#ruling[tenantId]
    const unfit = checkLabels(description, ruled?.labels ?? this.#limits)
    if (unfit !== undefined) {
      return unfit.reason === 'invalid-labels' || ruled?.labels === undefined ? 'invalid' : 'quota'
    }
    if (found.kind === 'mismatch') {
      return { series: codeOf('tenant-mismatch'), tenant: NO_TENANT }
    }
    if (tenantId === null) return { series: UNATTRIBUTED, tenant: NO_TENANT }
    const tenant = this.#tenants.number(tenantId)
    if (ruled?.room !== undefined && this.#refused === null) {
      const taken = this.#taken.get(tenant) ?? 0
      if (taken >= ruled.room.series) return 'quota'
      this.#taken.set(tenant, taken + 1)
    }
    const series = make({
      tenantId,
      tenant,
      isTenants: (observed) =>
        observed === tenantId || this.#registry.resolve(observed) === tenantId,
    })
    return { series: series < 0 ? NOT_SELECTED : series, tenant }
  }

  #refuse(reason: LeftReason): number {
    this.#refusal = reason
    return UNKNOWN
  }

  /** Remembers a verdict, in a new entry where the series has none. */
  #put(known: number, { series, tenant }: { series: number; tenant: number }): number {
    const entry = known < 0 ? this.#entries : known
    if (known < 0) {
      if (entry === this.#series.length) this.#grow()
      this.#lastMs[entry] = 0
      this.#entries += 1
    }
    this.#series[entry] = series
    this.#tenant[entry] = tenant
    return entry
  }

  #grow(): void {
    const length = 2 * this.#series.length
    const [series, tenant, lastMs] = [this.#series, this.#tenant, this.#lastMs]
    this.#series = new Int32Array(length)
    this.#tenant = new Int32Array(length)
    this.#lastMs = new Float64Array(length)
    this.#series.set(series)
    this.#tenant.set(tenant)
    this.#lastMs.set(lastMs)
  }
}

/** What the registry said of a series does not hold any more. */
const ASK_AGAIN = -1_000
