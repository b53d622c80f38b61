import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../src/core/condition.ts'
import { tenantId } from '../../../src/core/ids.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import type { AlertTransition } from '../../../src/domain/incidents/alert.ts'
import type { Channel, SendOutcome } from '../../../src/domain/routing/channels/channel.ts'
import { ROUTING_LIMITS } from '../../../src/domain/routing/limits.ts'
import { inTransaction } from '../../../src/machinery/storage/database.ts'
import { condition } from '../incidents/conditions.ts'
import { fakeChannel, openWorld, T0, type World } from './harness.ts'

const ceased = (part: Partial<Condition> = {}): Condition => condition({ holds: false, ...part })
const states = (world: World): string[] =>
  world.routing
    .deliveries({ limit: 100 })
    .items.map((delivery) => `${delivery.event} ${delivery.state}`)
    .reverse()

describe('enqueue', () => {
  it('writes a row per channel of the policy before anything is sent', () => {
    const channels = [fakeChannel('hook'), fakeChannel('log', 'log')]
    const world = openWorld({ channels })
    expect(world.raise([condition()])).toBe(2)
    expect(world.raise([condition({ key: 'latency/slow', action: 'report' })])).toBe(1)
    expect(world.raise([condition()])).toBe(0)
    expect(channels.map((channel) => channel.attempts.length)).toEqual([0, 0])
    expect(world.routing.stats(T0 + 3_000)).toEqual({ open: 3, oldestSeconds: 3, dead: 0 })
    expect(world.counters.read('tenantry_outbox_pending')).toBe(3)
  })

  it('goes away with the transaction that it is part of', async () => {
    const channel = fakeChannel()
    const world = openWorld({ channels: [channel] })
    const fail = (): void => {
      inTransaction(world.db, () => {
        world.raise([condition()])
        throw new Error('no')
      })
    }
    expect(fail).toThrow('no')
    await world.routing.deliverDue(T0)
    expect(channel.attempts).toEqual([])
    expect(world.raise([condition()])).toBe(1)
  })

  it('sends a resolve to whoever was told, though tier and policy have changed since', async () => {
    const hook = fakeChannel('hook')
    const log = fakeChannel('log', 'log')
    const world = openWorld({ channels: [hook, log] })
    world.raise([condition()])
    await world.routing.deliverDue(T0)
    const alert = world.incidents.firing()[0]
    if (alert === undefined) throw new Error('it fires')
    const asReport: AlertTransition = {
      kind: 'resolved',
      event: 'resolved',
      alert: { ...alert, action: 'report', state: 'resolved', resolvedAtMs: T0 + 1 },
      atMs: T0 + 1,
    }
    expect(world.routing.enqueue([asReport], T0 + 1)).toBe(2)
    expect(world.routing.enqueue([asReport], T0 + 2)).toBe(0)
  })

  it('keeps a lane short: the middle is superseded, the last state is kept', async () => {
    const channel = fakeChannel()
    channel.mood = 'lose'
    const world = openWorld({ channels: [channel] })
    for (let i = 0; i < 20; i += 1) {
      world.raise([condition()])
      world.raise([ceased()])
      await world.routing.deliverDue(world.clock.nowMs())
    }
    world.raise([condition()])
    expect(world.routing.stats(T0).open).toBeLessThanOrEqual(ROUTING_LIMITS.laneLength)
    expect(
      world.counters.read('tenantry_deliveries_settled_total', { reason: 'lane-full' }),
    ).toBeGreaterThan(0)
    channel.mood = 'accept'
    await world.deliverFor(2 * HOUR_MS, MINUTE_MS)
    expect(channel.types.at(-1)).toBe('alert.triggered')
    const sequences = channel.taken.map((data) => data.sequence)
    expect(sequences).toEqual([...sequences].sort((left, right) => left - right))
  })
})

