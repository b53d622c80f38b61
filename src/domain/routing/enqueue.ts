/**
 * Which deliveries an alert that turned asks for. Rows only: nothing is sent here, and the caller's
 * transaction holds them together with the alert's state.
 *
 * A trigger goes where the policy says. A resolve goes to every channel that was told of the
 * trigger, whatever the policy says by then, so that a change of tier or policy leaves nobody with
 * an open alert. When the trigger did not leave yet, the tier decides: both are sent in order, or
 * neither is.
 */
import { createHash } from 'node:crypto'
import type { Counters } from '../../core/ports.ts'
import { LABELS, RAISED_PRIORITY } from '../../core/names/labels.ts'
import type { TenantId } from '../../core/ids.ts'
import { dedupKey, type AlertTransition } from '../incidents/incidents.ts'
import type { Channel } from './channels/channel.ts'
import { isOpen, type Delivery, type DeliveryEvent, type Lane } from './delivery.ts'
import { ROUTING_LIMITS } from './limits.ts'
import { linkOf } from './link.ts'
import { notificationBody } from './payload.ts'
import type { Tier } from '../tenants/tenants.ts'
import { leadsTo, raisedRank, routeOf, type Route } from './policy.ts'
import type { DeliveryStore } from './store.ts'

export interface EnqueuerDeps {
  readonly store: DeliveryStore
  readonly channels: readonly Channel[]
  readonly counters: Counters
  readonly tierOf: (tenantId: TenantId) => Tier | undefined
  /** The address at which people reach the portal. */
  readonly publicUrl?: string | undefined
}

export class Enqueuer {
  readonly #deps: EnqueuerDeps
  #lastSequence: number

  constructor(deps: EnqueuerDeps) {
    this.#deps = deps
    this.#lastSequence = deps.store.lastSequenceAcrossTenants()
  }

  /** Writes the deliveries of a transition. Answers how many are to be sent. */
  enqueue(transition: AlertTransition): number {
    const { alert } = transition
    const route = routeOf(this.#deps.tierOf(alert.tenantId), alert.action)
    let rows = 0
    for (const channel of this.#deps.channels) {
      const lane = { tenantId: alert.tenantId, channel: channel.name, dedupKey: dedupKey(alert) }
      const wanted =
        transition.kind === 'firing'
          ? leadsTo(route, channel.kind) && this.#trigger(lane, transition, route)
          : this.#resolve(lane, transition, route)
      if (wanted) rows += 1
    }
    return rows
  }

  #trigger(lane: Lane, transition: AlertTransition, route: Route): boolean {
    this.#append(lane, transition, route, 'triggered')
    return true
  }

  #resolve(lane: Lane, transition: AlertTransition, route: Route): boolean {
    const [newest, before] = this.#deps.store.newestInLane(lane.tenantId, lane, 2)
    if (newest?.event !== 'triggered') return false
    const untold = newest.attempts === 0 && isOpen(newest) && before?.event !== 'triggered'
    if (untold && route.unsentTrigger === 'drop-pair') {
      this.#supersede(newest, transition.atMs, 'resolved-unsent')
      this.#insert(lane, transition, route, 'resolved', 'superseded')
      this.#count(lane, 'resolved-unsent')
      return false
    }
    this.#append(lane, transition, route, 'resolved')
    return true
  }

  /** Adds to the end of a lane, and thins out one that is too long: its last delivery tells the
   *  state that counts. */
  #append(lane: Lane, transition: AlertTransition, route: Route, event: DeliveryEvent): void {
    const open = this.#deps.store.openInLane(lane.tenantId, lane)
    if (open.length >= ROUTING_LIMITS.laneLength) {
      const waiting = open.filter((delivery) => delivery.state === 'queued')
      for (const delivery of waiting) this.#supersede(delivery, transition.atMs, 'lane-full')
    }
    this.#insert(lane, transition, route, event, open.length === 0 ? 'pending' : 'queued')
  }

  #insert(
    lane: Lane,
    { alert, atMs }: AlertTransition,
    { tier, rank }: Route,
    event: DeliveryEvent,
    state: 'queued' | 'pending' | 'superseded',
  ): void {
    this.#lastSequence += 1
    const sequence = this.#lastSequence
    const deliveryId = deliveryIdOf(`${lane.channel}/${alert.alertId}/${String(sequence)}`)
    const link = linkOf(this.#deps.publicUrl, alert)
    const body = notificationBody({ alert, event, tier, deliveryId, sequence, atMs, link })
    const { alertId, action } = alert
    const identity = {
      ...lane,
      deliveryId,
      sequence,
      alertId,
      event,
      action,
      tier,
      rank: alert.labels[LABELS.priority] === RAISED_PRIORITY ? raisedRank(rank) : rank,
    }
    this.#deps.store.insert(lane.tenantId, { ...identity, body, state, createdAtMs: atMs })
  }

  #supersede(delivery: Delivery, nowMs: number, reason: string): void {
    const { store } = this.#deps
    if (!store.supersede(delivery.tenantId, delivery.deliveryId, nowMs)) return
    this.#count(delivery, reason)
  }

  #count({ channel }: Pick<Lane, 'channel'>, reason: string): void {
    const labels = { channel, state: 'superseded', reason }
    this.#deps.counters.add('tenantry_deliveries_settled_total', 1, labels)
  }
}

function deliveryIdOf(text: string): string {
  return `dlv_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
}
