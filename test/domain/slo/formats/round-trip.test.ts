/** What is written and read again is what it was, whatever the SLO; and the other way round. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exportSlos, importSlos } from '../../../../src/domain/slo/formats/formats.ts'
import { arbitrarySlo, INDICATORS } from './arbitrary-slo.ts'

const nowMs = Date.parse('2026-11-26T00:00:00Z')
const EVENTS = ['event-ratio', 'latency-threshold', 'probe'] as const
const SLICES = ['time-slice', 'ratio-time-slice'] as const
const ALL = Object.keys(INDICATORS) as (keyof typeof INDICATORS)[]

describe('an SLO that is written and read again', () => {
  test('is the same by our own YAML, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(arbitrarySlo(ALL), { selector: ({ sloId }) => sloId }),
        (specs) => {
          const { files, refused } = exportSlos(specs, { to: 'tenantry', nowMs })
          expect(refused).toEqual([])
          const back = importSlos(files, { nowMs })
          expect(back.findings).toEqual([])
          expect(back.slos.map(({ spec }) => spec)).toEqual(specs)
        },
      ),
    )
  })

  test('is the same by OpenSLO, with nothing left out', () => {
    fc.assert(
      fc.property(arbitrarySlo([...EVENTS, ...SLICES]), (spec) => {
        const { files, refused, leftOut } = exportSlos([spec], { to: 'openslo', nowMs })
        expect({ refused, leftOut }).toEqual({ refused: [], leftOut: [] })
        const back = importSlos(files, { nowMs })
        expect(back.findings.filter(({ kind }) => kind !== 'note')).toEqual([])
        expect(back.slos.map((one) => one.spec)).toEqual([spec])
      }),
    )
  })

  test.each(['sloth-crd', 'pyrra'] as const)('is the same by %s, or refused', (to) => {
    let carried = 0
    fc.assert(
      fc.property(arbitrarySlo([...EVENTS]), (spec) => {
        const { files, refused, leftOut } = exportSlos([spec], { to, nowMs })
        if (refused.length > 0) {
          expect(leftOut.length).toBeGreaterThan(0)
          expect(files).toEqual([])
          return
        }
        carried += 1
        const back = importSlos(files, { nowMs })
        expect(back.slos.map((one) => one.spec)).toEqual([spec])
      }),
      { numRuns: 400 },
    )
    expect(carried).toBeGreaterThan(10)
  })

  test('counts the same by Sloth’s own files, which have no place for the rest', () => {
    let carried = 0
    fc.assert(
      fc.property(arbitrarySlo([...EVENTS]), (spec) => {
        const { files, refused } = exportSlos([spec], { to: 'sloth', nowMs })
        if (refused.length > 0) return
        carried += 1
        const again = importSlos(files, { nowMs }).slos.map((one) => one.spec)
        const twice = exportSlos(again, { to: 'sloth', nowMs })
        expect(twice.files).toEqual(files)
      }),
      { numRuns: 400 },
    )
    expect(carried).toBeGreaterThan(10)
  })
})

test('an annotation never overrules a field that was edited', () => {
  fc.assert(
    fc.property(arbitrarySlo(['event-ratio']), (spec) => {
      const one = { ...spec, objectives: [{ percent: 99.5 }] }
      const { files } = exportSlos([one], { to: 'openslo', nowMs })
      const edited = files.map(({ name, text }) => {
        return { name, text: text.replace('target: 0.995\n', 'target: 0.9\n') }
      })
      const [back] = importSlos(edited, { nowMs }).slos
      expect(back?.spec.objectives).toEqual([{ percent: 90 }])
      expect(back?.spec.indicator).toEqual(spec.indicator)
    }),
  )
})
