/**
 * Takes what changed since the last checkpoint as absolute values, and puts everything back at a
 * restart. Together with the log after the checkpoint's position this gives the state that a run
 * without a stop would have. What a checkpoint took is taken again by the next one when it did not
 * reach the disk.
 */
import { assert } from '../../core/assert.ts'
import { TenantryError } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import type { BulkWrite } from '../../core/ports.ts'
import { bucketEndMs, DAY_MS, HOUR_MS, type TimeRange } from '../../core/time.ts'
import { takenChunk, type IntColumn, type TakenChunk } from './columns.ts'
import { METRIC_ERRORS } from './errors.ts'
import type { Facets } from './facets.ts'
import { unpackHour, type HourRow } from './pack.ts'
import type { MinuteEnds } from './minute-ends.ts'
import type { ReceivedDay, ReceivedToday } from './received.ts'
import type { Registrar } from './registrar.ts'
import type { RegistryMemory } from './registry-memory.ts'
import type { PackedHour, Rollup } from './rollup.ts'
import { unpackSpans, type Span } from './span.ts'
import {
  writesAcrossTenants,
  type MetricStore,
  type PackedDay,
  type StoredChanges,
  type StoredHour,
  type StoredSpans,
} from './store.ts'
import { CELL, FIRST_FACET, ROLE_STRIDE } from './series-table.ts'
import type { MetricTables } from './tables.ts'
import type { Words } from './words.ts'

/** What is kept in chunks: columns of numbers and tables of keys. */
interface Chunked {
  takeChanged(): TakenChunk[]
  markChunk(index: number): void
  restoreChunk(index: number, bytes: Uint8Array): void
}

export class Checkpoints {
  readonly #tables: MetricTables
  readonly #rollup: Rollup
  readonly #registrar: Registrar
  readonly #memory: RegistryMemory
  readonly #store: MetricStore
  readonly #chunked: ReadonlyMap<string, Chunked>
  readonly #words: ReadonlyMap<string, Words>
  /** Packed hours that are not on disk yet, by tenant and hour. */
  readonly #packed = new Map<string, PackedHour>()
  /** Days that were made, or are to be made anew, and are not on disk yet. */
  readonly #days = new Map<string, PackedDay>()
  /** What days that are over received, not on disk yet. */
  readonly #receivedDays = new Map<string, ReceivedDay>()
  readonly #closedMinutes = new Set<number>()
  #taken: StoredChanges | null = null

