/** When a job is due, as pure arithmetic over its schedule. */
import { Cron } from 'croner'
import { assert } from '../../core/assert.ts'
import { floorToStep, SECOND_MS } from '../../core/time.ts'

export type Schedule =
  /** Five fields, in the wall time of an IANA zone. A time that a change of the clocks leaves
   *  out is due right after the gap; one that it repeats is due once. */
  | { readonly cron: string; readonly zone: string }
  /** At whole multiples of the span since the epoch. */
  | { readonly everySeconds: number }

export interface DueTimes {
  /** The first due time after an instant, or null where a schedule has no more. */
  nextMs(afterMs: number): number | null
  /** The last due time at or before an instant, or null where a schedule had none yet. */
  lastMs(atMs: number): number | null
}

/** Reads a schedule. Throws where the cron text or the zone is none. */
export function dueTimes(schedule: Schedule): DueTimes {
  return 'cron' in schedule ? cronTimes(schedule) : steppedTimes(schedule.everySeconds)
}

/** Counts the due times in (afterMs, untilMs), up to a limit. */
export function countDue(
  due: DueTimes,
  { afterMs, untilMs, limit }: { afterMs: number; untilMs: number; limit: number },
): number {
  let count = 0
  let next = due.nextMs(afterMs)
  while (next !== null && next < untilMs && count < limit) {
    count += 1
    next = due.nextMs(next)
  }
  return count
}

function steppedTimes(everySeconds: number): DueTimes {
  assert(everySeconds >= 1, 'a schedule of at least a second')
  const stepMs = everySeconds * SECOND_MS
  return {
    nextMs: (afterMs) => floorToStep(afterMs, stepMs) + stepMs,
    lastMs: (atMs) => floorToStep(atMs, stepMs),
  }
}

function cronTimes({ cron: text, zone }: { cron: string; zone: string }): DueTimes {
  const cron = new Cron(text, { timezone: zone, mode: '5-part', paused: true })
  // Zones are first looked at when a time is asked for; a mistake must show when the job is
  // defined.
  cron.nextRun(new Date(0))
  return {
    nextMs: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() ?? null,
    // Cron times are whole minutes and those before the given instant are listed: the next second
    // includes the instant itself.
    lastMs: (atMs) =>
      cron.previousRuns(1, new Date(floorToStep(atMs, SECOND_MS) + SECOND_MS))[0]?.getTime() ??
      null,
  }
}
