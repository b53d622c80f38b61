/** Reads what a reopening is worked out of: the period as it lies in the buckets, hour by hour. */
import { HOUR_MS } from '../../core/time.ts'
import type { Counted } from './budget.ts'
import { periodAt } from './calendar.ts'
import type { CountsBetween } from './counts-between.ts'
import type { Periods } from './periods.ts'
import type { Reading } from './reading.ts'
import { reopensInMs } from './reopening.ts'
import { PLACE_MASK, type Slots, type TenantSlo } from './slots.ts'
import { common, type TickRange } from './tick-range.ts'
import { TICKS_PER_HOUR } from './windows.ts'
import { periodRange } from './page-period.ts'

/** A longer period is gone through in longer steps. */
const STEPS = 720

export interface ReopeningParts {
  readonly slots: Slots
  readonly between: CountsBetween
  readonly reading: Reading
  readonly periods: Periods
}

/** Tells when so much of a budget is left again. Null as `Slo.reopensInMs` says. */
export function reopensInMsOf(
  { slots, between, reading, periods }: ReopeningParts,
  slo: TenantSlo,
  { leftPpm, nowMs }: { readonly leftPpm: number; readonly nowMs: number },
): number | null {
  const { upper, objective, parts, exclusions } = slo
  if (parts !== null) return null
  const { period: kept, targetPpm } = { ...objective, period: objective.template.period }
  const { period: counted, allowed } = periods.figures(slo)
  const { fromTick } = periodRange(slots.page(upper), upper & PLACE_MASK)
  const hours = Math.ceil(objective.template.periodSeconds / 3_600)

  const charged = (range: TickRange): Counted => {
    const whole = between.read(upper, range)
    const sum = { total: whole.total, bad: whole.bad }
    for (const exclusion of exclusions) {
      const cut = common(exclusion, range)
      if (cut === null) continue
      const excluded = between.read(upper, cut)
      sum.total -= excluded.total
      sum.bad -= excluded.bad
    }
    return sum
  }
  const endsInHours =
    kept.kind === 'rolling' ? null : (periodAt(nowMs, kept.unit, kept.zone).endMs - nowMs) / HOUR_MS

  return reopensInMs({
    counted,
    allowed,
    targetPpm,
    anHour: reading.hour(slo),
    leftPpm,
    hours,
    stepHours: Math.ceil(hours / STEPS),
    leaving: (fromHour, toHour) =>
      endsInHours === null
        ? charged({
            fromTick: fromTick + fromHour * TICKS_PER_HOUR,
            toTick: fromTick + toHour * TICKS_PER_HOUR,
          })
        : { total: 0, bad: 0 },
    endsInHours,
  })
}
