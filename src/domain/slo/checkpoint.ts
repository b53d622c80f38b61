/**
 * The engine's state as rows and back. A checkpoint writes the columns and pages that changed since
 * the last one that was written; what a failed one had taken is taken again. Restoring recounts
 * every window from its buckets.
 */
import { assert } from '../../core/assert.ts'
import { TenantryError } from '../../core/errors.ts'
import type { BulkWrite, BulkWriter } from '../../core/ports.ts'
import { PAGE_SLOTS, type CountRing } from './count-ring.ts'
import { SLO_ERRORS } from './errors.ts'
import { HISTORY_STEPS, type HistoryLog } from './history-log.ts'
import type { SlotPage } from './slot-page.ts'
import { PAGE_BITS, PLACE_MASK, type SlotRow, type Slots } from './slots.ts'
import {
  readColumnsAcrossTenants,
  readPagesAcrossTenants,
  readSlotsAcrossTenants,
  writesAcrossTenants,
  type SloRows,
  type StoredColumn,
  type StoredPage,
} from './store.ts'
import { TICKS_PER_HOUR, TICK_SECONDS } from './windows.ts'

const HOURS_PER_DAY = 24

interface Taken {
  readonly slots: readonly SlotRow[]
  readonly pages: readonly SlotPage[]
  readonly columns: readonly { readonly ring: CountRing; readonly column: number; bucket: number }[]
}

export class Checkpoint {
  readonly #slots: Slots
  readonly #history: HistoryLog
  readonly #bulk: BulkWriter
  #inFlight: Taken | null = null
  /** The day up to which old history was deleted, and the day that the checkpoint in flight
   *  deletes up to. */
  #cleanedDay = -1
  #cleaningDay = -1

  constructor(slots: Slots, history: HistoryLog, bulk: BulkWriter) {
    this.#slots = slots
    this.#history = history
    this.#bulk = bulk
  }

  /** Takes what changed. Cost: a copy of the changed columns, about 20 a page and minute. */
  take(): BulkWrite[] {
    assert(this.#inFlight === null, 'one checkpoint at a time')
    const pages = this.#slots.pages.filter((page) => page.dirty)
    const columns = pages.flatMap(dirtyColumns)
    this.#inFlight = { slots: this.#slots.fresh, pages, columns }
    this.#slots.fresh = []
    const rows: SloRows = {
      slots: this.#inFlight.slots.map(({ slot, ...identity }) => ({
        ...identity,
        page: slot >> PAGE_BITS,
        place: slot & PLACE_MASK,
      })),
      pages: pages.map(packPage),
      columns: columns.map(({ page, ring, ringIndex, column, bucket }) => ({
        page: page.id,
        ring: ringIndex,
        place: column,
        bucket,
        used: page.used,
        counts: ring.packColumn(column, page.used),
      })),
      history: this.#history.take().map(({ slot, ...row }) => {
        const { tenantId, sloId, estimate } = this.#slots.rows[slot]!
        return { tenantId, sloId, estimate, ...row }
      }),
      expired: this.#expired(),
    }
    for (const page of pages) page.dirty = false
    for (const { ring, column } of columns) ring.dirty[column] = 0
    return writesAcrossTenants(rows)
  }

  /** Learns whether what `take` gave was written. */
  confirm(written: boolean): void {
    const taken = this.#inFlight
    this.#inFlight = null
    if (taken === null) return
    this.#history.confirm(written)
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
    for (const stored of readPagesAcrossTenants(this.#bulk)) {
      demand(stored.page === this.#slots.pages.length, `page ${String(stored.page)} follows a gap`)
      const page = this.#slots.newPage(stored.kind)
      loadPage(page, stored)
      for (const column of readColumnsAcrossTenants(this.#bulk, page.id)) loadColumn(page, column)
      recount(page)
      this.#slots.restorePage(page)
      this.#slots.headTick = Math.max(this.#slots.headTick, page.headTick)
    }
    for (const { page, place, ...identity } of readSlotsAcrossTenants(this.#bulk)) {
      const known = this.#slots.pages[page]
      demand(known !== undefined && place < known.used, `a slot lies outside page ${String(page)}`)
      this.#slots.restoreSlot({ ...identity, slot: page * PAGE_SLOTS + place })
    }
  }

  #expired(): SloRows['expired'] {
    const hour = Math.floor(this.#slots.headTick / TICKS_PER_HOUR)
    const day = Math.floor(hour / HOURS_PER_DAY)
    this.#cleaningDay = day
    if (day <= this.#cleanedDay || this.#slots.headTick < 0) return []
    return HISTORY_STEPS.map(({ stepTicks, rowHours, keptDays }) => ({
      stepSeconds: stepTicks * TICK_SECONDS,
      beforeStretch: Math.floor((hour - keptDays * HOURS_PER_DAY) / rowHours),
    }))
  }
}

interface DirtyColumn {
  readonly page: SlotPage
  readonly ring: CountRing
  readonly ringIndex: number
  readonly column: number
  readonly bucket: number
}

function dirtyColumns(page: SlotPage): DirtyColumn[] {
  const columns: DirtyColumn[] = []
  page.storedRings().forEach((ring, ringIndex) => {
    ring.dirty.forEach((isDirty, column) => {
      if (isDirty === 0) return
      columns.push({ page, ring, ringIndex, column, bucket: ring.bucketIn(column) })
    })
  })
  return columns
}

function packPage(page: SlotPage): StoredPage {
  const { id, kind, used, headTick, sealedHour, settledTicks, raised, ahead } = page
  return {
    page: id,
    kind,
    used,
    headTick,
    sealedHour,
    settledTicks: new Uint8Array(settledTicks.slice(0, used).buffer),
    raised: raised.slice(0, used),
    ahead: new Uint8Array(Float64Array.from(ahead).buffer),
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
  if (page.headTick < 0) return
  for (const ring of page.storedRings()) ring.head = ring.bucketOf(page.headTick)
}

function loadColumn(page: SlotPage, stored: StoredColumn): void {
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
