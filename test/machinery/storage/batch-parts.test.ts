import { describe, expect, it } from 'vitest'
import type { BulkValue, BulkWrite } from '../../../src/core/ports.ts'
import { batchParts } from '../../../src/machinery/storage/batch-parts.ts'

function rows(count: number, from = 0): number[][] {
  return Array.from({ length: count }, (_, index) => [from + index, 0])
}

function sizes(writes: readonly BulkWrite[], valuesMax: number): string[] {
  return [...batchParts(writes, valuesMax)].map((part) =>
    part.writes.map((write) => `${write.sql}${write.rows.length}`).join(' '),
  )
}

describe('the parts of a batch', () => {
  it('hold at most so many values each, and all rows in order', () => {
    const writes = [
      { sql: 'a', rows: rows(5) },
      { sql: 'b', rows: [] },
      { sql: 'c', rows: rows(2, 5) },
    ]
    expect(sizes(writes, 4)).toEqual(['a2', 'a2', 'a1 c1', 'c1'])
    expect(sizes(writes, 1_000)).toEqual(['a5 c2'])
    expect(sizes(writes, 10)).toEqual(['a5', 'c2'])
    const all = [...batchParts(writes, 4)].flatMap((part) =>
      part.writes.flatMap((write) => write.rows),
    )
    expect(all.map(([first]) => first)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('hold at most so many bytes of long values each, made when their part is', () => {
    let made = 0
    const late = function* (): Generator<readonly BulkValue[]> {
      for (; made < 5; made += 1) yield [made, new Uint8Array(400), 'x'.repeat(100)]
    }
    const parts = batchParts([{ sql: 'a', rows: late() }], 100, 1_000)
    const first = parts.next().value
    expect(first).toMatchObject({ writes: [{ sql: 'a' }] })
    expect(made).toBe(1)
    const counts = [first, ...parts].map((part) => part?.writes[0]?.rows.length)
    expect(counts).toEqual([2, 2, 1])
  })

  it('are none for nothing', () => {
    expect(sizes([], 4)).toEqual([])
    expect(sizes([{ sql: 'a', rows: [] }], 4)).toEqual([])
  })

  it('move large buffers that are whole, once, and cut views out of theirs', () => {
    const whole = new Uint8Array(2_048)
    const view = new Uint8Array(new ArrayBuffer(8_192), 16, 3).fill(9)
    const small = new Uint8Array(10)
    const [part] = [...batchParts([{ sql: 'a', rows: [[whole, whole], [view], [small]] }])]
    expect([...(part?.transfer ?? [])]).toEqual([whole.buffer])
    const sent = part?.writes[0]?.rows[1]?.[0] as Uint8Array
    expect(sent).toEqual(new Uint8Array([9, 9, 9]))
    expect(sent.buffer.byteLength).toBe(3)
  })
})
