/** The worst one-hour burn of each tenant in each of the last sixty minutes. A column a minute;
 *  NaN stands for nothing counted. */
import { MINUTE_MS } from '../../core/time.ts'

const MINUTES = 60

export class Sparks {
  #minute = -1
  #columns: Float32Array[] = []

  /** Opens the columns up to the present minute, with room for so many tenants. */
  advance(nowMs: number, tenants: number): void {
    if ((this.#columns[0]?.length ?? -1) < tenants) this.#widen(Math.ceil(1.125 * tenants))
    const minute = Math.floor(nowMs / MINUTE_MS)
    for (let at = Math.max(this.#minute, minute - MINUTES) + 1; at <= minute; at += 1) {
      this.#columns[at % MINUTES]!.fill(NaN)
    }
    this.#minute = Math.max(this.#minute, minute)
  }

  /** Notes a burn of the present minute; the worst stays. */
  note(tenant: number, burn: number): void {
    const column = this.#columns[this.#minute % MINUTES]!
    const known = column[tenant]!
    if (!(known >= burn)) column[tenant] = burn
  }

  /** Tells the sixty minutes that end with the present one, oldest first. */
  read(tenant: number, nowMs: number): (number | null)[] {
    const last = Math.floor(nowMs / MINUTE_MS)
    return Array.from({ length: MINUTES }, (_, i) => {
      const minute = last - MINUTES + 1 + i
      if (minute > this.#minute || minute <= this.#minute - MINUTES) return null
      const burn = this.#columns[minute % MINUTES]?.[tenant] ?? NaN
      return Number.isNaN(burn) ? null : burn
    })
  }

  #widen(tenants: number): void {
    this.#columns = Array.from({ length: MINUTES }, (_, i) => {
      const wider = new Float32Array(Math.max(64, tenants)).fill(NaN)
      wider.set(this.#columns[i] ?? [])
      return wider
    })
  }
}
