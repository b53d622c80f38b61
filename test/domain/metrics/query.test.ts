import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTenantryError } from '../../../src/core/errors.ts'
import { tenantId } from '../../../src/core/ids.ts'
import { openPrng } from '../../../src/core/prng.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import type { SignalQuery } from '../../../src/domain/metrics/metrics.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { openBench, otlp, remoteWrite, type Bench } from './writing.ts'

const acme = tenantId('acme')
const D = Math.ceil(1_700_000_000_000 / DAY_MS) * DAY_MS

interface Requests {
  readonly atMs: number
  readonly count: number
  readonly code: string
  readonly seconds: number
}

/** Increments with identity, so that each test knows what it offered. */
function delta({ atMs, count, code, seconds }: Requests, host = 'a') {
  const bounds = [0.1, 0.2, 0.5]
  const buckets = [...bounds, Infinity].map((bound, index) =>
    seconds <= bound && seconds > (bounds[index - 1] ?? -1) ? count : 0,
  )
  return otlp({ 'tenant.id': 'acme', host }, [
    {
      name: 'http.server.request.duration',
      unit: 's',
      kind: 'histogram',
      temporality: 1,
      points: [
        {
          attributes: { 'http.response.status_code': code },
          startMs: atMs - 1,
          atMs,
          count,
          sum: count * seconds,
          buckets,
          bounds,
        },
      ],
    },
  ])
}

const memory = (atMs: number, value: number) =>
  remoteWrite([
    {
      labels: { __name__: 'process_resident_memory_bytes', tenant: 'acme', job: 'a' },
      samples: [[atMs, value]],
    },
  ])

/** A tick: what the pipeline does with the stage. */
function tick({ metrics }: Bench, nowMs: number): void {
  metrics.drain(nowMs)
  metrics.closeMinute(nowMs)
}

let position = 0
async function checkpoint({ metrics, bulk }: Bench, nowMs: number): Promise<void> {
  metrics.drain(nowMs)
  position += 1
  const { writes } = metrics.checkpoint()
  await bulk.commit({ file: 'shared', logPosition: position, writes })
  metrics.confirm(true)
}

function ask(
  bench: Bench,
  query: Partial<SignalQuery> & Pick<SignalQuery, 'signals'>,
  nowMs: number,
) {
  return bench.metrics.query(acme, { fromMs: D, toMs: D + DAY_MS, ...query }, nowMs)
}

function values(bench: Bench, query: Parameters<typeof ask>[1], nowMs: number) {
  return ask(bench, query, nowMs).series[0]?.values ?? []
}

const sum = (list: readonly (number | null)[]) =>
  list.reduce<number>((total, value) => total + (value ?? 0), 0)

