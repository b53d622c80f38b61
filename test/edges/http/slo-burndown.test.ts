/** A burndown and the published SLOs over the wire, from an engine that counted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { sloWindowsSchema } from '../../../src/edges/http/api/slo-book.schema.ts'
import { sloBurndownSchema } from '../../../src/edges/http/api/slo-burndown.schema.ts'
import { Desk, START_MS } from '../../domain/slo/harness.ts'
import { openHttp, type HttpWorld } from './harness.ts'

let world: HttpWorld

beforeAll(async () => {
  const desk = new Desk()
  const cells = desk.requestCells(desk.admit('acme'))
  desk.evaluate(START_MS)
  desk.book([
    { cell: cells.ok, atMs: START_MS + 10_000, amount: 9_995 },
    { cell: cells.failed, atMs: START_MS + 10_000, amount: 5 },
  ])
  desk.evaluate(START_MS + HOUR_MS)
  world = await openHttp({ burndown: (tenant, sloId) => desk.slo.burndown(tenant, sloId) })
})
afterAll(() => world.close())

const ask = (path: string, key = world.operator) => world.ask(path, { key })

describe('GET /api/v1/tenants/:tenantId/slos/:sloId/burndown', () => {
  it('tells what was spent, in the shape that is promised', async () => {
    const { status, body } = await ask('/api/v1/tenants/acme/slos/error-rate/burndown')
    expect(status).toBe(200)
    const told = sloBurndownSchema.strict().parse(body)
    expect(told.budgetLeftRatio.at(-1)).toBe(0.5)
    expect([told.bad.at(-1), told.total.at(-1)]).toEqual([5, 10_000])
  })

  it('knows no SLO that is none', async () => {
    const { status, body } = await ask('/api/v1/tenants/acme/slos/nothing/burndown')
    expect([status, body.code]).toEqual([404, 'SLO_NOT_FOUND'])
  })
})

describe('GET /api/v1/slo/windows', () => {
  it('tells what is promised by tier; to somebody of a tenant only of its own', async () => {
    const objectives = async (key: string): Promise<unknown> => {
      const { body } = await ask('/api/v1/slo/windows', key)
      const { slos } = sloWindowsSchema.strict().parse(body)
      const found = slos.find(({ sloId }) => sloId === 'response-time')!
      expect(found).toMatchObject({ cause: 'requests-slow', thresholdSeconds: 0.2 })
      return found.objectives.map(({ tier, versions }) => [tier, versions[0]!.objectivePpm])
    }
    expect(await objectives(world.operator)).toEqual([
      ['starter', 990_000],
      ['professional', 990_000],
      ['enterprise', 990_000],
    ])
    const own = world.key('tenant-admin', 'acme')
    expect(await objectives(own)).toEqual([['enterprise', 990_000]])
  })
})
