/** A ratio that is measured as such, as the time of which its parts are. Pure. */
import type { RatioSignal } from '../../../core/names/signals.ts'
import type { Events } from './indicator.ts'

/** Says a raw ratio by what is bad of it and by all of it. */
export function partsOfRaw(signal: RatioSignal): {
  readonly good?: Events
  readonly bad: Events
  readonly total: Events
} {
  return { bad: { signal, classes: ['5xx'] }, total: { signal } }
}
