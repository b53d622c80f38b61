import { describe, expect, it } from 'vitest'
import {
  changesTold,
  engineFacts,
  forwardTold,
  groupHunks,
  planTold,
} from '../../../src/edges/portal/engines/engine-words.ts'
import { makeEngines, makeForwarding, makePlan } from '../../fixtures/portal-engines.ts'

describe('what is said about engines', () => {
  it('tells what each is for, and who decides', () => {
    expect(makeEngines().items.map((engine) => engineFacts(engine).join(', '))).toEqual([
      'Mimir, is sent the series of 4 tenants, has the rules of 4 tenants, its ruler decides',
      'VictoriaMetrics cluster, is sent the series of 8 tenants, Tenantry decides',
    ])
  })

  it('tells how far forwarding is behind, and what was dropped before anything else', () => {
    const [, late] = makeForwarding(0).items
    const { totals } = late!
    expect(forwardTold(late!)).toMatchObject({ tone: 'bad' })
    expect(forwardTold(late!).text).toMatch(/^12,400 samples dropped, 1\.6\sGiB and 1\sh 30\smin/)
    const whole = { ...late!, totals: { ...totals, dropped: [] } }
    expect(forwardTold(whole).tone).toBe('warning')
    const settled = { ...whole, lagBytes: 0, lagSeconds: 0 }
    expect(forwardTold(settled)).toMatchObject({ tone: 'good', text: 'Nothing waits' })
  })

  it('tells whom a push would change, and for whom it cannot', () => {
    const { owners } = makePlan(null, { pushed: [] }, 0)
    const without = owners.filter(({ state }) => state !== 'refused')
    const same = owners.filter(({ state }) => state === 'same')
    expect([owners, without, same].map((each) => planTold({ owners: each }).text)).toEqual([
      '1 tenant cannot be pushed, 1 would change',
      'A push would change 1 tenant of 3',
      'The engine has the rules that it shall have',
    ])
  })

  it('counts groups by what becomes of them, and compares one line by line', () => {
    const { owners } = makePlan('acme', { pushed: [] }, 0)
    const { changes } = owners[0]!
    expect(changesTold(changes)).toBe('1 new, 1 changed')
    expect(changesTold([{ change: 'delete' }])).toBe('1 goes')
    expect(changesTold([])).toBe('–')
    const [update, create] = changes.map(groupHunks)
    const marks = (hunks = update) => hunks!.flatMap(({ lines }) => lines.map((line) => line[0]))
    expect(marks().filter((mark) => mark !== ' ')).toEqual(['-', '+'])
    expect(new Set(marks(create))).toEqual(new Set(['+']))
  })
})
