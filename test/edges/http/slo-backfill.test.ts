import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../../../src/core/time.ts'
import { T0 } from '../../domain/access/harness.ts'
import { openHttp, type HttpWorld, type Reply } from './harness.ts'

let world: HttpWorld

beforeAll(async () => {
  world = await openHttp()
})
afterAll(() => world.close())

const FROM_MS = Math.floor(T0 / MINUTE_MS) * MINUTE_MS - 60 * MINUTE_MS
const LOAD = { source: 'a test', digest: 'one', fromMs: FROM_MS, toMs: FROM_MS + 60 * MINUTE_MS }
const ROW = {
  tenantId: 'acme',
  sloId: 'error-rate',
  fromMs: FROM_MS,
  toMs: FROM_MS + 2 * MINUTE_MS,
  totals: [10, 20],
  bads: [1, 0],
}

function post(path: string, json: unknown): Promise<Reply> {
  return world.ask(`/api/v1/slo/backfills${path}`, { method: 'POST', key: world.operator, json })
}

function countsOf(backfillId: string, row: object, afterMs = FROM_MS): Promise<Reply> {
  return post(`/${backfillId}/counts`, { rows: [row], afterMs, readToMs: ROW.toMs })
}

describe('/api/v1/slo/backfills', () => {
  it('goes on with a load that was broken off, and begins anew after one that ended', async () => {
    const first = await post('', LOAD)
    expect(first.body).toMatchObject({ readToMs: FROM_MS, endedAtMs: null, source: 'a test' })
    const { backfillId } = first.body as { backfillId: string }
    expect((await countsOf(backfillId, ROW)).status).toBe(200)
    // Nothing says that it is on disk.
    expect((await post('', LOAD)).body).toMatchObject({ backfillId, readToMs: FROM_MS })
    const ended = await post(`/${backfillId}/end`, {})
    expect(ended.body).toMatchObject({ readToMs: ROW.toMs, endedAtMs: T0 })
    const next = await post('', LOAD)
    expect(next.body.backfillId).not.toBe(backfillId)
    const list = await world.ask('/api/v1/slo/backfills', { key: world.operator })
    expect(list.body.items.map((each: { backfillId: string }) => each.backfillId)).toEqual([
      next.body.backfillId,
      backfillId,
    ])
  })

  it('is another load where the source, the rules or the begin are others', async () => {
    const { backfillId } = (await post('', { ...LOAD, digest: 'two' })).body
    expect((await post('', { ...LOAD, digest: 'two', fromMs: FROM_MS + 1 })).body.backfillId).toBe(
      backfillId,
    )
    expect(
      (await post('', { ...LOAD, digest: 'two', fromMs: FROM_MS - 1 })).body.backfillId,
    ).not.toBe(backfillId)
  })

  it('is refused rows that do not follow what the server has: they were lost with it', async () => {
    const { backfillId } = (await post('', { ...LOAD, digest: 'three' })).body
    const reply = await countsOf(backfillId, ROW, FROM_MS + MINUTE_MS)
    expect(reply.status).toBe(409)
    expect(reply.body).toMatchObject({ code: 'SLO_BACKFILL_BEHIND' })
  })

  it.each([
    ['an entry for each minute', { totals: [1] }],
    ['an entry for each minute', { bads: [] }],
    ['no more bad events', { bads: [11, 0] }],
    ['no more bad events', { surelyBads: [0, 0] }],
    ['multiple of', { fromMs: FROM_MS + 1 }],
    ['expected a number', { totals: [10, 'x'] }],
  ])('refuses a row that says no %s', async (what, wrong) => {
    const { backfillId } = (await post('', { ...LOAD, digest: 'four' })).body
    const reply = await countsOf(backfillId, { ...ROW, ...wrong })
    expect(reply.status).toBe(400)
    expect(JSON.stringify(reply.body.errors)).toContain(what)
  })

  it('answers 404 for a load that there is not', async () => {
    expect((await countsOf('bf_none', ROW)).body).toMatchObject({ code: 'SLO_BACKFILL_NOT_FOUND' })
    expect((await post('/bf_none/end', {})).status).toBe(404)
  })

  it('writes who loaded what to the audit log', async () => {
    const { body } = await world.ask('/api/v1/audit', { key: world.operator })
    const entries = (body.items as { action: string; details: object }[]).filter(({ action }) =>
      action.startsWith('slo-backfill'),
    )
    expect(entries.map(({ action }) => action)).toContain('slo-backfill.ended')
    expect(entries[0]!.details).toMatchObject({ source: 'a test' })
  })
})
