/** What is written, and how a folder is told from what would be. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GENERATED } from '../../src/codegen/artefact.ts'
import { driftOf, isDrift, writeArtefacts } from '../../src/codegen/write.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantry-codegen-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const made = (name: string, body = ''): { path: string; text: string } => {
  return { path: `alerts/${name}`, text: `# ${GENERATED}\n${body}` }
}
const NONE = { missing: [], changed: [], extra: [] }

describe('writing artefacts', () => {
  it('writes what is missing, and afterwards nothing differs', () => {
    const artefacts = [made('a.yaml'), made('b.yaml')]
    expect(driftOf(folder, artefacts).missing).toEqual(['alerts/a.yaml', 'alerts/b.yaml'])
    expect(existsSync(join(folder, 'alerts'))).toBe(false)
    writeArtefacts(folder, artefacts)
    expect(driftOf(folder, artefacts)).toEqual(NONE)
    expect(isDrift(driftOf(folder, artefacts))).toBe(false)
  })

  it('tells what was changed by hand, and takes it back', () => {
    writeArtefacts(folder, [made('a.yaml')])
    writeFileSync(join(folder, 'alerts/a.yaml'), 'mine')
    expect(driftOf(folder, [made('a.yaml')])).toEqual({ ...NONE, changed: ['alerts/a.yaml'] })
    writeArtefacts(folder, [made('a.yaml')])
    expect(readFileSync(join(folder, 'alerts/a.yaml'), 'utf8')).toBe(made('a.yaml').text)
  })

  it('deletes what it made once and makes no more, and nothing of anybody else', () => {
    writeArtefacts(folder, [made('a.yaml'), made('b.yaml')])
    writeFileSync(join(folder, 'alerts/README.md'), 'mine')
    expect(driftOf(folder, [made('a.yaml')])).toEqual({ ...NONE, extra: ['alerts/b.yaml'] })
    writeArtefacts(folder, [made('a.yaml')])
    expect(existsSync(join(folder, 'alerts/b.yaml'))).toBe(false)
    expect(readFileSync(join(folder, 'alerts/README.md'), 'utf8')).toBe('mine')
  })
})
