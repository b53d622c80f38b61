import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { chooseStep, wholeSteps } from '../../../src/domain/metrics/query-step.ts'
import { RESOLUTIONS } from '../../../src/domain/metrics/resolutions.ts'

const NOW = 1_790_000_000_000
/** As of an enterprise tenant, with a ring that is half full. */
const wholeFromMs = {
  live: NOW - 15 * MINUTE_MS,
  minute: NOW - 15 * DAY_MS,
  hour: NOW - 400 * DAY_MS,
  day: NOW - 1_200 * DAY_MS,
}

const chosen = (rangeMs: number, points: number, stepMs?: number) => {
  const input = { fromMs: NOW - rangeMs, toMs: NOW, points, stepMs, wholeFromMs }
  const { stepMs: step, resolution } = chooseStep(input)
  return [step / 1_000, resolution]
}

describe('the step of a query', () => {
  it.each([
    [10 * MINUTE_MS, 60, [10, 'live']],
    [15 * MINUTE_MS, 60, [30, 'live']],
    [HOUR_MS, 240, [60, 'minute']],
    [6 * HOUR_MS, 240, [120, 'minute']],
    [DAY_MS, 240, [600, 'minute']],
    [7 * DAY_MS, 240, [3_600, 'hour']],
    [30 * DAY_MS, 240, [10_800, 'hour']],
    [30 * DAY_MS, 20, [604_800, 'day']],
    [365 * DAY_MS, 400, [86_400, 'day']],
    [1_000 * DAY_MS, 2_000, [86_400, 'day']],
  ])('of %i ms at %i points is %j', (rangeMs, points, expected) => {
    expect(chosen(rangeMs, points)).toEqual(expected)
  })

  it.each([
    [DAY_MS, 60_000, [60, 'minute']],
    [DAY_MS, 90_000, [120, 'minute']],
    [20 * DAY_MS, 60_000, [3_600, 'hour']],
    [20 * DAY_MS, 5_400_000, [7_200, 'hour']],
    [2 * DAY_MS, 2 * DAY_MS, [172_800, 'day']],
    [10 * MINUTE_MS, 20_000, [20, 'live']],
    [20 * MINUTE_MS, 20_000, [60, 'minute']],
  ])('over %i ms that is to be %i ms is %j', (rangeMs, stepMs, expected) => {
    expect(chosen(rangeMs, 240, stepMs)).toEqual(expected)
  })

  it('is what the longest kept resolution has where nothing reaches back that far', () => {
    expect(chosen(3_000 * DAY_MS, 100)[1]).toBe('day')
  })

  it('divides into its resolution, gives no more points than wanted, and holds the range', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60_000, max: 4_000 * DAY_MS }),
        fc.integer({ min: 1, max: 2_000 }),
        (rangeMs, points) => {
          const range = { fromMs: NOW - rangeMs, toMs: NOW }
          const { stepMs, resolution } = chooseStep({ ...range, points, wholeFromMs })
          expect(stepMs % RESOLUTIONS[resolution]).toBe(0)
          expect(rangeMs / stepMs).toBeLessThanOrEqual(points)
          const whole = wholeSteps(range, stepMs)
          expect(whole.fromMs).toBeLessThanOrEqual(range.fromMs)
          expect(whole.toMs).toBeGreaterThanOrEqual(range.toMs)
          expect((whole.toMs - whole.fromMs) % stepMs).toBe(0)
        },
      ),
    )
  })
})
