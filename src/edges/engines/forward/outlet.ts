/**
 * One target, seen from the worker: reads the log from its own position on, keeps what was accepted
 * for its tenants in lanes, sends them, and tells how far it has come. Reading stops while too much
 * waits in memory; what fell behind further than the target may is dropped and counted.
 */
import type { TenantId } from '../../../core/ids.ts'
import type { TranslationStrategy } from '../../../core/names/translation-strategies.ts'
import type { Clock } from '../../../core/ports.ts'
import type { Prng } from '../../../core/prng.ts'
import {
  Accepted,
  type AcceptedSink,
  type LeftReason,
  type PassedHistogram,
} from '../../../domain/metrics/metrics.ts'
import type { LogFollower } from '../../../machinery/storage/wal-follow.ts'
import type { LogRecord } from '../../../machinery/storage/wal.ts'
import { withAccount } from '../engine-address.ts'
import { verdictOn, type Verdict, type WriteAnswer } from './answer.ts'
import { SAMPLE, STALE, type Batch } from './batch.ts'
import { BatchEncoder } from './encode-batch.ts'
import { Epochs } from './epochs.ts'
import { FORWARD_LIMITS, type ForwardLimits } from './forward-limits.ts'
import type { ForwardProgress, ForwardStart, ForwardTenant } from './forward-protocol.ts'
import { ForwardTally } from './forward-tally.ts'
import {
  firstVersion,
  isByTenant,
  isNamedByHeader,
  keepsBoth,
  type ForwardTarget,
  type WriteVersion,
} from './forward-target.ts'
import { Lanes, type Lane } from './lanes.ts'
import { outgoingLabels, type NamedValue } from './outgoing-labels.ts'
import type { WritePoster } from './post-write.ts'
import { SeriesBook } from './series-book.ts'
import type { Spill } from './spill.ts'

/** Reads a record of the log into what was accepted of it. Throws what is wrong with it. */
export interface RecordWalk {
  (record: LogRecord, accepted: Accepted): void
}

export interface OutletParts {
  readonly target: ForwardTarget
  readonly start: ForwardStart
  /** The end of the log when the worker started: what lies before may have been sent already. */
  readonly startedAtPosition: number
  readonly clock: Clock
  readonly follower: LogFollower
  readonly walk: RecordWalk
  readonly poster: WritePoster
  readonly compress: (message: Uint8Array) => Uint8Array
  readonly random: Prng
  readonly limits?: Partial<ForwardLimits>
  /** Where requests wait that memory has no room for. */
  readonly spill: Spill
  /** What OTLP metrics are called. */
  readonly translation: TranslationStrategy
}

/** Failures in a row over all lanes after which requests go out one at a time. */
const PROBE_AFTER = 4
/** After a log that cannot be read. */
const UNREADABLE_WAIT_MS = 10_000
const DROP_LOOK_MS = 1_000

export class Outlet implements AcceptedSink {
  readonly #parts: OutletParts
  readonly #limits: ForwardLimits
  readonly #accepted: Accepted
  readonly #lanes: Lanes
  readonly #epochs: Epochs
  readonly #tally = new ForwardTally()
  readonly #encoder = new BatchEncoder()
  readonly #tenantNumbers = new Map<string, number>()
  readonly #tenantIds: string[] = []
  #tenants: ReadonlyMap<string, ForwardTenant> = new Map()
  #book = new SeriesBook()
  #position: number
  #end: number
  #version: WriteVersion
  #inFlight = 0
  /** Over all lanes, in a row. */
  #failures = 0
  #notBeforeMs = 0
  #unreadableUntilMs = 0
  #droppedAtMs = 0
  /** The disk had no room before. */
  #spillAfterMs = 0
  /** The record that is read lies beyond what the target may lag. */
  #isDropping = false
  #nowMs = 0
  #isClosing = false
  #lastSentAtMs: number | null = null
  #lastError: { atMs: number; text: string } | null = null
  #toldState: unknown = null

  constructor(parts: OutletParts) {
    const { target, start } = parts
    this.#parts = parts
    this.#limits = { ...FORWARD_LIMITS, ...parts.limits }
    this.#position = start.position
    this.#end = start.position
    this.#version = firstVersion(target)
    this.#epochs = new Epochs(start)
    this.#lanes = new Lanes({ ...target, isByTenant: isByTenant(target) })
    this.#accepted = new Accepted(this, { strategy: parts.translation })
    this.#accepted.restore(start.state)
  }

