/**
 * Any run of alerts, receiver troubles, crashes and clock steps: once the receiver is well again,
 * what it was told last of each alert is the alert's state, and what it was told came in order.
 */
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { dedupKey } from '../../../src/domain/incidents/alert.ts'
import type { Tier } from '../../../src/domain/tenants/tenants.ts'
import { condition } from '../incidents/conditions.ts'
import { fakeChannel, openWorld, type FakeChannel, type Mood, type World } from './harness.ts'

const KEYS = ['a', 'b', 'c']

type Step =
  | { do: 'observe'; key: string; holds: boolean }
  | { do: 'mood'; mood: Mood }
  | { do: 'deliver'; afterMs: number }
  | { do: 'crash while sending' }
  | { do: 'step clock'; jumpMs: number }

const mood: fc.Arbitrary<Mood> = fc.constantFrom<Mood>(
  'accept',
  'lose',
  { kind: 'transient', status: 500, retryAfterMs: null },
  { kind: 'throttled', status: 429, retryAfterMs: 30_000 },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('observe' as const),
      key: fc.constantFrom(...KEYS),
      holds: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('mood' as const), mood }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), afterMs: fc.nat(2 * MINUTE_MS) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'crash while sending' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('step clock' as const),
      jumpMs: fc.integer({ min: -HOUR_MS, max: HOUR_MS }),
    }),
  },
)

/** Half of the crashes come after the receiver took the delivery, half before. */
async function crashWhileSending(
  world: World,
  channel: FakeChannel,
  taken: boolean,
): Promise<void> {
  const before = channel.mood
  channel.mood = taken ? 'crash' : 'hang'
  void world.routing.deliverDue(world.clock.nowMs())
  await world.clock.advance(0)
  channel.mood = before
  world.restart()
}

async function play(world: World, channel: FakeChannel, steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    if (step.do === 'observe') world.raise([condition({ key: step.key, holds: step.holds })])
    else if (step.do === 'mood') channel.mood = step.mood
    else if (step.do === 'step clock') world.clock.step(step.jumpMs)
    else if (step.do === 'deliver') await world.deliverFor(step.afterMs, Math.max(1, step.afterMs))
    else await crashWhileSending(world, channel, index % 2 === 0)
  }
}

async function recover(world: World, channel: FakeChannel): Promise<void> {
  channel.mood = 'accept'
  for (let i = 0; i < 500 && world.routing.stats(world.clock.nowMs()).open > 0; i += 1) {
    await world.deliverFor(MINUTE_MS, MINUTE_MS)
  }
  expect(world.routing.stats(world.clock.nowMs())).toMatchObject({ open: 0, dead: 0 })
}

function expectOrderAndFinalState(world: World, channel: FakeChannel, tier: Tier): void {
  for (const key of KEYS) {
    const told = channel.taken
      .map((data, index) => ({ ...data, type: channel.types[index] }))
      .filter((data) => data.key === key)
    const sequences = told.map((data) => data.sequence)
    expect(sequences).toEqual([...sequences].sort((left, right) => left - right))
    const fires = world.incidents.firing().some((alert) => alert.key === key)
    const last = told.at(-1)?.type
    if (fires) expect(last).toBe('alert.triggered')
    else expect(last ?? 'alert.resolved').toBe('alert.resolved')
    if (tier === 'enterprise') expectEveryFiringTold(world, key, told)
  }
}

/** An enterprise tenant hears of every alert, however short. Lanes are not filled up here. */
function expectEveryFiringTold(
  world: World,
  key: string,
  told: readonly { alertId: string }[],
): void {
  const alerts = world.incidents.list({ limit: 500 }).items.filter((alert) => alert.key === key)
  for (const alert of alerts) {
    expect(
      told.some((data) => data.alertId === alert.alertId),
      dedupKey(alert),
    ).toBe(true)
  }
}

describe('delivery', () => {
  it.each<Tier>(['enterprise', 'starter'])(
    'ends in the state of the alert, in order, for %s',
    async (tier) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { maxLength: 30 }),
          fc.nat(1_000_000),
          async (steps, seed) => {
            const channel = fakeChannel()
            const world = openWorld({ channels: [channel], tier, seed })
            try {
              await play(world, channel, steps)
              await recover(world, channel)
              expectOrderAndFinalState(world, channel, tier)
            } finally {
              world.db.close()
            }
          },
        ),
        { numRuns: 40 },
      )
    },
  )

  it('does so over a file that is closed and opened at every crash', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tenantry-outbox-'))
    try {
      const path = join(directory, 'control.db')
      const channel = fakeChannel()
      for (let round = 0; round < 10; round += 1) {
        const world = openWorld({ channels: [channel], path, seed: round })
        await world.clock.advance(round * HOUR_MS)
        world.raise([condition({ holds: round % 2 === 0 })])
        channel.mood = round % 3 === 0 ? 'crash' : 'lose'
        void world.routing.deliverDue(world.clock.nowMs())
        await world.clock.advance(0)
        world.db.close()
      }
      const world = openWorld({ channels: [channel], path })
      await world.clock.advance(11 * HOUR_MS)
      await recover(world, channel)
      expect(channel.types.at(-1)).toBe('alert.resolved')
      const sequences = channel.taken.map((data) => data.sequence)
      expect(sequences).toEqual([...sequences].sort((left, right) => left - right))
      expect(new Set(sequences).size).toBe(10)
      world.db.close()
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
