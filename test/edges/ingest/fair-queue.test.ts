import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FairQueue } from '../../../src/edges/ingest/fair-queue.ts'

/** Takes everything, each piece of work costing what it says, and tells the order of owners. */
function drain(queue: FairQueue<number>, most = Infinity): string[] {
  const order: string[] = []
  while (order.length < most) {
    const next = queue.next()
    if (next === undefined) break
    order.push(next.owner)
    queue.charge(next.owner, next.work)
  }
  return order
}

describe('the queue', () => {
  it('keeps the order of one owner', () => {
    const queue = new FairQueue<number>(2)
    for (const work of [1, 2, 3]) queue.push('acme', work)
    const taken = [queue.next(), queue.next(), queue.next(), queue.next()]
    expect(taken.map((next) => next?.work)).toEqual([1, 2, 3, undefined])
    expect(queue.size).toBe(0)
  })

  it('takes what has just come before the rest of a burst', () => {
    const queue = new FairQueue<number>(2)
    for (let index = 0; index < 10; index += 1) queue.push('burst', 2)
    expect(drain(queue, 3)).toEqual(['burst', 'burst', 'burst'])
    queue.push('small', 0.1)
    expect(drain(queue, 1)).toEqual(['small'])
  })

  it('does not let an owner be new over and over', () => {
    const queue = new FairQueue<number>(2)
    for (let index = 0; index < 100; index += 1) queue.push('burst', 2)
    const order: string[] = []
    for (let turn = 0; turn < 40; turn += 1) {
      queue.push('again', 2)
      order.push(...drain(queue, 1))
    }
    const burst = order.filter((owner) => owner === 'burst').length
    expect(burst).toBeGreaterThanOrEqual(18)
  })

  it('gives owners that always have work the same time, whatever their work costs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 }),
        (tenths) => {
          const queue = new FairQueue<number>(2)
          const spent = new Map<string, number>()
          for (const [owner, cost] of tenths.entries()) {
            for (let index = 0; index < 4_000; index += 1) queue.push(String(owner), cost / 10)
          }
          for (let total = 0; total < 300;) {
            const next = queue.next()!
            queue.charge(next.owner, next.work)
            spent.set(next.owner, (spent.get(next.owner) ?? 0) + next.work)
            total += next.work
          }
          // Nobody is ahead of another by more than a share and a piece of work.
          const shares = tenths.map((_, owner) => spent.get(String(owner)) ?? 0)
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(2 + 4 + 4)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('takes everything that was put in, once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(50)), { maxLength: 60 }), (pushed) => {
        const queue = new FairQueue<number>(2)
        const before = new Map<string, number>()
        for (const [owner, cost] of pushed) {
          queue.push(String(owner), cost / 10)
          before.set(String(owner), (before.get(String(owner)) ?? 0) + 1)
        }
        const after = new Map<string, number>()
        for (const owner of drain(queue)) after.set(owner, (after.get(owner) ?? 0) + 1)
        expect(after).toEqual(before)
      }),
    )
  })
})
