/** Cells may be learned some at a time: what happens in between changes nothing. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TenantId } from '../../../src/core/ids.ts'
import { MINUTE_MS } from '../../../src/core/time.ts'
import type { SloTier } from '../../../src/domain/slo/template.ts'
import { Desk, START_MS } from './harness.ts'

type Step =
  | { readonly does: 'admit'; readonly tenant: number }
  | { readonly does: 'cells'; readonly tenant: number }
  | { readonly does: 'tier'; readonly tenant: number; readonly tier: SloTier }
  | { readonly does: 'learn'; readonly most: number }

const NAMES = ['acme', 'blue', 'cyan']
const tenant = fc.integer({ min: 0, max: NAMES.length - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  tenant.map((place): Step => ({ does: 'admit', tenant: place })),
  tenant.map((place): Step => ({ does: 'cells', tenant: place })),
  fc.record({
    does: fc.constant('tier' as const),
    tenant,
    tier: fc.constantFrom<SloTier>('enterprise', 'professional', 'starter'),
  }),
  fc.integer({ min: 1, max: 3 }).map((most): Step => ({ does: 'learn', most })),
)

/** Takes the steps, all cells learned at once in place of some where `isWhole`. */
function taken(steps: readonly Step[], isWhole: boolean): Desk {
  const desk = new Desk()
  const known = (place: number): number =>
    desk.registry.findIndex(({ name }) => name === NAMES[place])
  for (const each of steps) {
    if (each.does === 'learn') desk.slo.learn(desk.cells, isWhole ? undefined : each.most)
    else if (each.does === 'cells') desk.requestCells(NAMES[each.tenant] as TenantId)
    else if (each.does === 'admit' && known(each.tenant) < 0) desk.admit(NAMES[each.tenant]!)
    else if (each.does === 'tier' && known(each.tenant) >= 0) {
      const place = known(each.tenant)
      desk.registry[place] = { ...desk.registry[place]!, tier: each.tier }
      desk.generation += 1
    }
  }
  desk.evaluate(START_MS)
  const atMs = START_MS + MINUTE_MS
  desk.book(desk.cells.map(({ cellId }) => ({ cell: cellId, atMs, amount: 1 + cellId })))
  desk.evaluate(atMs + MINUTE_MS)
  return desk
}

describe('cells that are learned some at a time', () => {
  it('tells whether some are left', () => {
    const desk = new Desk()
    desk.requestCells(desk.admit('acme'))
    expect(desk.slo.learn(desk.cells, 1)).toBe(true)
    expect(desk.slo.learn(desk.cells, 1)).toBe(false)
    expect(desk.slo.learn(desk.cells, 1)).toBe(false)
  })

  it('count once each, whatever the registry does meanwhile', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const [whole, some] = [taken(steps, true), taken(steps, false)]
        const counts = ({ slo, registry }: Desk) =>
          registry.map(({ tenantId }) =>
            slo.status(tenantId).map(({ sloId, total, bad }) => [sloId, total, bad]),
          )
        expect(counts(some)).toEqual(counts(whole))
        for (const { tenantId } of some.registry) {
          const own = some.cells.filter((cell) => cell.tenantId === tenantId)
          const total = own.reduce((sum, { cellId }) => sum + 1 + cellId, 0)
          const status = some.slo.status(tenantId).find(({ sloId }) => sloId === 'error-rate')
          expect(status?.total ?? 0).toBe(total)
        }
      }),
    )
  })
})
