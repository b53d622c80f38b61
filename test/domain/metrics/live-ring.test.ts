import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import type { Cell, Increments } from '../../../src/domain/metrics/cell.ts'
import { LiveRing } from '../../../src/domain/metrics/live-ring.ts'

const S = 1_000
const B = Math.ceil(1_700_000_000_000 / 60_000) * 60_000
const acme = tenantId('acme')

const cellsOf = (count: number): Cell[] =>
  Array.from({ length: count }, (_, cellId) => ({
    cellId,
    tenantId: acme,
    signal: 'requests' as const,
    source: 'otel',
  }))

const gains = (...list: [cellId: number, endMs: number, amount: number][]): Increments => ({
  count: list.length,
  cellIds: Int32Array.from(list, ([cellId]) => cellId),
  bucketEndsMs: Float64Array.from(list, ([, endMs]) => endMs),
  amounts: Float64Array.from(list, ([, , amount]) => amount),
})

function read(ring: LiveRing, cells: readonly Cell[], fromMs: number, toMs: number) {
  const sums = new Map<string, number>()
  ring.read(cells, { fromMs, toMs }, (cellId, endMs, value) => {
    const key = `${String(cellId)} ${String((endMs - B) / S)}`
    sums.set(key, (sums.get(key) ?? 0) + value)
  })
  return Object.fromEntries(sums)
}

describe('the ring of ten seconds', () => {
  it('holds what came since its first gains, and says so', () => {
    const cells = cellsOf(2)
    const ring = new LiveRing(cells)
    expect(ring.wholeFromMs()).toBe(Infinity)
    ring.book(gains([0, B - 60 * S, 9], [0, B + 10 * S, 5]), B + 1)
    expect(ring.wholeFromMs()).toBe(B + 10 * S)
    expect(read(ring, cells, B, B + 60 * S)).toEqual({ '0 10': 5 })
  })

  it('adds what comes late, also to what is packed', () => {
    const cells = cellsOf(2)
    const ring = new LiveRing(cells)
    ring.book(gains(), B)
    ring.book(gains([0, B + 10 * S, 5], [1, B + 10 * S, 7]), B + 10 * S)
    ring.book(gains([1, B + 10 * S, 1]), B + 50 * S)
    ring.book(gains([1, B + 10 * S, 2]), B + 200 * S)
    expect(read(ring, cells, B, B + 10 * S)).toEqual({ '0 10': 5, '1 10': 10 })
  })

  it('forgets what is older than half an hour', () => {
    const cells = cellsOf(1)
    const ring = new LiveRing(cells)
    ring.book(gains(), B)
    ring.book(gains([0, B + 10 * S, 5], [0, B + 20 * S, 6]), B + 20 * S)
    ring.book(gains(), B + 1_815 * S)
    expect(read(ring, cells, B, B + 60 * S)).toEqual({ '0 20': 6 })
    expect(ring.wholeFromMs()).toBe(B + 20 * S)
  })

  it('stays within its bytes, giving up the oldest', () => {
    const cells = cellsOf(10_000)
    const bytes = 400_000
    const ring = new LiveRing(cells, { bytes })
    ring.book(gains(), B)
    for (let bucket = 1; bucket <= 60; bucket += 1) {
      const endMs = B + bucket * 10 * S
      ring.book(
        gains(...cells.map(({ cellId }) => [cellId, endMs, 3] as [number, number, number])),
        endMs,
      )
      expect(ring.bytes()).toBeLessThanOrEqual(bytes)
    }
    const lastMs = B + 600 * S
    expect(ring.wholeFromMs()).toBeGreaterThan(B + 300 * S)
    expect(read(ring, [cells[77]!], lastMs - 10 * S, lastMs)).toEqual({ '77 600': 3 })
  })

  it('gives back every gain, whichever cells are asked for', () => {
    const entry = fc.tuple(
      fc.nat(999),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 9 }),
    )
    fc.assert(
      fc.property(
        fc.array(fc.array(entry, { maxLength: 60 }), { maxLength: 12 }),
        fc.uniqueArray(fc.nat(999), { maxLength: 40 }),
        (drains, asked) => {
          const cells = cellsOf(1_000)
          const ring = new LiveRing(cells)
          ring.book(gains(), B)
          const expected = new Map<string, number>()
          drains.forEach((drain, index) => {
            const list = drain.map(
              ([cellId, bucket, amount]) => [cellId, B + bucket * 10 * S, amount] as const,
            )
            ring.book(
              gains(...list.map((each) => [...each] as [number, number, number])),
              B + index * 45 * S,
            )
            for (const [cellId, endMs, amount] of list) {
              if (!asked.includes(cellId)) continue
              const key = `${String(cellId)} ${String((endMs - B) / S)}`
              expected.set(key, (expected.get(key) ?? 0) + amount)
            }
          })
          const wanted = asked.map((cellId) => cells[cellId]!)
          const told = read(ring, wanted, B, B + 400 * S)
          expect(told).toEqual(Object.fromEntries(expected))
        },
      ),
    )
  })
})
