import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TimeRange } from '../../../src/core/time.ts'
import { sloDimensionsSchema } from '../../../src/edges/http/api/slo.schema.ts'
import { T0 } from '../../domain/access/harness.ts'
import { openHttp, type HttpWorld } from './harness.ts'

let world: HttpWorld
let asked: TimeRange[] = []

beforeAll(async () => {
  world = await openHttp({
    breakdown: (tenantId, sloId, range) => {
      asked.push(range)
      if (sloId !== 'error-rate') return undefined
      const counts = { total: 7, bad: 2 }
      const route = { dimension: 'route', values: [], other: counts, without: counts }
      return { tenantId, sloId, ...range, ...counts, dimensions: [route] }
    },
  })
})
afterAll(() => world.close())
beforeEach(() => {
  asked = []
})

const ask = (query: string, slo = 'error-rate') =>
  world.ask(`/api/v1/tenants/acme/slos/${slo}/dimensions${query}`, { key: world.operator })

describe('GET /api/v1/tenants/:tenantId/slos/:sloId/dimensions', () => {
  it('tells of the last hour, or of a range', async () => {
    const { body } = await ask('')
    expect(sloDimensionsSchema.strict().parse(body)).toMatchObject({ total: 7, bad: 2 })
    await ask(`?from=2026-01-05T10:00:00%2B01:00&to=${String(Date.UTC(2026, 0, 5, 10))}`)
    await ask('?to=7200000')
    expect(asked).toEqual([
      { fromMs: T0 - 3_600_000, toMs: T0 },
      { fromMs: Date.UTC(2026, 0, 5, 9), toMs: Date.UTC(2026, 0, 5, 10) },
      { fromMs: 3_600_000, toMs: 7_200_000 },
    ])
  })

  it('refuses a range that is none, naming the field, and an SLO that is none', async () => {
    const fields = async (query: string) => (await ask(query)).body.errors
    expect(await fields('?from=yesterday')).toMatchObject([{ field: 'from' }])
    expect(await fields('?from=2&to=1')).toMatchObject([{ field: 'from' }])
    expect(asked).toEqual([])
    const { status, body } = await ask('', 'nothing')
    expect([status, body.code]).toEqual([404, 'SLO_NOT_FOUND'])
    expect(body.detail).toContain('the tenant acme has none called nothing')
  })
})
