/**
 * From real traffic to a signed notification: an application fails, the fast burn condition is complete, one page leaves, the receiver's
 * refusal is retried under the same id, and a kill -9 neither loses the alert nor sends it twice.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWebhookReceiver, type WebhookReceiver } from '../fixtures/webhook-receiver.ts'
import { startOtelApp, type OtelApp } from './harness/otel-app.ts'
import { delay, eventually, startServer, tenantConfig, type TestServer } from './harness/server.ts'

interface AlertPage {
  readonly items: readonly { tenantId: string; state: string; action: string }[]
}

describe('a failing application', () => {
  let receiver: WebhookReceiver
  let server: TestServer
  let app: OtelApp
  let env: Record<string, string>

  beforeAll(async () => {
    receiver = await openWebhookReceiver()
    receiver.behave({ status: 503 })
    env = { TENANTRY_WEBHOOK_URL: receiver.url, TENANTRY_WEBHOOK_SECRET: receiver.secret }
    server = await startServer({ env })
    await server.createTenant(tenantConfig('acme', { name: 'Acme' }))
    app = await startOtelApp(server)
  })

  afterAll(async () => {
    await app.stop()
    await server.stop()
    await receiver.close()
    server.remove()
  })

  const serveBadly = async (): Promise<void> => {
    app.record({ tenantId: 'acme', status: 500, seconds: 0.01, count: 40 })
    app.record({ tenantId: 'acme', status: 200, seconds: 0.01, count: 60 })
    await app.flush()
  }

  const pages = async (): Promise<AlertPage['items']> => {
    const { body } = await server.api<AlertPage>('/api/v1/alerts?state=firing&limit=50')
    return body.items.filter((alert) => alert.action === 'page')
  }

  it('pages once, signed, though the receiver refuses at first', async () => {
    await eventually(
      'the page was tried',
      async () => {
        await serveBadly()
        return receiver.requests()
      },
      (requests) => requests > 0,
      150_000,
    )
    expect(receiver.taken).toHaveLength(0)
    receiver.behave('accept')
    await eventually(
      'the page arrived',
      async () => receiver.taken.length,
      (taken) => taken > 0,
    )
    const triggered = receiver.taken.filter((webhook) => webhook.body.type === 'alert.triggered')
    expect(triggered).toHaveLength(1)
    expect(triggered[0]?.signatureValid).toBe(true)
    expect(triggered[0]?.body.data).toMatchObject({
      tenantId: 'acme',
      tier: 'enterprise',
      action: 'page',
    })
    expect(await pages()).toHaveLength(1)
  }, 240_000)

  it('keeps the alert over kill -9 and does not page again', async () => {
    await server.stop('SIGKILL')
    server = await startServer({ dataDirectory: server.dataDirectory, env })
    await delay(12_000)
    expect(await pages()).toHaveLength(1)
    expect(
      receiver.taken.filter((webhook) => webhook.body.type === 'alert.triggered'),
    ).toHaveLength(1)
  }, 90_000)
})