  /**
   * Takes over the registry. Series are asked about anew only where a tenant that was known goes
   * elsewhere now: they are numbered anew then.
   */
  setTenants(tenants: ReadonlyMap<string, ForwardTenant>): void {
    const { name } = this.#parts.target
    const isMoved = [...this.#tenants.values()].some(({ tenantId, target, accountId }) => {
      const now = tenants.get(tenantId)
      const wasHere = target === name
      return wasHere !== (now?.target === name) || (wasHere && now?.accountId !== accountId)
    })
    this.#tenants = tenants
    if (isMoved) this.#accepted.askAgain()
  }

  setEnd(position: number): void {
    this.#end = position
  }

  /**
   * Does what can be done now: reads a stretch, sends. Tells whether more could be read at once.
   */
  turn(): boolean {
    this.#nowMs = this.#parts.clock.nowMs()
    const hasRead = this.#read()
    this.#dropOld()
    this.#spillHeld()
    this.#lanes.sweep(this.#nowMs)
    this.#dispatch()
    return hasRead
  }

  /** Reads no more; what is under way may end. */
  close(): void {
    this.#isClosing = true
  }

  isIdle(): boolean {
    return this.#inFlight === 0
  }

  /** Tells before which position everything is settled. */
  position(): number {
    return this.#epochs.passed().position
  }

  progress(): ForwardProgress {
    const { position, state } = this.#epochs.passed()
    const isNew = state !== this.#toldState
    this.#toldState = state
    return {
      target: this.#parts.target.name,
      position,
      state: isNew ? state : null,
      readPosition: this.#position,
      counts: this.#tally.take(),
      queuedBytes: this.#lanes.queuedBytes,
      queuedSamples: this.#lanes.queuedSamples,
      inFlight: this.#inFlight,
      series: this.#book.size,
      version: this.#version,
      oldestReceivedAtMs: this.#epochs.oldestReceivedAtMs(),
      lastSentAtMs: this.#lastSentAtMs,
      lastError: this.#lastError,
    }
  }

  series(
    tenantId: TenantId,
    labels: readonly NamedValue[],
    isTenants: (observed: string) => boolean,
  ): number {
    const { target } = this.#parts
    const tenant = this.#tenants.get(tenantId)
    if (tenant?.target !== target.name) return -1
    const { tenantLabel, type } = target
    const isMixed = type === 'victoriametrics-cluster' && !isByTenant(target)
    const account = isMixed ? { accountId: tenant.accountId ?? 0 } : {}
    const outgoing = outgoingLabels(labels, { tenantId, tenantLabel, isTenants, ...account })
    return this.#book.add(this.#tenantNumber(tenantId), outgoing)
  }

  sample(series: number, timeMs: number, value: number, startMs: number): void {
    const lane = this.#laneFor(series)
    if (lane === null) return
    lane.open!.push(series, SAMPLE, timeMs, value, startMs)
    this.#pushed(lane)
  }

  stale(series: number, timeMs: number): void {
    const lane = this.#laneFor(series)
    if (lane === null) return
    lane.open!.push(series, STALE, timeMs, 0, 0)
    this.#pushed(lane)
  }

  native(series: number, { timestampMs, startMs, wire }: PassedHistogram): void {
    const lane = this.#laneFor(series)
    if (lane === null) return
    const message = wire.bytes.slice(wire.start, wire.end)
    lane.open!.pushNative(series, timestampMs, startMs, message)
    this.#pushed(lane)
  }

  unforwardable(samples: number): void {
    this.#tally.add('read', samples)
    this.#tally.outcome('unforwardable', samples)
  }

  left(reason: LeftReason, samples: number): void {
    this.#tally.add('read', samples)
    this.#tally.left(reason, samples)
  }

  exemplars(count: number): void {
    this.#tally.add('exemplars', count)
  }

  #read(): boolean {
    const { clock, follower } = this.#parts
    if (this.#isClosing || clock.monotonicMs() < this.#unreadableUntilMs) return false
    if (this.#lanes.queuedBytes >= this.#limits.queueBytes || !this.#hasRoomForSeries()) {
      return false
    }
    try {
      const { records, lostBytes } = follower.read(this.#position, this.#end)
      if (lostBytes > 0) this.#tally.add('lostBytes', lostBytes)
      for (const record of records) this.#take(record)
      const last = records.at(-1)
      if (last === undefined) return false
      this.#position = last.endPosition
      if (!this.#accepted.isWithin()) {
        this.#epochs.close(this.#position, this.#accepted.state())
      }
      return this.#position < this.#end
    } catch (error) {
      this.#unreadableUntilMs = clock.monotonicMs() + UNREADABLE_WAIT_MS
      this.#note(error instanceof Error ? error.message : String(error))
      return false
    }
  }

  /**
   * Series are forgotten only while none of them waits by its number: what is held up goes to the
   * disk, as it will be sent, and the rest is sent first.
   */
  #hasRoomForSeries(): boolean {
    const { series } = this.#limits
    if (this.#accepted.size < series && this.#book.size < 2 * series) return true
    this.#spill(this.#lanes.waiting(this.#nowMs))
    if (!this.#lanes.isOnDisk()) return false
    this.#accepted.forget()
    this.#book = new SeriesBook()
    return true
  }

  #take(record: LogRecord): void {
    this.#epochs.record(record.endPosition, record.receivedAtMs)
    this.#isDropping = this.#isTooOld(record.endPosition, record.receivedAtMs)
    const mayBeThere = record.endPosition <= this.#parts.startedAtPosition
    this.#accepted.addInSilence(mayBeThere && keepsBoth(this.#parts.target.type))
    try {
      this.#parts.walk(record, this.#accepted)
    } catch (error) {
      // No version of this program reads it: it must not keep those behind it back
      this.#tally.add('lostBytes', record.endPosition - record.startPosition)
      this.#note(error instanceof Error ? error.message : String(error))
    }
  }

  #isTooOld(endPosition: number, receivedAtMs: number): boolean {
    const { maxLagBytes, maxLagMs } = this.#parts.target
    return this.#end - endPosition >= maxLagBytes || this.#nowMs - receivedAtMs > maxLagMs
  }

  /** Makes room for a sample. Null where it is dropped. */
  #laneFor(series: number): Lane | null {
    this.#tally.add('read', 1)
    const tenant = this.#book.tenants[series]!
    if (this.#isDropping) {
      this.#tally.drop(this.#tenantIds[tenant]!, 1)
      return null
    }
    const lane = this.#lanes.laneOf(tenant, this.#book.hashes[series]!)
    this.#lanes.openBatch(lane, this.#nowMs)
    return lane
  }

  #pushed(lane: Lane): void {
    const batch = lane.open!
    batch.note(this.#epochs.current)
    this.#lanes.pushed(lane, this.#nowMs)
  }

  /** Drops what waited longer than the target may lag, first where a tenant is held. */
  #dropOld(): void {
    if (this.#nowMs - this.#droppedAtMs < DROP_LOOK_MS) return
    this.#droppedAtMs = this.#nowMs
    for (const lane of this.#lanes.active) {
      if (lane.isBusy) continue
      while (lane.queue[0] !== undefined && this.#isOld(lane.queue[0])) this.#drop(lane)
    }
  }

  /** Puts on the disk what waits of tenants that the engine holds up, so that others go on. */
  #spillHeld(): void {
    const { queueBytes, heldTenantBytes } = this.#limits
    if (this.#lanes.queuedBytes < queueBytes / 2) return
    this.#spill(this.#lanes.held(heldTenantBytes, this.#nowMs))
  }

  #spill(batches: Iterable<Batch>): void {
    if (this.#nowMs < this.#spillAfterMs) return
    const { spill } = this.#parts
    try {
      for (const batch of batches) {
        const body = this.#encode(batch, [0, batch.count])
        this.#lanes.queuedBytes -= batch.spill(spill.put(body))
      }
    } catch (error) {
      this.#spillAfterMs = this.#nowMs + UNREADABLE_WAIT_MS
      this.#note(error instanceof Error ? error.message : String(error))
    }
  }

  #encode(batch: Batch, range: readonly [number, number]): Uint8Array {
    return this.#parts.compress(this.#encoder.encode(this.#book, batch, range, this.#version))
  }

  #isOld({ endPosition, receivedAtMs }: Batch): boolean {
    return this.#isTooOld(endPosition, receivedAtMs)
  }

  /** Drops what is left of the first batch of a lane. */
  #drop(lane: Lane): void {
    const batch = this.#lanes.shift(lane)
    if (batch.spilled !== null) {
      this.#tally.drop(this.#tenantIds[lane.tenant]!, batch.count)
      this.#parts.spill.free(batch.spilled)
      batch.settle()
      return
    }
    for (const [from, to] of batch.ranges) {
      for (let at = from; at < to; at += 1) {
        this.#tally.drop(this.#tenantIds[this.#book.tenants[batch.series[at]!]!]!, 1)
      }
    }
    batch.settle()
  }

  #dispatch(): void {
    const { maxInFlight } = this.#parts.target
    for (;;) {
      const isProbing = this.#failures >= PROBE_AFTER
      if (this.#inFlight >= (isProbing ? 1 : maxInFlight)) return
      if (isProbing && this.#nowMs < this.#notBeforeMs) return
      if (this.#isClosing) return
      const lane = this.#lanes.take(this.#nowMs)
      if (lane === null) return
      this.#inFlight += 1
      void this.#send(lane).finally(() => {
        this.#inFlight -= 1
        this.#nowMs = this.#parts.clock.nowMs()
        this.#lanes.ended(lane, this.#nowMs)
        this.#dispatch()
      })
    }
  }

  async #send(lane: Lane): Promise<void> {
    const { poster, spill, target, clock } = this.#parts
    const batch = lane.queue[0]!
    const range = batch.ranges[0]!
    const version = this.#version
    const body = batch.spilled === null ? this.#encode(batch, range) : spill.read(batch.spilled)
    const tenantId = lane.tenant < 0 ? null : this.#tenantIds[lane.tenant]!
    const answer = await poster.post({
      url: this.#urlFor(tenantId),
      body,
      version,
      tenantId: isNamedByHeader(target.type) ? tenantId : null,
    })
    const nowMs = clock.nowMs()
    this.#tally.answer(answer.status)
    this.#tally.add('sentBytes', body.length)
    const samples = range[1] - range[0]
    const mayLower = target.protocol === 'auto'
    const { type } = target
    const verdict = verdictOn(answer, { type, version, mayLower, samples, nowMs })
    if (verdict.kind !== 'kept') this.#noteAnswer(answer, nowMs)
    if (verdict.kind === 'later') {
      this.#wait(lane, verdict, samples, nowMs)
      return
    }
    lane.failures = 0
    this.#failures = 0
    if (verdict.kind === 'lower') this.#version = '1.0'
    else this.#settle(lane, batch, verdict, samples, nowMs)
  }

  #settle(
    lane: Lane,
    batch: Batch,
    verdict: Exclude<Verdict, { kind: 'later' } | { kind: 'lower' }>,
    samples: number,
    nowMs: number,
  ): void {
    const [from, to] = batch.ranges[0]!
    // What was sent before a start comes again; that an engine refuses it then does not mean that
    // it has not got it.
    const isAgain = batch.endPosition <= this.#parts.startedAtPosition
    const refused = isAgain ? 'uncertain' : 'refused'
    switch (verdict.kind) {
      case 'split': {
        if (samples > 1 && batch.spilled === null) {
          const middle = from + Math.ceil(samples / 2)
          batch.ranges.splice(0, 1, [from, middle], [middle, to])
          return
        }
        this.#tally.outcome(refused, samples)
        break
      }
      case 'kept':
        this.#tally.outcome('sent', samples)
        this.#lastSentAtMs = nowMs
        break
      case 'partial':
        this.#tally.outcome('sent', verdict.written)
        this.#tally.outcome(refused, samples - verdict.written)
        if (verdict.written > 0) this.#lastSentAtMs = nowMs
        break
      case 'uncertain':
        this.#tally.outcome('uncertain', samples)
        break
      case 'refused':
        this.#tally.outcome(refused, samples)
    }
    batch.ranges.shift()
    if (batch.ranges.length > 0) return
    batch.settle()
    if (batch.spilled !== null) this.#parts.spill.free(batch.spilled)
    this.#lanes.shift(lane)
  }

  #wait(
    lane: Lane,
    { waitMs, isTenants }: Extract<Verdict, { kind: 'later' }>,
    samples: number,
    nowMs: number,
  ): void {
    this.#tally.add('retried', samples)
    lane.failures += 1
    const untilMs = nowMs + Math.max(this.#backoffMs(lane.failures), waitMs ?? 0)
    lane.notBeforeMs = untilMs
    if (isTenants) {
      this.#lanes.hold(lane.tenant, untilMs)
      return
    }
    this.#failures += 1
    this.#notBeforeMs = nowMs + Math.max(this.#backoffMs(this.#failures - PROBE_AFTER), waitMs ?? 0)
  }

  /** Half of it is chance, so that many senders do not come back together. */
  #backoffMs(failures: number): number {
    const { firstBackoffMs, longestBackoffMs } = this.#limits
    const mostMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, failures - 1))
    return mostMs * (0.5 + this.#parts.random.next() / 2)
  }

  #urlFor(tenantId: string | null): string {
    const { url } = this.#parts.target
    const accountId = tenantId === null ? null : this.#tenants.get(tenantId)?.accountId
    return withAccount(url, accountId ?? 0)
  }

  #noteAnswer({ status, text }: WriteAnswer, nowMs: number): void {
    this.#lastError = { atMs: nowMs, text: status === 0 ? text : `${status}: ${text}` }
  }

  #note(text: string): void {
    this.#lastError = { atMs: this.#nowMs, text }
  }

  #tenantNumber(tenantId: string): number {
    const known = this.#tenantNumbers.get(tenantId)
    if (known !== undefined) return known
    const number = this.#tenantIds.push(tenantId) - 1
    this.#tenantNumbers.set(tenantId, number)
    return number
  }
}
