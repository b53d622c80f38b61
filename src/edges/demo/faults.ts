/**
 * What goes wrong on the sample platform, and when: a table of stories told relative to the moment
 * the demo starts, and small faults drawn for each hour of wall time from the seed. The same seed,
 * start and time always give the same faults.
 */
import { openPrng } from '../../core/prng.ts'
import { DAY_MS, floorToStep, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import { DEMO_PROFILES } from './profiles.ts'

/**
 * `errors`: a share of requests fails. `slowness`: response times are multiplied. `idle`: no
 * traffic. `noisy`: traffic is multiplied, and each request works harder. `refusals`: a share of
 * requests is turned away for want of room, `quota`: because the tenant's own quota is used up.
 */
export type FaultKind = 'errors' | 'slowness' | 'idle' | 'noisy' | 'refusals' | 'quota'

export interface Fault {
  readonly kind: FaultKind
  readonly tenantId: string
  readonly fromMs: number
  readonly toMs: number
  /** For errors and refusals a ratio, for slowness and noise a factor, for idleness unused. */
  readonly strength: number
}

export interface FaultSchedule {
  /** Lists the faults of a span, those that only touch it included. Shape: unsorted. Cost: draws
   *  every hour of the span. */
  between(fromMs: number, toMs: number): Fault[]
  /** Lists the faults that hold at an instant. Cost: nothing but a look while instants stay within
   *  an hour. */
  at(atMs: number): readonly Fault[]
}

type StoryRow = readonly [
  kind: FaultKind,
  tenantId: string,
  /** Relative to the start of the demo. */
  fromMs: number,
  durationMs: number,
  strength: number,
]

/** Budgets after 30 days: garnetway's error rate and availability are spent, corvanta's a third,
 *  eskerlund's response time more than half, hollowkite's throughput seven tenths. */
export const STORIES: readonly StoryRow[] = [
  ['slowness', 'eskerlund', -16 * DAY_MS, 5 * HOUR_MS, 4],
  ['errors', 'corvanta', -12 * DAY_MS, 11 * MINUTE_MS, 0.4],
  ['errors', 'garnetway', -9 * DAY_MS, 100 * MINUTE_MS, 0.7],
  ['idle', 'lumenfold', -7 * DAY_MS, 9 * HOUR_MS, 0],
  ['errors', 'brindlemoor', -5 * DAY_MS, 3 * HOUR_MS, 0.02],
  ['slowness', 'hollowkite', -3 * DAY_MS, 40 * MINUTE_MS, 3],
  ['refusals', 'hollowkite', -2 * DAY_MS, 30 * MINUTE_MS, 0.3],
  ['quota', 'juniperdash', -36 * HOUR_MS, 2 * HOUR_MS, 0.4],
  ['noisy', 'kettlebyte', -1 * DAY_MS, 2 * HOUR_MS, 5],
  ['errors', 'corvanta', 15 * SECOND_MS, 5 * MINUTE_MS, 0.5],
  ['slowness', 'fennoquill', 30 * SECOND_MS, 16 * MINUTE_MS, 5],
  ['idle', 'lumenfold', 90 * SECOND_MS, 25 * MINUTE_MS, 0],
  ['noisy', 'kettlebyte', 3 * MINUTE_MS, 12 * MINUTE_MS, 6],
  ['errors', 'inkwellow', 9 * MINUTE_MS, 4 * MINUTE_MS, 0.6],
  ['quota', 'juniperdash', 10 * MINUTE_MS, 15 * MINUTE_MS, 0.3],
  ['refusals', 'hollowkite', 12 * MINUTE_MS, 6 * MINUTE_MS, 0.25],
]

/** The stories that begin with the demo have this long to themselves. */
const OPENING_MS = 30 * MINUTE_MS
/** Hours with a drawn fault, before the start and after it: watching should be worth it. */
const HOURLY_CHANCE = { before: 0.05, after: 0.4 }

/** Opens the schedule of a demo. */
export function faultSchedule({ seed, startMs }: { seed: number; startMs: number }): FaultSchedule {
  const stories = STORIES.map(([kind, tenantId, relativeMs, durationMs, strength]): Fault => {
    const fromMs = startMs + relativeMs
    return { kind, tenantId, fromMs, toMs: fromMs + durationMs, strength }
  })
  const between = (fromMs: number, toMs: number): Fault[] => {
    const faults = stories.filter((fault) => touches(fault, fromMs, toMs))
    for (let hourMs = floorToStep(fromMs, HOUR_MS); hourMs < toMs; hourMs += HOUR_MS) {
      const fault = drawnFault(seed, startMs, hourMs)
      if (fault !== null && touches(fault, fromMs, toMs)) faults.push(fault)
    }
    return faults
  }
  let hourMs = Number.NaN
  let ofHour: Fault[] = []
  return {
    between,
    at: (atMs) => {
      if (floorToStep(atMs, HOUR_MS) !== hourMs) {
        hourMs = floorToStep(atMs, HOUR_MS)
        ofHour = between(hourMs, hourMs + HOUR_MS)
      }
      return ofHour.length === 0 ? ofHour : ofHour.filter((fault) => touches(fault, atMs, atMs + 1))
    },
  }
}

function touches(fault: Fault, fromMs: number, toMs: number): boolean {
  return fault.fromMs < toMs && fault.toMs > fromMs
}

/** Draws the fault of one hour, if it has one. It ends within the hour. */
function drawnFault(seed: number, startMs: number, hourMs: number): Fault | null {
  if (hourMs + HOUR_MS > startMs && hourMs < startMs + OPENING_MS) return null
  const prng = openPrng((seed ^ Math.floor(hourMs / HOUR_MS)) | 0)
  if (prng.next() >= (hourMs < startMs ? HOURLY_CHANCE.before : HOURLY_CHANCE.after)) return null
  const profile = DEMO_PROFILES[prng.below(DEMO_PROFILES.length)]
  const fromMs = hourMs + prng.below(45) * MINUTE_MS
  const toMs = fromMs + (2 + prng.below(5)) * MINUTE_MS
  const errors = prng.next() < 0.6
  const strength = errors ? 0.05 + 0.2 * prng.next() : 2 + prng.next()
  if (profile === undefined) return null
  return {
    kind: errors ? 'errors' : 'slowness',
    tenantId: profile.tenantId,
    fromMs,
    toMs,
    strength,
  }
}
