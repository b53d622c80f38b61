/**
 * Counts the samples of a staged write: what each series gained, in which bucket, and what became
 * of every sample. The same state, the same bytes and the same time of receipt always give the same
 * result: a restart replays the log through here.
 *
 * A counter's gain is what it rose by; all of its value after a reset (it fell, or its start time
 * moved on). A histogram's parts follow the verdict on its count. A stale marker ends a series, but
 * a counter that comes back goes on from its last value, as PromQL's rate does: a failed scrape
 * marks all series of a target stale and resets none.
 */
import { SECOND_MS } from '../../core/time.ts'
import { firstPointGain } from './first-point.ts'
import { electSenders } from './ha-election.ts'
import type { MetricLimits } from './limits.ts'
import { bindPowerCells } from './power-cells.ts'
import type { DiscardReason } from './reasons.ts'
import { fingerprintOf } from './replays.ts'
import { ratioTime } from './ratio-time.ts'
import {
  CELL,
  ENDED,
  EXTRA,
  FEED,
  FIRST_FACET,
  INSTANCE,
  isAccumulatedKind,
  isPresentKind,
  KIND,
  LAST_MS,
  LAST_VALUE,
  NATIVE_HISTOGRAM,
  PARTS,
  POINT_STRIDE,
  ROLE_STRIDE,
  SERIES_KINDS,
  SPAN_MS,
  START_MS,
  TENANT,
  UNRESOLVED,
  WAS_COARSE,
} from './series-table.ts'
import { COARSE, MAX_MESSAGES, PART, RESET, SAMPLE, STALE, type Entries } from './entries.ts'
import type { MetricTables } from './tables.ts'
import { Tally, type WriteOutcome } from './tally.ts'
import { TenantLedger, type WriteFacts } from './tenant-ledger.ts'
import { FIRST_TENANT } from './tenant-table.ts'

/** Entries whose memory is fetched at once: it fits the nearest caches. */
const BATCH_ENTRIES = 128

/** How the parts of a histogram count once their count was judged. */
type PartGain = 'rise' | 'whole' | 'nothing' | 'increment'

export class Applier {
  readonly #tables: MetricTables
  /** After so long without a sample nothing is known of a ratio in between. */
  readonly #gapMs: number
  readonly #ageMs: number
  readonly #futureMs: number
  readonly #seriesName: (slot: number) => string
  readonly #tally = new Tally()
  readonly #ledger: TenantLedger
  #staged!: Entries
  /** Only so that the reads of `#fetch` are not optimised away. */
  fetched = 0
  #earliestMs = 0
  #fingerprint = 0
  /** Whether the whole request was kept before. Undefined until somebody asks. */
  #isReplay: boolean | undefined
  #latestMs = 0

  constructor(tables: MetricTables, limits: MetricLimits, seriesName: (slot: number) => string) {
    this.#tables = tables
    this.#ageMs = limits.ageSeconds * SECOND_MS
    this.#gapMs = limits.staleSeconds * SECOND_MS
    this.#futureMs = limits.futureSeconds * SECOND_MS
    this.#seriesName = seriesName
    this.#ledger = new TenantLedger(tables, seriesName)
  }

