import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import type { TenantTotals } from '../../../src/edges/demo/history-totals.ts'
import {
  historyEnd,
  historySteps,
  historyTotals,
  type HistoryStep,
} from '../../../src/edges/demo/history.ts'
import { DEMO_PROFILES } from '../../../src/edges/demo/profiles.ts'
import { DURATION_BOUNDS } from '../../../src/edges/demo/shape.ts'
import { readPoints } from './otlp-points.ts'

const NOW = Date.UTC(2026, 2, 4, 12, 0, 0)
const span = (hours: number, stepMs = MINUTE_MS): HistoryStep[] => [
  ...historySteps({ fromMs: NOW - hours * HOUR_MS, toMs: NOW, stepMs, seed: 7 }),
]
const DURATION = 'http.server.request.duration'
const COUNTERS = new Set([DURATION, 'process.cpu.time', 'process.network.io'])

/** The counters after a span, by tenant. */
function totalsAfter(spanMs: number, stepMs: number): Map<string, TenantTotals> {
  const steps = historyTotals({ fromMs: NOW - spanMs, toMs: NOW, stepMs, seed: 7 })
  let last: readonly TenantTotals[] = []
  for (const { totals } of steps) last = totals
  return new Map(last.map((totals) => [totals.profile.tenantId, totals]))
}

describe('historySteps', () => {
  it('gives a message every step, the last at the end', () => {
    const steps = span(2)
    expect(steps.map((step) => step.atMs)).toEqual(
      Array.from({ length: 120 }, (_, i) => NOW - 2 * HOUR_MS + (i + 1) * MINUTE_MS),
    )
  })

  it('ends its levels, so that what comes next is not added to them', () => {
    const points = readPoints(historyEnd(NOW))
    expect(points.every(({ timeMs }) => timeMs === NOW)).toBe(true)
    expect(new Set(points.map(({ metric }) => metric))).toEqual(
      new Set([
        'http.server.active_requests',
        'process.memory.usage',
        'container.filesystem.usage',
      ]),
    )
    expect(points).toHaveLength(3 * DEMO_PROFILES.length)
    expect(points.every(({ value }) => Number.isNaN(value))).toBe(true)
  })

  it('is the same for the same seed and span, and another for another seed', () => {
    const last = (seed: number): Uint8Array | undefined =>
      [...historySteps({ fromMs: NOW - HOUR_MS, toMs: NOW, stepMs: MINUTE_MS, seed })].at(-1)?.body
    expect(last(7)).toEqual(last(7))
    expect(last(7)).not.toEqual(last(8))
  })

  it('counts up from the start: every counter grows, every histogram adds up', () => {
    const steps = span(1)
    const before = new Map<string, number>()
    for (const { atMs, body } of steps) {
      for (const point of readPoints(body)) {
        expect(point).toMatchObject({
          timeMs: atMs,
          startMs: NOW - HOUR_MS,
          instanceId: 'code-agent-0',
        })
        if (!COUNTERS.has(point.metric)) continue
        const series = JSON.stringify([point.metric, point.attributes])
        expect(point.value).toBeGreaterThanOrEqual(before.get(series) ?? 0)
        before.set(series, point.value)
        if (point.metric !== DURATION) continue
        expect(point.bounds).toEqual([...DURATION_BOUNDS])
        expect(point.bucketCounts.reduce((sum, count) => sum + count, 0)).toBe(point.value)
        expect(Math.min(...point.bucketCounts)).toBeGreaterThanOrEqual(0)
      }
    }
    expect(before.size).toBeGreaterThan(DEMO_PROFILES.length)
  })

  it("sends about what the customers' profiles say over a week", () => {
    const totals = totalsAfter(7 * DAY_MS, 10 * MINUTE_MS)
    for (const { tenantId, requestsPerSecond } of DEMO_PROFILES) {
      const { served, failed } = totals.get(tenantId) ?? expect.fail(tenantId)
      const ratio = (served.count + failed.count) / (requestsPerSecond * 7 * 24 * 3_600)
      expect(ratio, tenantId).toBeGreaterThan(0.9)
      expect(ratio, tenantId).toBeLessThan(1.15)
    }
  })

  it('leaves budgets untouched, partly spent and exhausted after thirty days', () => {
    const totals = totalsAfter(30 * DAY_MS, 5 * MINUTE_MS)
    /** The error rate's budget is a thousandth of all requests. */
    const errorsSpent = (tenantId: string): number => {
      const { served, failed } = totals.get(tenantId) ?? expect.fail(tenantId)
      return failed.count / (0.001 * (failed.count + served.count))
    }
    /** The response time's budget is a hundredth of all requests. */
    const slownessSpent = (tenantId: string): number => {
      const { served } = totals.get(tenantId) ?? expect.fail(tenantId)
      const within = served.bucketCounts.slice(0, DURATION_BOUNDS.indexOf(0.2) + 1)
      const slow = served.count - within.reduce((sum, count) => sum + count, 0)
      return slow / (0.01 * served.count)
    }
    expect(errorsSpent('garnetway')).toBeGreaterThan(1)
    expect(errorsSpent('corvanta')).toBeGreaterThan(0.1)
    expect(errorsSpent('corvanta')).toBeLessThan(0.8)
    expect(errorsSpent('dunfallow')).toBeLessThan(0.3)
    expect(slownessSpent('eskerlund')).toBeGreaterThan(0.4)
    expect(slownessSpent('eskerlund')).toBeLessThan(1)
    expect(slownessSpent('dunfallow')).toBeLessThan(0.5)
  })

  it('tells only of the tenants that are asked for', () => {
    const tenants = [{ tenantId: 'corvanta' }, { tenantId: 'nobody-here' }]
    const [step] = historySteps({
      fromMs: NOW - MINUTE_MS,
      toMs: NOW,
      stepMs: MINUTE_MS,
      seed: 7,
      tenants,
    })
    const ids = readPoints(step?.body ?? new Uint8Array()).map(
      (point) => point.attributes['tenant.id'],
    )
    expect(new Set(ids)).toEqual(new Set(['corvanta']))
  })
})
