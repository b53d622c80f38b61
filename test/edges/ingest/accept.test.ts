import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { BOUND, startIngest, type TestIngest } from './harness.ts'
import { exportRequest, post, PROTOBUF, write, writeRequest } from './requests.ts'

describe('the path of a write', () => {
  let test: TestIngest
  afterEach(() => test.stop())

  const refused = (reason: string): number =>
    test.counters.read('tenantry_ingest_refused_total', { reason })

  const open = (headers: Record<string, string | number>): ClientRequest =>
    httpRequest({
      port: test.port,
      method: 'POST',
      path: '/v1/metrics',
      headers: { ...PROTOBUF, ...headers },
    })

  const replyTo = async (request: ClientRequest): Promise<IncomingMessage> => {
    const [reply] = (await once(request, 'response')) as [IncomingMessage]
    reply.resume()
    return reply
  }

  it('refuses an announced length beyond the limit before the body comes', async () => {
    test = await startIngest({ bodyBytes: 100 })
    const request = open({ 'content-length': 101 })
    request.flushHeaders()
    expect((await replyTo(request)).statusCode).toBe(413)
    request.destroy()
    expect(refused('too-large')).toBe(1)
  })

  it('refuses a body without an announced length as soon as it passes the limit', async () => {
    test = await startIngest({ bodyBytes: 100 })
    const request = open({ 'transfer-encoding': 'chunked' })
    request.write(Buffer.alloc(101))
    expect((await replyTo(request)).statusCode).toBe(413)
    request.destroy()
  })

  it('lets a client send the rest of a refused body, so that it reads the answer', async () => {
    test = await startIngest({ bodyBytes: 1_000 })
    const reply = await post(test, '/v1/metrics', Buffer.alloc(5_000_000), PROTOBUF)
    expect(reply.status).toBe(413)
    expect((await post(test, '/v1/metrics', exportRequest(1), PROTOBUF)).status).toBe(200)
  })

  it('asks writers to come back while too many bytes are in flight', async () => {
    test = await startIngest({ bytesInFlight: 1_000, retryAfterSeconds: 7 })
    const slow = open({ 'content-length': 900 }).on('error', () => undefined)
    slow.write(Buffer.alloc(10))
    let reply = await write(test, writeRequest(...manyValues()))
    while (reply.status === 204) reply = await write(test, writeRequest(...manyValues()))
    expect(reply).toMatchObject({ status: 503, retryAfter: '7' })
    expect(reply.text).toContain('too many writes are in flight')
    expect(refused('overload')).toBe(1)
    slow.destroy()
    while (refused('aborted') === 0) await new Promise(setImmediate)
    expect((await write(test, writeRequest(...manyValues()))).status).toBe(204)
  })

  it('keeps nothing of a write whose client goes away half-way', async () => {
    test = await startIngest()
    const body = exportRequest(1, 2, 3)
    const socket = connect(test.port, '127.0.0.1')
    socket.write(
      `POST /v1/metrics HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: ${body.length}\r\n\r\n`,
    )
    socket.write(body.subarray(0, 10))
    while (test.handled() === 0) await new Promise(setImmediate)
    socket.destroy()
    while (refused('aborted') === 0) await new Promise(setImmediate)
    expect(test.metrics.applied).toHaveLength(0)
    expect(test.log.all).toHaveLength(0)
  })

  it('lets only a platform-wide key name a tenant, and remembers who wrote', async () => {
    test = await startIngest()
    await write(test, writeRequest(1), { 'x-scope-orgid': 'bolt' })
    await write(test, writeRequest(2))
    test.principal = BOUND
    await write(test, writeRequest(3), { 'x-scope-orgid': 'bolt' })
    expect(test.metrics.applied.map(({ context }) => context)).toMatchObject([
      { boundTenant: null, namedTenant: 'bolt' },
      { boundTenant: null, namedTenant: null },
      { boundTenant: 'acme', namedTenant: null },
    ])
    expect(test.log.all.map(({ context }) => JSON.parse(context) as unknown)).toEqual([
      { boundTenant: null, namedTenant: 'bolt', keyId: 'key-platform' },
      { boundTenant: null, namedTenant: null, keyId: 'key-platform' },
      { boundTenant: 'acme', namedTenant: null, keyId: 'key-acme' },
    ])
  })

  it('refuses a tenant header that names no tenant', async () => {
    test = await startIngest()
    const reply = await write(test, writeRequest(1), { 'x-scope-orgid': 'a|b' })
    expect(reply.status).toBe(400)
    expect(reply.text).toContain('header x-scope-orgid names no tenant: "a|b"')
    expect(refused('tenant-header')).toBe(1)
  })

  it('answers 500 to what should not happen, and goes on', async () => {
    test = await startIngest()
    test.metrics.onApply = () => {
      throw new Error('a defect')
    }
    const reply = await write(test, writeRequest(1))
    expect(reply.status).toBe(500)
    expect(reply.text).not.toContain('defect')
    test.metrics.onApply = () => undefined
    expect((await write(test, writeRequest(1))).status).toBe(204)
  })
})

/** Enough that snappy leaves more than 100 bytes of them. */
function manyValues(): number[] {
  return Array.from({ length: 60 }, (_, index) => Math.sin(index + 1) ** 2)
}
