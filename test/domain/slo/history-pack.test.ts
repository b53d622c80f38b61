import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteArena } from '../../../src/domain/slo/byte-arena.ts'
import { packGain, packRun, unpackHistory } from '../../../src/domain/slo/history-pack.ts'

const counts = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: -5, max: 5_000 }),
  fc.integer({ min: 0, max: 2 ** 45 }),
)

const arena = new ByteArena()

describe('packed history', () => {
  it('reads back as the sum of its runs and later gains', () => {
    const run = fc.tuple(
      fc.nat(300),
      fc.array(fc.tuple(counts, counts), { minLength: 1, maxLength: 60 }),
    )
    const gain = fc.tuple(fc.nat(359), counts, counts)
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 4 }),
        fc.array(gain, { maxLength: 4 }),
        (runs, gains) => {
          const totals = new Float64Array(360)
          const bads = new Float64Array(360)
          const records: Uint8Array[] = []
          for (const [first, pairs] of runs) {
            const columns = {
              totals: Float64Array.from(pairs, ([total]) => total),
              bads: Float64Array.from(pairs, ([, bad]) => bad),
            }
            pairs.forEach(([total, bad], i) => {
              totals[first + i]! += total
              bads[first + i]! += bad
            })
            records.push(packRun(first, columns, arena))
          }
          for (const [place, total, bad] of gains) {
            totals[place]! += total
            bads[place]! += bad
            records.push(packGain(place, total, bad, arena))
          }
          expect(unpackHistory(Buffer.concat(records), 360)).toEqual({ totals, bads })
        },
      ),
    )
  })

  it('takes about a byte a minute for steady traffic', () => {
    const totals = Float64Array.from({ length: 60 }, (_, i) => 3_600 + ((i * 37) % 100))
    const packed = packRun(0, { totals, bads: new Float64Array(60) }, arena)
    expect(packed.length).toBeLessThanOrEqual(70)
  })

  it('refuses bytes that are cut off or of an unknown kind', () => {
    const packed = packRun(
      0,
      { totals: Float64Array.of(1, 900), bads: Float64Array.of(0, 1) },
      arena,
    )
    const damaged = expect.objectContaining({ code: 'SLO_STATE_DAMAGED' })
    for (let length = 1; length < packed.length; length += 1) {
      expect(() => unpackHistory(packed.subarray(0, length), 360)).toThrow(damaged)
    }
    expect(() => unpackHistory(Uint8Array.of(9, 0), 360)).toThrow(damaged)
    expect(() => unpackHistory(packed, 1)).toThrow(damaged)
  })
})
