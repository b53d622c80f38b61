/** What a sender is told when its tenant is over, by each protocol. */
import { afterEach, describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openMetrics } from '../../../src/domain/metrics/metrics.ts'
import { openIngest } from '../../../src/edges/ingest/ingest.ts'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { fakeQuotas, fakeResolver, remoteWrite, silentLog } from '../../domain/metrics/writing.ts'
import { BOUND, memoryLog, NOW_MS, startIngest, type TestIngest } from './harness.ts'
import { exportRequest, post, PROTOBUF, write, writeRequest } from './requests.ts'

const OVER = {
  ruling: { acme: { slice: 'rate-limit' } },
  over: { reason: 'rate-limit', text: 'acme is over', waitMs: 2_300 },
} as const

describe('a write of one tenant alone that is over', () => {
  let test: TestIngest
  afterEach(() => test.stop())

  it('is answered 429 with when to come back, and the log knows', async () => {
    test = await startIngest()
    test.principal = BOUND
    test.metrics.admitted = OVER
    const reply = await write(test, writeRequest(1))
    expect(reply).toMatchObject({ status: 429, retryAfter: '3', text: 'acme is over\n' })
    const otlp = await post(test, '/v1/metrics', exportRequest(1), PROTOBUF)
    expect(otlp).toMatchObject({ status: 429, retryAfter: '3', type: 'application/x-protobuf' })
    expect(otlp.bytes[1]).toBe(8) // RESOURCE_EXHAUSTED
    expect(test.log.all.map(({ context }) => context)).toEqual([
      expect.stringContaining('"ruling":{"acme":{"slice":"rate-limit"}}'),
      expect.stringContaining('"ruling":{"acme":{"slice":"rate-limit"}}'),
    ])
    expect(test.metrics.refusedRequests).toEqual(['acme rate-limit', 'acme rate-limit'])
    expect(test.counters.read('tenantry_ingest_refused_total', { reason: 'tenant-rate' })).toBe(2)
  })

  it('is refused before its body is read when the tenant is known to be over', async () => {
    test = await startIngest()
    test.metrics.closed = { text: 'acme is over', waitMs: 10 }
    const reply = await write(test, writeRequest(1), { 'x-scope-orgid': 'acme' })
    expect(reply).toMatchObject({ status: 429, retryAfter: '1' })
    const headers = {
      ...PROTOBUF,
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    }
    test.principal = BOUND
    const url = `${test.url}/api/v1/write`
    const second = await fetch(url, { method: 'POST', headers, body: Buffer.from('not read') })
    expect(second.status).toBe(429)
    expect(second.headers.get('x-prometheus-remote-write-samples-written')).toBe('0')
    test.principal = { ...BOUND, tenantId: null }
    expect((await write(test, writeRequest(1))).status).toBe(204)
  })

  it('is refused when the body is larger than the tenant may send', async () => {
    test = await startIngest()
    test.metrics.quotas.requestBytes = 20
    test.principal = BOUND
    const reply = await write(
      test,
      writeRequest(...Array.from({ length: 50 }, (_, index) => Math.sin(index))),
    )
    expect(reply.status).toBe(413)
    expect(reply.text).toContain('the limit requestBytes of tenant acme of 20 bytes')
    expect(test.metrics.refusedRequests).toEqual(['acme request-size'])
    test.principal = { ...BOUND, tenantId: null }
    expect((await write(test, writeRequest(1))).status).toBe(204)
  })

  it.each([
    { alone: true, status: 429, text: 'writes of tenant acme are in flight' },
    { alone: false, status: 503, text: 'writes of this key are in flight' },
  ])('waits no longer than the owner has room, answered $status', async ({ alone, ...told }) => {
    test = await startIngest({ ownerBytesInFlight: 100, retryAfterSeconds: 4 })
    test.principal = { ...BOUND, tenantId: alone ? BOUND.tenantId : null }
    const reply = await post(test, '/v1/metrics', Buffer.alloc(101), PROTOBUF)
    expect(reply).toMatchObject({ status: told.status, retryAfter: '4' })
    expect(reply.text).toContain(told.text)
    expect((await post(test, '/v1/metrics', exportRequest(1), PROTOBUF)).status).toBe(200)
  })
})

describe('a write of many tenants', () => {
  const open = () => {
    const log = memoryLog()
    const bulk = openBulkInline({ directory: ':memory:' })
    const counters = memoryCounters()
    const quotas = fakeQuotas({ samplesPerSecond: 1, burstSamples: 3 })
    const { resolver } = fakeResolver()
    const metrics = openMetrics({ resolver, quotas, bulk, counters, log: silentLog })
    const clock = openSimClock(NOW_MS)
    return {
      log,
      metrics,
      ingest: openIngest({ metrics, log, clock, counters, logger: silentLog }),
    }
  }
  const mixed = (atMs: number, acme: number, globex: number) =>
    Buffer.from(
      remoteWrite(
        [...Array(acme).fill('acme'), ...Array(globex).fill('globex')].map((tenant, index) => ({
          labels: { __name__: 'http_requests_total', tenant: String(tenant), pod: String(index) },
          samples: [[atMs, 1]],
        })),
      ),
    )

  it('is replayed as it was received', () => {
    const live = open()
    expect(live.ingest.offerWrite(mixed(NOW_MS, 3, 1), 'k')).toMatchObject({ attributed: 4 })
    const second = live.ingest.offerWrite(mixed(NOW_MS + 1, 3, 1), 'k')
    expect(second).toMatchObject({ attributed: 1, discarded: { 'rate-limit': 3 } })
    const writes = live.log.all.filter(({ context }) => context !== '')
    expect(writes.map(({ context }) => JSON.parse(context) as unknown)).toMatchObject([
      { keyId: 'k' },
      { keyId: 'k', ruling: { acme: { slice: 'rate-limit' } } },
    ])
    const again = open()
    again.log.all.push(...live.log.all)
    expect(again.ingest.replay(0)).toMatchObject({ samples: 8, failed: 0 })
    expect(again.metrics.stats().accounts).toEqual(live.metrics.stats().accounts)
    const of = (metrics: typeof live.metrics) =>
      metrics.intake.of(tenantId('acme'), NOW_MS).outcomes
    expect(of(again.metrics)).toEqual(of(live.metrics))
  })

  it('names the tenant and the limit in its answer', async () => {
    const test = await startIngest()
    const { metrics } = open()
    const ingest = openIngest({
      metrics,
      log: test.log,
      clock: { ...openSimClock(NOW_MS), sleep: () => Promise.resolve() },
      counters: test.counters,
      logger: silentLog,
    })
    test.ingest.rawRoutes.splice(0, 9, ...ingest.rawRoutes)
    await write(test, mixed(NOW_MS, 3, 1))
    const reply = await write(test, mixed(NOW_MS + 1, 3, 1))
    expect(reply.status).toBe(400)
    expect(reply.text).toContain('3 of 4 samples were refused (rate-limit 3), the others were kept')
    expect(reply.text).toContain(
      'tenant acme: 3 samples over its limit samplesPerSecond of 1 with burstSamples of 3',
    )
    await test.stop()
  })
})