describe('a query', () => {
  it('tells requests by step, gaps as null, and what goes on by the time that has passed', () => {
    const bench = openBench()
    bench.writeOtlp(delta({ atMs: D + 1, count: 60, code: '200', seconds: 0.1 }), D + 1)
    const nowMs = D + 4 * MINUTE_MS + 30_000
    bench.writeOtlp(delta({ atMs: nowMs, count: 15, code: '200', seconds: 0.1 }), nowMs)
    tick(bench, nowMs)
    const range = { fromMs: D, toMs: D + 6 * MINUTE_MS, stepSeconds: 60 }
    const answer = ask(bench, { ...range, signals: ['requests', 'requests_per_second'] }, nowMs)
    expect(answer.resolution).toBe('minute')
    expect(answer.endsMs[0]).toBe(D + MINUTE_MS)
    expect(answer.series[0]!.values).toEqual([60, 0, null, null, 15, null])
    expect(answer.series[1]!.values[4]).toBe(0.5)
    expect(answer.settledToMs).toBeLessThanOrEqual(nowMs)
  })

  it('tells percentiles of any range from merged buckets, and the share of errors', () => {
    const bench = openBench()
    const writes: Requests[] = [
      { atMs: D + 1, count: 10, code: '200', seconds: 0.1 },
      { atMs: D + HOUR_MS + 1, count: 20, code: '200', seconds: 0.2 },
      { atMs: D + HOUR_MS + 2, count: 10, code: '503', seconds: 0.5 },
    ]
    for (const write of writes) bench.writeOtlp(delta(write), write.atMs)
    tick(bench, D + 2 * HOUR_MS)
    const query = { stepSeconds: 86_400, signals: ['duration_p50_seconds', 'error_ratio'] as const }
    const [median, errors] = ask(bench, query, D + 2 * HOUR_MS).series
    expect(median!.values[0]).toBeCloseTo(0.15, 12)
    expect(errors!.values[0]).toBeCloseTo(0.25, 12)
  })

  it('groups by status class and by source', () => {
    const bench = openBench()
    bench.writeOtlp(delta({ atMs: D + 1, count: 7, code: '200', seconds: 0.1 }), D + 1)
    bench.writeOtlp(delta({ atMs: D + 2, count: 3, code: '404', seconds: 0.1 }), D + 2)
    tick(bench, D + MINUTE_MS)
    const groups = (group: 'status' | 'source') =>
      ask(bench, { signals: ['requests'], group, stepSeconds: 86_400 }, D + MINUTE_MS).series.map(
        (series) => [series.group, series.values[0]],
      )
    expect(groups('status')).toEqual([
      ['2xx', 7],
      ['4xx', 3],
    ])
    expect(groups('source')).toEqual([['otel', 10]])
  })

  it('tells zero errors where requests came and none failed', () => {
    const bench = openBench()
    bench.writeOtlp(delta({ atMs: D + 1, count: 7, code: '200', seconds: 0.1 }), D + 1)
    tick(bench, D + MINUTE_MS)
    const query = { signals: ['errors'] as const, stepSeconds: 86_400 }
    expect(values(bench, query, D + MINUTE_MS)).toEqual([7 - 7])
  })

  it('tells a gauge by its mean, greatest and last value, from minutes as from hours', async () => {
    const bench = openBench()
    const at = (minute: number, value: number) => {
      const atMs = D + minute * MINUTE_MS + 1
      bench.write(memory(atMs, value), atMs)
      tick(bench, atMs + 5_000)
    }
    for (const [minute, value] of [
      [0, 100],
      [1, 300],
      [2, 200],
    ] as const)
      at(minute, value)
    const told = (nowMs: number) =>
      (['memory_bytes', 'memory_max_bytes'] as const).map(
        (signal) => values(bench, { signals: [signal], stepSeconds: 3_600 }, nowMs)[0],
      )
    const before = told(D + 3 * MINUTE_MS)
    expect(before).toEqual([200, 300])
    tick(bench, D + 20 * MINUTE_MS)
    const ended = told(D + 20 * MINUTE_MS)
    tick(bench, D + 4 * HOUR_MS)
    await checkpoint(bench, D + 4 * HOUR_MS)
    expect(told(D + 4 * HOUR_MS)).toEqual(ended)
  })

  it('adds up gauges that were there at once, and shares the time of those that were not', () => {
    const bench = openBench()
    const process = (atMs: number, instance: string, value: number) => {
      const labels = {
        __name__: 'process_resident_memory_bytes',
        tenant: 'acme',
        job: 'a',
        instance,
      }
      bench.write(remoteWrite([{ labels, samples: [[atMs, value]] }]), atMs)
      tick(bench, atMs)
    }
    for (let minute = 0; minute < 60; minute += 1) {
      const atMs = D + minute * MINUTE_MS + 1
      process(atMs, 'steady', 100)
      if (minute < 25) process(atMs, 'first', 300)
      if (minute >= 30) process(atMs, 'second', 300)
    }
    tick(bench, D + HOUR_MS)
    const query = { signals: ['memory_bytes'] as const, toMs: D + HOUR_MS, stepSeconds: 3_600 }
    // The first one is held until five minutes after its last sample: one minute has only the steady
    expect(values(bench, query, D + HOUR_MS)[0]).toBeCloseTo(395, 6)
  })

  it('leaves a gap where a gauge has no live series', () => {
    const bench = openBench()
    bench.write(memory(D + 1, 100), D + 1)
    tick(bench, D + 2)
    bench.write(memory(D + 20 * MINUTE_MS, 50), D + 20 * MINUTE_MS)
    tick(bench, D + 20 * MINUTE_MS)
    const query = { signals: ['memory_bytes'] as const, stepSeconds: 60, toMs: D + 20 * MINUTE_MS }
    const told = values(bench, query, D + 20 * MINUTE_MS)
    expect(told.slice(0, 5)).toEqual([100, 100, 100, 100, 100])
    expect(told.slice(6, 19)).toEqual(Array.from({ length: 13 }, () => null))
    expect(told[19]).toBe(50)
  })

  it('reads the last minutes by ten seconds, and an idle minute as zero', () => {
    const bench = openBench()
    tick(bench, D)
    for (const second of [5, 15, 35]) {
      const atMs = D + second * 1_000
      bench.writeOtlp(delta({ atMs, count: second, code: '200', seconds: 0.1 }), atMs)
      tick(bench, atMs)
    }
    tick(bench, D + MINUTE_MS + 1)
    const query = { signals: ['requests'] as const, stepSeconds: 10, toMs: D + MINUTE_MS }
    const answer = ask(bench, query, D + MINUTE_MS + 1)
    expect(answer.resolution).toBe('live')
    expect(answer.series[0]!.values).toEqual([5, 15, 0, 35, 0, 0])
  })

  it('takes a longer step where the asked one is not kept that far back', () => {
    const bench = openBench()
    const answer = ask(bench, { signals: ['requests'], stepSeconds: 60 }, D + 20 * DAY_MS)
    expect([answer.stepSeconds, answer.resolution]).toEqual([3_600, 'hour'])
    expect(answer.series).toEqual([])
  })

  it.each([
    [{ fromMs: D, toMs: D }, 'from'],
    [{ stepSeconds: 15 }, 'step'],
    [{ stepSeconds: 10 }, 'step'],
    [{ points: 0 }, 'points'],
    [{ group: 'status' as const, signals: ['error_ratio' as const] }, 'group'],
  ])('refuses %j, naming the field', (wrong, field) => {
    const bench = openBench()
    const refused = () => ask(bench, { signals: ['requests'], ...wrong }, D)
    expect(refused).toThrow(/reading signals over time/)
    try {
      refused()
    } catch (error) {
      const fields = (error as { details: { errors: { field: string }[] } }).details.errors
      expect(isTenantryError(error) && fields.map((each) => each.field)).toEqual([field])
    }
  })
})

