/** What a budget leaves out to be as it would be had nothing been loaded. One value a slot, as long
 *  as nothing changes, so that what was read for it is remembered. */
import { PAGE_SLOTS } from './count-columns.ts'
import type { SlotPage } from './slot-page.ts'
import { merged, type Exclusions } from './tick-range.ts'

interface Known {
  readonly toTick: number
  readonly exclusions: Exclusions
  readonly live: Exclusions
}

export class LiveExclusions {
  readonly #known = new Map<number, Known>()

  of(page: SlotPage, place: number, exclusions: Exclusions): Exclusions {
    const slot = page.id * PAGE_SLOTS + place
    const toTick = page.loadedTo.of(place)
    const known = this.#known.get(slot)
    if (known?.toTick === toTick && known.exclusions === exclusions) return known.live
    const live = merged([{ fromTick: 0, toTick }, ...exclusions])
    this.#known.set(slot, { toTick, exclusions, live })
    return live
  }
}
