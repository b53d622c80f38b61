/**
 * What a receiver is told, in the envelope of Standard Webhooks: `{ type, timestamp, data }`. The
 * body is written once, when the alert turns, and is the same in every attempt. Instants are RFC
 * 3339 in UTC.
 *
 * `data.deliveryId` is the idempotency id: the same delivery may arrive more than once and is told
 * by it. `data.sequence` grows within one `data.dedupKey`: a receiver that has seen a higher one
 * ignores a lower.
 */
import { isoTime } from '../../core/time.ts'
import { dedupKey, type Alert } from '../incidents/incidents.ts'
import type { DeliveryEvent } from './delivery.ts'
import { ROUTING_LIMITS } from './limits.ts'
import type { Tier } from '../tenants/tenants.ts'

export interface Notification {
  readonly type: 'alert.triggered' | 'alert.resolved'
  /** When the alert turned. */
  readonly timestamp: string
  readonly data: NotificationData
}

export interface NotificationData {
  readonly deliveryId: string
  readonly dedupKey: string
  readonly sequence: number
  readonly alertId: string
  readonly tenantId: string
  readonly tier: Tier
  readonly source: string
  readonly key: string
  readonly action: string
  readonly summary: string
  /** The numbers behind the condition as it turned, and as they were when the alert opened. */
  readonly numbers: Readonly<Record<string, number>>
  readonly openingNumbers: Readonly<Record<string, number>>
  readonly labels: Readonly<Record<string, string>>
  readonly openedAt: string
  readonly firedAt: string
  readonly resolvedAt: string | null
  readonly flaps: number
  /** The portal's page about the SLO or the tenant. Null without TENANTRY_PUBLIC_URL. */
  readonly link: string | null
  /** True when numbers and labels were left out because the body would have been too large. */
  readonly truncated: boolean
}

export interface NotificationInput {
  readonly alert: Alert
  readonly event: DeliveryEvent
  readonly tier: Tier
  readonly deliveryId: string
  readonly sequence: number
  readonly atMs: number
  readonly link: string | null
}

/** Writes the body of a delivery. Shape: JSON of a Notification, at most 20 KiB: a larger one goes
 *  without numbers and labels. */
export function notificationBody(input: NotificationInput): string {
  const notification = notificationOf(input)
  const body = JSON.stringify(notification)
  if (Buffer.byteLength(body) <= ROUTING_LIMITS.bodyBytes) return body
  const bare = { numbers: {}, openingNumbers: {}, labels: {}, truncated: true }
  const summary = notification.data.summary.slice(0, 1_000)
  return JSON.stringify({ ...notification, data: { ...notification.data, ...bare, summary } })
}

function notificationOf({
  alert,
  event,
  tier,
  deliveryId,
  sequence,
  atMs,
  link,
}: NotificationInput): Notification {
  return {
    type: `alert.${event}`,
    timestamp: isoTime(atMs),
    data: {
      deliveryId,
      dedupKey: dedupKey(alert),
      sequence,
      alertId: alert.alertId,
      tenantId: alert.tenantId,
      tier,
      source: alert.source,
      key: alert.key,
      action: alert.action,
      summary: alert.summary,
      numbers: alert.numbers,
      openingNumbers: alert.openingNumbers,
      labels: alert.labels,
      openedAt: isoTime(alert.openedAtMs),
      firedAt: isoTime(alert.firedAtMs),
      resolvedAt: alert.resolvedAtMs === null ? null : isoTime(alert.resolvedAtMs),
      flaps: alert.flaps,
      link,
      truncated: false,
    },
  }
}
