import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectorSchema } from '../../../src/edges/http/api/collector.schema.ts'
import { T0 } from '../../domain/access/harness.ts'
import { openHttp, STILL_COLLECTOR, type HttpWorld } from './harness.ts'

let world: HttpWorld
let received = 0

beforeAll(async () => {
  world = await openHttp({
    collector: () => ({
      ...STILL_COLLECTOR,
      accounts: { received, attributed: received },
      targets: { up: 1, down: 1, unknown: 0, problems: 0 },
    }),
  })
})
afterAll(() => world.close())

describe('GET /api/v1/collector', () => {
  it('tells how the collector does, with the rates of the last ticks', async () => {
    world.live.announce(T0)
    received = 600
    world.live.announce(T0 + 6_000)
    const { body } = await world.ask('/api/v1/collector', { key: world.key('viewer') })
    const shown = collectorSchema.strict().parse(body)
    expect(shown).toMatchObject({
      tone: 'warning',
      sentence: '1 of 2 targets is down',
      intake: { spanSeconds: 6, samplesPerSecond: 100 },
      accounts: { received: 600, missing: 0 },
    })
  })
})
