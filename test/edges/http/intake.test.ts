/** What tenants send against what they may, over the real server. */
import { afterEach, describe, expect, it } from 'vitest'
import type { TenantIntake } from '../../../src/domain/metrics/metrics.ts'
import { openHttp, STILL_INTAKE, stillIntake, type HttpWorld } from './harness.ts'
import { T0 } from '../../domain/access/harness.ts'

let world: HttpWorld | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

const minutes = (last: number, present: number) => [
  ...Array.from({ length: 58 }, () => 0),
  last,
  present,
]
const BUSY: TenantIntake = {
  ...STILL_INTAKE,
  activeSeries: 90_000,
  newSeriesByMinute: minutes(30, 5),
  samplesByMinute: minutes(660_000, 60_000),
  received: 1_000,
  outcomes: { attributed: 850, unattributed: 0, duplicate: 50, 'not-elected': 0, discarded: 100 },
  discarded: { 'rate-limit': 90, 'too-old': 10 },
  requestsRefused: { 'rate-limit': 2, 'queue-full': 1 },
  refusals: [
    { reason: 'rate-limit', lastAtMs: T0 - 1_000, examples: ['up{pod="a"}'] },
    { reason: 'queue-full', lastAtMs: T0 - 9_000, examples: [] },
  ],
}

async function open(acme: TenantIntake): Promise<HttpWorld> {
  const intake = {
    ...stillIntake,
    of: (tenantId: string) => (tenantId === 'acme' ? acme : STILL_INTAKE),
    unattributedSeries: () => 12,
  }
  world = await openHttp({ metrics: { intake } })
  return world
}

describe('GET /api/v1/tenants/{id}/ingest', () => {
  it('tells limits, use and refusals of the tenant', async () => {
    const { ask, key } = await open(BUSY)
    const reply = await ask('/api/v1/tenants/acme/ingest', { key: key('viewer', 'acme') })
    expect(reply.status).toBe(200)
    expect(JSON.parse(reply.text)).toMatchObject({
      tenantId: 'acme',
      quotas: { activeSeries: 150_000 },
      uses: [
        { limit: 'samplesPerSecond', allowed: 10_000, used: 11_000, usedRatio: 1.1 },
        { limit: 'activeSeries', allowed: 150_000, used: 90_000, usedRatio: 0.6 },
        { limit: 'newSeriesPerMinute', used: 30 },
      ],
      newSeriesLastHour: 35,
      received: 1_000,
      refusals: [
        { reason: 'rate-limit', samples: 90, requests: 2, examples: ['up{pod="a"}'] },
        { reason: 'queue-full', samples: 0, requests: 1, lastAtMs: T0 - 9_000 },
        { reason: 'too-old', samples: 10, requests: 0, lastAtMs: null },
      ],
    })
    const { refusals } = JSON.parse(reply.text) as { refusals: { meaning: string }[] }
    expect(refusals.every(({ meaning }) => meaning.length > 10)).toBe(true)
  })

  it('is nobody else’s business', async () => {
    const { ask, key } = await open(BUSY)
    const other = key('viewer', 'bolt')
    expect((await ask('/api/v1/tenants/acme/ingest', { key: other })).status).toBe(404)
    expect((await ask('/api/v1/tenants/acme/cardinality', { key: other })).status).toBe(404)
    expect((await ask('/api/v1/collector/cardinality', { key: other })).status).toBe(403)
  })
})

describe('GET /api/v1/collector/cardinality', () => {
  const fleet = async (acme: TenantIntake) => {
    const { ask, key } = await open(acme)
    const reply = await ask('/api/v1/collector/cardinality', { key: key('viewer') })
    return JSON.parse(reply.text) as { tone: string; sentence: string; rows: unknown[] }
  }

  it('says who sends more than allowed, nearest to a limit first', async () => {
    expect(await fleet(BUSY)).toMatchObject({
      tone: 'warning',
      sentence: '1 of 2 tenants sends more than allowed: part of it is refused',
      tenants: 2,
      series: 90_000,
      unattributedSeries: 12,
      rows: [
        { tenantId: 'acme', usedRatio: 1.1, discarded: 100, requestsRefused: 3 },
        { tenantId: 'bolt', usedRatio: 0, refusals: [] },
      ],
    })
  })

  it.each([
    [
      { activeSeries: 130_000 },
      'warning',
      '1 of 2 tenants is near a limit; nothing is refused yet',
    ],
    [{}, 'good', 'All tenants stay well within their limits'],
    [
      // A defect of the sender is no matter of limits.
      {
        refusals: [{ reason: 'too-old', lastAtMs: T0, examples: [] }],
        discarded: { 'too-old': 1 },
      },
      'good',
      'All tenants stay well within their limits',
    ],
    [
      // Long ago.
      {
        refusals: [{ reason: 'rate-limit', lastAtMs: T0 - 400_000, examples: [] }],
        discarded: { 'rate-limit': 1 },
      },
      'good',
      'All tenants stay well within their limits',
    ],
  ])('tells what matters now: %o', async (change, tone, sentence) => {
    expect(await fleet({ ...STILL_INTAKE, ...change })).toMatchObject({ tone, sentence })
  })
})

describe('GET /api/v1/tenants/{id}/cardinality', () => {
  it('takes the steps of the reading with turns in between', async () => {
    let asked = 0
    const metrics = {
      *cardinality() {
        for (; asked < 50; asked += 1) yield
        return {
          series: 2,
          metricNames: 1,
          labelNames: 0,
          metrics: [{ name: 'up', series: 2 }],
          labels: [],
        }
      },
    }
    world = await openHttp({ metrics })
    const path = '/api/v1/tenants/acme/cardinality'
    const reply = await world.ask(path, { key: world.key('viewer', 'acme') })
    expect(JSON.parse(reply.text)).toMatchObject({ tenantId: 'acme', series: 2, metricNames: 1 })
    expect(asked).toBe(50)
  })
})
