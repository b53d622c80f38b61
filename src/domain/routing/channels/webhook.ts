/**
 * Posts a delivery as JSON to any receiver that speaks Standard Webhooks 1.0.0: the id is the same
 * in every attempt, the timestamp is the attempt's, the body is a Notification. Its address comes
 * from the operator's configuration.
 */
import { TenantryError } from '../../../core/errors.ts'
import { HEADERS } from '../../../core/names/headers.ts'
import { ROUTING_ERRORS } from '../errors.ts'
import type { ChannelKind } from './channel.ts'
import { outcomeOfError, outcomeOfResponse } from './http-outcome.ts'
import { readSecret, signatureOf } from './signature.ts'

export interface WebhookTarget {
  /** Without one: `webhook`. */
  readonly name?: string
  /** http or https. */
  readonly url: string
  /** Signs the deliveries. While secrets change: several, separated by spaces, the current one
   *  first. Without one they are not signed. */
  readonly secret?: string | undefined
}

export const webhookChannel: ChannelKind<WebhookTarget> = {
  kind: 'webhook',
  open: (target) => {
    const { name = 'webhook', url } = target
    const keys = keysOf(name, target.secret)
    checkAddress(name, url)
    return {
      kind: 'webhook',
      name,
      send: async (delivery, { outbound, nowMs, timeoutMs }) => {
        const { deliveryId, body } = delivery
        const headers = headersOf(keys, deliveryId, Math.floor(nowMs / 1_000), body)
        const request = { url, method: 'POST', headers, body, timeoutMs } as const
        try {
          return outcomeOfResponse(await outbound.send({ ...request, trust: 'operator' }), nowMs)
        } catch (error) {
          return outcomeOfError(error)
        }
      },
    }
  },
}

function headersOf(
  keys: readonly Buffer[],
  id: string,
  timestampSeconds: number,
  body: string,
): Record<string, string> {
  const headers = {
    'content-type': 'application/json',
    [HEADERS.webhookId]: id,
    [HEADERS.webhookTimestamp]: String(timestampSeconds),
  }
  if (keys.length === 0) return headers
  return { ...headers, [HEADERS.webhookSignature]: signatureOf(keys, id, timestampSeconds, body) }
}

function keysOf(name: string, secrets = ''): Buffer[] {
  const texts = secrets.split(' ').filter((text) => text !== '')
  return texts.map((text) => {
    const key = readSecret(text)
    if (key !== null) return key
    const message = `opening webhook channel ${name}: the secret is not base64 of 24 to 64 bytes`
    throw new TenantryError(ROUTING_ERRORS.CHANNEL_CONFIG, message)
  })
}

function checkAddress(name: string, url: string): void {
  const protocol = URL.parse(url)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return
  const message = `opening webhook channel ${name}: the url is not an http or https address`
  throw new TenantryError(ROUTING_ERRORS.CHANNEL_CONFIG, message)
}
