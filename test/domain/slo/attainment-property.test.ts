/** What was kept of an objective in the past equals a recount of everything that was booked: over
 *  half a year, in days of any zone, with late counts, corrections and restarts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { SYSTEM, type Access } from '../../../src/domain/access/access.ts'
import { periodAt } from '../../../src/domain/slo/calendar.ts'
import { openCorrections } from '../../../src/domain/slo/corrections/corrections.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { openDatabase } from '../../../src/machinery/storage/database.ts'
import { Desk, START_MS } from './harness.ts'

const ZONES = ['UTC', 'Asia/Kathmandu', 'Europe/Berlin', 'America/New_York', 'Australia/Adelaide']
const DAYS = 150
const QUARTER_HOUR_MS = 15 * MINUTE_MS

const CHECKOUT: SloSpec = {
  sloId: 'checkout',
  title: 'Checkout',
  indicator: {
    kind: 'event-ratio',
    bad: { signal: 'requests', classes: ['5xx'] },
    total: { signal: 'requests' },
  },
  period: { rolling: '30d' },
  objectives: [
    { percent: 99 },
    { percent: 98, from: new Date(START_MS + 60 * DAY_MS).toISOString() },
  ],
}

interface Event {
  readonly atMs: number
  readonly ok: number
  readonly failed: number
}

const scenario = fc.record({
  zone: fc.constantFrom(...ZONES),
  /** Hours after the start at which something is counted, with how late it comes. */
  events: fc.array(
    fc.record({
      minute: fc.integer({ min: 1, max: DAYS * 24 * 60 - 1 }),
      ok: fc.integer({ min: 0, max: 500 }),
      failed: fc.integer({ min: 0, max: 20 }),
      lateMinutes: fc.constantFrom(0, 0, 0, 30, 300, 26 * 60),
    }),
    { minLength: 20, maxLength: 60 },
  ),
  corrections: fc.array(
    fc.record({
      minute: fc.integer({ min: 0, max: DAYS * 24 * 60 }),
      minutes: fc.integer({ min: 1, max: 3 * 24 * 60 }),
      ownTenant: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  restarts: fc.array(fc.integer({ min: 1, max: DAYS }), { maxLength: 3 }),
})

describe('what was attained in the past', () => {
  it('equals a recount, day by day', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ zone, events, corrections, restarts }) => {
        const book = openCorrections({
          db: openDatabase({ path: ':memory:', kind: 'control' }),
          access,
        })
        const desk = new Desk({
          book: sloBookOf({ slos: [CHECKOUT], overrides: [] }),
          corrections: book,
        })
        const tenant = desk.admit('acme')
        const cells = desk.requestCells(tenant)
        for (const { minute, minutes, ownTenant } of corrections) {
          const from = START_MS + minute * MINUTE_MS
          book.create(
            {
              ...(ownTenant ? { tenantId: tenant } : { tier: 'enterprise' }),
              startsAt: new Date(from).toISOString(),
              endsAt: new Date(from + minutes * MINUTE_MS).toISOString(),
              reason: 'maintenance',
            },
            SYSTEM,
            START_MS,
          )
        }
        const booked: Event[] = []
        const arriving = events
          .map(({ minute, lateMinutes, ok, failed }) => ({
            atMs: START_MS + minute * MINUTE_MS,
            comesMs: START_MS + (minute + lateMinutes) * MINUTE_MS,
            ok,
            failed,
          }))
          .toSorted((a, b) => a.comesMs - b.comesMs)
        desk.evaluate(START_MS)
        let next = 0
        for (let day = 1; day <= DAYS; day += 1) {
          const untilMs = START_MS + day * DAY_MS
          for (; next < arriving.length && arriving[next]!.comesMs <= untilMs; next += 1) {
            const { atMs, comesMs, ok, failed } = arriving[next]!
            desk.evaluate(comesMs)
            desk.book([
              { cell: cells.ok, atMs, amount: ok },
              { cell: cells.failed, atMs, amount: failed },
            ])
            booked.push({ atMs, ok, failed })
          }
          // So often that no hour leaves memory unsealed.
          for (let hour = 1; hour <= 24; hour += 1) desk.evaluate(untilMs - (24 - hour) * HOUR_MS)
          if (day % 7 === 0) await desk.checkpoint()
          if (restarts.includes(day)) {
            await desk.checkpoint()
            desk.restart()
          }
        }
        const steps = daysOf(zone, START_MS + 2 * DAY_MS, START_MS + (DAYS - 1) * DAY_MS)
        const attainment = desk.slo
          .attainments(steps)(tenant)
          .find(({ sloId }) => sloId === 'checkout')
        const excluded = corrections.map(({ minute, minutes }) => ({
          fromMs: floorTo(START_MS + minute * MINUTE_MS, QUARTER_HOUR_MS),
          toMs: -floorTo(-(START_MS + (minute + minutes) * MINUTE_MS), QUARTER_HOUR_MS),
        }))
        const expected = recount(booked, { ...steps, excluded })
        expect(
          attainment!.steps.map(({ bad, total, excludedBad, excludedTotal }) => {
            return { bad, total, excludedBad, excludedTotal }
          }),
        ).toEqual(expected.steps)
        expect(attainment!.corrected).toMatchObject({ bad: expected.bad, total: expected.total })
        if (expected.allowed > 0) {
          expect(attainment!.corrected.spentRatio).toBeCloseTo(expected.bad / expected.allowed, 9)
          expect(attainment!.corrected.isMet).toBe(
            Math.round(expected.bad * 100) <= Math.round(expected.allowed * 100),
          )
        }
      }),
      { numRuns: 15 },
    )
  })
})

const access = { audit: { record: () => {} } } as unknown as Access

function floorTo(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs
}

function daysOf(zone: string, fromMs: number, toMs: number): { fromMs: number; endsMs: number[] } {
  const first = periodAt(fromMs, 'day', zone)
  const endsMs: number[] = []
  for (let end = first.endMs; end <= toMs; end = periodAt(end + 1, 'day', zone).endMs) {
    endsMs.push(end)
  }
  return { fromMs: first.startMs, endsMs }
}

function recount(
  events: readonly Event[],
  range: {
    fromMs: number
    endsMs: readonly number[]
    excluded: readonly { fromMs: number; toMs: number }[]
  },
) {
  const steps = range.endsMs.map(() => ({ bad: 0, total: 0, excludedBad: 0, excludedTotal: 0 }))
  const sum = { bad: 0, total: 0, allowed: 0 }
  for (const { atMs, ok, failed } of events) {
    const at = range.endsMs.findIndex((endMs) => atMs <= endMs)
    if (atMs <= range.fromMs || at < 0) continue
    const step = steps[at]!
    if (range.excluded.some(({ fromMs, toMs }) => atMs > fromMs && atMs <= toMs)) {
      step.excludedBad += failed
      step.excludedTotal += ok + failed
      continue
    }
    step.bad += failed
    step.total += ok + failed
    sum.bad += failed
    sum.total += ok + failed
    sum.allowed += (ok + failed) * (atMs <= START_MS + 60 * DAY_MS ? 0.01 : 0.02)
  }
  return { steps, ...sum }
}
