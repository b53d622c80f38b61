/** Whatever a file holds, reading it answers with findings and never throws. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { parseAllDocuments, stringify } from 'yaml'
import { expect, test } from 'vitest'
import { importSlos } from '../../../../src/domain/slo/formats/formats.ts'

const folder = join(import.meta.dirname, 'cases')
const DOCUMENTS = readdirSync(folder)
  .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
  .flatMap((document) => document.toJS() as object)
  .filter((value) => value !== null)

/** A document in which one part, chosen by a number at each level, is something else. */
function damaged(value: unknown, choices: readonly number[], by: unknown): unknown {
  const [choice, ...rest] = choices
  if (choice === undefined || typeof value !== 'object' || value === null) return by
  const keys = Object.keys(value)
  const key = keys[choice % Math.max(1, keys.length)]
  if (key === undefined) return by
  const part = damaged((value as Record<string, unknown>)[key], rest, by)
  if (Array.isArray(value))
    return value.map((item, i) => (String(i) === key ? part : (item as unknown)))
  return { ...value, [key]: part }
}

test('a document with any one part replaced is read or refused', () => {
  let refusals = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...DOCUMENTS),
      fc.array(fc.nat(20), { minLength: 1, maxLength: 7 }),
      fc.oneof(fc.jsonValue(), fc.constantFrom(null, [], {}, '', 0, -1, [null], 'sum(')),
      (document, choices, by) => {
        const text = stringify(damaged(document, choices, by))
        const { slos, findings } = importSlos([{ name: 'a.yaml', text }], { nowMs: 0 })
        expect(slos.length + findings.length).toBeGreaterThan(0)
        for (const { line, message } of findings) {
          expect(line).toBeGreaterThan(0)
          expect(message).not.toBe('')
        }
        if (findings.some(({ kind }) => kind === 'refused')) refusals += 1
      },
    ),
    { numRuns: 500 },
  )
  expect(refusals).toBeGreaterThan(50)
})
