import { describe, expect, it } from 'vitest'
import type { ArtefactListBody } from '../../../src/edges/http/api/artefacts.schema.ts'
import {
  artefactOptions,
  readArtefactSearch,
} from '../../../src/edges/portal/artefacts/artefact-search.ts'
import {
  artefactsTold,
  changedFiles,
  targetTold,
} from '../../../src/edges/portal/artefacts/artefact-words.ts'
import { linesOf, partsOf } from '../../../src/edges/portal/artefacts/text-lines.ts'
import { makeArtefacts, rolledOutAtFirst } from '../../fixtures/portal-artefacts.ts'

describe('the address of the artefacts', () => {
  it('keeps what it knows, and tells the API the options alone', () => {
    const search = readArtefactSearch({
      target: 'mimir',
      file: 'a.yaml',
      view: 'changes',
      reads: 'platform',
      anchored: 'true',
      tenantLabel: 'customer',
      codeLabel: '',
      slothNames: 'perhaps',
      other: 'x',
    })
    expect(search).toEqual({
      target: 'mimir',
      file: 'a.yaml',
      view: 'changes',
      reads: 'platform',
      anchored: 'true',
      tenantLabel: 'customer',
    })
    expect(artefactOptions(search)).toBe('reads=platform&anchored=true&tenantLabel=customer')
    expect(readArtefactSearch({ target: 'nagios', reads: 'tenantry' })).toEqual({})
  })
})

describe('what is said about artefacts', () => {
  const list = makeArtefacts(rolledOutAtFirst(0))
  const only = (...names: string[]): ArtefactListBody => ({
    ...list,
    targets: list.targets.map((target) =>
      names.includes(target.name) ? target : { ...target, rolledOut: null },
    ),
  })

  it('answers first whether something else runs', () => {
    const texts = [list, only('prometheus'), only('mimir'), only()].map(
      (each) => artefactsTold(each).text,
    )
    const files = list.targets.reduce((sum, target) => sum + target.files.length, 0)
    expect(texts).toEqual([
      '1 of 2 rolled-out targets differs from what would be made now',
      '1 of 1 rolled-out target differs from what would be made now',
      'The target that was rolled out would be made the same now',
      `${files} files for 6 other systems; none is said to be rolled out`,
    ])
  })

  it('counts files that came, changed or went', () => {
    const [prometheus, mimir] = list.targets
    const differ = prometheus!.files.filter(({ change }) => change !== 'same').length
    expect(differ).toBeGreaterThan(1)
    expect(changedFiles(prometheus!)).toBe(differ)
    expect(changedFiles({ ...prometheus!, removed: ['gone.yaml'] })).toBe(differ + 1)
    expect(targetTold(mimir!).text).toBe('As rolled out')
    expect(changedFiles(list.targets[2]!)).toBe(null)
  })
})

describe('a text as lines', () => {
  it('tells remarks and keys apart', () => {
    expect(partsOf('  # why', 'a.yaml')).toEqual([{ kind: 'remark', text: '  # why' }])
    expect(partsOf('  - expr: up == 0', 'a.yaml')).toEqual([
      { kind: 'plain', text: '  - ' },
      { kind: 'key', text: 'expr:' },
      { kind: 'plain', text: ' up == 0' },
    ])
    expect(partsOf('  "title": "a: b",', 'a.json')).toEqual([
      { kind: 'plain', text: '  ' },
      { kind: 'key', text: '"title":' },
      { kind: 'plain', text: ' "a: b",' },
    ])
    expect(partsOf('# Down', 'a.md')).toEqual([{ kind: 'key', text: '# Down' }])
    expect(partsOf('', 'a.md')).toEqual([{ kind: 'plain', text: '' }])
  })

  it('leaves nothing of a text out', () => {
    for (const line of ['a:b', 'record: tenantry:x', '- - a: 1', '  }', 'x: ']) {
      const parts = partsOf(line, 'a.yaml')
      expect(parts.map(({ text }) => text).join('')).toBe(line)
    }
    expect(linesOf('a\n\nb\n')).toEqual(['a', '', 'b'])
  })
})