describe('an alert that resolves before its trigger left', () => {
  it('is told in both parts for an enterprise tenant', async () => {
    const channel = fakeChannel()
    const world = openWorld({ channels: [channel], tier: 'enterprise' })
    world.raise([condition()])
    world.raise([ceased()])
    await world.routing.deliverDue(T0)
    expect(channel.types).toEqual(['alert.triggered', 'alert.resolved'])
  })

  it('is not told at all for a starter tenant, which is counted', async () => {
    const channel = fakeChannel()
    const world = openWorld({ channels: [channel], tier: 'starter' })
    world.raise([condition()])
    expect(world.raise([ceased()])).toBe(0)
    await world.routing.deliverDue(T0)
    expect(channel.attempts).toEqual([])
    expect(states(world)).toEqual(['triggered superseded', 'resolved superseded'])
    const labels = { state: 'superseded', reason: 'resolved-unsent' }
    expect(world.counters.read('tenantry_deliveries_settled_total', labels)).toBe(2)
  })

  it('is told to a starter tenant where an attempt was made that may have arrived', async () => {
    const channel = fakeChannel()
    channel.mood = 'lose'
    const world = openWorld({ channels: [channel], tier: 'starter' })
    world.raise([condition()])
    await world.routing.deliverDue(T0)
    channel.mood = 'accept'
    world.raise([ceased()])
    await world.deliverFor(MINUTE_MS, 1_000)
    expect(channel.types).toEqual(['alert.triggered', 'alert.resolved'])
  })

  it('resolves for a starter tenant that knows of an earlier trigger', async () => {
    const channel = fakeChannel()
    const world = openWorld({ channels: [channel], tier: 'starter' })
    world.raise([condition({ action: 'ticket' })])
    await world.routing.deliverDue(T0)
    world.raise([condition({ action: 'page' })])
    world.raise([ceased()])
    await world.routing.deliverDue(T0)
    expect(channel.types.at(-1)).toBe('alert.resolved')
  })
})

describe('attempts', () => {
  it('are repeated with the same id until the receiver takes it, and logged', async () => {
    const channel = fakeChannel()
    channel.mood = 'lose'
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    await world.deliverFor(10_000, 1_000)
    channel.mood = 'accept'
    await world.deliverFor(MINUTE_MS, 1_000)
    expect(channel.taken).toHaveLength(1)
    expect(new Set(channel.attempts).size).toBe(1)
    const [delivery] = world.routing.deliveries({ limit: 1 }).items
    const attempts = world.routing.attempts(tenantId('acme'), delivery?.deliveryId ?? '')
    expect(attempts.map(({ attempt }) => attempt)).toEqual(channel.attempts.map((_, i) => i + 1))
    expect(attempts.map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(channel.attempts.length - 1).fill('transient'),
      'delivered',
    ])
  })

  it('never happen within the pause that a receiver asked for, for any alert', async () => {
    const channel = fakeChannel()
    channel.mood = { kind: 'throttled', status: 429, retryAfterMs: 90_000 }
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    await world.routing.deliverDue(T0)
    channel.mood = 'accept'
    world.raise([condition({ key: 'other' })])
    await world.deliverFor(89_000, 1_000)
    expect(channel.attempts).toHaveLength(1)
    await world.deliverFor(1_000, 1_000)
    expect(channel.attempts).toHaveLength(3)
    expect(channel.taken).toHaveLength(2)
  })

  it('probe a receiver that fails again and again with one delivery at a time', async () => {
    const channel = fakeChannel()
    channel.mood = 'lose'
    const world = openWorld({ channels: [channel] })
    world.raise(Array.from({ length: 200 }, (_, i) => condition({ key: `k${String(i)}` })))
    await world.deliverFor(MINUTE_MS, 1_000)
    expect(channel.attempts.length).toBeLessThan(60)
    channel.mood = 'accept'
    await world.deliverFor(2 * MINUTE_MS, 1_000)
    expect(new Set(channel.taken.map((data) => data.deliveryId)).size).toBe(200)
  })

  it('of a tenant whose priority is raised leave with those of the row above', () => {
    const world = openWorld({ channels: [fakeChannel()], tier: 'professional' })
    const labels = { slo: 'error-rate', priority: 'raised' }
    world.raise([condition({ key: 'a' }), condition({ key: 'b', labels })])
    const [raised, plain] = world.routing.deliveries({ limit: 10 }).items
    expect([raised!.dedupKey, raised!.rank]).toEqual(['acme/slo/b', plain!.rank - 1])
    expect(plain!.rank).toBe(1)
  })

  it('have a link to the portal where its address is known', async () => {
    const [channel, other] = [fakeChannel(), fakeChannel()]
    const world = openWorld({ channels: [channel], publicUrl: 'https://desk.example.com/' })
    world.raise([condition({ labels: { slo: 'error-rate' } }), condition({ key: 'b', labels: {} })])
    await world.routing.deliverDue(T0)
    expect(channel.taken.map(({ link }) => link)).toEqual([
      'https://desk.example.com/tenants/acme/slos/error-rate',
      'https://desk.example.com/tenants/acme',
    ])
    const without = openWorld({ channels: [other] })
    without.raise([condition()])
    await without.routing.deliverDue(T0)
    expect(other.taken[0]!.link).toBeNull()
  })

  it('leave in order of urgency', async () => {
    const channel = fakeChannel('hook')
    const world = openWorld({ channels: [channel] })
    const tickets = Array.from({ length: 50 }, (_, i) =>
      condition({ key: `t${String(i)}`, action: 'ticket' }),
    )
    world.raise([...tickets, condition({ key: 'page' })])
    await world.routing.deliverDue(T0)
    expect(channel.taken.slice(0, 8).map((data) => data.key)).toContain('page')
  })

  it('are given up where the receiver will never take it, and the lane goes on', async () => {
    const channel = fakeChannel()
    channel.mood = { kind: 'permanent', status: 400, retryAfterMs: null }
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    await world.routing.deliverDue(T0)
    expect(world.routing.stats(T0)).toMatchObject({ open: 0, dead: 1 })
    expect(world.counters.read('tenantry_outbox_dead')).toBe(1)
    expect(world.logged.join()).toContain('gave up a delivery')
    channel.mood = 'accept'
    world.raise([ceased()])
    await world.routing.deliverDue(T0)
    expect(states(world)).toEqual(['triggered dead', 'resolved sent'])
  })

  it('are given up after the limit', async () => {
    const channel = fakeChannel()
    channel.mood = 'lose'
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    await world.deliverFor(24 * HOUR_MS, 5 * MINUTE_MS)
    expect(channel.attempts).toHaveLength(ROUTING_LIMITS.attempts)
    const labels = { state: 'dead', reason: 'attempts' }
    expect(world.counters.read('tenantry_deliveries_settled_total', labels)).toBe(1)
  })

  it('to one channel do not wait for another that hangs', async () => {
    const hanging = fakeChannel('slow')
    const healthy = fakeChannel('fast')
    hanging.mood = 'hang'
    const world = openWorld({ channels: [hanging, healthy] })
    world.routing.start()
    world.raise([condition()])
    world.routing.wake()
    await world.clock.advance(1)
    world.raise([ceased()])
    world.routing.wake()
    await world.clock.advance(1)
    expect(healthy.types).toEqual(['alert.triggered', 'alert.resolved'])
    expect(hanging.attempts).toHaveLength(1)
  })
})

