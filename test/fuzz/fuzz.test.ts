/** A slice of `npm run fuzz` that always has the same inputs. */
import { describe, expect, it } from 'vitest'
import { openPrng } from '../../src/core/prng.ts'
import { openOracle } from '../machinery/wire/oracle.ts'
import { judge } from './differential.ts'
import { mutated } from './mutate.ts'
import { odditiesOf } from './oddities.ts'
import { runInputs } from './run-target.ts'
import { Disagreement } from './target.ts'
import { loadTarget, TARGET_NAMES } from './targets.ts'

const { type, encode } = openOracle('remote-write.proto', 'WriteRequest')

describe.each(TARGET_NAMES)('the target %s', (name) => {
  it('finds nothing in its first inputs, and takes and refuses some', async () => {
    const { openTarget } = await loadTarget(name)
    const { verdicts } = runInputs(openTarget(), { seed: 7, from: 0, to: 150 })
    expect(verdicts['accepted']).toBeGreaterThan(5)
    if (name !== 'otlp-sdk') expect(verdicts['rejected']).toBeGreaterThan(5)
  })
})

describe('two readers', () => {
  const sound = encode({ timeseries: [{ labels: [{ name: 'a' }] }] })
  const read = { value: 1 }
  const refused = { refused: 'no' }

  it('that do not agree on sound bytes are a finding', () => {
    expect(judge(sound, type, read, read)).toBe('accepted')
    expect(judge(sound, type, refused, refused)).toBe('rejected')
    expect(() => judge(sound, type, read, { value: 2 })).toThrow(Disagreement)
    expect(() => judge(sound, type, read, refused)).toThrow(Disagreement)
    expect(() => judge(sound, type, refused, read)).toThrow('here: no; there: read')
  })

  it.each([
    ['1314', 'a group'],
    ['0801', 'a wrong wire type'],
    ['0001', 'a field number out of range'],
    ['0a050a030a01ff', 'text that is not UTF-8'],
    ['0a040a020a05', 'a field over the end of its message'],
  ])('may differ over %s: %s', (hex, oddity) => {
    const bytes = Buffer.from(hex, 'hex')
    expect([...odditiesOf(bytes, type)]).toEqual([oddity])
    expect(judge(bytes, type, refused, read)).toBe(`differs: ${oddity}`)
  })

  it('are given inputs that differ from seed to seed and not from run to run', () => {
    const inputs = Array.from({ length: 50 }, (_, seed) =>
      Buffer.from(mutated(openPrng(seed), sound, sound)).toString('hex'),
    )
    const again = Array.from({ length: 50 }, (_, seed) =>
      Buffer.from(mutated(openPrng(seed), sound, sound)).toString('hex'),
    )
    expect(again).toEqual(inputs)
    expect(new Set(inputs).size).toBeGreaterThan(30)
  })
})
