import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { fleetSchema } from '../../../src/edges/http/api/fleet.schema.ts'
import { inTransaction } from '../../../src/machinery/storage/database.ts'
import { config, T0 } from '../../domain/access/harness.ts'
import { openHttp, type HttpWorld } from './harness.ts'

let world: HttpWorld
let received = 0
let asked = 0

beforeAll(async () => {
  world = await openHttp({
    accounts: () => ({ received, unattributed: received / 10 }),
    statuses: () => {
      asked += 1
      return []
    },
  })
})
afterAll(() => world.close())

const fleet = async (key = world.operator) => {
  const { body } = await world.ask('/api/v1/fleet', { key })
  return fleetSchema.strict().parse(body)
}

describe('GET /api/v1/fleet', () => {
  it('shows every tenant and what comes in', async () => {
    world.live.announce(T0)
    received = 6_000
    world.live.announce(T0 + 60_000)
    const { asOfMs, sentence, cards, rows } = await fleet()
    expect(asOfMs).toBe(T0 + 60_000)
    expect(sentence).toBe('None of 2 tenants burns its budget fast')
    expect(cards).toMatchObject({ tenants: 2, samplesPerSecond: 100, unattributedRatio: 0.1 })
    expect(rows.map((row) => row.tenantId).toSorted()).toEqual(['acme', 'bolt'])
  })

  it('is composed once a tick whoever asks, and again when a tenant comes', async () => {
    world.live.announce(T0 + 65_000)
    asked = 0
    await Promise.all([fleet(), fleet(), fleet()])
    expect(asked).toBe(2)
    world.tenants.create(config('cargo'), SYSTEM, T0)
    expect((await fleet()).rows).toHaveLength(3)
    expect(asked).toBe(5)
  })

  it('shows a tenant only itself, and nothing of the platform', async () => {
    const { rows, cards } = await fleet(world.key('viewer', 'acme'))
    expect(rows.map((row) => row.tenantId)).toEqual(['acme'])
    expect(cards).toMatchObject({ tenants: 1, samplesPerSecond: 0, unattributedRatio: null })
  })

  it('counts the alerts of each tenant', async () => {
    const condition = {
      source: 'slo',
      tenantId: tenantId('acme'),
      key: 'availability/fast',
      holds: true,
      action: 'page',
      summary: 'acme burns its availability budget 15.2 times too fast',
      numbers: {},
      labels: {},
      atMs: T0,
    } as const
    inTransaction(world.db, () => world.incidents.observe([condition], T0))
    world.live.announce(T0 + 70_000)
    const { cards, rows } = await fleet()
    expect(cards.openAlerts).toBe(1)
    // An enterprise tenant with one alert and no SLO yet: 4 x 0.5.
    expect(rows[0]).toMatchObject({ tenantId: 'acme', openAlerts: 1, attention: 2 })
  })
})
