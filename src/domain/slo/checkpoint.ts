/**
 * The engine's state as rows and back. A checkpoint writes the columns and pages that changed since
 * the last one that was written; what a failed one had taken is taken again. Restoring recounts
 * every window from its buckets.
 */
import { assert } from '../../core/assert.ts'
import { TenantryError } from '../../core/errors.ts'
import type { BulkWrite, BulkWriter } from '../../core/ports.ts'
import { ByteArena } from './byte-arena.ts'
import { PAGE_SLOTS } from './count-columns.ts'
import type { CountRing } from './count-ring.ts'
import { SLO_ERRORS } from './errors.ts'
import type { HistoryLog } from './history-log.ts'
import { HISTORY_COARSE_TICKS, HISTORY_STEPS, historyStep, oldestStretch } from './history-steps.ts'
import type { SlotPage } from './slot-page.ts'
import { planOfKey } from './window-plan.ts'
import type { Sparks } from './sparks.ts'
import type { SliceRule } from './template.ts'
import { PLACE_MASK, type SlotRow, type Slots } from './slots.ts'
import type { PastCounts } from './backfill/past-counts.ts'
import {
  readCheckpointAcrossTenants,
  readColumnsAcrossTenants,
  readFirstStretchesAcrossTenants,
  readLoadedAcrossTenants,
  readPagesAcrossTenants,
  readSlotsAcrossTenants,
  readSparksAcrossTenants,
  writesAcrossTenants,
  type SloRows,
  type StoredColumn,
  type StoredPage,
  type StoredSlot,
} from './store.ts'
import { TICKS_PER_HOUR, TICK_SECONDS } from './windows.ts'

const HOURS_PER_DAY = 24

interface Taken {
  readonly slots: readonly SlotRow[]
  readonly pages: readonly SlotPage[]
  readonly columns: readonly TakenColumn[]
}

export interface CheckpointParts {
  readonly slots: Slots
  readonly history: HistoryLog
  readonly sparks: Sparks
  readonly past: PastCounts
  readonly bulk: BulkWriter
}

export class Checkpoint {
  readonly #slots: Slots
  readonly #history: HistoryLog
  readonly #sparks: Sparks
  readonly #past: PastCounts
  readonly #bulk: BulkWriter
  #inFlight: Taken | null = null
  /** The day up to which old history was deleted, and the day that the checkpoint in flight
   *  deletes up to. */
  #cleanedDay = -1
  #cleaningDay = -1

  constructor({ slots, history, sparks, past, bulk }: CheckpointParts) {
    this.#slots = slots
    this.#history = history
    this.#sparks = sparks
    this.#past = past
    this.#bulk = bulk
  }