  constructor(parts: {
    tables: MetricTables
    rollup: Rollup
    minuteEnds: MinuteEnds
    received: ReceivedToday
    registrar: Registrar
    memory: RegistryMemory
    store: MetricStore
  }) {
    const { tables } = parts
    this.#tables = tables
    this.#rollup = parts.rollup
    this.#registrar = parts.registrar
    this.#memory = parts.memory
    this.#store = parts.store
    this.#words = new Map([
      ['contexts', tables.keys.contexts],
      ['tenants', tables.tenants.words],
      ['instances', tables.instances.words],
      ['sources', tables.sources.words],
      ['names', parts.memory.words],
      ['tenant accounts', tables.tenantAccounts.words],
    ])
    this.#chunked = new Map<string, Chunked>([
      ['keys: labels', tables.keys.labels],
      ['keys: resources', tables.keys.resources],
      ['keys: metrics', tables.keys.metrics],
      ['keys: attributes', tables.keys.attributes],
      ['series: roles', withoutFacets(tables.series.roles, tables.facets)],
      ['series: points', tables.series.points],
      ['tenants', tables.tenants.column],
      ['tenant shares', tables.tenantAccounts.shares],
      ['tenant accounts', tables.tenantAccounts.column],
      ['instances', tables.instances.column],
      ['users: series', tables.users.hashes],
      ['users: sketches', tables.users],
      ['intervals', tables.intervals.column],
      ['feeds', tables.sources.column],
      ['cells', tables.cells.column],
      ['ha clusters', tables.clusters],
      ['replays', tables.replays.column],
      ['minute ends', parts.minuteEnds.column],
      ['rules', parts.memory.mark],
      ['received: unmapped', tables.sources.unmapped],
      ['received: day', parts.received.day],
    ])
  }

  /**
   * Notes hours that left memory. They are written by the next checkpoint; a day that one of them
   * belongs to is made anew after it.
   */
  keepPacked(packed: readonly PackedHour[], minuteEndsMs: readonly number[]): void {
    for (const hour of packed) {
      this.#packed.set(spanKey(hour.tenantId, hour.hourEndMs), hour)
      const dayEndMs = bucketEndMs(hour.hourEndMs, DAY_MS)
      this.keepDay({ tenantId: hour.tenantId, dayEndMs, body: null })
    }
    for (const minuteEndMs of minuteEndsMs) this.#closedMinutes.add(minuteEndMs)
  }

  /** Notes what a tenant received on a day that is over. */
  keepReceived(day: ReceivedDay): void {
    this.#receivedDays.set(spanKey(day.tenantId, day.dayEndMs), day)
  }

  /** Notes a day that was made of its hours. */
  keepDay(day: PackedDay): void {
    this.#days.set(spanKey(day.tenantId, day.dayEndMs), day)
  }

  /**
   * Takes what changed, as it is now. Nothing may be pending: drain first. Cost: copies of the
   * changed numbers; keys are copied when their rows are read.
   */
  take(): BulkWrite[] {
    assert(this.#taken === null, 'one checkpoint at a time')
    const { cells, facets, accounts } = this.#tables
    assert(!cells.hasPending && !facets.hasPending, 'a checkpoint after a drain')
    this.#taken = {
      chunks: [...this.#chunked].flatMap(([part, chunked]) =>
        chunked.takeChanged().map((chunk) => Object.assign(chunk, { part })),
      ),
      words: [...this.#words].flatMap(([list, words]) =>
        words.takeNew().map((word) => ({ list, ...word })),
      ),
      cells: cells.takeNew().map((cell) => ({
        cell,
        feed: cells.feeds[cell.cellId]!,
        scale: cells.scale(cell.cellId),
      })),
      accounts: accounts.all(),
      minutes: this.#rollup.takeChanged(),
      closedMinutes: [...this.#closedMinutes],
      hours: [...this.#packed.values()],
      days: [...this.#days.values()],
      receivedDays: [...this.#receivedDays.values()],
    }
    return writesAcrossTenants(this.#taken)
  }

  /** Says whether what was taken last reached the disk. */
  confirm(ok: boolean): void {
    const taken = this.#taken
    if (taken === null) return
    this.#taken = null
    if (ok) this.#forget(taken)
    else this.#takeAgain(taken)
  }

  /** Reads an hour that was packed before, on disk or on its way. */
  readHour(tenantId: TenantId, hourEndMs: number): readonly HourRow[] {
    const packed = this.#packed.get(spanKey(tenantId, hourEndMs))
    return packed ? unpackHour(packed.minutes) : this.#store.readHour(tenantId, hourEndMs)
  }

  /** Reads hours by minute that end in (fromMs, toMs], on disk or on their way. */
  readHours(tenantId: TenantId, range: TimeRange): StoredHour[] {
    const hours = this.#store
      .readHours(tenantId, range)
      .map((hour) => [hour.hourEndMs, hour] as const)
    const byEnd = new Map(hours)
    for (const { hourEndMs, minutes } of this.#packedIn(tenantId, range)) {
      byEnd.set(hourEndMs, { hourEndMs, rows: unpackHour(minutes) })
    }
    return [...byEnd.values()].toSorted((a, b) => a.hourEndMs - b.hourEndMs)
  }

  /** Reads what hours or days that end in (fromMs, toMs] came to, on disk or on their way. */
  readSpans(tenantId: TenantId, spanMs: number, range: TimeRange): StoredSpans[] {
    const spans = this.#store.readSpans(tenantId, spanMs, range)
    const byEnd = new Map(spans.map((span) => [span.endMs, span]))
    if (spanMs === HOUR_MS) {
      for (const { hourEndMs, hour } of this.#packedIn(tenantId, range)) {
        byEnd.set(hourEndMs, { endMs: hourEndMs, spans: unpacked(hour) })
      }
    } else {
      for (const { dayEndMs, body } of pendingIn(this.#days, tenantId, range, DAY_MS)) {
        if (body === null) byEnd.delete(dayEndMs)
        else byEnd.set(dayEndMs, { endMs: dayEndMs, spans: unpacked(body) })
      }
    }
    return [...byEnd.values()].toSorted((a, b) => a.endMs - b.endMs)
  }

  /** Reads what a tenant received on days that ended in (fromMs, toMs], on disk or on their way. */
  readReceived(tenantId: TenantId, range: TimeRange): ReceivedDay[] {
    const byEnd = new Map(
      this.#store.readReceived(tenantId, range).map((day) => [day.dayEndMs, day]),
    )
    for (const day of pendingIn(this.#receivedDays, tenantId, range, DAY_MS)) {
      byEnd.set(day.dayEndMs, day)
    }
    return [...byEnd.values()].toSorted((a, b) => a.dayEndMs - b.dayEndMs)
  }

  #packedIn(tenantId: TenantId, range: TimeRange): PackedHour[] {
    return pendingIn(this.#packed, tenantId, range, HOUR_MS)
  }

  /**
   * Puts everything back, into empty tables. `takeRules` puts the operator's rules into force, by
   * which the series were understood. Throws METRICS_STATE when the file does not hold what a
   * checkpoint wrote.
   */
  restore(takeRules: () => void): void {
    try {
      this.#restore(takeRules)
    } catch (cause) {
      throw new TenantryError(
        METRIC_ERRORS.METRICS_STATE,
        'reading the state of the metrics stage from the shared bulk file',
        { cause },
      )
    }
  }

  #restore(takeRules: () => void): void {
    const { keys, tenants, instances, sources, cells, accounts, tenantAccounts } = this.#tables
    const read = this.#store
    for (const word of read.readWordsAcrossTenants('contexts')) keys.contexts.restore(word)
    for (const word of read.readWordsAcrossTenants('tenants')) tenants.restoreWord(word)
    for (const word of read.readWordsAcrossTenants('instances')) instances.restoreWord(word)
    for (const word of read.readWordsAcrossTenants('sources')) sources.restoreWord(word)
    for (const word of read.readWordsAcrossTenants('names')) this.#memory.restoreWord(word)
    for (const word of read.readWordsAcrossTenants('tenant accounts')) {
      tenantAccounts.words.restore(word)
    }
    for (const { spec, scale, feed } of read.readCellsAcrossTenants()) {
      cells.restore(spec, scale, feed)
    }
    for (const [part, chunked] of this.#chunked) {
      for (const { chunk, body } of read.readStateAcrossTenants(part)) {
        chunked.restoreChunk(chunk, body)
      }
    }
    keys.restoreAddresses()
    for (const { name, samples } of read.readAccountsAcrossTenants()) {
      accounts.restore(name, samples)
    }
    for (const minute of read.readMinutesAcrossTenants()) this.#rollup.restore(minute)
    this.#memory.restoreRules()
    takeRules()
    this.#registrar.restoreSeries()
    this.#registrar.restoreFacets()
    this.#tables.users.resume(this.#tables.series)
  }

  #forget({ closedMinutes, hours, days, receivedDays }: StoredChanges): void {
    for (const minuteEndMs of closedMinutes) this.#closedMinutes.delete(minuteEndMs)
    for (const hour of hours) {
      const key = spanKey(hour.tenantId, hour.hourEndMs)
      if (this.#packed.get(key) === hour) this.#packed.delete(key)
    }
    for (const day of days) {
      const key = spanKey(day.tenantId, day.dayEndMs)
      if (this.#days.get(key) === day) this.#days.delete(key)
    }
    for (const day of receivedDays) this.#receivedDays.delete(spanKey(day.tenantId, day.dayEndMs))
  }

  #takeAgain({ chunks, words, cells, minutes }: StoredChanges): void {
    for (const { part, index } of chunks) this.#chunked.get(part)!.markChunk(index)
    for (const { list, number } of words) this.#words.get(list)!.markNew(number)
    for (const { cell } of cells) this.#tables.cells.markNew(cell.cellId)
    for (const { minuteEndMs } of minutes) this.#rollup.markChanged(minuteEndMs)
  }
}

function spanKey(tenantId: TenantId, endMs: number): string {
  return `${tenantId}/${endMs}`
}

/** What is on its way to the disk and ends in (fromMs, toMs]. */
function pendingIn<Row>(
  pending: ReadonlyMap<string, Row>,
  tenantId: TenantId,
  { fromMs, toMs }: TimeRange,
  spanMs: number,
): Row[] {
  const rows: Row[] = []
  if (pending.size === 0) return rows
  for (let endMs = bucketEndMs(fromMs + 1, spanMs); endMs <= toMs; endMs += spanMs) {
    const row = pending.get(spanKey(tenantId, endMs))
    if (row !== undefined) rows.push(row)
  }
  return rows
}

function unpacked(body: Uint8Array): Span[] {
  const spans: Span[] = []
  unpackSpans(body, (span) => spans.push(span))
  return spans
}

/** On disk a series names its cell: facets are made anew at a start. */
function withoutFacets(roles: IntColumn, facets: Facets): Chunked {
  return {
    takeChanged: () =>
      roles.takeChanged().map((chunk) => {
        const bytes = chunk.bytes()
        const data = new Int32Array(bytes.buffer)
        for (let at = CELL; at < data.length; at += ROLE_STRIDE) {
          if (data[at]! <= FIRST_FACET) data[at] = facets.cellOf(data[at]!)
        }
        return takenChunk(chunk.index, bytes)
      }),
    markChunk: (index) => roles.markChunk(index),
    restoreChunk: (index, bytes) => roles.restoreChunk(index, bytes),
  }
}
