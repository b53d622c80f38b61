/**
 * What must not be sent, sent to the real program: each gets the right status and words that say
 * what and where, a counter tells of it by its reason, and the program goes on.
 */
import { request, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { compressSync } from 'snappy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/core/units.ts'
import { openProtoWriter } from '../../src/machinery/wire/encode.ts'
import { otlp, remoteWrite, type Labels } from '../domain/metrics/writing.ts'
import {
  eventually,
  OPERATOR_KEY,
  sampleValue,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'

const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const SNAPPY = { ...PROTOBUF, 'content-encoding': 'snappy' }
const JSON_TYPE = { 'content-type': 'application/json' }
const GIB = 1_024 * MIB

let server: TestServer
let boundKey: string
let atMs = Date.now() - 60_000
/** Samples of requests that were read whole: what the four outcomes must add up to. */
let samplesSent = 0
let slow: Socket
let slowAnswer = ''

beforeAll(async () => {
  server = await startServer()
  await server.createTenant(tenantConfig('acme'))
  await server.createTenant(tenantConfig('bolt'))
  boundKey = await server.createKey('collector', 'acme')
  // Sends a header now and then and never the last one; what becomes of it is asked at the end.
  slow = connect(Number(new URL(server.url).port), '127.0.0.1')
  slow.on('data', (chunk) => (slowAnswer += chunk.toString())).on('error', () => undefined)
  slow.write('POST /v1/metrics HTTP/1.1\r\nHost: tenantry\r\n')
})

afterAll(async () => {
  slow.destroy()
  await server.stop()
  server.remove()
})

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

async function post(
  path: string,
  body: Uint8Array | string,
  headers: Record<string, string>,
  key: string | null = OPERATOR_KEY,
): Promise<Reply> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
    body: typeof body === 'string' ? body : Buffer.from(body),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** A remote write of one new sample of each series. */
function sampleOf(...labels: Labels[]): Uint8Array {
  atMs += 1_000
  samplesSent += labels.length
  const named = labels.map((own) => ({ __name__: 'http_requests_total', code: '200', ...own }))
  return remoteWrite(named.map((own) => ({ labels: own, samples: [[atMs, 1]] as const })))
}

const write = (message: Uint8Array, headers: Record<string, string> = {}, key?: string | null) =>
  post('/api/v1/write', compressSync(message), { ...SNAPPY, ...headers }, key)

const gauge = (name: string) =>
  otlp({ 'tenant.id': 'acme' }, [{ name, kind: 'gauge', points: [{ atMs, value: 1 }] }])

/** Does something, and tells by how much a counter rose over it. */
async function countedBy(
  name: string,
  labels: Readonly<Record<string, string>>,
  act: () => Promise<unknown>,
): Promise<number> {
  const read = async () => sampleValue(await server.text('/metrics'), name, labels) ?? 0
  const before = await read()
  await act()
  return (await read()) - before
}

const refused = (reason: string, act: () => Promise<unknown>) =>
  countedBy('tenantry_ingest_refused_total', { reason }, act)

describe('bad writes', () => {
  it('refuses protobuf that is cut off, wherever it is, and says at which byte', async () => {
    const message = gauge('process.memory.usage')
    const cuts = [1, 2, Math.floor(message.length / 2), message.length - 1]
    const rose = await refused('malformed', async () => {
      for (const cut of cuts) {
        const reply = await post('/v1/metrics', message.subarray(0, cut), PROTOBUF)
        expect(reply.status).toBe(400)
        expect(reply.headers.get('content-type')).toBe('application/x-protobuf')
        expect(reply.text).toMatch(/cannot read the otlp request: .*\d+/)
      }
    })
    expect(rose).toBe(cuts.length)
    const writeMessage = remoteWrite([{ labels: { __name__: 'up' }, samples: [[atMs, 1]] }])
    for (const cut of [1, 9, writeMessage.length - 1]) {
      const reply = await write(writeMessage.subarray(0, cut))
      expect(reply.status).toBe(400)
      expect(reply.text).toMatch(/cannot read the remote-write request: .*\d+/)
    }
  })

  it('refuses a snappy or gzip body that is cut off', async () => {
    const snappy = compressSync(remoteWrite([{ labels: { __name__: 'up' }, samples: [] }]))
    const cut = await post('/api/v1/write', snappy.subarray(0, snappy.length - 3), SNAPPY)
    expect(cut.status).toBe(400)
    expect(cut.text).toContain('snappy')
    const gzip = gzipSync(gauge('process.memory.usage'))
    const headers = { ...PROTOBUF, 'content-encoding': 'gzip' }
    const short = await post('/v1/metrics', gzip.subarray(0, gzip.length - 9), headers)
    expect(short.status).toBe(400)
    expect(short.text).toContain('gzip')
  })

  it.each([
    ['/v1/metrics', { 'content-type': 'text/csv' }, 'text/csv'],
    ['/v1/metrics', { 'content-type': 'application/json; charset=latin1' }, 'latin1'],
    ['/api/v1/write', { 'content-type': 'application/json' }, 'application/json'],
    [
      '/api/v1/write',
      { ...SNAPPY, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v9.Request' },
      'io.prometheus.write.v9.Request',
    ],
  ])('refuses the media type of a write to %s %o', async (path, headers, named) => {
    const rose = await refused('media-type', async () => {
      const reply = await post(path, 'x', headers)
      expect(reply.status).toBe(415)
      expect(reply.text).toContain(named)
    })
    expect(rose).toBe(1)
  })

  it.each([
    ['/v1/metrics', { ...PROTOBUF, 'content-encoding': 'br' }, 'only gzip, zstd and identity'],
    ['/api/v1/write', { ...PROTOBUF, 'content-encoding': 'gzip' }, 'only snappy'],
  ])('refuses the encoding of a write to %s', async (path, headers, named) => {
    const rose = await refused('encoding', async () => {
      const reply = await post(path, 'x', headers)
      expect(reply.status).toBe(415)
      expect(reply.text).toContain(named)
    })
    expect(rose).toBe(1)
  })

  it('refuses a body that is too large by its announced length, without reading it', async () => {
    const rose = await refused('too-large', async () => {
      const reply = await rawPost({ 'content-length': String(65 * MIB) }, (out) =>
        out.flushHeaders(),
      )
      expect(reply).toMatchObject({ status: 413 })
      expect(reply.text).toContain(`limit of ${String(64 * MIB)} bytes`)
    })
    expect(rose).toBe(1)
  })

  it('refuses a body that grows too large as it comes', async () => {
    const chunk = Buffer.alloc(MIB)
    const rose = await refused('too-large', async () => {
      const reply = await rawPost({ 'transfer-encoding': 'chunked' }, (out) => {
        for (let sent = 0; sent < 66; sent += 1) out.write(chunk)
        out.end()
      })
      expect(reply).toMatchObject({ status: 413 })
    })
    expect(rose).toBe(1)
  })

  it('does not unfold bombs', async () => {
    const rose = await refused('too-large', async () => {
      const bomb = gzipSync(Buffer.alloc(256 * MIB), { level: 1 })
      const headers = { ...PROTOBUF, 'content-encoding': 'gzip' }
      const reply = await post('/v1/metrics', bomb, headers)
      expect(reply.status).toBe(413)
      expect(reply.text).toContain(String(64 * MIB))
      // A snappy block begins with the length that it unfolds to.
      const block = openProtoWriter()
      block.varint(1, 3 * GIB)
      const announced = block.take().subarray(1)
      const snappy = await post('/api/v1/write', announced, SNAPPY)
      expect(snappy.status).toBe(413)
      expect(snappy.text).toContain(String(3 * GIB))
    })
    expect(rose).toBe(2)
  })

  it('says which value of OTLP JSON has the wrong type', async () => {
    const body = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 7 }] }] }] }
    const rose = await refused('malformed', async () => {
      const reply = await post('/v1/metrics', JSON.stringify(body), JSON_TYPE)
      expect(reply.status).toBe(400)
      const { message } = JSON.parse(reply.text) as { message: string }
      expect(message).toContain('resourceMetrics[0].scopeMetrics[0].metrics[0].name')
      const broken = await post('/v1/metrics', '{"resourceMetrics":[', JSON_TYPE)
      expect(broken.status).toBe(400)
    })
    expect(rose).toBe(2)
  })

  it('keeps the good part of a write whose other part has labels that are not UTF-8', async () => {
    const message = Buffer.from(
      sampleOf({ tenant_id: 'acme', path: 'XX' }, { tenant_id: 'acme', path: '/' }),
    )
    message.write('\xff\xfe', message.indexOf('XX'), 'latin1')
    const rose = await refused('invalid-labels', async () => {
      const reply = await write(message)
      expect(reply.status).toBe(400)
      expect(reply.text).toContain('1 of 2 samples were refused (invalid-labels 1)')
    })
    expect(rose).toBe(1)
  })

  it('takes samples of a tenant that nobody registered, and counts them apart', async () => {
    const labels = { reason: 'unknown-tenant' }
    const rose = await countedBy('tenantry_samples_unattributed_total', labels, async () => {
      expect((await write(sampleOf({ tenant_id: 'nobody' }))).status).toBe(204)
    })
    expect(rose).toBe(1)
  })

  it('refuses what a tenant’s own key writes for another tenant', async () => {
    const violations = await countedBy('tenantry_access_violations_total', {}, async () => {
      const rose = await refused('tenant-mismatch', async () => {
        const reply = await write(sampleOf({ tenant_id: 'bolt' }), {}, boundKey)
        expect(reply.status).toBe(400)
        expect(reply.text).toContain('tenant-mismatch')
        expect(reply.text).toContain('tenant_id="bolt"')
      })
      expect(rose).toBe(1)
    })
    expect(violations).toBe(1)
    expect((await write(sampleOf({ tenant_id: 'acme' }), {}, boundKey)).status).toBe(204)
  })

  it('refuses a header that names no tenant', async () => {
    const rose = await refused('tenant-header', async () => {
      const reply = await post('/api/v1/write', 'x', { ...SNAPPY, 'x-scope-orgid': 'a|b' })
      expect(reply.status).toBe(400)
      expect(reply.text).toContain('"a|b"')
    })
    expect(rose).toBe(1)
  })

  it('refuses who shows no key, or one that is none', async () => {
    const rose = await refused('unauthenticated', async () => {
      for (const key of [null, 'tn_nobody-gave-this-key-to-anyone-000000000000']) {
        const reply = await post('/v1/metrics', 'x', PROTOBUF, key)
        expect(reply.status).toBe(401)
        expect(reply.headers.get('www-authenticate')).toContain('Bearer')
      }
    })
    expect(rose).toBe(2)
  })

  it('counts a client that goes away half-way', async () => {
    const rose = await refused('aborted', async () => {
      const gone = new Promise<void>((done) => {
        const out = request(`${server.url}/v1/metrics`, {
          method: 'POST',
          headers: { ...PROTOBUF, authorization: `Bearer ${OPERATOR_KEY}`, 'content-length': 999 },
        })
        out.on('error', () => done())
        out.write('half', () => out.destroy(new Error('gone')))
      })
      await gone
      await eventually(
        'the abort is counted',
        () => server.text('/metrics'),
        (text) => text.includes('reason="aborted"'),
      )
    })
    expect(rose).toBe(1)
  })
})

