/** The rings of a page of slots: how long they are, and how wide their cells. */
import type { CellWidth } from './count-columns.ts'
import { CountRing } from './count-ring.ts'
import type { WindowPlan } from './window-plan.ts'
import { planRings, TICKS_PER_MINUTE, type RingPlan } from './windows.ts'

export type PageKind = 'events' | 'slices'

/** How long after its end an hour's minutes stay in memory at least, so that packing them for
 *  the disk can be spread over ticks. */
export const SEAL_SPARE_MINUTES = 12
/** How late a count may be and still re-decide its minute. */
export const SLICE_RECENT_MINUTES = 240

/** How wide the cells of a ring are: in memory wide enough for most tenants. */
interface RingWidths {
  readonly totals: CellWidth
  readonly bads: CellWidth
}

const EVENT_WIDTHS: RingWidths = {
  totals: { bytes: 4, storedBytes: 4 },
  bads: { bytes: 2, storedBytes: 2 },
}
/** Of ten seconds or a minute: up to 6,500 or 1,000 events a second, of which few are bad. */
const SHORT_WIDTHS: RingWidths = {
  totals: { bytes: 2, storedBytes: 4 },
  bads: { bytes: 1, storedBytes: 2 },
}
/** An hour has 60 slices at most, a minute few probes. */
const SLICE_WIDTHS: RingWidths = {
  totals: { bytes: 1, storedBytes: 2 },
  bads: { bytes: 1, storedBytes: 2 },
}

/** Plans the rings that windows are counted in. */
export function planPageRings(kind: PageKind, windows: WindowPlan['windows']): readonly RingPlan[] {
  return kind === 'events'
    ? planRings(windows, { finestSeconds: 10, extraMinutes: SEAL_SPARE_MINUTES })
    : planRings(windows, { finestSeconds: 60, extraMinutes: 0 })
}

/** Makes a ring that was planned. */
export function countedRing(kind: PageKind, plan: RingPlan): CountRing {
  return new CountRing({ ...plan, ...widthsOf(kind, plan) })
}

/** Makes the ring of raw counts that slices are decided by. */
export function rawRing(): CountRing {
  return minuteRing(SHORT_WIDTHS)
}

/** Makes the ring of what stands in for events. */
export function standInRing(): CountRing {
  return minuteRing(SLICE_WIDTHS)
}

function widthsOf(kind: PageKind, { stepTicks }: RingPlan): RingWidths {
  if (kind === 'slices') return SLICE_WIDTHS
  return stepTicks === 1 ? SHORT_WIDTHS : EVENT_WIDTHS
}

function minuteRing(widths: RingWidths): CountRing {
  const length = SLICE_RECENT_MINUTES
  return new CountRing({ stepTicks: TICKS_PER_MINUTE, spans: [], length, ...widths })
}
