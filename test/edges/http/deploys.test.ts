import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployListSchema, deploySchema } from '../../../src/edges/http/api/deploys.schema.ts'
import { T0 } from '../../domain/access/harness.ts'
import { openHttp, type HttpWorld } from './harness.ts'

let world: HttpWorld

beforeAll(async () => {
  world = await openHttp()
})
afterAll(() => world.close())

const PATH = '/api/v1/events/deploy'
const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' }
const event = (id: string, more: object = {}) => ({
  specversion: '1.0',
  id,
  source: '/ci',
  type: 'dev.tenantry.deploy',
  data: { service: 'api', version: id },
  ...more,
})
const post = (body: unknown, headers: Record<string, string>) =>
  world.ask(PATH, { method: 'POST', key: world.operator, body: JSON.stringify(body), headers })
const faults = async (body: unknown, headers: Record<string, string>) => {
  const reply = await post(body, headers)
  expect(reply.status).toBe(400)
  return reply.body.errors
}

describe('POST /api/v1/events/deploy', () => {
  it('takes an event in structured mode, once', async () => {
    const body = event('s1', { time: new Date(T0 - 1_000).toISOString(), extension: 'x' })
    const first = await post(body, STRUCTURED)
    expect(first.status).toBe(201)
    expect(deploySchema.strict().parse(first.body)).toMatchObject({
      source: '/ci',
      eventId: 's1',
      service: 'api',
      version: 's1',
      atMs: T0 - 1_000,
      tenants: 'all',
    })
    const second = await post(body, STRUCTURED)
    expect([second.status, second.body]).toEqual([200, first.body])
    const changed = { ...body, data: { service: 'api', version: 'other' } }
    expect(await post(changed, STRUCTURED)).toMatchObject({
      status: 409,
      body: { code: 'DEPLOY_CHANGED' },
    })
  })

  it('takes an event in binary mode, with percent-encoded attributes', async () => {
    const { status, body } = await post(
      { service: 'api', version: 'b', tenants: ['acme'] },
      {
        'content-type': 'application/json',
        'ce-specversion': '1.0',
        'ce-id': 'Bau%20%C3%BC',
        'ce-source': '/ci',
        'ce-type': 'deploy',
      },
    )
    expect(status).toBe(201)
    expect(body).toMatchObject({ eventId: 'Bau ü', tenants: ['acme'], atMs: T0 })
  })

  it('names every attribute and field that is wrong, as the sender wrote it', async () => {
    const wrong = { ...event('x'), specversion: '0.3', source: '', time: 'noon' }
    expect(await faults(wrong, STRUCTURED)).toEqual([
      { field: 'specversion', message: 'expected 1.0, not "0.3"' },
      { field: 'source', message: 'expected at least 1 characters, not 0' },
      { field: 'time', message: 'expected RFC 3339' },
    ])
    const data = { service: 7, tenants: [], more: 1 }
    expect(await faults(event('x', { data }), STRUCTURED)).toEqual([
      { field: 'data.service', message: 'expected a string, not 7' },
      { field: 'data.version', message: 'is missing; expected a string' },
      { field: 'data.tenants', message: 'expected at least 1 entries, not 0' },
      { field: 'data.more', message: 'there is no such field' },
    ])
    const json = { 'content-type': 'application/json' }
    expect(await faults({ service: 'api' }, json)).toMatchObject([{ field: 'ce-specversion' }])
    expect(await faults({}, { ...json, 'ce-specversion': '1.0', 'ce-id': '1' })).toEqual([
      { field: 'ce-source', message: 'is missing; expected a string' },
      { field: 'ce-type', message: 'is missing; expected a string' },
    ])
    const batch = { 'content-type': 'application/cloudevents-batch+json' }
    expect(await faults([event('x')], batch)).toMatchObject([{ field: 'Content-Type' }])
    const encoded = { ...event('x'), data: undefined, data_base64: 'e30=' }
    expect(await faults(encoded, STRUCTURED)).toMatchObject([{ field: 'data_base64' }])
    expect(await faults(event('x', { data: undefined }), STRUCTURED)).toMatchObject([
      { field: 'data' },
    ])
    const unknown = { service: 'api', version: '1', tenants: ['nobody'] }
    expect(await faults(event('x', { data: unknown }), STRUCTURED)).toEqual([
      { field: 'tenants.0', message: 'there is no tenant "nobody"' },
    ])
  })

  it('is listed, and who is bound to a tenant learns of no other', async () => {
    const data = { service: 'web', version: 'both', tenants: ['acme', 'bolt'] }
    await post(event('both', { data }), STRUCTURED)
    const only = { service: 'web', version: 'bolt', tenants: ['bolt'] }
    await post(event('bolt', { data: only }), STRUCTURED)
    const list = async (query: string, key = world.operator) => {
      const { body } = await world.ask(`${PATH}?service=web${query}`, { key })
      const { items } = deployListSchema.strict().parse(body)
      return items.map(({ version, tenants }) => [version, tenants])
    }
    expect(Object.fromEntries(await list(''))).toEqual({ bolt: ['bolt'], both: ['acme', 'bolt'] })
    const viewer = world.key('viewer', 'acme')
    expect(await list('', viewer)).toEqual([['both', ['acme']]])
    expect(await list('&tenantId=bolt', viewer)).toEqual([])
    expect(await list(`&to=${String(T0)}`)).toEqual([])
  })
})
