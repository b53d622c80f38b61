/**
 * A delivery is one notification to one channel, kept until it was sent, superseded or given up.
 *
 *   queued ──▶ pending ◀──▶ leased ──▶ sent
 *      │          │            └─────▶ dead
 *      └──────────┴──▶ superseded
 *
 * A lane is the deliveries of one channel and dedup key. Only its head is pending or leased, so a
 * resolve never overtakes its trigger.
 */
import type { Action } from '../../core/condition.ts'
import type { TenantId } from '../../core/ids.ts'
import type { Tier } from '../tenants/tenants.ts'

export const DELIVERY_STATES = [
  'queued',
  'pending',
  'leased',
  'sent',
  'superseded',
  'dead',
] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

export type DeliveryEvent = 'triggered' | 'resolved'

export interface Lane {
  readonly tenantId: TenantId
  readonly channel: string
  readonly dedupKey: string
}

export interface Delivery extends Lane {
  readonly deliveryId: string
  readonly sequence: number
  readonly alertId: string
  readonly event: DeliveryEvent
  readonly action: Action
  readonly tier: Tier
  readonly rank: number
  /** JSON of a Notification. */
  readonly body: string
  readonly state: DeliveryState
  /** Attempts begun. The number of the one under way is its fence: an older attempt cannot
   *  settle. */
  readonly attempts: number
  readonly createdAtMs: number
  readonly nextAtMs: number
  readonly settledAtMs: number | null
  readonly lastStatus: number | null
  readonly lastError: string | null
}

export type AttemptOutcome = 'delivered' | 'throttled' | 'transient' | 'permanent' | 'lease-expired'

export interface DeliveryAttempt {
  readonly attempt: number
  readonly endedAtMs: number
  readonly outcome: AttemptOutcome
  readonly status: number | null
  readonly error: string | null
}

/** Tells whether a delivery still waits to be sent or is being sent. */
export function isOpen(delivery: Pick<Delivery, 'state'>): boolean {
  return delivery.state === 'queued' || delivery.state === 'pending' || delivery.state === 'leased'
}
