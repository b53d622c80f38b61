/** What files of other tools become: the SLOs, every finding with its place, and the way back. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { describe, expect, test } from 'vitest'
import { exportSlos, importSlos } from '../../../../src/domain/slo/formats/formats.ts'

const nowMs = Date.parse('2026-11-26T00:00:00Z')
const folder = join(import.meta.dirname, 'cases')
const NAMES = readdirSync(folder).toSorted()

function read(name: string) {
  return importSlos([{ name, text: readFileSync(join(folder, name), 'utf8') }], { nowMs })
}

describe.each(NAMES)('%s', (name) => {
  test('becomes what the golden file says', async () => {
    const { slos, findings } = read(name)
    const { files } = exportSlos(
      slos.map(({ spec }) => spec),
      { to: 'tenantry', nowMs },
    )
    const lines = findings.map(({ line, column, kind, field, message }) => {
      return `${line}:${column} ${kind} ${field}: ${message}`
    })
    const text = [...lines, '', ...files.map((file) => file.text)].join('\n')
    await expect(text).toMatchFileSnapshot(
      `../../../golden/slo-formats/${name.replace('.yaml', '.txt')}`,
    )
  })
})

/** What a file holds, object by object. */
function objects(text: string): Record<string, unknown>[] {
  return parseAllDocuments(text)
    .flatMap((document) => document.toJS() as unknown)
    .filter((value) => value !== null) as Record<string, unknown>[]
}

describe('what was read from a format is written there as it was', () => {
  test('by OpenSLO, with the objects that SLOs refer to', () => {
    const name = 'openslo-all-kinds.yaml'
    const { slos } = read(name)
    const one = slos.filter(({ spec }) => spec.sloId === 'payments')
    const { files, leftOut } = exportSlos(
      one.map(({ spec }) => spec),
      { to: 'openslo', nowMs },
    )
    const before = objects(readFileSync(join(folder, name), 'utf8'))
    const after = objects(files[0]!.text)
    const wanted = before.slice(0, 7)
    const source = wanted[1] as { spec: { connectionDetails: object } }
    source.spec.connectionDetails = { url: 'https://prometheus.example' }
    // An SLI that a reference gave its type from the data source is written in place.
    const slo = wanted[6] as { spec: Record<string, unknown> }
    const written = after.find(({ kind }) => kind === 'SLO') as { spec: Record<string, unknown> }
    delete slo.spec['indicatorRef']
    const { indicator, ...spec } = written.spec
    expect(indicator).toMatchObject({ metadata: { name: 'payments-served' } })
    expect({ ...written, spec }).toEqual(slo)
    for (const object of wanted.slice(0, 6)) expect(after).toContainEqual(object)
    expect(leftOut).toEqual([])
  })

  test.each([
    ['pyrra.yaml', 'pyrra'],
    ['sloth.yaml', 'sloth-crd'],
  ] as const)('by %s as %s', (name, to) => {
    const text = readFileSync(join(folder, name), 'utf8')
    const before = objects(text).filter((object) => object['apiVersion'] !== undefined)
    const ids = before.map((object) => (object['metadata'] as { name: string }).name)
    const read1 = read(name).slos.map(({ spec }) => spec)
    const after = objects(exportSlos(read1, { to, nowMs }).files[0]!.text)
    const again = after.filter((object) =>
      ids.includes((object['metadata'] as { name: string }).name),
    )
    expect(again.length).toBeGreaterThan(0)
    for (const object of again) expect(before).toContainEqual(object)
  })
})

test('a file that is no YAML is refused with its line', () => {
  const { findings } = importSlos([{ name: 'a.yaml', text: 'version: prometheus/v1\nslos: [' }], {
    nowMs,
  })
  expect(findings).toMatchObject([{ kind: 'refused', file: 'a.yaml', line: 2 }])
})

test('a document of an unknown format is refused', () => {
  const { findings } = importSlos([{ name: 'a.yaml', text: 'apiVersion: v1\nkind: Pod' }], {
    nowMs,
  })
  expect(findings).toMatchObject([{ kind: 'refused', line: 1 }])
})
