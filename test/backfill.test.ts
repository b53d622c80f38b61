import { describe, expect, it } from 'vitest'
import { openCounting } from '../src/backfill.ts'
import { HOUR_MS, MINUTE_MS } from '../src/core/time.ts'
import { sloBookOf, type PastRow } from '../src/domain/slo/slo.ts'

/** On a border between rows. */
const START_MS = Date.UTC(2026, 2, 2, 6)

interface Point {
  readonly name: string
  readonly atMs: number
  readonly value: number
  readonly code?: string
}

async function count(points: readonly Point[], beforeMs = Infinity, fromMs = 0) {
  const rows: PastRow[] = []
  const readToMs: number[] = []
  const counting = openCounting({
    book: sloBookOf({ slos: [], overrides: [] }),
    tier: 'starter',
    settleSeconds: 0,
    range: { fromMs, toMs: START_MS + 24 * HOUR_MS },
    beforeMs: () => beforeMs,
    onRows: async (some, toMs) => {
      rows.push(...some)
      readToMs.push(toMs)
    },
  })
  const series = new Map<string, number>()
  for (const { name, atMs, value, code } of points) {
    const key = `${name}/${code ?? ''}`
    const labels = [
      { name: '__name__', value: name },
      { name: 'tenant', value: 'acme' },
      { name: 'instance', value: 'a' },
      ...(code === undefined ? [] : [{ name: 'code', value: code }]),
    ]
    if (!series.has(key)) series.set(key, counting.define(labels, -1))
    await counting.sample(atMs, series.get(key)!, atMs, value)
  }
  await counting.finish()
  await counting.close()
  const of = (sloId: string) => rows.filter((row) => row.sloId === sloId)
  return { of, readToMs }
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0)

/** Ten a minute, every third of which failed. */
function requests(minutes: number): Point[] {
  return Array.from({ length: minutes }, (_, minute) => minute).flatMap((minute) => [
    {
      name: 'http_requests_total',
      code: '200',
      atMs: START_MS + minute * MINUTE_MS,
      value: 7 * minute,
    },
    {
      name: 'http_requests_total',
      code: '500',
      atMs: START_MS + minute * MINUTE_MS,
      value: 3 * minute,
    },
  ])
}

describe('a history that is counted to be loaded', () => {
  it('comes in rows that follow each other, from the first count on', async () => {
    const { of, readToMs } = await count(requests(8 * 60))
    const rows = of('error-rate')
    expect(
      rows.map(({ fromMs, toMs }) => [fromMs, toMs].map((ms) => (ms - START_MS) / MINUTE_MS)),
    ).toEqual([
      [0, 360],
      [360, 479],
    ])
    expect(rows.map(({ totals, bads }) => [sumOf(totals), sumOf(bads)])).toEqual([
      [3_600, 1_080],
      [1_190, 357],
    ])
    expect(
      rows.every(({ totals, fromMs, toMs }) => totals.length === (toMs - fromMs) / MINUTE_MS),
    ).toBe(true)
    expect(readToMs).toEqual([START_MS, START_MS + 6 * HOUR_MS, START_MS + 479 * MINUTE_MS])
  })

  it('ends before what was counted as it came, and hands on nothing from before what is wanted', async () => {
    const { of } = await count(
      requests(60),
      START_MS + 20 * MINUTE_MS + 10_000,
      START_MS + 5 * MINUTE_MS,
    )
    const [row, ...others] = of('error-rate')
    expect(others).toEqual([])
    expect([row!.fromMs, row!.toMs]).toEqual([
      START_MS + 5 * MINUTE_MS,
      START_MS + 20 * MINUTE_MS + 10_000,
    ])
    expect([row!.totals.length, sumOf(row!.totals)]).toEqual([16, 150])
  })

  it('lets probes decide the minutes of availability without requests', async () => {
    const probes = Array.from({ length: 30 }, (_, minute) => ({
      name: 'probe_success',
      atMs: START_MS + minute * MINUTE_MS,
      value: minute % 10 === 0 ? 0 : 1,
    }))
    const points = [...requests(15), ...probes].toSorted((left, right) => left.atMs - right.atMs)
    const { of } = await count(points)
    const [row] = of('availability').filter(({ totals }) => totals.length > 1)
    const at = (minute: number) => {
      const place = minute - 1 - (row!.fromMs - START_MS) / MINUTE_MS
      return [row!.totals[place], row!.bads[place]]
    }
    expect([at(5), at(10), at(17), at(20)]).toEqual([
      [10, 3],
      [10, 3],
      [1, 0],
      [1, 1],
    ])
    expect(sumOf(of('error-rate').flatMap(({ totals }) => totals))).toBe(140)
  })
})
