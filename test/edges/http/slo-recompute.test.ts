import { afterEach, describe, expect, it } from 'vitest'
import type { SloId, TenantId } from '../../../src/core/ids.ts'
import { HOUR_MS } from '../../../src/core/time.ts'
import type { RecountAsked, SloRecount } from '../../../src/domain/slo/slo.ts'
import { T0 } from '../../domain/access/harness.ts'
import { openHttp, type HttpWorld } from './harness.ts'

const PLANNED: SloRecount = {
  fromMs: T0 - 2 * HOUR_MS,
  toMs: T0 - HOUR_MS,
  minutes: 60,
  before: { total: 100, bad: 1 },
  after: { total: 100, bad: 30 },
  hours: [
    {
      hourEndMs: T0 - HOUR_MS,
      before: { total: 100, bad: 1 },
      after: { total: 100, bad: 30 },
    },
  ],
  left: [],
}

/** An engine that has one SLO to count again. */
class Engine {
  applied = 0
  isRight = false

  readonly recount = (
    tenantId: TenantId,
    _: SloId,
    { apply }: RecountAsked,
  ): Generator<void, SloRecount> | undefined => {
    return tenantId === 'acme' ? this.#steps(apply) : undefined
  };

  *#steps(apply: boolean): Generator<void, SloRecount> {
    yield
    const told = this.isRight ? { ...PLANNED, before: PLANNED.after, hours: [] } : PLANNED
    if (apply) {
      this.applied += 1
      this.isRight = true
    }
    return told
  }
}

let world: HttpWorld
let engine: Engine

async function open(isWritten = true): Promise<void> {
  engine = new Engine()
  world = await openHttp({ recount: engine.recount, checkpoint: () => Promise.resolve(isWritten) })
}

const ask = (json: object) =>
  world.ask('/api/v1/slo/recomputes', {
    method: 'POST',
    key: world.operator,
    json: { sloId: 'error-rate', tenantIds: ['acme'], ...json },
  })
const list = async (query = '', key = world.operator) =>
  (await world.ask(`/api/v1/slo/recomputes${query}`, { key })).body.items
afterEach(() => world.close())

describe('/api/v1/slo/recomputes', () => {
  it('tells what would change, and changes nothing', async () => {
    await open()
    const reply = await ask({ tenantIds: ['acme', 'bolt'], dryRun: true })
    expect(reply.status).toBe(200)
    expect(reply.body.items).toEqual([
      {
        tenantId: 'acme',
        sloId: 'error-rate',
        outcome: 'planned',
        recomputeId: null,
        recount: PLANNED,
      },
      {
        tenantId: 'bolt',
        sloId: 'error-rate',
        outcome: 'no-slo',
        recomputeId: null,
        recount: null,
      },
    ])
    expect([engine.applied, await list()]).toEqual([0, []])
  })

  it('replaces counts with a reason, once, and keeps what they were', async () => {
    await open()
    const reply = await ask({ reason: 'what is refused is bad' })
    expect(reply.body.items[0]).toMatchObject({ outcome: 'changed', recount: PLANNED })
    expect((await ask({ reason: 'again' })).body.items[0]).toMatchObject({ outcome: 'same' })
    expect(engine.applied).toBe(1)
    expect(await list()).toMatchObject([
      { tenantId: 'acme', reason: 'what is refused is bad', endedAtMs: T0, recount: PLANNED },
    ])
    expect(await list('?tenantId=bolt')).toEqual([])
    expect(await list('', world.key('tenant-admin', 'bolt'))).toEqual([])
    const { items } = world.access.audit.list({ tenantId: 'acme' as TenantId, limit: 10 })
    expect(items.map(({ action, details }) => [action, details])).toEqual(
      expect.arrayContaining([
        ['slo-recompute.begun', expect.objectContaining({ recount: PLANNED })],
        ['slo-recompute.ended', expect.objectContaining({ reason: 'what is refused is bad' })],
      ]),
    )
  })

  it('keeps what it was begun with where it was broken off, and goes on', async () => {
    await open(false)
    expect(await ask({ reason: 'first' })).toMatchObject({
      status: 503,
      body: { code: 'SLO_RECOMPUTE_NOT_WRITTEN' },
    })
    const [open1] = await list()
    expect(open1).toMatchObject({ endedAtMs: null, reason: 'first', recount: PLANNED })
    // What was counted is in memory: nothing differs any more, and still it has to be written.
    expect((await ask({ reason: 'second' })).status).toBe(503)
    expect(await list()).toMatchObject([{ recomputeId: open1.recomputeId, recount: PLANNED }])
  })

  it('refuses what is no span, has no reason, or cannot be counted again', async () => {
    await open()
    const refused = async (json: object) => {
      const { status, body } = await ask(json)
      return [status, body.code, body.errors?.[0]?.field ?? null]
    }
    expect(await refused({})).toEqual([400, 'REQUEST_INVALID', 'reason'])
    expect(await refused({ dryRun: true, from: T0, to: '2020-01-01T00:00:00Z' })).toEqual([
      400,
      'REQUEST_INVALID',
      'from',
    ])
    expect(await refused({ dryRun: true, sloId: 'none' })).toEqual([404, 'SLO_NOT_FOUND', null])
    expect(await refused({ dryRun: true, tenantIds: ['nobody'] })).toEqual([
      404,
      'TENANT_NOT_FOUND',
      null,
    ])
    expect(await refused({ dryRun: true, sloId: 'recovery' })).toEqual([
      422,
      'SLO_RECOMPUTE_KIND',
      'sloId',
    ])
  })
})
