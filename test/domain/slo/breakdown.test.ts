/** Counts by dimension: nothing is lost between values, others and what carries none, whatever comes
 *  in whichever order, over restarts and with too little memory. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sloId, tenantId } from '../../../src/core/ids.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import type { DimensionValues, FacetGains } from '../../../src/domain/metrics/cell.ts'
import type { SloBreakdown } from '../../../src/domain/slo/slo.ts'
import { Desk, incrementsOf, START_MS, type Gain } from './harness.ts'

const ERROR_RATE = sloId('error-rate')
const RESPONSE_TIME = sloId('response-time')
const acme = tenantId('acme')

interface ValuedGain extends Gain {
  readonly values: DimensionValues
}

function facets(gains: readonly ValuedGain[]): FacetGains {
  return { ...incrementsOf(gains), values: gains.map(({ values }) => values) }
}

function book(desk: Desk, gains: readonly ValuedGain[]): void {
  desk.slo.learn(desk.cells)
  desk.slo.book({ ...incrementsOf(gains), byFacet: facets(gains) })
}

function openDesk(breakdownBytes?: number) {
  const desk = new Desk({
    dimensions: ['route', 'version'],
    ...(breakdownBytes === undefined ? {} : { breakdownBytes }),
  })
  desk.admit('acme')
  desk.slo.learn(desk.cells)
  return { desk, ...desk.requestCells(acme) }
}

function read(desk: Desk, slo = ERROR_RATE, fromMs = START_MS - HOUR_MS): SloBreakdown {
  return desk.slo.breakdown(acme, slo, { fromMs, toMs: START_MS + HOUR_MS })!
}

const route = (breakdown: SloBreakdown) =>
  breakdown.dimensions.find(({ dimension }) => dimension === 'route')!

describe('a breakdown', () => {
  it('tells which route the errors came from', () => {
    const { desk, ok, failed } = openDesk()
    book(desk, [
      { cell: ok, atMs: START_MS, amount: 90, values: ['/a', undefined] },
      { cell: failed, atMs: START_MS, amount: 10, values: ['/b', undefined] },
      { cell: ok, atMs: START_MS, amount: 5, values: [undefined, undefined] },
    ])
    expect(read(desk)).toEqual({
      tenantId: 'acme',
      sloId: 'error-rate',
      fromMs: START_MS - HOUR_MS,
      toMs: START_MS + HOUR_MS,
      total: 105,
      bad: 10,
      dimensions: [
        {
          dimension: 'route',
          values: [
            { value: '/b', total: 10, bad: 10 },
            { value: '/a', total: 90, bad: 0 },
          ],
          other: { total: 0, bad: 0 },
          without: { total: 5, bad: 0 },
        },
      ],
    })
    expect(read(desk, sloId('availability'))).toMatchObject({ total: 105, bad: 10 })
    expect(desk.slo.breakdown(acme, sloId('none'), { fromMs: 0, toMs: 1 })).toBeUndefined()
  })

  it('counts slow requests as the SLO does: bad until the bucket at the threshold says otherwise', () => {
    const { desk } = openDesk()
    const [atHalf, infinite] = desk.durationCells(acme, [0.5, Infinity]) as [number, number]
    const [atFifth, all] = desk.durationCells(acme, [0.2, Infinity], 'b') as [number, number]
    book(desk, [
      { cell: infinite, atMs: START_MS, amount: 10, values: ['/a', 'v1'] },
      { cell: atHalf, atMs: START_MS, amount: 7, values: ['/a', 'v1'] },
      { cell: all, atMs: START_MS, amount: 4, values: ['/b', 'v1'] },
      { cell: atFifth, atMs: START_MS, amount: 4, values: ['/b', 'v1'] },
    ])
    const breakdown = read(desk, RESPONSE_TIME)
    expect(breakdown).toMatchObject({ total: 14, bad: 3 })
    expect(route(breakdown).values).toEqual([
      { value: '/a', total: 10, bad: 3 },
      { value: '/b', total: 4, bad: 0 },
    ])
  })

  it('tells eight values and adds up the others', () => {
    const { desk, ok, failed } = openDesk()
    const routes = Array.from({ length: 100 }, (_, index) => `/${String(index)}`)
    book(
      desk,
      routes.flatMap((value, index) => [
        { cell: ok, atMs: START_MS, amount: 10, values: [value, 'v1'] },
        { cell: failed, atMs: START_MS, amount: index, values: [value, 'v1'] },
      ]),
    )
    const { values, other, without } = route(read(desk))
    expect(values.map(({ value }) => value)).toEqual(routes.slice(92).toReversed())
    expect(other).toEqual({ total: 92 * 10 + (91 * 92) / 2, bad: (91 * 92) / 2 })
    expect(without).toEqual({ total: 0, bad: 0 })
  })

  it('is kept for six hours, and later counts are discarded', () => {
    const { desk, failed } = openDesk()
    const gain = { cell: failed, atMs: START_MS, amount: 1, values: ['/a', undefined] }
    book(desk, [gain])
    desk.evaluate(START_MS + 6 * HOUR_MS - MINUTE_MS)
    expect(read(desk).bad).toBe(1)
    desk.evaluate(START_MS + 6 * HOUR_MS + 5 * MINUTE_MS)
    expect(read(desk).bad).toBe(0)
    book(desk, [gain])
    expect(read(desk).bad).toBe(0)
    expect(desk.counted.get('tenantry_slo_discarded_total older-than-breakdown')).toBe(2)
  })

  it('gives up the oldest buckets when its memory is full', () => {
    const { desk, failed } = openDesk(2_000)
    for (let minute = 0; minute < 60; minute += 5) {
      const atMs = START_MS - HOUR_MS + minute * MINUTE_MS + 1
      book(desk, [{ cell: failed, atMs, amount: 1, values: [`/${String(minute)}`, undefined] }])
      desk.evaluate(atMs)
    }
    const kept = read(desk)
    expect(kept.bad).toBeGreaterThan(0)
    expect(kept.bad).toBeLessThan(12)
    expect(kept.fromMs).toBeGreaterThan(START_MS - HOUR_MS)
    expect(desk.counted.get('tenantry_breakdown_dropped_total')).toBe(12 - kept.bad)
  })

  it('forgets a dimension that is no longer configured', async () => {
    const { desk, failed } = openDesk()
    book(desk, [{ cell: failed, atMs: START_MS, amount: 3, values: ['/a', 'v1'] }])
    await desk.checkpoint()
    desk.dimensions = ['shard', 'version']
    desk.restart()
    desk.evaluate(START_MS)
    const { bad, dimensions } = read(desk)
    expect(bad).toBe(3)
    expect(dimensions.map(({ dimension, values }) => [dimension, values[0]!.value])).toEqual([
      ['version', 'v1'],
    ])
  })
})

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('')

const step = fc.record({
  values: fc.tuple(
    fc.option(fc.constantFrom(...LETTERS), { nil: undefined }),
    fc.option(fc.constantFrom('v1', 'v2'), { nil: undefined }),
  ),
  bad: fc.nat(9),
  good: fc.nat(99),
  agoMinutes: fc.nat(9),
  next: fc.constantFrom('book', 'evaluate', 'slice', 'checkpoint', 'fail', 'restart'),
})

type Sums = Map<string, { total: number; bad: number }>

function addTo(sums: Sums, name: string, good: number, bad: number): void {
  const sum = sums.get(name) ?? { total: 0, bad: 0 }
  sums.set(name, { total: sum.total + good + bad, bad: sum.bad + bad })
}

describe('values, others and what carries none', () => {
  it('always make the total, and none is told more than it had', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120, size: 'max' }), async (steps) => {
        const { desk, ok, failed } = openDesk()
        let sums: Sums = new Map()
        let saved: Sums = new Map()
        let nowMs = START_MS
        for (const { values, bad, good, agoMinutes, next } of steps) {
          nowMs += 1_000
          const atMs = nowMs - agoMinutes * MINUTE_MS
          book(desk, [
            { cell: failed, atMs, amount: bad, values },
            { cell: ok, atMs, amount: good, values },
          ])
          addTo(sums, 'total', good, bad)
          values.forEach((value, place) => {
            addTo(sums, value === undefined ? `without ${String(place)}` : value, good, bad)
          })
          if (next === 'evaluate') desk.evaluate(nowMs)
          if (next === 'slice') desk.slo.status(acme)
          if (next === 'checkpoint') {
            await desk.checkpoint()
            saved = new Map(sums)
          }
          if (next === 'fail') {
            desk.slo.checkpoint()
            desk.slo.confirm(false)
          }
          if (next === 'restart') {
            desk.restart()
            desk.slo.learn(desk.cells)
            sums = new Map(saved)
          }
        }
        const breakdown = read(desk, ERROR_RATE, START_MS - 2 * HOUR_MS)
        const nothing = { total: 0, bad: 0 }
        expect({ total: breakdown.total, bad: breakdown.bad }).toEqual(sums.get('total') ?? nothing)
        breakdown.dimensions.forEach(({ dimension, values, other, without }) => {
          const place = dimension === 'route' ? 0 : 1
          expect(without).toEqual(sums.get(`without ${String(place)}`) ?? nothing)
          let all = { total: other.total + without.total, bad: other.bad + without.bad }
          for (const { value, total, bad } of values) {
            all = { total: all.total + total, bad: all.bad + bad }
            expect(total).toBeLessThanOrEqual(sums.get(value)!.total)
            expect(bad).toBeLessThanOrEqual(sums.get(value)!.bad)
          }
          expect(all).toEqual({ total: breakdown.total, bad: breakdown.bad })
          expect(values.length).toBeLessThanOrEqual(8)
        })
      }),
    )
  })
})
