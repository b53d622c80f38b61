/**
 * Which windows are kept for SLOs of one period and set of pairs. Every plan begins with those that
 * all SLOs have, so that their places are the same everywhere; then come the period, where it is a
 * rolling span that moves on by buckets, and what the pairs need beside. Pure.
 */
import { edgeStepSeconds, periodStepSeconds } from './edge-steps.ts'
import type { CalendarUnit, Period } from './model/period.ts'
import { CALENDAR_UNITS } from './model/period.ts'
import { spanSeconds, spanText } from './model/span.ts'
import { assert } from '../../core/assert.ts'
import { PERIOD_SECONDS, WINDOWS, type BurnPair } from './windows.ts'

export interface KeptWindow {
  readonly name: string
  readonly seconds: number
  readonly stepSeconds: number
}

export interface WindowPlan {
  /** Says all of the plan; what the pages of a plan are stored under. Worked: `30d`, `28d 45m`,
   *  `month Europe/Berlin`. */
  readonly key: string
  readonly windows: readonly KeptWindow[]
  /** The period's place. Null where it is the calendar's and no window that slides. */
  readonly period: number | null
  readonly calendar: { readonly unit: CalendarUnit; readonly zone: string } | null
}

/** The windows of all plans: all but the usual period. */
export const COMMON_WINDOWS: readonly KeptWindow[] = WINDOWS.filter(({ name }) => name !== 'period')

const plans = new Map<string, WindowPlan>()

/** Tells the plan of a period and pairs. Cost: a look-up for one that was asked for before. */
export function planOf(period: Period, pairs: readonly BurnPair[]): WindowPlan {
  const seconds = pairs.flatMap(({ longSeconds, shortSeconds }) => [longSeconds, shortSeconds])
  const others = [...new Set(seconds)]
    .filter((length) => COMMON_WINDOWS.every((window) => window.seconds !== length))
    .toSorted((left, right) => left - right)
  const head =
    period.kind === 'rolling' ? spanText(period.seconds) : `${period.unit} ${period.zone}`
  return planOfKey([head, ...others.map(spanText)].join(' '))
}

/** Reads a plan back from its key. */
export function planOfKey(key: string): WindowPlan {
  const known = plans.get(key)
  if (known !== undefined) return known
  const [head, ...rest] = key.split(' ')
  const unit = CALENDAR_UNITS.find((name) => name === head)
  const calendar = unit === undefined ? null : { unit, zone: rest[0]! }
  const others = (calendar === null ? rest : rest.slice(1)).map(keptWindow)
  const period = calendar === null ? [keptPeriod(spanSeconds(head!))] : []
  const plan: WindowPlan = {
    key,
    windows: [...COMMON_WINDOWS, ...period, ...others],
    period: calendar === null ? COMMON_WINDOWS.length : null,
    calendar,
  }
  plans.set(key, plan)
  return plan
}

/** The plan of the usual period and pairs, and the key that it has. */
export const USUAL_PLAN = planOfKey(spanText(PERIOD_SECONDS))

/** Finds the place of a window of a length that a pair has. */
export function placeOf({ windows, period }: WindowPlan, seconds: number): number {
  const place = windows.findIndex((window, i) => window.seconds === seconds && i !== period)
  assert(place >= 0, 'a window of each length that a pair has')
  return place
}

function keptPeriod(seconds: number): KeptWindow {
  return { name: 'period', seconds, stepSeconds: periodStepSeconds(seconds) }
}

function keptWindow(span: string): KeptWindow {
  const seconds = spanSeconds(span)
  return { name: span, seconds, stepSeconds: edgeStepSeconds(seconds) }
}
