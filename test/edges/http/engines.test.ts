import { afterEach, describe, expect, it } from 'vitest'
import type { SloStatus } from '../../../src/domain/slo/slo.ts'
import { openHttp, type HttpWorld } from './harness.ts'

let world: HttpWorld

afterEach(() => world.close())

const RULER = {
  engine: 'eu',
  heardAtMs: 1,
  isSilent: false,
  failure: null,
  budgetLeftRatio: 0.5,
  burns: [{ windowSeconds: 300, burn: 2 }],
  alerts: [{ speed: 'fast', action: 'page' }],
} as const

describe('the status of SLOs', () => {
  it('has beside Tenantry’s figures those of the ruler, where it decides', async () => {
    world = await openHttp({
      statuses: (tenantId) =>
        ['error-rate', 'recovery'].map((sloId) => ({ tenantId, sloId }) as SloStatus),
      rulers: {
        rulerOf: (tenantId, sloId) =>
          tenantId === 'acme' && sloId === 'error-rate'
            ? { ...RULER, burns: [...RULER.burns], alerts: [...RULER.alerts] }
            : null,
      },
    })
    for (const path of ['/api/v1/tenants/acme/slo', '/api/v1/slo']) {
      const { body } = await world.ask(path, { key: world.operator })
      const { items } = body as unknown as { items: { sloId: string; ruler?: object }[] }
      const ofAcme = items.slice(0, 2).map(({ sloId, ruler }) => [sloId, ruler])
      expect(ofAcme).toEqual([
        ['error-rate', RULER],
        ['recovery', undefined],
      ])
    }
    const bolt = await world.ask('/api/v1/tenants/bolt/slo', { key: world.operator })
    expect(JSON.stringify(bolt.body)).not.toContain('ruler')
  })
})

describe('engines', () => {
  it('are asked for by name, with what was sent checked', async () => {
    const asked: unknown[] = []
    world = await openHttp({
      engines: {
        list: () => [],
        problems: () => ['engines.yaml:1:1: broken'],
        plan: (...args) => {
          asked.push(args)
          return Promise.resolve({ engine: 'eu', atMs: 1, hash: 'h', owners: [] })
        },
        push: (name, { tenantIds, hash, actor }) => {
          asked.push([name, tenantIds, hash, actor.role])
          return Promise.reject(new Error('stop here'))
        },
        rollback: () => Promise.reject(new Error('no')),
        pushes: () => [],
        pushDetails: () => {
          throw new Error('no')
        },
        limits: () => Promise.reject(new Error('no')),
        offboard: () => Promise.reject(new Error('no')),
        offboards: () => [],
      },
    })
    const key = world.operator
    const list = await world.ask('/api/v1/engines', { key })
    expect(list.body).toMatchObject({ items: [], problems: ['engines.yaml:1:1: broken'] })
    await world.ask('/api/v1/engines/eu/plan?tenants=acme,bolt&texts=true', { key })
    await world.ask('/api/v1/engines/eu/push', {
      method: 'POST',
      key,
      json: { tenantIds: ['acme'], hash: 'h' },
    })
    expect(asked).toEqual([
      ['eu', ['acme', 'bolt'], true],
      ['eu', ['acme'], 'h', 'operator'],
    ])
    const refused = await world.ask('/api/v1/engines/eu/push', {
      method: 'POST',
      key,
      json: { tenantIds: ['NOT AN ID'], force: true },
    })
    expect(refused.status).toBe(400)
    expect(JSON.stringify(refused.body)).toMatch(/tenantIds\.0.*force|force.*tenantIds\.0/)
  })
})
