import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CountColumns, PAGE_SLOTS } from '../../../src/domain/slo/count-columns.ts'

const COLUMNS = 3
const WIDTHS = [
  { bytes: 1, storedBytes: 2 },
  { bytes: 2, storedBytes: 2 },
  { bytes: 2, storedBytes: 4 },
  { bytes: 4, storedBytes: 4 },
] as const

/** About every edge of a cell's width. */
const counts = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.constantFrom(-1, 0, 254, 255, 256, 65_534, 65_535, 65_536, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 40),
)
const puts = fc.array(
  fc.record({
    column: fc.nat(COLUMNS - 1),
    slot: fc.nat(PAGE_SLOTS - 1),
    value: counts,
    clears: fc.boolean(),
  }),
  { maxLength: 60 },
)

describe.each(WIDTHS)('columns of $bytes bytes, stored as $storedBytes', (width) => {
  it('hold what plain numbers hold, and bring it back from what is stored', () => {
    fc.assert(
      fc.property(puts, (calls) => {
        const columns = new CountColumns(COLUMNS, width)
        const plain = new Float64Array(COLUMNS * PAGE_SLOTS)
        for (const { column, slot, value, clears } of calls) {
          if (clears && slot < 16) {
            columns.clearColumn(column)
            plain.fill(0, column * PAGE_SLOTS, (column + 1) * PAGE_SLOTS)
          }
          columns.put(column * PAGE_SLOTS + slot, value)
          plain[column * PAGE_SLOTS + slot] = value
        }
        const again = new CountColumns(COLUMNS, width)
        for (let column = 0; column < COLUMNS; column += 1) {
          const cells = new Uint8Array(PAGE_SLOTS * width.storedBytes)
          columns.pack(column, PAGE_SLOTS, cells)
          const flat = columns.beyondStored(column)
          const beyond = new Map<number, number>()
          for (let i = 0; i < flat.length; i += 2) beyond.set(flat[i]!, flat[i + 1]!)
          again.load(column, cells, beyond)
        }
        for (let at = 0; at < plain.length; at += 1) {
          expect(columns.at(at)).toBe(plain[at])
          expect(again.at(at)).toBe(plain[at])
        }
      }),
      { numRuns: 40 },
    )
  })
})