describe('bad API requests', () => {
  it('says where JSON is broken', async () => {
    const labels = { code: 'JSON_INVALID' }
    const rose = await countedBy('tenantry_http_refused_total', labels, async () => {
      const reply = await post('/api/v1/tenants', '{\n  "tenantId": acme\n}', JSON_TYPE)
      expect(reply.status).toBe(400)
      expect(JSON.parse(reply.text)).toMatchObject({ code: 'JSON_INVALID' })
      expect(reply.text).toContain('line 2, column 15')
    })
    expect(rose).toBe(1)
  })

  it('names every field that is wrong', async () => {
    const config = tenantConfig('shared', { tier: 'gold', colour: 'blue' })
    const { status, body } = await server.api<{ errors: { field: string }[] }>('/api/v1/tenants', {
      method: 'POST',
      body: config,
    })
    expect(status).toBe(400)
    expect(body.errors.map(({ field }) => field).toSorted()).toEqual(['colour', 'tenantId', 'tier'])
  })

  it('answers a repeated request once more, and refuses its key for another', async () => {
    const headers = { ...JSON_TYPE, 'idempotency-key': 'twice' }
    const body = JSON.stringify(tenantConfig('twice'))
    const first = await post('/api/v1/tenants', body, headers)
    const again = await post('/api/v1/tenants', body, headers)
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.text).toBe(first.text)
    expect(again.headers.get('idempotency-replayed')).toBe('true')

    const labels = { code: 'IDEMPOTENCY_KEY_REUSED' }
    const rose = await countedBy('tenantry_http_refused_total', labels, async () => {
      const other = JSON.stringify(tenantConfig('other'))
      const reply = await post('/api/v1/tenants', other, headers)
      expect(reply.status).toBe(422)
      expect(reply.text).toContain('IDEMPOTENCY_KEY_REUSED')
    })
    expect(rose).toBe(1)
    expect((await server.api('/api/v1/tenants/other')).status).toBe(404)
  })

  it.each([
    ['what is no HTTP', 'hello there\r\n\r\n', 'HTTP/1.1 400', 'HTTP_MALFORMED'],
    [
      'headers without end',
      `GET /api/v1/slo HTTP/1.1\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`,
      'HTTP/1.1 431',
      'HEADERS_TOO_LARGE',
    ],
  ])('refuses %s', async (_what, sent, line, code) => {
    const rose = await countedBy('tenantry_http_refused_total', { code }, async () => {
      expect(await rawLines(sent)).toContain(line)
    })
    expect(rose).toBe(1)
  })
})