  /** Counts a staged write. Cost: about 60 ns a sample of a known counter, no allocation. */
  apply(staged: Entries, facts: WriteFacts): WriteOutcome {
    const { receivedAtMs } = facts
    this.#staged = staged
    this.#ledger.begin(facts)
    this.#earliestMs = receivedAtMs - this.#ageMs
    this.#latestMs = receivedAtMs + this.#futureMs
    this.#tally.clear()
    const { clusters } = this.#tables
    this.#tally.failovers = electSenders(staged, clusters, receivedAtMs, {
      tally: this.#tally,
      ledger: this.#ledger,
    })
    this.#fingerprint = fingerprintOf(staged)
    this.#isReplay = undefined
    this.#applyEntries(staged)
    this.#ledger.settle()
    const outcome = this.#tally.outcome(staged)
    this.#tally.addTo(this.#tables.accounts, outcome)
    const isWhole = staged.count > 0 && outcome.discardedTotal + outcome.notElected === 0
    if (isWhole && this.#isReplay === undefined) this.#tables.replays.remember(this.#fingerprint)
    return outcome
  }

  #applyEntries({ count, slots, timesMs, values, startsMs, flags }: Entries): void {
    const { series } = this.#tables
    const roles = series.roles.data
    const points = series.points.data
    const ageMs = this.#ageMs
    for (let entry = 0; entry < count; entry += 1) {
      if (entry % BATCH_ENTRIES === 0) this.#fetch(entry, Math.min(count, entry + BATCH_ENTRIES))
      const slot = slots[entry]!
      const at = slot * POINT_STRIDE
      const role = slot * ROLE_STRIDE
      const atMs = timesMs[entry]!
      const gain = values[entry]! - points[at + LAST_VALUE]!
      const sinceMs = atMs - points[at + LAST_MS]!
      // The usual sample: a known plain counter that went on
      if (
        flags[entry] === SAMPLE &&
        roles[role] === SERIES_KINDS.counter &&
        roles[role + PARTS]! <= 0 &&
        gain >= 0 &&
        gain < Infinity &&
        sinceMs > 0 &&
        sinceMs <= ageMs &&
        points[at + LAST_MS]! > 0 &&
        startsMs[entry]! <= points[at + START_MS]! &&
        atMs >= this.#earliestMs &&
        atMs <= this.#latestMs
      ) {
        points[at + LAST_MS] = atMs
        points[at + LAST_VALUE] = values[entry]!
        points[at + SPAN_MS] = points[at + SPAN_MS] === ENDED ? 0 : sinceMs
        series.points.mark(slot)
        this.#count(roles, role, atMs, gain, atMs - sinceMs)
      } else if (flags[entry] !== PART) this.#applyUnusual(entry, slot)
    }
  }

  /**
   * Reads what the next entries will need, so that it comes from memory all at once and not one
   * after the other.
   */
  #fetch(from: number, to: number): void {
    const { series, instances } = this.#tables
    const roles = series.roles.data
    const points = series.points.data
    const { slots } = this.#staged
    let fetched = 0
    for (let entry = from; entry < to; entry += 1) {
      fetched += roles[slots[entry]! * ROLE_STRIDE]! + points[slots[entry]! * POINT_STRIDE]!
    }
    for (let entry = from; entry < to; entry += 1) {
      fetched += instances.lastReportMs(roles[slots[entry]! * ROLE_STRIDE + INSTANCE]!)
    }
    this.fetched = fetched
  }

  #applyUnusual(entry: number, slot: number): void {
    const { roles } = this.#tables.series
    const { timesMs, values, flags } = this.#staged
    const kind = roles.data[slot * ROLE_STRIDE + KIND]!
    const atMs = timesMs[entry]!
    const value = values[entry]!
    if (kind === SERIES_KINDS.refused) this.#discard('tenant-mismatch', slot)
    else if (atMs > this.#latestMs) this.#discard('too-far-in-future', slot)
    else if (atMs < this.#earliestMs || atMs <= 0) this.#discard('too-old', slot)
    else if (flags[entry] === STALE) this.#end(slot, atMs)
    else if (kind === SERIES_KINDS.untyped) this.#applyUntyped(slot, atMs, value)
    else if (!Number.isFinite(value)) this.#discard('not-a-number', slot)
    else if (kind === SERIES_KINDS.gauge) this.#applyGauge(slot, atMs, value)
    else if (kind === SERIES_KINDS.accumulated) this.#applyChange(entry, slot, atMs, value)
    else if (kind === SERIES_KINDS.subtracted) this.#applyGauge(slot, atMs, -value)
    else if (kind === SERIES_KINDS.subtractedChanges) this.#applyChange(entry, slot, atMs, -value)
    else if (kind === SERIES_KINDS.probe) this.#applyProbe(slot, atMs, value)
    else if (kind === SERIES_KINDS.ratio) this.#applyRatio(slot, atMs, value)
    else if (value < 0) this.#discard('negative-counter', slot)
    else if (kind === SERIES_KINDS.delta) this.#applyDelta(entry, slot, atMs, value)
    else this.#applyCounter(entry, slot, atMs, value)
  }

  #applyCounter(entry: number, slot: number, atMs: number, value: number): void {
    if (!this.#inOrder(entry, slot, atMs, value)) return
    const { series, instances } = this.#tables
    const roles = series.roles.data
    const points = series.points.data
    const role = slot * ROLE_STRIDE
    const at = slot * POINT_STRIDE
    const startMs = this.#staged.startsMs[entry]!
    const lastMs = points[at + LAST_MS]!
    const isFirst =
      lastMs === 0 || Number.isNaN(points[at + LAST_VALUE]) || atMs - lastMs > this.#ageMs
    const isReset = !isFirst && this.#isReset(entry, slot, value, startMs)
    if (isReset) this.#tally.resets += 1
    let gain = isReset ? value : value - points[at + LAST_VALUE]!
    let partGain: PartGain = isReset ? 'whole' : 'rise'
    let sinceMs = lastMs
    if (isFirst) {
      const instanceKnown = instances.knownAt(roles[role + INSTANCE]!, atMs)
      const first = { value, atMs, startMs, instanceKnown, ageMs: this.#ageMs }
      gain = firstPointGain(first)
      partGain = firstPointGain({ ...first, value: 1 }) > 0 ? 'whole' : 'nothing'
      sinceMs = instanceKnown || startMs === 0 ? atMs : startMs
    }
    this.#note(slot, atMs, value)
    if (startMs > 0) points[at + START_MS] = startMs
    this.#count(roles, role, atMs, gain, sinceMs)
    if (roles[role + PARTS]! > 0) this.#applyParts(entry, slot, atMs, sinceMs, partGain)
  }

  /**
   * A later start, a hint of the sender, or any part but the sum that fell: the process began anew.
   */
  #isReset(entry: number, slot: number, value: number, startMs: number): boolean {
    const points = this.#tables.series.points.data
    const at = slot * POINT_STRIDE
    const knownStartMs = points[at + START_MS]!
    if (value < points[at + LAST_VALUE]!) return true
    if ((this.#staged.flags[entry]! & RESET) !== 0) return true
    if (knownStartMs > 0 && startMs > knownStartMs) return true
    const { count, flags, slots, values } = this.#staged
    for (let part = entry + 1; part < count && flags[part] === PART; part += 1) {
      const isSum = slots[part] === slot + 1
      if (!isSum && values[part]! < points[slots[part]! * POINT_STRIDE + LAST_VALUE]!) return true
    }
    return false
  }

  #applyDelta(entry: number, slot: number, atMs: number, value: number): void {
    const startMs = this.#startOfDelta(entry, atMs)
    if (!this.#isNewInterval(slot, startMs, atMs)) return
    const { series } = this.#tables
    const roles = series.roles.data
    const role = slot * ROLE_STRIDE
    if (atMs > series.points.data[slot * POINT_STRIDE + LAST_MS]!) this.#note(slot, atMs, value)
    this.#count(roles, role, atMs, value, startMs)
    if (roles[role + PARTS]! > 0) this.#applyParts(entry, slot, atMs, startMs, 'increment')
  }

  #startOfDelta(entry: number, atMs: number): number {
    const givenMs = this.#staged.startsMs[entry]!
    return givenMs === 0 || givenMs > atMs ? atMs : givenMs
  }

  /** Judges the interval of a delta, and counts it as what it is when it is not new. */
  #isNewInterval(slot: number, startMs: number, atMs: number): boolean {
    const { series, intervals } = this.#tables
    const verdict = intervals.book(series.roles.data[slot * ROLE_STRIDE + EXTRA]!, startMs, atMs)
    if (verdict === 'duplicate') this.#duplicate(slot)
    else if (verdict !== 'new') this.#discard(verdict, slot)
    return verdict === 'new'
  }

  /** Adds a change to the present value that the changes of a series come to. */
  #applyChange(entry: number, slot: number, atMs: number, change: number): void {
    if (!this.#isNewInterval(slot, this.#startOfDelta(entry, atMs), atMs)) return
    const { series, cells } = this.#tables
    const points = series.points
    const role = slot * ROLE_STRIDE
    const at = slot * POINT_STRIDE
    const before = this.#presentValue(slot)
    const value = points.data[at + LAST_VALUE]! + change
    if (atMs > points.data[at + LAST_MS]!) this.#note(slot, atMs, value)
    else {
      points.data[at + LAST_VALUE] = value
      points.mark(slot)
    }
    const cell = series.roles.data[role + CELL]!
    if (cell >= 0) cells.adjustGauge(cell, this.#presentValue(slot) - before)
    this.#count(series.roles.data, role, atMs, 0, atMs)
  }

  #applyGauge(slot: number, atMs: number, value: number): void {
    if (!this.#inOrder(-1, slot, atMs, value)) return
    const { series, cells } = this.#tables
    const role = slot * ROLE_STRIDE
    const before = this.#presentValue(slot)
    this.#note(slot, atMs, value)
    const cell = series.roles.data[role + CELL]!
    if (cell >= 0) cells.adjustGauge(cell, value - before)
    this.#count(series.roles.data, role, atMs, 0, atMs)
  }

  /** Each sample is a probe: 1 says that it succeeded. */
  #applyProbe(slot: number, atMs: number, value: number): void {
    if (!this.#inOrder(-1, slot, atMs, value)) return
    const { series, sources, facets } = this.#tables
    const roles = series.roles.data
    const role = slot * ROLE_STRIDE
    const succeeded = value >= 1
    this.#note(slot, atMs, value)
    this.#count(roles, role, atMs, succeeded ? 1 : 0, atMs)
    const counts = roles[role + FEED]! >= 0 && sources.isActive(roles[role + FEED]!)
    if (succeeded || !counts) return
    facets.bookBeside(roles[role + CELL]!, roles[role + EXTRA]!, atMs, 1)
  }

  /**
   * A share holds for the time since the sample before, and is counted in the buckets of that time.
   * After a gap nothing is known: the first sample counts nothing.
   */
  #applyRatio(slot: number, atMs: number, value: number): void {
    if (value < 0 || value > 1) {
      this.#discard('not-a-ratio', slot)
      return
    }
    if (!this.#inOrder(-1, slot, atMs, value)) return
    const { series, sources, cells } = this.#tables
    const roles = series.roles.data
    const points = series.points.data
    const [role, at] = [slot * ROLE_STRIDE, slot * POINT_STRIDE]
    const lastMs = points[at + LAST_MS]!
    const isGap = lastMs === 0 || points[at + SPAN_MS] === ENDED || atMs - lastMs > this.#gapMs
    const sinceMs = isGap ? atMs : lastMs
    this.#note(slot, atMs, value)
    this.#count(roles, role, atMs, 0, sinceMs)
    const feed = roles[role + FEED]!
    if (feed < 0 || sinceMs >= atMs || !sources.touch(feed, atMs, sinceMs)) return
    const errorRatio = sources.feed(feed).signal === 'error_ratio' ? value : 1 - value
    for (const { endMs, good, bad } of ratioTime(errorRatio, sinceMs, atMs)) {
      if (good > 0) cells.book(roles[role + CELL]!, endMs, good)
      if (bad > 0) cells.book(roles[role + EXTRA]!, endMs, bad)
    }
  }

  #applyUntyped(slot: number, atMs: number, value: number): void {
    if (!this.#inOrder(-1, slot, atMs, value)) return
    this.#note(slot, atMs, value)
    this.#count(this.#tables.series.roles.data, slot * ROLE_STRIDE, atMs, 0, atMs)
  }

  #applyParts(
    entry: number,
    slot: number,
    atMs: number,
    sinceMs: number,
    partGain: PartGain,
  ): void {
    const { series, sources } = this.#tables
    const roles = series.roles.data
    const points = series.points.data
    const { count, flags, slots, values } = this.#staged
    const isAttributed = roles[slot * ROLE_STRIDE + TENANT]! >= FIRST_TENANT
    const isCoarse = this.#isCoarse(entry, slot, partGain)
    for (let part = entry + 1; part < count && flags[part] === PART; part += 1) {
      const partSlot = slots[part]!
      const at = partSlot * POINT_STRIDE + LAST_VALUE
      const value = values[part]!
      const gain = partGain === 'rise' ? value - points[at]! : partGain === 'nothing' ? 0 : value
      if (partGain !== 'increment') points[at] = value
      series.points.mark(partSlot)
      const feed = roles[partSlot * ROLE_STRIDE + FEED]!
      if (!isAttributed || feed < 0 || !sources.touch(feed, atMs, sinceMs)) continue
      if (!(gain > 0)) continue
      if (isCoarse && partSlot > slot + 1) this.#bookPower(slot, partSlot, atMs, gain)
      else this.#book(roles, partSlot * ROLE_STRIDE, atMs, gain)
    }
  }

  /**
   * Tells whether the buckets of a histogram count at powers of two: because only those came, or
   * because only those came the last time, so that what the others gained since is not known.
   */
  #isCoarse(entry: number, slot: number, partGain: PartGain): boolean {
    const { points } = this.#tables.series
    const at = (slot + 1) * POINT_STRIDE + WAS_COARSE
    const isCoarse = (this.#staged.flags[entry]! & ~RESET) === COARSE
    const wasCoarse = points.data[at] === 1
    if (isCoarse !== wasCoarse && this.#hasBuckets(entry, slot)) {
      points.data[at] = isCoarse ? 1 : 0
      points.mark(slot + 1)
    }
    return isCoarse || (wasCoarse && partGain === 'rise')
  }

  #hasBuckets(entry: number, slot: number): boolean {
    const { count, flags, slots } = this.#staged
    for (let part = entry + 1; part < count && flags[part] === PART; part += 1) {
      if (slots[part]! > slot + 1) return true
    }
    return false
  }

  #bookPower(slot: number, partSlot: number, atMs: number, gain: number): void {
    const { series, facets } = this.#tables
    const roles = series.roles.data
    const firstBucket = slot + 2
    const lastBucket = slot + roles[slot * ROLE_STRIDE + PARTS]!
    if (roles[firstBucket * ROLE_STRIDE + EXTRA] === -1) {
      bindPowerCells(this.#tables, firstBucket, lastBucket - firstBucket + 1)
    }
    const cell = roles[partSlot * ROLE_STRIDE + EXTRA]!
    if (cell < 0) return
    // The bucket without a bound always has a facet
    facets.bookBeside(roles[lastBucket * ROLE_STRIDE + CELL]!, cell, atMs, gain)
  }

  /** Ends a series. A gauge leaves the sum; a counter keeps its value for when it comes back. */
  #end(slot: number, atMs: number): void {
    const { series, cells } = this.#tables
    const points = series.points.data
    const at = slot * POINT_STRIDE
    if (atMs === points[at + LAST_MS] && points[at + SPAN_MS] === ENDED) {
      this.#duplicate(slot)
      return
    }
    if (atMs < points[at + LAST_MS]! && !this.#isAhead(slot)) {
      this.#discardLate('out-of-order', slot)
      return
    }
    const role = slot * ROLE_STRIDE
    const roles = series.roles.data
    if (isPresentKind(roles[role]!) && roles[role + CELL]! >= 0) {
      cells.adjustGauge(roles[role + CELL]!, -this.#presentValue(slot))
    }
    // What comes after the end of a series of changes adds up anew
    if (isAccumulatedKind(roles[role]!)) points[at + LAST_VALUE] = 0
    else if (points[at + LAST_MS] === 0) points[at + LAST_VALUE] = NaN
    points[at + LAST_MS] = atMs
    points[at + SPAN_MS] = ENDED
    series.points.mark(slot)
    this.#count(roles, role, atMs, 0, atMs)
  }

  /** What a gauge adds to its cell now. */
  #presentValue(slot: number): number {
    const points = this.#tables.series.points.data
    const at = slot * POINT_STRIDE
    return points[at + LAST_MS] === 0 || points[at + SPAN_MS] === ENDED
      ? 0
      : points[at + LAST_VALUE]!
  }

  /**
   * Tells whether a sample comes after the last one of its series, and counts it as what it is
   * otherwise.
   */
  #inOrder(entry: number, slot: number, atMs: number, value: number): boolean {
    const points = this.#tables.series.points.data
    const at = slot * POINT_STRIDE
    const lastMs = points[at + LAST_MS]!
    if (lastMs === 0 || atMs > lastMs || this.#isAhead(slot)) return true
    if (atMs < lastMs) this.#discardLate('out-of-order', slot)
    else if (Object.is(value, points[at + LAST_VALUE]) && this.#sameParts(entry)) {
      this.#duplicate(slot)
    } else this.#discardLate('duplicate-timestamp', slot)
    return false
  }

  /**
   * Tells whether the last sample of a series is of a time that would not be taken now: the clock
   * stood ahead when it came. What comes since is not out of order, and a counter goes on.
   */
  #isAhead(slot: number): boolean {
    const points = this.#tables.series.points.data
    return points[slot * POINT_STRIDE + LAST_MS]! > this.#latestMs
  }

  #sameParts(entry: number): boolean {
    const points = this.#tables.series.points.data
    const { count, flags, slots, values } = this.#staged
    if (entry < 0) return true
    for (let part = entry + 1; part < count && flags[part] === PART; part += 1) {
      if (values[part] !== points[slots[part]! * POINT_STRIDE + LAST_VALUE]) return false
    }
    return true
  }

  #note(slot: number, atMs: number, value: number): void {
    const { points } = this.#tables.series
    const at = slot * POINT_STRIDE
    const sinceMs = atMs - points.data[at + LAST_MS]!
    const isFirst = points.data[at + SPAN_MS] === ENDED || sinceMs > this.#ageMs
    points.data[at + SPAN_MS] = isFirst ? 0 : Math.max(0, sinceMs)
    points.data[at + LAST_MS] = atMs
    points.data[at + LAST_VALUE] = value
    points.mark(slot)
  }

  /** Counts an accepted sample to its tenant and books what it gained since a time. Hot. */
  #count(roles: Int32Array, role: number, atMs: number, gain: number, sinceMs: number): void {
    const { tenants, instances, sources } = this.#tables
    const tally = this.#tally
    const tenant = roles[role + TENANT]!
    tenants.touch(tenant, atMs)
    instances.touch(roles[role + INSTANCE]!, atMs)
    if (tenant < FIRST_TENANT) {
      tally.unattributed[tenant] = tally.unattributed[tenant]! + 1
      return
    }
    tally.attributed += 1
    const feed = roles[role + FEED]!
    if (feed < 0) {
      tally.unmapped += 1
      sources.countUnmapped(tenant)
      return
    }
    sources.count(feed)
    if (!sources.touch(feed, atMs, sinceMs)) tally.shadowed += 1
    else if (gain > 0) this.#book(roles, role, atMs, gain)
  }

  #book(roles: Int32Array, role: number, atMs: number, gain: number): void {
    const { cells, facets, families } = this.#tables
    if (roles[role + CELL] === UNRESOLVED) families.resolve(roles[role + EXTRA]!)
    const cell = roles[role + CELL]!
    if (cell <= FIRST_FACET) facets.book(cell, atMs, gain)
    else cells.book(cell, atMs, gain)
  }

  /** Discards a sample that comes after later ones, or counts it as the repeat that it is. */
  #discardLate(reason: DiscardReason, slot: number): void {
    this.#isReplay ??= this.#tables.replays.isKnown(this.#fingerprint)
    if (this.#isReplay) this.#duplicate(slot)
    else this.#discard(reason, slot)
  }

  #duplicate(slot: number): void {
    this.#tally.duplicate += 1
    this.#ledger.lose(slot, 'duplicate')
  }

  #discard(reason: DiscardReason, slot: number): void {
    this.#tally.discard(reason, 1)
    this.#ledger.discard(slot, reason)
    const isNative = this.#tables.series.roles.data[slot * ROLE_STRIDE + EXTRA] === NATIVE_HISTOGRAM
    if (isNative) this.#tally.histogramsDiscarded += 1
    const { messages } = this.#staged
    if (messages.length < MAX_MESSAGES) messages.push(`${this.#seriesName(slot)}: ${reason}`)
  }
}
