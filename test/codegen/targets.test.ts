/** What every target must do. A new target is tested by being in the table. */
import { describe, expect, it } from 'vitest'
import { GENERATED } from '../../src/codegen/artefact.ts'
import { DEFAULT_INPUT, type CodegenInput } from '../../src/codegen/input.ts'
import { artefactsOf, TARGET_NAMES, TARGETS } from '../../src/codegen/targets.ts'
import { CANARY, HOSTILE_SLO } from './hostile.ts'

const HOSTILE: CodegenInput = { ...DEFAULT_INPUT, slos: [HOSTILE_SLO] }

const LOADED = await Promise.all(
  TARGETS.map(async ({ load, ...row }) => ({ ...row, ...(await load()) })),
)

describe.each(LOADED)('target $name', ({ name, title, loadedBy, target }) => {
  const files = target.artefacts(DEFAULT_INPUT)

  it('says what it makes', () => {
    expect(name).toMatch(/^[a-z0-9]+$/)
    expect(title).not.toBe('')
    expect(loadedBy.length).toBeGreaterThan(0)
  })

  it('makes files in folders of its own or shared ones, each once', () => {
    expect(files.length).toBeGreaterThan(0)
    const paths = files.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    for (const path of paths) {
      expect(path).toMatch(/^(alerts|dashboards|loadtests)\/[\w./-]+$/)
      expect(path).not.toContain('..')
    }
  })

  it('says in every file that it was made, and ends it with a line end', () => {
    for (const { path, text } of files) {
      expect(text, path).toContain(GENERATED)
      expect(text.endsWith('\n'), path).toBe(true)
      expect(text, path).not.toContain('undefined')
    }
  })

  it('makes the same bytes again', () => {
    expect(target.artefacts(structuredClone(DEFAULT_INPUT))).toEqual(files)
  })

  it('takes names of any characters, and changes no file name by them', () => {
    const plain = { ...HOSTILE, slos: [{ ...HOSTILE_SLO, title: 'Plain' }] }
    const [hostile, other] = [target.artefacts(HOSTILE), target.artefacts(plain)]
    expect(hostile.map(({ path }) => path)).toEqual(other.map(({ path }) => path))
  })

  it('shows nothing of what an SLO only keeps for the way back', () => {
    for (const { path, text } of target.artefacts(HOSTILE)) expect(text, path).not.toContain(CANARY)
  })
})

describe('the table of targets', () => {
  it('names each once', () => {
    expect(new Set(TARGET_NAMES).size).toBe(TARGETS.length)
  })

  it('puts the files of several together, sorted, shared ones once', async () => {
    const artefacts = await artefactsOf(TARGET_NAMES, DEFAULT_INPUT)
    const paths = artefacts.map(({ path }) => path)
    expect(paths).toEqual(paths.toSorted())
    expect(new Set(paths).size).toBe(paths.length)
    expect(paths).toContain('alerts/runbooks/TenantryDown.md')
  })
})