describe('a crash between the send and its record', () => {
  it('sends the same again once the lease has run out, and nothing behind it before', async () => {
    const channel = fakeChannel()
    channel.mood = 'crash'
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    void world.routing.deliverDue(T0)
    await world.clock.advance(0)
    expect(channel.taken).toHaveLength(1)
    channel.mood = 'accept'
    world.restart()
    world.raise([ceased()])
    await world.deliverFor(ROUTING_LIMITS.leaseMs - 1_000, 1_000)
    expect(channel.taken).toHaveLength(1)
    await world.deliverFor(10_000, 1_000)
    expect(channel.types).toEqual(['alert.triggered', 'alert.triggered', 'alert.resolved'])
    expect(channel.taken[1]?.deliveryId).toBe(channel.taken[0]?.deliveryId)
    const id = channel.taken[0]?.deliveryId ?? ''
    const attempts = world.routing.attempts(tenantId('acme'), id)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['lease-expired', 'delivered'])
  })

  it('leaves the record to the later sender: the one that comes back is fenced off', async () => {
    const slow = answeredLater()
    const world = openWorld({ channels: [slow.channel] })
    world.raise([condition()])
    const early = world.routing.deliverDue(T0)
    await world.clock.advance(ROUTING_LIMITS.leaseMs)
    world.restart()
    await world.routing.deliverDue(world.clock.nowMs())
    await world.clock.advance(10_000)
    const later = world.routing.deliverDue(world.clock.nowMs())
    await world.clock.advance(0)
    expect(slow.answers).toHaveLength(2)
    slow.answers[0]?.('throttled')
    await early
    expect(states(world)).toEqual(['triggered leased'])
    expect(world.counters.read('tenantry_deliveries_total', { outcome: 'fenced' })).toBe(1)
    slow.answers[1]?.('delivered')
    await later
    expect(states(world)).toEqual(['triggered sent'])
  })
})

/** A channel whose attempts end when, and as, the test says. */
function answeredLater(): { channel: Channel; answers: ((kind: SendOutcome['kind']) => void)[] } {
  const answers: ((kind: SendOutcome['kind']) => void)[] = []
  const send = (): Promise<SendOutcome> =>
    new Promise((resolve) => {
      answers.push((kind) => resolve({ kind, status: null, error: null, retryAfterMs: 60_000 }))
    })
  return { channel: { kind: 'webhook', name: 'hook', send }, answers }
}

describe('a wall clock that steps', () => {
  it('back by a day does not hold up what waits', async () => {
    const channel = fakeChannel()
    channel.mood = 'lose'
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    await world.routing.deliverDue(T0)
    world.clock.step(-DAY_MS)
    channel.mood = 'accept'
    await world.deliverFor(2_000, 1_000)
    expect(channel.taken).toHaveLength(1)
  })

  it('back by a day does not hold up what was being sent when the sender died', async () => {
    const channel = fakeChannel()
    channel.mood = 'hang'
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    void world.routing.deliverDue(T0)
    world.clock.step(-DAY_MS)
    channel.mood = 'accept'
    world.restart()
    await world.deliverFor(5_000, 1_000)
    expect(channel.taken).toHaveLength(1)
  })

  it('forward past the lease does not send what is being sent a second time', async () => {
    const channel = fakeChannel()
    channel.mood = 'hang'
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    void world.routing.deliverDue(T0)
    world.clock.step(HOUR_MS)
    await world.deliverFor(5_000, 1_000)
    expect(channel.attempts).toHaveLength(1)
  })
})

