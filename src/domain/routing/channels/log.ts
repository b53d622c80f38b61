/** Writes a delivery as one structured line of Tenantry's own log. It cannot fail, and needs no
 *  target beyond a name. */
import type { Notification } from '../payload.ts'
import { DELIVERED, type ChannelKind } from './channel.ts'

export interface LogTarget {
  /** Without one: `log`. */
  readonly name?: string
}

export const logChannel: ChannelKind<LogTarget> = {
  kind: 'log',
  open: ({ name = 'log' }) => ({
    kind: 'log',
    name,
    send: (delivery, { log }) => {
      const { type, data } = JSON.parse(delivery.body) as Notification
      const { deliveryId, dedupKey, alertId, tenantId, tier, action, numbers } = data
      const fields = { type, deliveryId, dedupKey, alertId, tenantId, tier, action, numbers }
      if (delivery.event === 'triggered') log.warn(fields, data.summary)
      else log.info(fields, `resolved: ${data.summary}`)
      return Promise.resolve(DELIVERED)
    },
  }),
}
