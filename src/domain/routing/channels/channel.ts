/**
 * The one shape of a channel: a file exports a kind, the kind opens a target, the target sends.
 * Every kind passes the shared contract test.
 */
import type { Log, Outbound } from '../../../core/ports.ts'
import type { Delivery } from '../delivery.ts'

/** What a kind of channel is. `Target` is what it must know of where to send. */
export interface ChannelKind<Target> {
  readonly kind: string
  /** Throws CHANNEL_CONFIG when the target cannot work. */
  open(target: Target): Channel
}

/** A place that is told of alerts. */
export interface Channel {
  readonly kind: string
  /** Unique among the channels; deliveries are kept under it. */
  readonly name: string
  /** Makes one attempt. Never rejects for what the receiver did: that is an outcome. May be called
   *  again with the same delivery. */
  send(delivery: Delivery, tools: ChannelTools): Promise<SendOutcome>
}

export interface ChannelTools {
  readonly outbound: Outbound
  readonly log: Log
  readonly nowMs: number
  readonly timeoutMs: number
}

/** How an attempt ended. `transient` and `throttled` are tried again, `permanent` is not: the
 *  receiver will never take this delivery. */
export interface SendOutcome {
  readonly kind: 'delivered' | 'throttled' | 'transient' | 'permanent'
  /** The HTTP status, where there was one. */
  readonly status: number | null
  readonly error: string | null
  /** The pause that the receiver asked for. */
  readonly retryAfterMs: number | null
}

export const DELIVERED: SendOutcome = {
  kind: 'delivered',
  status: null,
  error: null,
  retryAfterMs: null,
}
