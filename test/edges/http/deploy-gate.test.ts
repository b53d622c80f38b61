import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { deployGateSchema } from '../../../src/edges/http/api/deploy-gate.schema.ts'
import {
  policyAnswerSchema,
  reviewListSchema,
  transitionSchema,
} from '../../../src/edges/http/api/slo-policy.schema.ts'
import { T0 } from '../../domain/access/harness.ts'
import { budget } from '../../domain/slo/policy/harness.ts'
import { openHttp, type HttpWorld, type Reply } from './harness.ts'

let world: HttpWorld

beforeAll(async () => {
  world = await openHttp({
    budgets: {
      budgets: (tenantId) =>
        tenantId === 'acme'
          ? [budget({ bad: 1_500 })]
          : [budget({ bad: 1_500, tenantId, tenantName: 'Bolt', tier: 'starter' })],
      reopensInMs: () => 30 * HOUR_MS,
    },
  })
  for (const _ of world.policies.round(T0));
})
afterAll(() => world.close())

const ask = (path: string, key = world.operator): Promise<Reply> => world.ask(path, { key })

describe('GET /api/v1/tenants/:tenantId/deploy-gate', () => {
  it('tells why it is closed, and when it would open', async () => {
    const { status, body } = await ask('/api/v1/tenants/acme/deploy-gate')
    expect(status).toBe(200)
    expect(deployGateSchema.strict().parse(body)).toMatchObject({
      gate: 'closed',
      sinceMs: T0,
      opensAtMs: T0 + 30 * HOUR_MS,
      freezes: [{ sloId: 'error-rate', bad: 1_500, budgetLeftRatio: -0.5 }],
    })
    const open = await ask('/api/v1/tenants/acme/deploy-gate?slo=response-time')
    expect(open.body).toMatchObject({ gate: 'open', sloId: 'response-time' })
    expect((await ask('/api/v1/tenants/bolt/deploy-gate')).body).toMatchObject({ gate: 'open' })
    const none = await ask('/api/v1/tenants/acme/deploy-gate?slo=checkout')
    expect([none.status, none.body.code]).toEqual([404, 'SLO_NOT_FOUND'])
  })

  it('is opened and closed again by an operator', async () => {
    const path = '/api/v1/tenants/acme/deploy-gate'
    const post = (json: unknown, key = world.operator): Promise<Reply> =>
      world.ask(`${path}/overrides`, { method: 'POST', key, json })
    expect((await post({ reason: 'x', for: '1h' }, world.key('tenant-admin', 'acme'))).status).toBe(
      403,
    )
    expect((await post({ for: '1h' })).body.errors).toMatchObject([{ field: 'reason' }])
    expect((await post({ reason: 'x', for: '9d' })).body).toMatchObject({
      code: 'SLO_GATE_OVERRIDE_SPAN',
      errors: [{ field: 'for' }],
    })
    const made = await post({ reason: 'hot fix', for: '2h' })
    expect(made.body).toMatchObject({ reason: 'hot fix', expiresAtMs: T0 + 2 * HOUR_MS })
    const open = await ask(path, world.key('viewer', 'acme'))
    expect(open.body).toMatchObject({ gate: 'open', overrides: [{ reason: 'hot fix' }] })
    const { overrideId } = made.body as { overrideId: string }
    await world.ask(`${path}/overrides/${overrideId}`, { method: 'DELETE', key: world.operator })
    expect((await ask(path)).body).toMatchObject({ gate: 'closed', overrides: [] })
    const list = await ask(`${path}/overrides`)
    expect(list.body.items).toMatchObject([{ overrideId, revokedAtMs: T0 }])
  })
})

describe('/api/v1/slo/policy', () => {
  it('tells an operator of all, and a tenant of itself', async () => {
    const all = policyAnswerSchema.strict().parse((await ask('/api/v1/slo/policy')).body)
    expect(all.states.map(({ tenantId, stepId }) => `${tenantId} ${stepId}`)).toEqual([
      'acme warn',
      'acme freeze',
      'bolt review',
    ])
    expect(all.frozenTenants).toBe(1)
    expect(all.policies).toHaveLength(3)
    const own = await ask('/api/v1/slo/policy', world.key('viewer', 'bolt'))
    const bolt = policyAnswerSchema.strict().parse(own.body)
    expect(bolt.states.map(({ tenantId }) => tenantId)).toEqual(['bolt'])
    expect(bolt.policies.map(({ policyId }) => policyId)).toEqual(['starter-budget'])
    expect(own.text).not.toContain('acme')
  })

  it('lists what was entered and left in pages, and reviews', async () => {
    const first = await ask('/api/v1/slo/policy/history?limit=2')
    const { items, nextCursor } = first.body as { items: unknown[]; nextCursor: string }
    expect(items.map((item) => transitionSchema.strict().parse(item).sequence)).toEqual([3, 2])
    const next = await ask(`/api/v1/slo/policy/history?limit=2&cursor=${nextCursor}`)
    expect(next.body).toMatchObject({ items: [{ sequence: 1 }], nextCursor: null })
    expect((await ask('/api/v1/slo/policy/history?cursor=x')).body.code).toBe('SLO_POLICY_CURSOR')
    const own = await ask('/api/v1/slo/policy/history', world.key('viewer', 'bolt'))
    expect(own.body.items).toMatchObject([{ tenantId: 'bolt' }])

    const reviews = reviewListSchema.parse((await ask('/api/v1/slo/reviews?tenantId=acme')).body)
    const reviewId = reviews.items[0]!.reviewId
    const close = (json: unknown): Promise<Reply> =>
      world.ask(`/api/v1/slo/reviews/${reviewId}/close`, {
        method: 'POST',
        key: world.operator,
        json,
      })
    expect((await close({})).status).toBe(400)
    expect((await close({ note: 'retries bounded' })).body).toMatchObject({
      note: 'retries bounded',
    })
    expect((await ask('/api/v1/slo/reviews?tenantId=acme')).body.items).toEqual([])
  })
})