describe('the program', () => {
  it('answers 500 writers at once, each on a connection of its own', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        rawWrite(sampleOf({ tenant_id: 'acme', instance: `i${String(index)}` })),
      ),
    )
    expect(statuses).toEqual(statuses.map(() => 204))
  })

  it('cuts off who sends headers without end', async () => {
    const closed = new Promise<void>((done) => slow.once('close', () => done()))
    const dripping = setInterval(() => slow.write('X-More: x\r\n'), 500)
    await closed
    clearInterval(dripping)
    expect(slowAnswer).toContain('HTTP/1.1 408')
    const text = await server.text('/metrics')
    const labels = { code: 'REQUEST_TIMEOUT' }
    expect(sampleValue(text, 'tenantry_http_refused_total', labels)).toBe(1)
  })

  it('has accounted for every sample, and never failed', async () => {
    const text = await server.text('/metrics')
    const outcomes = ['attributed', 'unattributed', 'duplicate', 'discarded'].map(
      (outcome) => sampleValue(text, 'tenantry_ingest_samples_total', { outcome }) ?? 0,
    )
    expect(outcomes).toEqual([502, 1, 0, 2])
    expect(outcomes.reduce((sum, samples) => sum + samples, 0)).toBe(samplesSent)
    expect(text).not.toContain('reason="internal"')
    expect(server.output()).not.toMatch(/"level":"(?:error|fatal)"/)
  })
})

