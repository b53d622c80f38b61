/** What the routing tests share: a receiver in memory that behaves as told, and a routing over a
 *  database under a simulated clock. */
import type { Condition } from '../../../src/core/condition.ts'
import type { Log, Outbound } from '../../../src/core/ports.ts'
import type { Channel, SendOutcome } from '../../../src/domain/routing/channels/channel.ts'
import type { Notification } from '../../../src/domain/routing/payload.ts'
import type { Tier } from '../../../src/domain/tenants/tenants.ts'
import type { Incidents } from '../../../src/domain/incidents/incidents.ts'
import { openRouting, type Routing } from '../../../src/domain/routing/routing.ts'
import {
  memoryCounters,
  type MemoryCounters,
} from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock, type SimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import {
  inTransaction,
  openDatabase,
  type Database,
} from '../../../src/machinery/storage/database.ts'
import { incidentsOver } from '../incidents/open.ts'

export const T0 = 1_700_000_000_000

/** `crash`: the receiver takes it, and the sender never learns of it. */
export type Mood = 'accept' | 'lose' | 'crash' | 'hang' | Omit<SendOutcome, 'error'>

export interface FakeChannel extends Channel {
  mood: Mood
  readonly taken: Notification['data'][]
  readonly types: string[]
  /** All attempts, by delivery id. */
  readonly attempts: string[]
}

export function fakeChannel(name = 'hook', kind = 'webhook'): FakeChannel {
  const channel: FakeChannel = {
    kind,
    name,
    mood: 'accept',
    taken: [],
    types: [],
    attempts: [],
    send: (delivery) => {
      channel.attempts.push(delivery.deliveryId)
      const { mood } = channel
      if (mood === 'lose') return Promise.reject(new Error('connection refused'))
      if (mood === 'hang') return new Promise(() => {})
      if (typeof mood === 'object') return Promise.resolve({ ...mood, error: 'as told' })
      const { type, data } = JSON.parse(delivery.body) as Notification
      channel.types.push(type)
      channel.taken.push(data)
      if (mood === 'crash') return new Promise(() => {})
      return Promise.resolve({ kind: 'delivered', status: 200, error: null, retryAfterMs: null })
    },
  }
  return channel
}

export interface World {
  readonly db: Database
  readonly clock: SimClock
  readonly counters: MemoryCounters
  readonly logged: string[]
  incidents: Incidents
  routing: Routing
  raise(conditions: readonly Condition[]): number
  /** Leaves the old routing behind with whatever it was doing, as a crash does, and opens one over
   *  the same rows. */
  restart(channels?: readonly Channel[]): void
  /** Lets time pass in steps and delivers at each. */
  deliverFor(spanMs: number, stepMs: number): Promise<void>
}

export interface WorldOptions {
  readonly channels: readonly Channel[]
  readonly tier?: Tier
  readonly path?: string
  readonly seed?: number
  readonly outbound?: Outbound
  readonly publicUrl?: string
}

export function openWorld(options: WorldOptions): World {
  const { tier = 'enterprise', seed = 1, path = ':memory:' } = options
  const db = openDatabase({ path, kind: 'control' })
  db.pragma('synchronous = OFF')
  const clock = openSimClock(T0)
  const counters = memoryCounters()
  const logged: string[] = []
  const outbound = options.outbound ?? { send: () => Promise.reject(new Error('no network here')) }
  const open = (channels: readonly Channel[]): Routing =>
    openRouting({
      publicUrl: options.publicUrl,
      db,
      channels,
      tierOf: () => tier,
      clock,
      outbound,
      counters,
      log: listLog(logged),
      seed,
    })
  const world: World = {
    db,
    clock,
    counters,
    logged,
    incidents: incidentsOver(db, clock),
    routing: open(options.channels),
    raise: (conditions) => {
      const nowMs = clock.nowMs()
      return inTransaction(db, () =>
        world.routing.enqueue(world.incidents.observe(conditions, nowMs), nowMs),
      )
    },
    restart: (channels = options.channels) => {
      world.incidents = incidentsOver(db, clock)
      world.routing = open(channels)
    },
    deliverFor: async (spanMs, stepMs) => {
      for (let passedMs = 0; passedMs < spanMs; passedMs += stepMs) {
        await clock.advance(stepMs)
        await world.routing.deliverDue(clock.nowMs())
      }
    },
  }
  return world
}

export function listLog(lines: string[]): Log {
  const write = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`)
  }
  const log: Log = { info: write, warn: write, error: write, child: () => log }
  return log
}
