/**
 * The worst one-hour burn of each tenant in each of the last sixty minutes, kept over restarts. A
 * tenant is known by the slot of its first SLO, which never changes. Lies in pages as slots do, a
 * column a minute; NaN stands for nothing counted.
 */
import { MINUTE_MS } from '../../core/time.ts'
import type { ByteArena } from './byte-arena.ts'
import { PAGE_SLOTS } from './count-columns.ts'
import type { StoredSpark } from './store.ts'

export const SPARK_MINUTES = 60
const COLUMN_BYTES = PAGE_SLOTS * Float32Array.BYTES_PER_ELEMENT

export class Sparks {
  #minute = -1
  /** By page: sixty columns. Only pages with a tenant's first slot have any. */
  readonly #pages: (Float32Array | undefined)[] = []
  /** The minutes before this one are on disk; those before the other one are being written. */
  #writtenTo = -1
  #takenTo = -1

  /** Opens the columns up to the present minute. */
  advance(nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS)
    const first = Math.max(this.#minute, minute - SPARK_MINUTES) + 1
    for (const columns of this.#pages) {
      for (let at = first; at <= minute; at += 1) {
        const from = columnOf(at)
        columns?.fill(NaN, from, from + PAGE_SLOTS)
      }
    }
    this.#minute = Math.max(this.#minute, minute)
  }

  /** Notes a burn of the present minute; the worst stays. */
  note(slot: number, burn: number): void {
    const columns = this.#page(Math.floor(slot / PAGE_SLOTS))
    const at = columnOf(this.#minute) + (slot % PAGE_SLOTS)
    const known = columns[at]!
    if (!(known >= burn)) columns[at] = burn
  }

  /** Tells the sixty minutes that end with the present one, oldest first. */
  read(slot: number, nowMs: number): (number | null)[] {
    const last = Math.floor(nowMs / MINUTE_MS)
    const columns = this.#pages[Math.floor(slot / PAGE_SLOTS)]
    return Array.from({ length: SPARK_MINUTES }, (_, i) => {
      const minute = last - SPARK_MINUTES + 1 + i
      if (minute > this.#minute || minute <= this.#minute - SPARK_MINUTES) return null
      const burn = columns?.[columnOf(minute) + (slot % PAGE_SLOTS)] ?? NaN
      return Number.isNaN(burn) ? null : burn
    })
  }

  /** Takes the columns that changed since the last ones that were written; the present minute is
   *  taken again next time. Cost: a kilobyte a page and minute. */
  take(arena: ByteArena): StoredSpark[] {
    const first = Math.max(this.#writtenTo, this.#minute - SPARK_MINUTES + 1, 0)
    const rows: StoredSpark[] = []
    for (const [page, columns] of this.#pages.entries()) {
      for (let minute = first; columns !== undefined && minute <= this.#minute; minute += 1) {
        const from = columnOf(minute)
        const burns = arena.copy(columns.subarray(from, from + PAGE_SLOTS))
        rows.push({ page, place: minute % SPARK_MINUTES, minute, burns })
      }
    }
    this.#takenTo = this.#minute
    return rows
  }

  confirm(written: boolean): void {
    if (written) this.#writtenTo = this.#takenTo
  }

  /** Reads back what was written, in any order. Columns of an earlier hour are left out. Returns
   *  false when a row cannot be a column. */
  restore(rows: readonly StoredSpark[]): boolean {
    this.#minute = rows.reduce((newest, { minute }) => Math.max(newest, minute), this.#minute)
    this.#writtenTo = this.#minute
    for (const { page, minute, burns } of rows) {
      if (burns.length !== COLUMN_BYTES) return false
      if (minute <= this.#minute - SPARK_MINUTES) continue
      this.#page(page).set(new Float32Array(burns.slice().buffer), columnOf(minute))
    }
    return true
  }

  #page(page: number): Float32Array {
    return (this.#pages[page] ??= new Float32Array(SPARK_MINUTES * PAGE_SLOTS).fill(NaN))
  }
}

function columnOf(minute: number): number {
  return (minute % SPARK_MINUTES) * PAGE_SLOTS
}
