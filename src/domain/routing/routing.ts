/**
 * The door of routing: decides who is told of an alert that turned, keeps every notification in the
 * outbox, and sends it at least once, in order per alert and channel. The tick only writes rows;
 * sending never holds it up.
 */
import { TenantryError } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Clock, Counters, Log, Outbound } from '../../core/ports.ts'
import { openPrng } from '../../core/prng.ts'
import { SECOND_MS } from '../../core/time.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import type { Alert, AlertTransition } from '../incidents/incidents.ts'
import type { Channel } from './channels/channel.ts'
import { ChannelDeliverer } from './deliver.ts'
import type { Delivery, DeliveryAttempt, DeliveryState } from './delivery.ts'
import { DeliveryLoop } from './delivery-loop.ts'
import { Enqueuer } from './enqueue.ts'
import { ROUTING_ERRORS } from './errors.ts'
import { ROUTING_LIMITS } from './limits.ts'
import { linkOf } from './link.ts'
import type { Tier } from '../tenants/tenants.ts'
import { DeliveryStore, type DeliveryPageQuery } from './store.ts'

export interface RoutingDeps {
  readonly db: Database
  /** Names are unique. */
  readonly channels: readonly Channel[]
  readonly tierOf: (tenantId: TenantId) => Tier | undefined
  /** The address at which people reach the portal. Without one notifications have no link. */
  readonly publicUrl?: string | undefined
  readonly clock: Clock
  readonly outbound: Outbound
  readonly counters: Counters
  readonly log: Log
  /** Of the retry jitter. Without one the clock seeds it. */
  readonly seed?: number
}

export interface DeliveryQuery {
  readonly tenantId?: TenantId | undefined
  /** Only together with tenantId. */
  readonly alertId?: string | undefined
  readonly state?: DeliveryState | undefined
  readonly cursor?: string | null | undefined
  /** At most 500. */
  readonly limit: number
}

export interface DeliveryPage {
  /** Newest first. */
  readonly items: readonly Delivery[]
  readonly nextCursor: string | null
}

export interface RoutingStats {
  /** Deliveries that wait or are being sent. */
  readonly open: number
  readonly oldestSeconds: number
  readonly dead: number
}

export interface Routing {
  /** Writes the deliveries that transitions ask for, within the caller's transaction. Answers how
   *  many are to be sent. */
  enqueue(transitions: readonly AlertTransition[], nowMs: number): number
  /** Tells the portal's page about an alert's SLO or tenant. Null where no address is known. */
  link(alert: Pick<Alert, 'tenantId' | 'source' | 'labels'>): string | null
  /** Makes attempts until nothing is due at that instant. Answers how many were made. For tests and
   *  drains: `start` does it on its own. */
  deliverDue(nowMs: number): Promise<number>
  /** Tells the deliverer that rows may have come. */
  wake(): void
  start(): void
  /** Waits a moment for sends under way. What did not settle by then is sent again after the next
   *  start, under the same id. */
  stop(): Promise<void>
  /** Throws DELIVERY_CURSOR. */
  deliveries(query: DeliveryQuery): DeliveryPage
  /** Shape: oldest first. */
  attempts(tenantId: TenantId, deliveryId: string): readonly DeliveryAttempt[]
  stats(nowMs: number): RoutingStats
  /** Deletes settled deliveries that are older than they are kept. Answers how many. */
  prune(nowMs: number): number
}

/** Opens the outbox of a control database. Deliveries to channels that are configured no more are
 *  given up and told of. */
