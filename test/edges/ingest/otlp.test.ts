import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_INGEST_LIMITS } from '../../../src/edges/ingest/limits.ts'
import { REFUSALS } from '../../../src/edges/ingest/refusal.ts'
import { openOracle } from '../../machinery/wire/oracle.ts'
import { startIngest, type TestIngest } from './harness.ts'
import {
  exportJson,
  exportRequest,
  exportRequestOf,
  JSON_TYPE,
  post,
  PROTOBUF,
} from './requests.ts'

const response = openOracle('otlp-metrics.proto', 'ExportMetricsServiceResponse')
const status = openOracle('otlp-metrics.proto', 'Status')
const PATH = '/v1/metrics'

describe('OTLP/HTTP', () => {
  let test: TestIngest
  beforeEach(async () => {
    test = await startIngest({ bodyBytes: 6_000_000 })
  })
  afterEach(() => test.stop())

  const values = (): number[][] => test.metrics.applied.map((one) => one.values)

  it.each([PATH, '/otlp/v1/metrics', '/api/v1/otlp/v1/metrics', '/opentelemetry/v1/metrics'])(
    'keeps protobuf on %s and answers with an empty response',
    async (path) => {
      const reply = await post(test, path, exportRequest(1, 2), PROTOBUF)
      expect(reply).toMatchObject({ status: 200, type: 'application/x-protobuf', text: '' })
      expect(values()).toEqual([[1, 2]])
    },
  )

  it('keeps JSON, whatever the parameters of its type, and answers in JSON', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=UTF-8' }
    const reply = await post(test, PATH, exportJson(3), headers)
    expect(reply).toMatchObject({ status: 200, type: 'application/json', text: '{}' })
    expect(values()).toEqual([[3]])
  })

  it('takes an empty request as a success', async () => {
    expect((await post(test, PATH, '', PROTOBUF)).status).toBe(200)
    expect((await post(test, PATH, '{}', JSON_TYPE)).status).toBe(200)
  })

  it.each([
    ['gzip', gzipSync, 3, 6],
    ['zstd', zstdCompressSync, 4, 7],
  ] as const)('keeps %s, logged as it was received', async (encoding, compress, kind, jsonKind) => {
    const body = compress(exportRequest(4))
    const json = compress(exportJson(5))
    const headers = { 'content-encoding': encoding }
    expect((await post(test, PATH, body, { ...PROTOBUF, ...headers })).status).toBe(200)
    expect((await post(test, PATH, json, { ...JSON_TYPE, ...headers })).status).toBe(200)
    expect(values()).toEqual([[4], [5]])
    expect(test.log.all.map((record) => record.kind)).toEqual([kind, jsonKind])
    expect(Buffer.from(test.log.all[0]?.body ?? []).equals(body)).toBe(true)
  })

  it('tells exactly how many points it rejected, and only then has a message', async () => {
    const reply = await post(test, PATH, exportRequest(1, -1, -1), PROTOBUF)
    expect(reply.status).toBe(200)
    expect(response.decode(reply.bytes)).toEqual({
      partialSuccess: {
        rejectedDataPoints: '2',
        errorMessage:
          '2 of 3 data points were refused (too-old 2), the others were kept; up{job="api"}: too-old',
      },
    })
    const json = await post(test, PATH, exportJson(1, -1), JSON_TYPE)
    expect(JSON.parse(json.text)).toMatchObject({ partialSuccess: { rejectedDataPoints: '1' } })
    expect(response.decode((await post(test, PATH, exportRequest(404), PROTOBUF)).bytes)).toEqual(
      {},
    )
  })

  it('refuses what cannot be read with a Status in the type of the request', async () => {
    const cut = await post(test, PATH, exportRequest(1).subarray(0, -2), PROTOBUF)
    expect(cut).toMatchObject({ status: 400, type: 'application/x-protobuf' })
    const { code, message } = status.decode(cut.bytes)
    expect(code).toBe(3)
    expect(message).toMatch(/^cannot read the otlp request: truncated field: .* at byte \d+$/)
    const wrong = exportJson(1).replace('"1790000000000000000"', 'true')
    const json = await post(test, PATH, wrong, JSON_TYPE)
    expect(json).toMatchObject({ status: 400, type: 'application/json' })
    expect(JSON.parse(json.text)).toEqual({
      code: 3,
      message:
        'cannot read the otlp request: resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[0].timeUnixNano: expected an unsigned 64-bit integer, got true',
    })
    expect(test.log.all).toHaveLength(0)
    expect(test.metrics.applied).toHaveLength(0)
  })

  it.each([
    ['text/plain', '', 'text/plain; charset=utf-8'],
    ['application/json; charset=latin1', '', 'text/plain; charset=utf-8'],
    ['application/json', 'deflate', 'application/json'],
    ['application/x-protobuf', 'snappy', 'application/x-protobuf'],
  ])('refuses %s in encoding "%s" with 415', async (type, encoding, answerType) => {
    const headers = { 'content-type': type, 'content-encoding': encoding }
    const reply = await post(test, PATH, 'garbage', headers)
    expect(reply).toMatchObject({ status: 415, type: answerType })
    expect(reply.text).toContain('is not read here')
  })

  it('refuses a bomb where it passes the limit, small or large, and goes on', async () => {
    const gzip = { ...PROTOBUF, 'content-encoding': 'gzip' }
    const small = gzipSync(Buffer.alloc(7_000_000))
    const large = gzipSync(Buffer.concat([randomBytes(100_000), Buffer.alloc(7_000_000)]))
    expect([small.length < 65_536, large.length > 65_536]).toEqual([true, true])
    for (const bomb of [small, large]) {
      const reply = await post(test, PATH, bomb, gzip)
      expect(reply.status).toBe(413)
      expect(status.decode(reply.bytes)['message']).toBe(
        `cannot read the otlp request: the gzip body of ${bomb.length} bytes unfolds to more than the limit of 6000000 bytes`,
      )
    }
    expect((await post(test, PATH, gzipSync(exportRequest(1)), gzip)).status).toBe(200)
    expect(test.counters.read('tenantry_ingest_refused_total', { reason: 'too-large' })).toBe(2)
  })

  it('holds JSON to the same limit as protobuf, compressed or not', async () => {
    const text = (length: number) => `{"padding":"${'x'.repeat(length)}"}`
    const gzip = { ...JSON_TYPE, 'content-encoding': 'gzip' }
    const statuses = async (length: number) => [
      (await post(test, PATH, text(length), JSON_TYPE)).status,
      (await post(test, PATH, gzipSync(text(length)), gzip)).status,
    ]
    expect(await statuses(6_000_000)).toEqual([413, 413])
    expect(await statuses(5_999_986)).toEqual([200, 200])
  })

  it('takes as much as the specification recommends', () => {
    expect(DEFAULT_INGEST_LIMITS.bodyBytes).toBe(64 * 1_024 * 1_024)
  })

  it('counts every kind of point, and every one that is refused', async () => {
    const dataPoints = [{ timeUnixNano: '1790000000000000000' }, { count: '3' }]
    const metrics = [
      { name: 'a', exponentialHistogram: { dataPoints } },
      { name: 'b', summary: { dataPoints } },
      { name: 'c', histogram: { dataPoints } },
      { name: 'd', gauge: { dataPoints: [{ asInt: '-1' }, {}, { flags: 1 }] } },
    ]
    const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })
    const reply = await post(test, PATH, body, JSON_TYPE)
    expect(JSON.parse(reply.text).partialSuccess.rejectedDataPoints).toBe('2')
    expect(values()[0]).toHaveLength(9)
  })

  it.each(['/v1/traces', '/v1/logs', '/api/v1/otlp/v1/traces'])(
    'refuses %s for good, as a Status in the type of the request',
    async (path) => {
      const json = await post(test, path, '{}', JSON_TYPE)
      expect(json).toMatchObject({ status: 404, type: 'application/json', retryAfter: null })
      expect(JSON.parse(json.text)).toEqual({
        code: 12,
        message: 'only metrics are taken here; send traces and logs somewhere else',
      })
      const protobuf = await post(test, path, '', PROTOBUF)
      expect(status.decode(protobuf.bytes)['code']).toBe(12)
      expect(test.counters.read('tenantry_ingest_refused_total', { reason: 'other-signal' })).toBe(
        2,
      )
    },
  )

  it('unfolds a large body on another thread, and a small one that unfolds to much', async () => {
    const gzip = { ...PROTOBUF, 'content-encoding': 'gzip' }
    const many = exportRequestOf(Array.from({ length: 180_000 }, (_, index) => index))
    const random = exportRequestOf(Array.from({ length: 20_000 }, (_, index) => Math.sin(index)))
    const bodies = [gzipSync(many), gzipSync(random)]
    expect(bodies.map((body) => body.length > 65_536)).toEqual([true, true])
    const zeros = gzipSync(exportRequestOf(Array.from({ length: 200_000 }, () => 1)))
    expect(zeros.length).toBeLessThan(65_536)
    const replies = await Promise.all(
      [...bodies, zeros].map((body) => post(test, PATH, body, gzip)),
    )
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200])
    const lengths = values().map((one) => one.length)
    expect(lengths.toSorted((a, b) => a - b)).toEqual([20_000, 180_000, 200_000])
  })

  it('answers 503 with Retry-After and code 14 when the log fails', async () => {
    test.log.failing = true
    const reply = await post(test, PATH, exportRequest(1), PROTOBUF)
    expect(reply).toMatchObject({ status: 503, retryAfter: '5' })
    expect(status.decode(reply.bytes)['code']).toBe(14)
    expect(test.metrics).toMatchObject({ applied: [], abandoned: 1 })
  })

  it.each([
    [401, 16],
    [403, 7],
    [405, 12],
  ] as const)('answers %i as a Status of code %i', async (refused, code) => {
    test.refusal = { status: refused, message: 'the reason' }
    const json = await post(test, PATH, exportJson(1), JSON_TYPE)
    expect(json).toMatchObject({ status: refused, type: 'application/json' })
    expect(JSON.parse(json.text)).toEqual({ code, message: 'the reason' })
    const protobuf = await post(test, PATH, exportRequest(1), PROTOBUF)
    expect(protobuf).toMatchObject({ status: refused, type: 'application/x-protobuf' })
    expect(status.decode(protobuf.bytes)).toEqual({ code, message: 'the reason' })
  })

  it('lets a sender repeat only what an overload, a rate or a failed log refused', () => {
    const retryable = [429, 502, 503, 504]
    const mayRepeat = ['tenant-rate', 'tenant-overload', 'key-overload', 'overload', 'log-write']
    for (const [reason, { status: answered }] of Object.entries(REFUSALS)) {
      expect([reason, retryable.includes(answered)]).toEqual([reason, mayRepeat.includes(reason)])
    }
  })
})

function randomBytes(length: number): Buffer {
  let state = 1
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
      return (state >>> 16) & 0xff
    }),
  )
}
