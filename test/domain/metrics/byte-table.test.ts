import type { TakenChunk } from '../../../src/domain/metrics/columns.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPrng } from '../../../src/core/prng.ts'
import { ByteTable, type KeyOwner } from '../../../src/domain/metrics/byte-table.ts'

const keys = fc.uniqueArray(fc.tuple(fc.nat(3), fc.uint8Array({ maxLength: 40 })), {
  selector: ([context, bytes]) => `${context} ${bytes.join()}`,
  maxLength: 60,
})

function filled(entries: readonly (readonly [number, Uint8Array])[], seed = 7): ByteTable {
  const table = new ByteTable(seed)
  entries.forEach(([context, bytes], value) => table.add(context, bytes, 0, bytes.length, value))
  return table
}

describe('a byte table', () => {
  it('finds every key by context and bytes, wherever they lie, and no other', () => {
    fc.assert(
      fc.property(keys, fc.nat(8), (entries, offset) => {
        const table = filled(entries)
        entries.forEach(([context, bytes], value) => {
          const around = Buffer.concat([Buffer.alloc(offset, 1), bytes, Buffer.from([9])])
          const end = offset + bytes.length
          expect(table.find(context, around, offset, end)).toBe(value)
          expect(table.find(context + 4, around, offset, end)).toBe(-1)
        })
      }),
    )
  })

  it('tells apart keys that differ in one bit anywhere', () => {
    const key = Buffer.alloc(37, 0x55)
    const table = filled([[0, key]])
    for (let bit = 0; bit < 8 * key.length; bit += 1) {
      const other = Buffer.from(key)
      other[bit >> 3]! ^= 1 << (bit & 7)
      expect(table.find(0, other, 0, other.length)).toBe(-1)
    }
  })

  it('tells 200,000 keys apart, some of which share a 32-bit hash', () => {
    const table = new ByteTable(7)
    const count = 200_000
    const keyed = new DataView(new ArrayBuffer(8 * count))
    const bytes = new Uint8Array(keyed.buffer)
    for (let value = 0; value < count; value += 1) {
      keyed.setFloat64(8 * value, Math.sqrt(value))
      table.add(0, bytes, 8 * value, 8 * value + 8, value)
    }
    let wrong = 0
    for (let value = 0; value < count; value += 1) {
      if (table.find(0, bytes, 8 * value, 8 * value + 8) !== value) wrong += 1
    }
    expect(wrong).toBe(0)
  })

  it('finds many at once as one by one', () => {
    fc.assert(
      fc.property(keys, (entries) => {
        const known = entries.filter((_, index) => index % 2 === 0 && entries[index]![0] === 0)
        const table = filled(known)
        const ofContext = entries.filter(([context]) => context === 0).map(([, bytes]) => bytes)
        const message = Buffer.concat(ofContext)
        const ends = Int32Array.from(ofContext, sumOfLengths())
        const starts = Int32Array.from(ends, (end, index) => end - ofContext[index]!.length)
        const single = Array.from(starts, (start, index) =>
          table.find(0, message, start, ends[index]!),
        )
        const found = new Int32Array(starts.length)
        table.findMany(0, message, starts, ends, starts.length, found)
        expect([...found]).toEqual(single)
      }),
    )
  })

  it('is the same after its chunks were written and read', () => {
    fc.assert(
      fc.property(keys, (entries) => {
        const table = filled(entries)
        const other = new ByteTable(8)
        for (const chunk of table.takeChanged()) other.restoreChunk(chunk.index, chunk.bytes())
        entries.forEach(([context, bytes], value) => {
          expect(other.find(context, bytes, 0, bytes.length)).toBe(value)
        })
        expect([...other.addresses()]).toEqual([...table.addresses()])
        expect(table.takeChanged()).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  it('forgets what was removed and nothing else, over chunks that thin out and a restart', () => {
    const table = new ByteTable(7)
    /** Has the same keys at the same places; its chunks are read as soon as they are taken. */
    const twin = new ByteTable(7)
    const firstKeys = new Map<number, number>()
    const owner: KeyOwner = {
      firstKeyOf: (value) => firstKeys.get(value)!,
      moved: (value, address) => void firstKeys.set(value, address),
    }
    const keysOf = (value: number) =>
      Array.from({ length: 1 + (value % 3) }, (_, turn) =>
        Buffer.alloc(300 + (value % 50), `${value}/${turn} `),
      )
    const prng = openPrng(3)
    const live = new Set<number>()
    const chunks = new Map<number, Uint8Array>()
    const twinKeys = new Map<number, number>()
    const twinOwner: KeyOwner = {
      firstKeyOf: (value) => twinKeys.get(value)!,
      moved: (value, address) => void twinKeys.set(value, address),
    }
    let late: { taken: TakenChunk[]; wanted: Map<number, Uint8Array> } | undefined
    for (let step = 0; step < 6_000; step += 1) {
      const value = prng.below(2_000)
      if (live.delete(value)) {
        table.remove(firstKeys.get(value)!, owner)
        twin.remove(twinKeys.get(value)!, twinOwner)
        firstKeys.delete(value)
        twinKeys.delete(value)
      } else {
        live.add(value)
        const [first, ...others] = keysOf(value)
        firstKeys.set(value, table.add(1, first!, 0, first!.length, value))
        twinKeys.set(value, twin.add(1, first!, 0, first!.length, value))
        for (const key of others) {
          table.add(1, key, 0, key.length, value, firstKeys.get(value)!)
          twin.add(1, key, 0, key.length, value, twinKeys.get(value)!)
        }
      }
      if (step % 1_000 === 599) {
        const wanted = new Map(twin.takeChanged().map((chunk) => [chunk.index, chunk.bytes()]))
        late = { taken: table.takeChanged(), wanted }
      }
      if (step % 1_000 === 999 && late !== undefined) {
        const read = new Map(late.taken.map((chunk) => [chunk.index, chunk.bytes()]))
        expect(read).toEqual(late.wanted)
        for (const [index, bytes] of read) chunks.set(index, bytes)
      }
      if (step === 5_999) {
        for (const chunk of table.takeChanged()) chunks.set(chunk.index, chunk.bytes())
      }
    }
    const restored = new ByteTable(11)
    for (const [index, bytes] of [...chunks].toSorted(([a], [b]) => a - b)) {
      restored.restoreChunk(index, bytes)
    }
    const size = [...live].reduce((sum, value) => sum + keysOf(value).length, 0)
    for (const held of [table, restored]) {
      expect(held.size).toBe(size)
      for (let value = 0; value < 2_000; value += 1) {
        const found = keysOf(value).map((key) => held.find(1, key, 0, key.length))
        expect(new Set(found)).toEqual(new Set([live.has(value) ? value : -1]))
        if (live.has(value)) expect(held.at(firstKeys.get(value)!).value).toBe(value)
      }
    }
    for (const value of live) restored.remove(firstKeys.get(value)!, owner)
    expect(restored.size).toBe(0)
  })

  it('spreads keys over chunks', () => {
    const table = new ByteTable(7)
    const key = (value: number) => Buffer.alloc(1_000, String(value))
    const addresses = Array.from({ length: 700 }, (_, value) =>
      table.add(0, key(value), 0, 1_000, value),
    )
    const other = new ByteTable()
    for (const chunk of table.takeChanged()) other.restoreChunk(chunk.index, chunk.bytes())
    expect(other.size).toBe(700)
    expect(Buffer.from(other.at(addresses[650]!).bytes)).toEqual(key(650))
  })
})

function sumOfLengths(): (bytes: Uint8Array) => number {
  let sum = 0
  return (bytes) => (sum += bytes.length)
}
