/**
 * What a pair of windows is to say of given traffic: by plain sums over minutes, without PromQL and
 * without the engine.
 */
import { assert } from '../../../core/assert.ts'
import { burnThreshold, windowBurn } from '../../../domain/slo/burn.ts'
import { versionAt } from '../../../domain/slo/model/objective-history.ts'
import { sliceMinutes, sliceOf, type SloTemplate } from '../../../domain/slo/template.ts'
import { NOT_COUNTED, sliceBad, sliceUnits } from '../../../domain/slo/time-slice.ts'
import type { Speed } from '../../../domain/slo/windows.ts'
import type { TenantTraffic } from './traffic.ts'

/** Counts of one minute, in what the SLO counts. */
interface Counted {
  readonly bad: number
  readonly total: number
}

/** Tells which pairs hold after so many minutes. Shape: fastest first. */
export function expectedSpeeds(
  template: SloTemplate,
  traffic: TenantTraffic,
  minute: number,
): Speed[] {
  const targetPpm =
    traffic.promisedPpm ?? versionAt(template.objectives[traffic.tier], 0).targetPpm
  const counts = countsOf(template, traffic)
  const sum = (seconds: number): Counted => {
    const some = counts.slice(Math.max(0, minute - seconds / 60), minute)
    return {
      bad: some.reduce((all, { bad }) => all + bad, 0),
      total: some.reduce((all, { total }) => all + total, 0),
    }
  }
  return template.pairs
    .filter((pair) => {
      const threshold = burnThreshold({ ...pair, periodSeconds: template.periodSeconds })
      const isBurning = (seconds: number): boolean => {
        const { bad, total } = sum(seconds)
        return (windowBurn(bad, total, targetPpm) ?? 0) > threshold
      }
      const least = pair.minBadEvents ?? template.minBadEvents[traffic.tier]
      return (
        isBurning(pair.longSeconds) &&
        isBurning(pair.shortSeconds) &&
        sum(pair.longSeconds).bad >= least
      )
    })
    .map(({ speed }) => speed)
}

function countsOf(template: SloTemplate, { phases }: TenantTraffic): Counted[] {
  const slice = sliceOf(template)
  const minutes = phases.flatMap(({ minutes: many, good, bad }) =>
    Array.from({ length: many }, () => ({ bad, total: good + bad })),
  )
  if (slice === null) return minutes
  assert(sliceMinutes(slice) === 1, 'cases are of minutes')
  return minutes.map(({ bad, total }) => {
    const units = sliceBad(total, bad, slice)
    if (units === NOT_COUNTED) return { bad: 0, total: 0 }
    return { bad: units / sliceUnits(slice), total: 1 }
  })
}