/** A write by hand: over a connection of its own, with a body that the caller sends as it likes. */
function rawPost(
  headers: Record<string, string>,
  send: (out: ReturnType<typeof request>) => void,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((done, fail) => {
    const out = request(
      `${server.url}/v1/metrics`,
      {
        method: 'POST',
        agent: false,
        headers: { ...PROTOBUF, authorization: `Bearer ${OPERATOR_KEY}`, ...headers },
      },
      (answer: IncomingMessage) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
        answer.on('end', () => {
          done({ status: answer.statusCode, text })
          out.destroy()
        })
      },
    )
    out.on('error', fail)
    send(out)
  })
}

function rawWrite(message: Uint8Array): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const out = request(
      `${server.url}/api/v1/write`,
      {
        method: 'POST',
        agent: false,
        headers: { ...SNAPPY, authorization: `Bearer ${OPERATOR_KEY}` },
      },
      (answer) => {
        answer.resume().on('end', () => done(answer.statusCode))
      },
    )
    out.on('error', fail)
    out.end(compressSync(message))
  })
}

function rawLines(sent: string): Promise<string> {
  return new Promise((done) => {
    let received = ''
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(sent))
    socket.on('data', (chunk) => (received += chunk.toString()))
    socket.on('error', () => undefined).on('close', () => done(received))
  })
}
