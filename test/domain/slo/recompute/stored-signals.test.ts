/** What the metrics stage has stored is what the engine counted of it, wherever it lies by now. */
import { describe, expect, it } from 'vitest'
import { tenantId, type SloId } from '../../../../src/core/ids.ts'
import { DAY_MS, HOUR_MS } from '../../../../src/core/time.ts'
import { sloBookOf } from '../../../../src/domain/slo/model/slo-book.ts'
import type { SloSpec } from '../../../../src/domain/slo/model/slo-spec.ts'
import type { SloRecount } from '../../../../src/domain/slo/slo.ts'
import { otlp } from '../../metrics/writing.ts'
import { Program } from '../program.ts'

const acme = tenantId('acme')
const T0 = Math.ceil(1_700_000_000_000 / DAY_MS) * DAY_MS
const MINUTE = 60_000
const SLOW = 'slow' as SloId
const BOUNDS = [0.1, 0.2, 0.5]

function book(thresholdSeconds: number) {
  const spec: SloSpec = {
    sloId: SLOW,
    title: 'Slow',
    indicator: { kind: 'latency-threshold', signal: 'duration', thresholdSeconds },
    period: { rolling: '30d' },
    objectives: [{ percent: 99 }],
  }
  return sloBookOf({ slos: [spec], overrides: [] })
}

/** A histogram of what came within a millisecond. */
function delta(atMs: number, counts: readonly number[], host = 'a') {
  return otlp({ 'tenant.id': 'acme', host }, [
    {
      name: 'http.server.request.duration',
      unit: 's',
      kind: 'histogram',
      temporality: 1,
      points: [
        {
          attributes: { 'http.response.status_code': '200' },
          startMs: atMs - 1,
          atMs,
          count: counts.reduce((sum, count) => sum + count, 0),
          sum: 1,
          buckets: counts,
          bounds: BOUNDS,
        },
      ],
    },
  ])
}

function recount({ slo }: Program): SloRecount {
  const steps = slo.recount(acme, SLOW, { fromMs: T0 - HOUR_MS, toMs: null, apply: true })!
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

describe('stored signals', () => {
  it('are counted again as they were counted, in memory, on their way and on disk', async () => {
    const program = new Program(book(0.2))
    const stretchMs = 30 * HOUR_MS
    const expected = { total: 0, bad: 0 }
    const since = { total: 0, bad: 0 }
    program.tick(T0)
    for (let minute = 1; minute <= stretchMs / MINUTE; minute += 7) {
      const atMs = T0 + minute * MINUTE - 5_000
      const counts = [minute % 5, minute % 3, minute % 11, minute % 2]
      program.bench.writeOtlp(delta(atMs, counts), atMs + 2_000)
      // One that comes late, into an hour that may be packed already.
      const lateMs = atMs - 5 * HOUR_MS
      if (minute % 4 === 1 && lateMs > T0) {
        program.bench.writeOtlp(delta(lateMs + 1_000, [0, 0, 1, 0], 'b'), atMs + 3_000)
        expected.total += 1
        expected.bad += 1
        since.total += 1
      }
      expected.total += counts.reduce((sum, count) => sum + count, 0)
      expected.bad += counts[2]! + counts[3]!
      since.total += counts.reduce((sum, count) => sum + count, 0)
      since.bad += counts[3]!
      program.tick(atMs + 10_000)
      if (minute % 5 === 0) await program.checkpoint()
      if (minute === 610) program.restart()
    }
    const nowMs = T0 + stretchMs + 75 * MINUTE
    program.tick(nowMs)
    expect(recount(program)).toMatchObject({ before: expected, after: expected, hours: [] })
    program.slo.follow(book(0.5))
    expect(recount(program)).toMatchObject({ before: expected, after: since })
    program.tick(nowMs + MINUTE)
    expect(program.status(SLOW)).toMatchObject(since)
    await program.checkpoint()
    program.restart()
    program.slo.follow(book(0.5))
    program.tick(nowMs + 3 * MINUTE)
    expect(recount(program)).toMatchObject({ before: since, after: since, hours: [] })
  })

  it('tell an hour that counted nothing from one whose minutes are kept no longer', async () => {
    const program = new Program(book(0.2))
    const atMs = T0 + 30 * MINUTE
    program.tick(T0)
    program.bench.writeOtlp(delta(atMs, [1, 0, 0, 1]), atMs)
    for (let hour = 1; hour <= 18 * 24; hour += 1) program.tick(T0 + hour * HOUR_MS)
    await program.checkpoint()
    const { metrics } = program.bench
    expect(metrics.cellHour(acme, T0 + HOUR_MS).stored).toBe('minutes')
    for await (const _ of metrics.expire(T0 + 18 * DAY_MS));
    expect(metrics.cellHour(acme, T0 + HOUR_MS).stored).toBe('hour')
    expect(metrics.cellHour(acme, T0 + 2 * HOUR_MS).stored).toBe('nothing')
    const { left, minutes } = recount(program)
    expect(minutes).toBe(0)
    expect(left[0]).toEqual({
      reason: 'coarse',
      fromMs: T0,
      toMs: T0 + HOUR_MS,
      total: 2,
      bad: 1,
    })
  })
})