/** Requests over three days, some of them late by hours, in the order in which they come. */
function randomRequests(seed: number): (Requests & { receivedAtMs: number })[] {
  const prng = openPrng(seed)
  const received = Array.from({ length: 60 }, () => D + prng.below(3 * DAY_MS)).toSorted(
    (a, b) => a - b,
  )
  return received.map((receivedAtMs) => ({
    receivedAtMs,
    atMs: receivedAtMs - (prng.below(4) === 0 ? prng.below(20 * HOUR_MS) : prng.below(20_000)),
    count: 1 + prng.below(50),
    code: ['200', '404', '500'][prng.below(3)]!,
    seconds: [0.1, 0.2, 0.5, 2][prng.below(4)]!,
  }))
}

async function run(seed: number, restarts: boolean) {
  const prng = openPrng(seed + 1)
  const bulk = openBulkInline({ directory: ':memory:' })
  let bench = openBench({ bulk })
  const offered = randomRequests(seed)
  let nowMs = D
  for (const [index, request] of offered.entries()) {
    nowMs = request.receivedAtMs
    bench.writeOtlp(delta(request, `h${String(index)}`), nowMs)
    // Ticks come often; an hour may take several to be packed
    for (let times = 0; times < 4; times += 1) tick(bench, nowMs)
    if (!restarts || prng.below(3) > 0) continue
    for (const step of bench.metrics.makeDays(nowMs)) expect(step).toBeUndefined()
    await checkpoint(bench, nowMs)
    bench = openBench({ bulk })
    bench.metrics.restore()
  }
  tick(bench, nowMs)
  return { bench, offered, nowMs }
}

describe('at every resolution', () => {
  it.each([60, 300, 3_600, 21_600, 86_400])(
    'steps of %i s are what was offered in them, restarts or not',
    async (stepSeconds) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, restarts) => {
          const { bench, offered, nowMs } = await run(seed, restarts)
          const toMs = D + (stepSeconds === 60 ? DAY_MS : 3 * DAY_MS)
          const stepMs = stepSeconds * 1_000
          const expected = new Map<number, number>()
          for (const { atMs, count } of offered) {
            // Booked by ten seconds, then by step
            const endMs = Math.ceil((Math.ceil(atMs / 10_000) * 10_000) / stepMs) * stepMs
            expected.set(endMs, (expected.get(endMs) ?? 0) + count)
          }
          const query = { fromMs: D - DAY_MS, toMs, stepSeconds, signals: ['requests'] as const }
          const bounded = stepSeconds === 60 ? { ...query, fromMs: D } : query
          const answer = ask(bench, bounded, nowMs)
          expect(answer.stepSeconds).toBe(stepSeconds)
          answer.series[0]?.values.forEach((value, step) => {
            expect(value ?? 0).toBe(expected.get(answer.endsMs[step]!) ?? 0)
          })
        }),
        { numRuns: 8 },
      )
    },
  )

  it('the steps add up to the range, and days that were made change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { bench, offered, nowMs } = await run(seed, true)
        const query = { fromMs: D - DAY_MS, toMs: D + 4 * DAY_MS, signals: ['requests'] as const }
        const totals = [300, 3_600, 86_400].map((stepSeconds) =>
          sum(values(bench, { ...query, stepSeconds }, nowMs)),
        )
        const total = offered.reduce((all, { count }) => all + count, 0)
        expect(totals).toEqual([total, total, total])
        const later = nowMs + 3 * DAY_MS
        for (let times = 0; times < 200; times += 1) tick(bench, later)
        const steps = bench.metrics.makeDays(later)
        for (let step = steps.next(); step.done !== true; step = steps.next());
        await checkpoint(bench, later)
        const made = bench.bulk.read<{ made: number }>(
          'shared',
          'SELECT COUNT(*) AS made FROM rollup_span WHERE span_seconds = 86400',
        )
        expect(made[0]!.made).toBeGreaterThan(0)
        expect(sum(values(bench, { ...query, stepSeconds: 86_400 }, later))).toBe(total)
      }),
      { numRuns: 5 },
    )
  })
})