export function openRouting(deps: RoutingDeps): Routing {
  const { db, channels, clock, counters } = deps
  const store = new DeliveryStore(db)
  giveUpMissingChannels(deps, store)
  const enqueuer = new Enqueuer({ ...deps, store })
  const prng = openPrng(deps.seed ?? clock.nowMs())
  const deliverers = channels.map(
    (channel) => new ChannelDeliverer({ ...deps, store, prng }, channel),
  )
  const loops = deliverers.map((deliverer) => new DeliveryLoop(deps, deliverer))
  let running: Promise<unknown> = Promise.resolve()

  const stats = (nowMs: number): RoutingStats => {
    const { open, oldestCreatedAtMs, dead } = store.totalsAcrossTenants()
    const ageMs = oldestCreatedAtMs === null ? 0 : Math.max(0, nowMs - oldestCreatedAtMs)
    return { open, dead, oldestSeconds: ageMs / SECOND_MS }
  }
  counters.gauge('tenantry_outbox_pending', () => stats(clock.nowMs()).open)
  counters.gauge('tenantry_outbox_oldest_seconds', () => stats(clock.nowMs()).oldestSeconds)
  counters.gauge('tenantry_outbox_dead', () => stats(clock.nowMs()).dead)

  return {
    enqueue: (transitions) => {
      let rows = 0
      for (const transition of transitions) rows += enqueuer.enqueue(transition)
      return rows
    },
    link: (alert) => linkOf(deps.publicUrl, alert),
    deliverDue: async (nowMs) => {
      const counts = await Promise.all(deliverers.map((deliverer) => drain(deliverer, nowMs)))
      return counts.reduce((sum, count) => sum + count, 0)
    },
    wake: () => {
      for (const loop of loops) loop.wake()
    },
    start: () => {
      running = Promise.all(loops.map((loop) => loop.run()))
    },
    stop: async () => {
      for (const loop of loops) loop.stop()
      const grace = new AbortController()
      await Promise.race([running, clock.sleep(ROUTING_LIMITS.stopGraceMs, grace.signal)])
      grace.abort()
      for (const deliverer of deliverers) deliverer.close()
    },
    deliveries: (query) => pageOf(store, query),
    attempts: (tenantId, deliveryId) => store.attempts(tenantId, deliveryId),
    stats,
    prune: (nowMs) =>
      inTransaction(db, () => store.pruneAcrossTenants(nowMs - ROUTING_LIMITS.keepSettledMs)),
  }
}

function giveUpMissingChannels(
  { channels, clock, counters, log }: RoutingDeps,
  store: DeliveryStore,
): void {
  const names = new Set(channels.map((channel) => channel.name))
  for (const { channel, count } of store.openByChannelAcrossTenants()) {
    if (names.has(channel)) continue
    store.abandonAcrossTenants(channel, 'the channel is configured no more', clock.nowMs())
    const labels = { channel: 'removed', state: 'dead', reason: 'channel-removed' }
    counters.add('tenantry_deliveries_settled_total', count, labels)
    log.error({ channel, count }, 'gave up deliveries to a channel that is configured no more')
  }
}

async function drain(deliverer: ChannelDeliverer, nowMs: number): Promise<number> {
  let total = 0
  for (;;) {
    const attempts = await deliverer.round(nowMs)
    if (attempts === 0) return total
    total += attempts
  }
}

function pageOf(store: DeliveryStore, query: DeliveryQuery): DeliveryPage {
  const limit = Math.min(query.limit, ROUTING_LIMITS.pageSize)
  const { tenantId, state = null, alertId = null } = query
  const beforeSequence = readCursor(query.cursor)
  const page: DeliveryPageQuery = { state, alertId, beforeSequence, limit: limit + 1 }
  const items = tenantId === undefined ? store.pageAcrossTenants(page) : store.page(tenantId, page)
  const last = items[limit - 1]
  if (items.length <= limit || last === undefined) return { items, nextCursor: null }
  return { items: items.slice(0, limit), nextCursor: String(last.sequence) }
}

function readCursor(cursor: string | null | undefined): number | null {
  if (cursor === null || cursor === undefined) return null
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  const message = 'listing deliveries: cursor is not one of ours'
  throw new TenantryError(ROUTING_ERRORS.DELIVERY_CURSOR, message)
}
