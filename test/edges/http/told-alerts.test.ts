/** Alerts of other systems, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toldAlertListSchema } from '../../../src/edges/http/api/told-alerts.schema.ts'
import { HTTP_LIMITS } from '../../../src/edges/http/limits.ts'
import { T0 } from '../../domain/access/harness.ts'
import { openHttp, type HttpWorld } from './harness.ts'

let world: HttpWorld
let collector: string

beforeAll(async () => {
  world = await openHttp()
  collector = world.key('collector')
})
afterAll(() => world.close())

const JSON_TYPE = { 'content-type': 'application/json' }
const post = (path: string, body: unknown, key = collector) =>
  world.ask(path, { method: 'POST', key, body: JSON.stringify(body), headers: JSON_TYPE })
const told = async (query = '', key = world.operator) => {
  const { body } = await world.ask(`/api/v1/alerts/told${query}`, { key })
  return toldAlertListSchema.strict().parse(body)
}
const alert = (name: string, more: Record<string, string> = {}) => ({
  labels: { alertname: name, tenant: 'acme', severity: 'critical', ...more },
  annotations: { summary: `${name} of acme` },
  startsAt: new Date(T0 - 60_000).toISOString(),
  endsAt: new Date(T0 + 240_000).toISOString(),
  generatorURL: 'http://prometheus/graph',
})

describe('POST /api/v2/alerts', () => {
  it('raises what it is told, once, and ends it', async () => {
    expect((await post('/api/v2/alerts', [alert('Down')])).status).toBe(200)
    expect((await post('/api/v2/alerts', [alert('Down')])).status).toBe(200)
    const firing = world.incidents.firing()
    expect(firing).toMatchObject([
      { tenantId: 'acme', source: 'foreign', action: 'page', summary: 'Down of acme' },
    ])
    const over = { ...alert('Down'), endsAt: new Date(T0).toISOString() }
    expect((await post('/api/v2/alerts', [over])).status).toBe(200)
    expect(world.incidents.firing()).toEqual([])
    expect((await told('?state=resolved')).items).toMatchObject([
      { tenantId: 'acme', endReason: 'told', generatorUrl: 'http://prometheus/graph' },
    ])
  })

  it('takes the good ones of a posting, and says which are not', async () => {
    const reply = await post('/api/v2/alerts', [alert('Kept'), { labels: {} }])
    expect([reply.status, reply.body]).toEqual([
      400,
      '1 taken, 1 refused: alert 1: labels: expected a label at least',
    ])
    expect(world.incidents.firing().map(({ summary }) => summary)).toEqual(['Kept of acme'])
  })

  it('refuses what is no list, naming that', async () => {
    const reply = await post('/api/v2/alerts', { alerts: [] })
    expect(reply).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } })
    expect(reply.body.errors).toEqual([{ field: '', message: 'expected a list, not an object' }])
  })

  it('takes from a key that is bound to a tenant only its own', async () => {
    const bolt = world.key('collector', 'bolt')
    const reply = await post('/api/v2/alerts', [alert('Other')], bolt)
    expect([reply.status, String(reply.body)]).toEqual([
      400,
      '0 taken, 1 refused: alert 0: labels: expected the tenant that the key is bound to, bolt',
    ])
    const own = { ...alert('Own'), labels: { alertname: 'Own' } }
    expect((await post('/api/v2/alerts', [own], bolt)).status).toBe(200)
    const viewer = world.key('viewer', 'bolt')
    expect((await told('', viewer)).items.map(({ tenantId }) => tenantId)).toEqual(['bolt'])
    expect((await told('?tenantId=acme', viewer)).items).toEqual([])
  })

  it('is refused to who may only look', async () => {
    expect((await post('/api/v2/alerts', [], world.key('viewer'))).status).toBe(403)
  })

  it('answers 503 and never 429 where more waits than can be taken', async () => {
    const many = Array.from({ length: 4_000 }, (_, i) => ({
      labels: { alertname: 'Storm', i: String(i), tenant: 'bolt' },
    }))
    const before = world.incidents.firingCount()
    const replies = await Promise.all(
      Array.from({ length: 12 }, () => post('/api/v2/alerts', many)),
    )
    const codes = new Set(replies.map(({ status }) => status))
    expect(codes).toEqual(new Set([200, 503]))
    const refused = replies.find(({ status }) => status === 503)!
    expect(refused.body).toMatchObject({ code: 'ALERTS_BUSY' })
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(world.incidents.firingCount()).toBe(before + 4_000)
  })
})

describe('POST /api/v1/alerts/webhook', () => {
  const webhook = (alerts: object[]) => ({ version: '4', status: 'firing', alerts })

  it('raises and ends by the status of each', async () => {
    const row = { ...alert('Hooked'), status: 'firing', endsAt: '0001-01-01T00:00:00Z' }
    const reply = await post('/api/v1/alerts/webhook', webhook([row]))
    expect([reply.status, reply.body]).toEqual([200, { taken: 1 }])
    const hooked = () => world.incidents.firing().filter(({ summary }) => /Hooked/.test(summary))
    expect(hooked()).toHaveLength(1)
    const over = { ...row, status: 'resolved', endsAt: new Date(T0).toISOString() }
    await post('/api/v1/alerts/webhook', webhook([over]))
    expect(hooked()).toEqual([])
  })

  it('takes a group of thousands, whose body is larger than others may be', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => ({
      ...alert('Group', { i: String(i), tenant: 'bolt' }),
      annotations: { summary: 'x'.repeat(400) },
      status: 'firing',
    }))
    const body = webhook(rows)
    expect(JSON.stringify(body).length).toBeGreaterThan(HTTP_LIMITS.bodyBytes)
    const reply = await post('/api/v1/alerts/webhook', body)
    expect([reply.status, reply.body]).toEqual([200, { taken: 3_000 }])
  })

  it('names the field of an alert that is not right', async () => {
    const reply = await post('/api/v1/alerts/webhook', webhook([{ labels: {}, status: 'maybe' }]))
    expect(reply.status).toBe(400)
    expect(reply.body.errors).toEqual([
      { field: 'alerts[0].status', message: 'expected firing or resolved' },
    ])
  })
})

describe('GET /api/v1/alerts/told', () => {
  it('lists page by page, each once', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const more = cursor === '' ? '' : `&cursor=${cursor}`
      const page = await told(`?tenantId=bolt&limit=500${more}`)
      seen.push(...page.items.map(({ fingerprint }) => fingerprint))
      cursor = page.nextCursor
    }
    expect(seen).toHaveLength(7_001)
    expect(new Set(seen).size).toBe(7_001)
  })

  it('names a cursor that is none', async () => {
    const reply = await world.ask('/api/v1/alerts/told?cursor=x', { key: world.operator })
    expect(reply.body.errors).toEqual([{ field: 'cursor', message: 'expected one of ours' }])
  })
})
