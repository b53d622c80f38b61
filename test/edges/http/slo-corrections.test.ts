import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHttp, type HttpWorld, type Reply } from './harness.ts'

const WHOLE = {
  sloId: 'whole',
  title: 'Whole',
  indicator: {
    kind: 'composite',
    of: [
      { slo: 'error-rate', weight: 1 },
      { slo: 'response-time', weight: 1 },
    ],
  },
  period: { rolling: '30d' },
  objectives: [{ percent: 99 }],
}
const FLEET = {
  sloId: 'fleet',
  title: 'Fleet',
  indicator: { kind: 'roll-up', of: 'error-rate', over: 'fleet' },
  period: { rolling: '30d' },
  objectives: [{ percent: 99 }],
}

let world: HttpWorld

beforeAll(async () => {
  world = await openHttp()
  await world.ask('/api/v1/slo/book', {
    method: 'PUT',
    key: world.operator,
    json: { slos: [WHOLE, FLEET] },
  })
})
afterAll(() => world.close())

describe('POST /api/v1/slo/corrections', () => {
  it('refuses what would be without effect: composites and roll-ups follow their parts', async () => {
    const correct = (sloId: string): Promise<Reply> =>
      world.ask('/api/v1/slo/corrections', {
        method: 'POST',
        key: world.operator,
        json: {
          sloId,
          startsAt: '2026-03-01T10:00:00Z',
          endsAt: '2026-03-01T11:00:00Z',
          reason: 'load test',
        },
      })
    expect((await correct('error-rate')).status).toBe(201)
    const whole = await correct('whole')
    expect([whole.status, whole.body.code]).toEqual([422, 'SLO_CORRECTION_SCOPE'])
    expect(whole.body.errors).toEqual([
      { field: 'sloId', message: 'whole is made of error-rate, response-time: correct those' },
    ])
    const fleet = await correct('fleet')
    expect(fleet.body.errors).toEqual([
      { field: 'sloId', message: 'fleet adds up error-rate: correct that' },
    ])
  })
})