describe('start and stop', () => {
  it('delivers on its own, retries on its own, and stops', async () => {
    const channel = fakeChannel()
    const world = openWorld({ channels: [channel] })
    world.routing.start()
    await world.clock.advance(1_000)
    channel.mood = 'lose'
    world.raise([condition()])
    world.routing.wake()
    await world.clock.advance(0)
    expect(channel.attempts).toHaveLength(1)
    channel.mood = 'accept'
    await world.clock.advance(2_000)
    expect(channel.taken).toHaveLength(1)
    await world.routing.stop()
    expect(world.clock.pending()).toBe(0)
  })

  it('goes on after a round that failed, and tells of it', async () => {
    const channel = fakeChannel()
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    world.db.exec(
      "CREATE TEMP TRIGGER broken BEFORE UPDATE ON delivery BEGIN SELECT raise(ABORT, 'full'); END",
    )
    world.routing.start()
    await world.clock.advance(5_000)
    expect(world.counters.read('tenantry_deliverer_failures_total')).toBeGreaterThan(1)
    expect(world.logged.join()).toContain('a round of deliveries failed')
    world.db.exec('DROP TRIGGER broken')
    await world.clock.advance(5_000)
    expect(channel.taken).toHaveLength(1)
    await world.routing.stop()
  })

  it('stops within its grace though a receiver hangs, and sends again later', async () => {
    const channel = fakeChannel()
    channel.mood = 'hang'
    const world = openWorld({ channels: [channel] })
    world.raise([condition()])
    world.routing.start()
    await world.clock.advance(0)
    const stopped = world.routing.stop()
    await world.clock.advance(ROUTING_LIMITS.stopGraceMs)
    await stopped
    channel.mood = 'accept'
    world.restart()
    world.routing.start()
    await world.clock.advance(ROUTING_LIMITS.leaseMs + 5_000)
    expect(channel.taken).toHaveLength(1)
    await world.routing.stop()
  })
})

describe('the record', () => {
  it('gives up deliveries to a channel that is configured no more', () => {
    const world = openWorld({ channels: [fakeChannel('old')] })
    world.raise([condition()])
    world.restart([fakeChannel('new')])
    expect(world.routing.stats(T0)).toMatchObject({ open: 0, dead: 1 })
    expect(world.logged.join()).toContain('configured no more')
  })

  it('pages deliveries from the newest, of one tenant, alert or state', async () => {
    const channel = fakeChannel()
    const world = openWorld({ channels: [channel] })
    const keys = Array.from({ length: 7 }, (_, i) => `k${String(i)}`)
    for (const key of keys)
      world.raise([condition({ key, tenantId: tenantId(key === 'k3' ? 'globex' : 'acme') })])
    await world.routing.deliverDue(T0)
    const first = world.routing.deliveries({ limit: 4 })
    const second = world.routing.deliveries({ limit: 4, cursor: first.nextCursor })
    expect(
      [...first.items, ...second.items].map((delivery) => delivery.dedupKey.slice(-2)),
    ).toEqual(keys.reverse())
    expect(second.nextCursor).toBeNull()
    const globex = world.routing.deliveries({ tenantId: tenantId('globex'), limit: 10 }).items
    expect(globex.map((delivery) => delivery.dedupKey)).toEqual(['globex/slo/k3'])
    const alertId = globex[0]?.alertId
    expect(
      world.routing.deliveries({ tenantId: tenantId('acme'), alertId, limit: 10 }).items,
    ).toEqual([])
    expect(world.routing.deliveries({ state: 'dead', limit: 10 }).items).toEqual([])
    expect(() => world.routing.deliveries({ cursor: 'x', limit: 1 })).toThrow(
      expect.objectContaining({ code: 'DELIVERY_CURSOR' }),
    )
  })

  it('is pruned after a month, but for the trigger that a resolve will need', async () => {
    const channel = fakeChannel()
    const world = openWorld({ channels: [channel] })
    world.raise([condition(), condition({ key: 'other' })])
    world.raise([ceased({ key: 'other' })])
    await world.routing.deliverDue(T0)
    expect(world.routing.prune(T0 + 31 * DAY_MS)).toBe(1)
    await world.clock.advance(31 * DAY_MS)
    expect(world.raise([ceased()])).toBe(1)
  })
})
