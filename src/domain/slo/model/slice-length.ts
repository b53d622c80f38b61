/** How long the slices of an SLO are, as configuration says it. Pure. */
import type { SliceLength } from '../template.ts'
import { SLICE_MINUTES } from '../time-slice.ts'
import { spanSeconds } from './span.ts'

/** Tells how long slices are. Says why where such are not counted.
 *  Worked: 5m -> 5 minutes; a minute is what is meant without saying. */
export function sliceLengthOf(slice: string | undefined): SliceLength | { readonly why: string } {
  const minutes = slice === undefined ? 1 : spanSeconds(slice) / 60
  if (minutes === 1) return {}
  if (SLICE_MINUTES.includes(minutes)) return { minutes }
  return { why: `counts slices of ${slice!}; here they are ${SLICE_MINUTES.join(', ')} minutes` }
}
