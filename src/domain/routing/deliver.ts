/**
 * Sends what the outbox holds, at least once and in order within each lane. An attempt is: lease
 * the row, send, settle the row. Whoever dies in between leaves a lease that runs out, and the same
 * delivery, with the same id, is sent again. One round per channel at a time, so that a receiver
 * that hangs holds up nobody else.
 */
import type { Clock, Counters, Log, Outbound } from '../../core/ports.ts'
import type { Prng } from '../../core/prng.ts'
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import { ChannelHealth } from './channel-health.ts'
import type { Channel, SendOutcome } from './channels/channel.ts'
import { outcomeOfError } from './channels/http-outcome.ts'
import type { AttemptOutcome, Delivery } from './delivery.ts'
import { ROUTING_LIMITS } from './limits.ts'
import { LONGEST_WAIT_MS, settlementOf } from './retry.ts'
import type { AttemptEnd, DeliveryStore } from './store.ts'

export interface DelivererDeps {
  readonly db: Database
  readonly store: DeliveryStore
  readonly clock: Clock
  readonly outbound: Outbound
  readonly counters: Counters
  readonly log: Log
  readonly prng: Prng
}

export class ChannelDeliverer {
  readonly #deps: DelivererDeps
  readonly #channel: Channel
  readonly #health: ChannelHealth
  readonly #inFlight = new Set<string>()
  #closed = false

  constructor(deps: DelivererDeps, channel: Channel) {
    this.#deps = deps
    this.#channel = channel
    this.#health = new ChannelHealth(deps.prng)
  }

  /** Makes one attempt for each delivery that is due, as many as the channel's health allows.
   *  Answers how many were made. */
  async round(nowMs: number): Promise<number> {
    if (this.#closed) return 0
    const claimed = this.#claim(nowMs)
    await Promise.all(claimed.map((delivery) => this.#attempt(delivery, nowMs)))
    return claimed.length
  }

  /** Tells how long there will be nothing to do. Units: ms. */
  waitMs(nowMs: number): number {
    const pauseMs = this.#health.pauseLeftMs(this.#deps.clock.monotonicMs())
    const nextAtMs = this.#deps.store.nextDueAtMsAcrossTenants(this.#channel.name)
    const dueInMs = nextAtMs === null ? ROUTING_LIMITS.idleWaitMs : nextAtMs - nowMs
    return Math.min(ROUTING_LIMITS.idleWaitMs, Math.max(pauseMs, dueInMs, 1))
  }

  /** From now on nothing is claimed, and what is under way settles no more. */
  close(): void {
    this.#closed = true
  }

  #claim(nowMs: number): Delivery[] {
    const { db, clock, store } = this.#deps
    const allowance = this.#health.allowance(clock.monotonicMs()) - this.#inFlight.size
    if (allowance <= 0) return []
    return inTransaction(db, () => {
      const { name } = this.#channel
      this.#recoverExpired(nowMs)
      const due = store.dueAcrossTenants(name, nowMs, LONGEST_WAIT_MS, allowance)
      const leaseUntilMs = nowMs + ROUTING_LIMITS.leaseMs
      return due
        .filter((delivery) => store.lease(delivery.tenantId, delivery, leaseUntilMs))
        .map((delivery) => ({ ...delivery, attempts: delivery.attempts + 1 }))
    })
  }

  /** A lease that ran out while its sender is still at work here, as when the clock steps, is left
   *  to that sender. */
  #recoverExpired(nowMs: number): void {
    const expired = this.#deps.store
      .expiredAcrossTenants(this.#channel.name, nowMs, ROUTING_LIMITS.leaseMs)
      .filter((delivery) => !this.#inFlight.has(delivery.deliveryId))
    const error = 'the sender was gone before it could tell how the attempt ended'
    for (const delivery of expired) {
      const outcome: SendOutcome = { kind: 'transient', status: null, error, retryAfterMs: null }
      this.#settle(delivery, outcome, 'lease-expired', nowMs)
    }
  }

  async #attempt(delivery: Delivery, nowMs: number): Promise<void> {
    const { clock, db } = this.#deps
    this.#inFlight.add(delivery.deliveryId)
    try {
      const outcome = await this.#send(delivery, nowMs)
      if (this.#closed) return
      this.#health.note(outcome, clock.monotonicMs())
      inTransaction(db, () => {
        this.#settle(delivery, outcome, outcome.kind, clock.nowMs())
      })
    } finally {
      this.#inFlight.delete(delivery.deliveryId)
    }
  }

  async #send(delivery: Delivery, nowMs: number): Promise<SendOutcome> {
    const { outbound, log } = this.#deps
    const tools = { outbound, log, nowMs, timeoutMs: ROUTING_LIMITS.sendTimeoutMs }
    try {
      return await this.#channel.send(delivery, tools)
    } catch (error) {
      return outcomeOfError(error)
    }
  }

  #settle(delivery: Delivery, outcome: SendOutcome, kind: AttemptOutcome, nowMs: number): void {
    const { store, prng } = this.#deps
    const { tenantId, deliveryId, attempts: attempt } = delivery
    const { status, error } = outcome
    const end: AttemptEnd = { attempt, outcome: kind, status, error, endedAtMs: nowMs }
    const next = settlementOf(outcome, attempt, nowMs, prng)
    const held =
      next.state === 'pending'
        ? store.postpone(tenantId, deliveryId, next.nextAtMs, end)
        : store.settle(tenantId, deliveryId, next.state, end)
    this.#countAttempt(held ? kind : 'fenced')
    if (!held) return
    store.recordAttempt(tenantId, deliveryId, end)
    if (next.state === 'pending') return
    store.promote(tenantId, delivery, nowMs)
    this.#tellEnd(delivery, next.state, next.state === 'dead' ? next.reason : 'delivered', error)
  }

  #tellEnd(delivery: Delivery, state: 'sent' | 'dead', reason: string, error: string | null): void {
    const { name: channel } = this.#channel
    this.#deps.counters.add('tenantry_deliveries_settled_total', 1, { channel, state, reason })
    if (state === 'sent') return
    const { tenantId, deliveryId, alertId, event, attempts } = delivery
    const fields = { channel, tenantId, deliveryId, alertId, event, attempts, reason, error }
    this.#deps.log.error(fields, 'gave up a delivery')
  }

  #countAttempt(outcome: AttemptOutcome | 'fenced'): void {
    const labels = { channel: this.#channel.name, outcome }
    this.#deps.counters.add('tenantry_deliveries_total', 1, labels)
  }
}