  /** Takes what changed. Cost: a copy of the changed columns, about 20 a page and minute. */
  take(): BulkWrite[] {
    assert(this.#inFlight === null, 'one checkpoint at a time')
    const pages = this.#slots.pages.filter((page) => page.dirty)
    const arena = new ByteArena()
    const columns: StoredPageColumn[] = []
    const taken: TakenColumn[] = []
    for (const page of pages) takeColumns(page, arena, { columns, taken })
    this.#inFlight = { slots: this.#slots.fresh, pages, columns: taken }
    this.#slots.fresh = []
    const history = this.#history.take()
    const rows: SloRows = {
      checkpoint: this.#history.checkpoint,
      slots: this.#inFlight.slots.map((row) => storedSlot(row, this.#slots.page(row.slot))),
      pages: pages.map((page) => packPage(page, arena)),
      columns,
      sparks: this.#sparks.take(arena),
      history: history.map(({ slot, ...row }) => {
        const { tenantId, sloId, estimate } = this.#slots.rows[slot]!
        const { stepSeconds, stretch, counts } = row
        return { tenantId, sloId, estimate, stepSeconds, stretch, counts }
      }),
      loaded: this.#past.take(),
      expired: this.#expired(),
    }
    for (const page of pages) page.dirty = false
    return writesAcrossTenants(rows)
  }

  /** Learns whether what `take` gave was written. */
  confirm(written: boolean): void {
    const taken = this.#inFlight
    this.#inFlight = null
    if (taken === null) return
    this.#history.confirm(written)
    this.#sparks.confirm(written)
    this.#past.confirm(written)
    if (written) {
      this.#cleanedDay = this.#cleaningDay
      return
    }
    this.#slots.fresh = [...taken.slots, ...this.#slots.fresh]
    for (const page of taken.pages) page.dirty = true
    for (const { ring, column, bucket } of taken.columns) {
      if (ring.bucketIn(column) === bucket) ring.dirty[column] = 1
    }
  }

  /** Reads the state back into an engine that has counted nothing yet. Throws SLO_STATE_DAMAGED. */
  restore(): void {
    assert(this.#slots.pages.length === 0, 'an engine that has counted nothing')
    const unnoted = new Set<SlotPage>()
    for (const stored of readPagesAcrossTenants(this.#bulk)) {
      demand(stored.page === this.#slots.pages.length, `page ${String(stored.page)} follows a gap`)
      const page = this.#slots.newPage({ kind: stored.kind, plan: planOfKey(stored.plan) })
      loadPage(page, stored)
      if (stored.firstTicks.length === 0 && stored.used > 0) unnoted.add(page)
      loadColumns(page, readColumnsAcrossTenants(this.#bulk, page.id))
      recount(page)
      this.#slots.restorePage(page)
      this.#slots.headTick = Math.max(this.#slots.headTick, page.headTick)
    }
    for (const stored of readSlotsAcrossTenants(this.#bulk)) {
      const { tenantId, sloId, estimate, page, place } = stored
      const known = this.#slots.pages[page]
      demand(known !== undefined && place < known.used, `a slot lies outside page ${String(page)}`)
      loadSlot(known, stored)
      this.#slots.restoreSlot({ tenantId, sloId, estimate, slot: page * PAGE_SLOTS + place })
    }
    this.#history.checkpoint = readCheckpointAcrossTenants(this.#bulk)
    if (unnoted.size > 0) this.#noteFirst(unnoted)
    this.#restoreSparks()
    this.#past.restore(readLoadedAcrossTenants(this.#bulk))
  }

  /**
   * Finds since when the slots of pages count that have not noted it: to the day that their history
   * begins with, or to the bucket.
   */
  #noteFirst(pages: ReadonlySet<SlotPage>): void {
    const { stepTicks, rowHours } = historyStep(HISTORY_COARSE_TICKS)
    const stretches = new Map(
      readFirstStretchesAcrossTenants(this.#bulk, stepTicks * TICK_SECONDS).map(
        ({ tenantId, sloId, stretch }) => [`${tenantId} ${sloId}`, stretch],
      ),
    )
    for (const row of this.#slots.rows) {
      const page = row === undefined ? undefined : this.#slots.page(row.slot)
      if (row === undefined || page === undefined || !pages.has(page)) continue
      const place = row.slot & PLACE_MASK
      const stretch = stretches.get(`${row.tenantId} ${row.sloId}`) ?? Infinity
      const stored = stretch * rowHours * TICKS_PER_HOUR + 1
      page.firstTicks[place] = Math.min(page.oldestTick(place), stored)
    }
  }

  #restoreSparks(): void {
    const rows = readSparksAcrossTenants(this.#bulk)
    demand(this.#sparks.restore(rows), 'a minute of burns has the wrong length')
  }

  #expired(): SloRows['expired'] {
    const hour = Math.floor(this.#slots.headTick / TICKS_PER_HOUR)
    const day = Math.floor(hour / HOURS_PER_DAY)
    this.#cleaningDay = day
    if (day <= this.#cleanedDay || this.#slots.headTick < 0) return []
    return HISTORY_STEPS.map((step) => ({
      stepSeconds: step.stepTicks * TICK_SECONDS,
      beforeStretch: oldestStretch(step, this.#slots),
    }))
  }
}

/** A column that a checkpoint took, to be taken again should it not be written. */
interface TakenColumn {
  readonly ring: CountRing
  readonly column: number
  readonly bucket: number
}

type StoredPageColumn = SloRows['columns'][number]

interface ColumnsInto {
  readonly columns: StoredPageColumn[]
  readonly taken: TakenColumn[]
}

/** Takes a page's changed columns: they count as unchanged from here on. */
function takeColumns(page: SlotPage, arena: ByteArena, { columns, taken }: ColumnsInto): void {
  const rings = page.storedRings()
  for (let ringIndex = 0; ringIndex < rings.length; ringIndex += 1) {
    const ring = rings[ringIndex]!
    for (let column = 0; column < ring.length; column += 1) {
      if (ring.dirty[column] === 0) continue
      const bucket = ring.bucketIn(column)
      const counts = ring.packColumn(column, page.used, arena)
      columns.push({
        page: page.id,
        ring: ringIndex,
        place: column,
        bucket,
        used: page.used,
        counts,
      })
      taken.push({ ring, column, bucket })
      ring.dirty[column] = 0
    }
  }
}

function storedSlot({ slot, ...identity }: SlotRow, page: SlotPage): StoredSlot {
  const place = slot & PLACE_MASK
  const rule = page.sliceRules[place]
  return {
    ...identity,
    page: page.id,
    place,
    sinceTick: page.sinceTicks.of(place),
    rule: page.kind === 'events' || rule === undefined ? '' : JSON.stringify(rule),
    ruledFromMinute: page.ruledFrom.of(place),
  }
}

function loadSlot(page: SlotPage, { place, rule, ruledFromMinute, sinceTick }: StoredSlot): void {
  if (rule !== '') page.sliceRules[place] = JSON.parse(rule) as SliceRule
  page.ruledFrom.put(place, ruledFromMinute)
  page.sinceTicks.put(place, sinceTick)
}

function packPage(page: SlotPage, arena: ByteArena): StoredPage {
  const { id, kind, plan, used, headTick, sealedHour, settledTicks, raised, ahead } = page
  return {
    page: id,
    kind,
    plan: plan.key,
    used,
    headTick,
    sealedHour,
    settledTicks: arena.copy(settledTicks.subarray(0, used)),
    raised: arena.copy(raised.subarray(0, used)),
    ahead: arena.copy(Float64Array.from(ahead)),
    calendar: arena.copy(page.calendar?.pack(used) ?? new Float64Array(0)),
    firstTicks: arena.copy(page.firstTicks.subarray(0, used)),
    loadedTicks: arena.copy(page.loadedTo.list(used)),
    recountedTicks: arena.copy(page.recountedTo.list(used)),
  }
}

function loadPage(page: SlotPage, stored: StoredPage): void {
  const { used, settledTicks, raised, ahead } = stored
  const fits = settledTicks.length === 4 * used && raised.length === used && ahead.length % 32 === 0
  demand(fits, `page ${String(stored.page)} has columns of the wrong length`)
  page.used = used
  page.headTick = stored.headTick
  page.sealedHour = stored.sealedHour
  page.settledTicks.set(new Int32Array(settledTicks.slice().buffer))
  page.raised.set(raised)
  page.ahead = [...new Float64Array(ahead.slice().buffer)]
  loadTicks(page, stored)
  if (page.calendar !== null) {
    const columns = new Float64Array(stored.calendar.slice().buffer)
    const what = `page ${String(stored.page)} has a calendar of the wrong length`
    demand(page.calendar.load(columns, used), what)
  }
  if (page.headTick < 0) return
  for (const ring of page.storedRings()) ring.head = ring.bucketOf(page.headTick)
}

function loadTicks(page: SlotPage, stored: StoredPage): void {
  const { used, firstTicks, loadedTicks, recountedTicks } = stored
  const fits = [firstTicks, loadedTicks, recountedTicks].every(
    ({ length }) => length === 0 || length === 4 * used,
  )
  demand(fits, `page ${String(page.id)} has columns of the wrong length`)
  page.firstTicks.set(ticksIn(firstTicks))
  ticksIn(loadedTicks).forEach((tick, place) => page.loadedTo.put(place, tick))
  ticksIn(recountedTicks).forEach((tick, place) => page.recountedTo.put(place, tick))
}

function ticksIn(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.slice().buffer)
}

function loadColumns(page: SlotPage, columns: readonly StoredColumn[]): void {
  for (const column of columns) loadColumn(page, column)
  const hasFinest = columns.some(({ ring }) => ring === 0)
  if (page.kind === 'events' && !hasFinest) page.spreadMinutes()
}

function loadColumn(page: SlotPage, stored: StoredColumn): void {
  if (page.kind === 'slices' && stored.ring > page.rings.length) page.openStandIns()
  const ring = page.storedRings()[stored.ring]
  demand(
    ring !== undefined && stored.place < ring.length,
    `page ${String(page.id)} has no such ring`,
  )
  if (ring.head < 0 || ring.bucketIn(stored.place) !== stored.bucket) return
  const loaded =
    stored.used <= page.used && ring.loadColumn(stored.place, stored.used, stored.counts)
  demand(loaded, `page ${String(page.id)} has a column of the wrong length`)
}

function recount(page: SlotPage): void {
  if (page.headTick < 0) return
  for (const ring of page.storedRings()) ring.recount(page.settledTicks, page.used)
}

function demand(holds: boolean, what: string): asserts holds {
  if (holds) return
  throw new TenantryError(SLO_ERRORS.SLO_STATE_DAMAGED, `restoring the SLO state: ${what}`)
}
