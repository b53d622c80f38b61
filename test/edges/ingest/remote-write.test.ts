import { compressSync } from 'snappy'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOW_MS, startIngest, type TestIngest } from './harness.ts'
import { post, PROTOBUF, write, writeRequest } from './requests.ts'

const SNAPPY = { ...PROTOBUF, 'content-encoding': 'snappy' }

describe('remote write', () => {
  let test: TestIngest
  beforeEach(async () => {
    test = await startIngest({ bodyBytes: 10_000 })
  })
  afterEach(() => test.stop())

  it('keeps a write: logged as received, counted, answered with 204', async () => {
    const reply = await write(test, writeRequest(1, 2, 404))
    expect(reply).toMatchObject({ status: 204, text: '' })
    expect(test.metrics.applied.map(({ values }) => values)).toEqual([[1, 2, 404]])
    expect(test.log.all).toHaveLength(1)
    expect(test.log.all[0]).toMatchObject({ kind: 1, receivedAtMs: NOW_MS })
    expect(
      Buffer.from(test.log.all[0]?.body ?? []).equals(compressSync(writeRequest(1, 2, 404))),
    ).toBe(true)
    const { counters } = test
    const samples = (outcome: string): number =>
      counters.read('tenantry_ingest_samples_total', { protocol: 'remote-write', outcome })
    expect([samples('attributed'), samples('unattributed'), samples('discarded')]).toEqual([
      2, 1, 0,
    ])
    expect(counters.read('tenantry_ingest_requests_total', { code: '204' })).toBe(1)
    expect(counters.observed('tenantry_ingest_request_seconds')).toHaveLength(1)
    expect(counters.read('tenantry_ingest_body_bytes_total')).toBe(test.log.all[0]?.body.length)
  })

  it('answers on both paths and needs neither message name nor version', async () => {
    const body = compressSync(writeRequest(1))
    const headers = {
      ...SNAPPY,
      'content-type': 'application/x-protobuf;proto=prometheus.WriteRequest',
    }
    expect((await post(test, '/api/v1/push', body, headers)).status).toBe(204)
    expect((await post(test, '/api/v1/write', body, SNAPPY)).status).toBe(204)
  })

  it('keeps the good part of a write and says how much of it was not, and why', async () => {
    const reply = await write(test, writeRequest(1, -1, -2))
    expect(reply).toMatchObject({ status: 400, type: 'text/plain; charset=utf-8' })
    expect(reply.text).toBe(
      '2 of 3 samples were refused (too-old 2), the others were kept.\nup{job="api"}: too-old\n',
    )
    expect(test.log.all).toHaveLength(1)
    expect(test.counters.read('tenantry_ingest_refused_total', { reason: 'too-old' })).toBe(2)
    expect((await write(test, writeRequest(-1))).text).toContain('none was kept')
  })

  it.each([
    ['application/json', 'snappy', 'content type "application/json" is not read here'],
    [
      'application/x-protobuf;proto=io.prometheus.write.v3.Request',
      'snappy',
      'only application/x-protobuf;proto=prometheus.WriteRequest or io.prometheus.write.v2.Request',
    ],
    ['application/x-protobuf;proto=toString', 'snappy', 'is not read here'],
    ['no type at all', 'snappy', 'is not read here'],
    ['application/x-protobuf', 'gzip', 'content encoding "gzip" is not read here, only snappy'],
    ['application/x-protobuf', 'identity', 'content encoding "identity"'],
  ])('refuses %s in %s with 415 before it looks at the body', async (type, encoding, message) => {
    const headers = { 'content-type': type, 'content-encoding': encoding }
    const reply = await post(test, '/api/v1/write', 'garbage', headers)
    expect(reply.status).toBe(415)
    expect(reply.text).toContain(message)
    expect(test.log.all).toHaveLength(0)
  })

  it('refuses what cannot be read, saying what and where, and keeps nothing', async () => {
    const cut = await write(test, writeRequest(1, 2).subarray(0, -3))
    expect(cut.status).toBe(400)
    expect(cut.text).toMatch(
      /^cannot read the remote-write request: truncated field: \d+ bytes announced, \d+ left at byte \d+\n$/,
    )
    const garbage = await post(test, '/api/v1/write', 'garbage', SNAPPY)
    expect(garbage.status).toBe(400)
    expect(garbage.text).toMatch(
      /^cannot read the remote-write request: no snappy block: a wrong element at byte 1\n$/,
    )
    expect(test.log.all).toHaveLength(0)
    expect(test.metrics.applied).toHaveLength(0)
    expect(test.metrics.staged).toBe(false)
    expect(test.counters.read('tenantry_ingest_refused_total', { reason: 'malformed' })).toBe(2)
  })

  it('refuses a block that announces more than the limit with 413', async () => {
    const reply = await write(test, writeRequest(...Array.from({ length: 2_000 }, () => 1)))
    expect(reply.status).toBe(413)
    expect(reply.text).toContain('the limit is 10000')
    expect(test.counters.read('tenantry_ingest_refused_total', { reason: 'too-large' })).toBe(1)
  })

  it('answers 503 with Retry-After when the log fails, and counts nothing', async () => {
    test.log.failing = true
    expect(await write(test, writeRequest(1))).toMatchObject({ status: 503, retryAfter: '5' })
    expect(test.metrics).toMatchObject({ applied: [], abandoned: 1, staged: false })
    test.log.failing = false
    expect((await write(test, writeRequest(1))).status).toBe(204)
    expect(test.metrics.applied).toHaveLength(1)
  })

  it('logs before it counts', async () => {
    let loggedBefore = 0
    test.metrics.onApply = () => {
      loggedBefore = test.log.all.length
    }
    await write(test, writeRequest(1))
    expect(loggedBefore).toBe(1)
  })

  it('answers a refusal of access as text', async () => {
    test.refusal = { status: 401, message: 'no key was given' }
    const reply = await write(test, writeRequest(1))
    expect(reply).toMatchObject({ status: 401, text: 'no key was given\n' })
    expect(test.counters.read('tenantry_ingest_refused_total', { reason: 'unauthenticated' })).toBe(
      1,
    )
  })
})
