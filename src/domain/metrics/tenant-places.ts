/**
 * Where the series of one meaning are counted, by tenant: feed and cell, next to each other, so
 * that a new series finds both with one look at memory.
 */
import { NO_CELL } from './series-table.ts'

export class TenantPlaces {
  #data = new Int32Array(128).fill(NO_CELL)

  feedOf(tenant: number): number {
    return 2 * tenant < this.#data.length ? this.#data[2 * tenant]! : NO_CELL
  }

  cellOf(tenant: number): number {
    return this.#data[2 * tenant + 1]!
  }

  keep(tenant: number, feed: number, cell: number): void {
    if (2 * tenant >= this.#data.length) {
      const wider = new Int32Array(4 * tenant).fill(NO_CELL)
      wider.set(this.#data)
      this.#data = wider
    }
    this.#data[2 * tenant] = feed
    this.#data[2 * tenant + 1] = cell
  }
}
