/** What every kind of channel must do. A new kind adds a row. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TenantryError } from '../../../../src/core/errors.ts'
import { tenantId } from '../../../../src/core/ids.ts'
import type { Channel, ChannelTools } from '../../../../src/domain/routing/channels/channel.ts'
import { logChannel } from '../../../../src/domain/routing/channels/log.ts'
import { webhookChannel } from '../../../../src/domain/routing/channels/webhook.ts'
import type { Delivery, DeliveryEvent } from '../../../../src/domain/routing/delivery.ts'
import { notificationBody } from '../../../../src/domain/routing/payload.ts'
import { turn } from '../../../../src/domain/incidents/alert.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import { openOutbound } from '../../../../src/machinery/runtime/outbound.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../../../fixtures/webhook-receiver.ts'
import { condition } from '../../incidents/conditions.ts'
import { listLog, T0 } from '../harness.ts'

let receiver: WebhookReceiver
let lines: string[]

const KINDS: readonly { kind: string; open: () => Channel; told: () => number }[] = [
  {
    kind: logChannel.kind,
    open: () => logChannel.open({ name: 'here' }),
    told: () => lines.length,
  },
  {
    kind: webhookChannel.kind,
    open: () => webhookChannel.open({ name: 'hook', url: receiver.url, secret: receiver.secret }),
    told: () => receiver.taken.length,
  },
]

const outbound = openOutbound({ clock: systemClock() })

function tools(): ChannelTools {
  return { outbound, log: listLog(lines), nowMs: T0, timeoutMs: 200 }
}

function delivery(event: DeliveryEvent, part: { numbers?: Record<string, number> } = {}): Delivery {
  const fired = turn(undefined, condition(part), T0)?.alert
  const alert =
    event === 'triggered' ? fired : turn(fired, condition({ holds: false }), T0 + 1)?.alert
  if (alert === undefined) throw new Error('it turned')
  const identity = { deliveryId: `dlv_${event}`, sequence: 7, tier: 'enterprise', event } as const
  return {
    ...identity,
    tenantId: tenantId('acme'),
    channel: 'any',
    dedupKey: 'acme/slo/availability/fast',
    alertId: alert.alertId,
    action: 'page',
    rank: 0,
    body: notificationBody({ ...identity, alert, atMs: T0, link: null }),
    state: 'leased',
    attempts: 1,
    createdAtMs: T0,
    nextAtMs: T0,
    settledAtMs: null,
    lastStatus: null,
    lastError: null,
  }
}

describe.each(KINDS)('channel $kind', ({ kind, open, told }) => {
  beforeEachOpen()

  it('says of what kind it is and keeps its name', () => {
    const channel = open()
    expect(channel.kind).toBe(kind)
    expect(channel.name).not.toBe('')
  })

  it('tells of a trigger and of a resolve, each once an attempt', async () => {
    const channel = open()
    expect(await channel.send(delivery('triggered'), tools())).toMatchObject({
      kind: 'delivered',
      error: null,
    })
    expect(told()).toBe(1)
    expect(await channel.send(delivery('resolved'), tools())).toMatchObject({ kind: 'delivered' })
    expect(told()).toBe(2)
  })

  it('may be called again with the same delivery', async () => {
    const channel = open()
    const same = delivery('triggered')
    await channel.send(same, tools())
    expect(await channel.send(same, tools())).toMatchObject({ kind: 'delivered' })
    expect(told()).toBe(2)
  })
})

describe('webhook', () => {
  beforeEachOpen()
  const send = (event: DeliveryEvent = 'triggered'): ReturnType<Channel['send']> =>
    webhookChannel
      .open({ name: 'hook', url: receiver.url, secret: receiver.secret })
      .send(delivery(event), tools())

  it('signs what it sends, with the id of the delivery and the time of the attempt', async () => {
    await send()
    const [webhook] = receiver.taken
    expect(webhook).toMatchObject({
      id: 'dlv_triggered',
      timestampSeconds: T0 / 1_000,
      signatureValid: true,
    })
    expect(webhook?.body).toMatchObject({
      type: 'alert.triggered',
      timestamp: '2023-11-14T22:13:20.000Z',
      data: {
        deliveryId: 'dlv_triggered',
        dedupKey: 'acme/slo/availability/fast',
        sequence: 7,
        tenantId: 'acme',
        tier: 'enterprise',
        numbers: { longBurn: 15.2, shortBurn: 16 },
        resolvedAt: null,
        truncated: false,
      },
    })
  })

  it('tells refusals, pauses, redirects, silence and a cut line apart', async () => {
    receiver.behave({ status: 429, retryAfter: '30', body: 'slow down' })
    expect(await send()).toEqual({
      kind: 'throttled',
      status: 429,
      error: 'status 429: slow down',
      retryAfterMs: 30_000,
    })
    receiver.behave({ status: 503 })
    expect(await send()).toMatchObject({ kind: 'transient', status: 503 })
    receiver.behave({ status: 410 })
    expect(await send()).toMatchObject({ kind: 'permanent', status: 410 })
    receiver.behave({ status: 307, location: 'http://127.0.0.1:9/' })
    expect(await send()).toMatchObject({ kind: 'permanent' })
    receiver.behave('hang')
    expect(await send()).toMatchObject({ kind: 'transient', status: null })
    receiver.behave('take-and-close')
    expect(await send()).toMatchObject({ kind: 'transient', status: null })
  })

  it('leaves numbers and labels out of a body that would be too large, and says so', () => {
    const numbers = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, i) => [`number${String(i)}`, i]),
    )
    const { body } = delivery('triggered', { numbers })
    expect(JSON.parse(body)).toMatchObject({ data: { numbers: {}, truncated: true } })
    expect(body.length).toBeLessThan(2_048)
  })

  it('refuses a target that cannot work, naming the channel and not the secret', () => {
    const open = (part: { url?: string; secret?: string }): TenantryError => {
      try {
        webhookChannel.open({ name: 'hook', url: receiver.url, ...part })
      } catch (error) {
        return error as TenantryError
      }
      throw new Error('it opened')
    }
    for (const url of ['', 'no address', 'ftp://example.com/', 'file:///etc/passwd']) {
      expect(open({ url })).toMatchObject({ code: 'CHANNEL_CONFIG' })
    }
    const refused = open({ secret: `${receiver.secret} whsec_tooshort` })
    expect(refused).toMatchObject({ code: 'CHANNEL_CONFIG' })
    expect(refused.message).toContain('hook')
    expect(refused.message).not.toContain('tooshort')
  })
})

function beforeEachOpen(): void {
  beforeEach(async () => {
    lines = []
    receiver = await openWebhookReceiver()
  })
  afterEach(() => receiver.close())
}
