import { describe, expect, it } from 'vitest'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { ROLL_OUT_LIMITS } from '../../../src/domain/tenants/limits.ts'
import { sha256Of } from '../../../src/domain/tenants/tenants.ts'
import { openWorld, T0 } from '../access/harness.ts'

const FILES = [
  { path: 'b.yaml', text: 'b: 1\n' },
  { path: 'a.yaml', text: 'a: 1\n' },
]
const ASKED = { target: 'prometheus', note: 'release 12', options: { anchored: true } }

describe('roll-outs', () => {
  it('keep the files as they were, with an entry in the audit log', () => {
    const { tenants, access } = openWorld()
    const kept = tenants.rollOuts.record({ ...ASKED, files: FILES }, SYSTEM, T0)
    expect(kept).toMatchObject({ ...ASKED, atMs: T0, rolledOutBy: SYSTEM.id })
    expect(kept.hashes).toEqual({ 'a.yaml': sha256Of('a: 1\n'), 'b.yaml': sha256Of('b: 1\n') })
    expect(tenants.rollOuts.list('prometheus')).toEqual([kept])
    expect(tenants.rollOuts.list('mimir')).toEqual([])
    expect(tenants.rollOuts.read('prometheus', kept.rollOutId)).toEqual({
      rollOut: kept,
      files: FILES.toReversed(),
    })
    const { items } = access.audit.list({ limit: 5 })
    expect(items.map(({ action, target }) => [action, target])).toContainEqual([
      'artefacts.rolled-out',
      `roll-out/${kept.rollOutId}`,
    ])
  })

  it('are listed newest first, and so many of each target', () => {
    const { tenants } = openWorld()
    const many = ROLL_OUT_LIMITS.keptOfTarget + 3
    for (let i = 0; i < many; i += 1) {
      tenants.rollOuts.record({ ...ASKED, note: String(i), files: FILES }, SYSTEM, T0 + i)
    }
    tenants.rollOuts.record({ ...ASKED, target: 'mimir', files: FILES }, SYSTEM, T0)
    const notes = tenants.rollOuts.list('prometheus').map(({ note }) => Number(note))
    expect(notes).toHaveLength(ROLL_OUT_LIMITS.keptOfTarget)
    expect(notes[0]).toBe(many - 1)
    expect(notes.at(-1)).toBe(3)
    expect(tenants.rollOuts.list('mimir')).toHaveLength(1)
  })

  it('that are not there are said so', () => {
    const { tenants } = openWorld()
    const kept = tenants.rollOuts.record({ ...ASKED, files: FILES }, SYSTEM, T0)
    for (const [target, id] of [
      ['prometheus', 'rol_none'],
      ['mimir', kept.rollOutId],
    ] as const) {
      expect(() => tenants.rollOuts.read(target, id)).toThrow(`there is no roll-out "${id}"`)
    }
  })
})
