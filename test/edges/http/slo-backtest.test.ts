import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SloTrial, TrialAsked } from '../../../src/domain/slo/slo.ts'
import { openHttp, type HttpWorld, type Reply } from './harness.ts'

const JUDGED: SloTrial['tried'] = {
  objectivePpm: 990_000,
  period: { kind: 'rolling', seconds: 86_400 },
  periodSeconds: 86_400,
  good: 9,
  bad: 1,
  total: 10,
  sliRatio: 0.9,
  budgetLeftRatio: -9,
  budgetLeftEvents: -1,
  lowestLeftRatio: -9,
  leftRatio: [-9],
  pairs: [],
  raised: [],
  pages: 0,
  tickets: 0,
  pageSeconds: 0,
  ticketSeconds: 0,
}

let world: HttpWorld
let asked: TrialAsked | undefined

beforeAll(async () => {
  world = await openHttp({
    *tryPromise(_, sloId, given) {
      asked = given
      yield
      if (sloId === 'none') throw new Error('is not asked for')
      return {
        fromMs: 0,
        toMs: 1,
        countedFromMs: null,
        resolutions: [],
        endsMs: [1],
        current: JUDGED,
        tried: JUDGED,
      }
    },
  })
})
afterAll(() => world.close())

function tryIt(json: unknown, slo = 'error-rate', key = world.operator): Promise<Reply> {
  return world.ask(`/api/v1/tenants/acme/slos/${slo}/backtest`, { method: 'POST', key, json })
}

describe('POST /api/v1/tenants/{id}/slos/{slo}/backtest', () => {
  it('asks the engine for what is written, in its own units', async () => {
    const reply = await tryIt({
      objectivePercent: 99.5,
      period: { rolling: '28d' },
      alerts: [{ speed: 'fast', action: 'page', long: '1h', short: '5m', budgetPercent: 2 }],
      minBadEvents: 7,
      days: 10,
    })
    expect(reply.status).toBe(200)
    expect(reply.body).toMatchObject({ tenantId: 'acme', sloId: 'error-rate', tried: { bad: 1 } })
    expect(asked).toMatchObject({
      targetPpm: 995_000,
      periodSeconds: 28 * 86_400,
      pairs: [{ speed: 'fast', longSeconds: 3_600, shortSeconds: 300, sharePpm: 20_000 }],
      minBadEvents: 7,
      days: 10,
    })
  })

  it('leaves what is not written as it is', async () => {
    await tryIt({})
    expect(asked).toEqual({ days: 30, targetPpm: undefined })
  })

  it.each([
    [{ objectivePercent: 100 }, 'objectivePercent'],
    [{ period: { rolling: '90s' } }, 'period.rolling'],
    [{ days: 31 }, 'days'],
    [
      { alerts: [{ speed: 'fast', action: 'page', long: '5m', short: '1h', budgetPercent: 2 }] },
      'alerts.0.short',
    ],
    [{ objective: 99 }, ''],
  ])('refuses %j and names the field', async (body, field) => {
    const reply = await tryIt(body)
    expect(reply.status).toBe(400)
    expect(JSON.stringify(reply.body.errors)).toContain(field)
  })

  it('is there for a reader of the tenant, and knows only SLOs that there are', async () => {
    expect((await tryIt({}, 'error-rate', world.key('viewer', 'acme'))).status).toBe(200)
    expect((await tryIt({}, 'error-rate', world.key('viewer', 'bolt'))).status).toBe(404)
    expect((await tryIt({}, 'none')).status).toBe(404)
  })
})
