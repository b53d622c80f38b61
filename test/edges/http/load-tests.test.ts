import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import type { Recorded } from '../../../loadtests/run/report.ts'
import { loadTestRecordSchema } from '../../../src/edges/http/api/load-tests.schema.ts'
import { loadTestView } from '../../../src/edges/http/load-test-view.ts'
import type { LoadTest, LoadTestRecord } from '../../../src/domain/reports/reports.ts'
import { T0 } from '../../domain/access/harness.ts'
import { openHttp, type HttpWorld } from './harness.ts'

const RESULTS = join(import.meta.dirname, '../../../loadtests/results')

let world: HttpWorld
beforeAll(async () => {
  world = await openHttp({
    metrics: {
      query: (_tenantId, { signals, fromMs, toMs }) => ({
        fromMs,
        toMs,
        stepSeconds: 60,
        resolution: 'minute',
        settledToMs: toMs,
        endsMs: [fromMs + 60_000, toMs],
        series: signals.map((signal) => ({
          signal,
          unit: '',
          group: signals.length === 1 ? 'otel' : null,
          values: {
            requests: [1_000, null, 3_000],
            errors: [10, null, 0],
            duration_p99_seconds: [0.1, null, 0.4],
          }[signal as string]!,
        })),
      }),
    },
  })
})
afterAll(() => world.close())

const RECORD = {
  runId: 'run_1',
  test: 'throughput',
  shape: 'steady',
  plan: {
    baseUrl: 'http://127.0.0.1:7401',
    targets: [
      { tenant: 'acme', tier: 'enterprise' },
      { tenant: 'stranger', tier: 'starter' },
    ],
    rate: 100,
    durationSeconds: 60,
    warmUpSeconds: 10,
    maxVus: 20,
  },
  startedAtMs: T0 - 100_000,
  testSeconds: 70,
  droppedIterations: 0,
  tenants: [
    {
      tenant: 'acme',
      tier: 'enterprise',
      requests: 6_000,
      perSecond: 100,
      failedRatio: 0.01,
      medianMs: 20,
      p95Ms: 90,
      p99Ms: 150,
      maxMs: 180,
    },
  ],
  missed: ['http_req_failed{tenant:acme,phase:measured} rate<0.001'],
  thresholds: 6,
  generator: { cpuCores: 0.2, machine: '2 cores', version: '1.1.0' },
}

const post = (json: unknown, key = world.operator) =>
  world.ask('/api/v1/load-tests', { method: 'POST', key, json })

describe('the API of load tests', () => {
  it('takes what the load tests write, by its type', () => {
    expectTypeOf<Recorded>().toExtend<LoadTestRecord>()
  })

  it('takes the runs that were kept in the repository', () => {
    const names = readdirSync(RESULTS).filter((name) => name.endsWith('.json'))
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) {
      const read = loadTestRecordSchema.safeParse(
        JSON.parse(readFileSync(join(RESULTS, name), 'utf8')),
      )
      expect(read.error?.issues, name).toBeUndefined()
    }
  })

  it('records a run once, and tells of it what a list needs', async () => {
    const first = await post(RECORD)
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({
      runId: 'run_1',
      tenants: ['acme', 'stranger'],
      endedAtMs: T0 - 30_000,
      verdict: 'missed',
      missed: 1,
      askedPerSecond: 100,
      achievedPerSecond: 100,
      failedRatio: 0.01,
      p99Ms: 150,
    })
    const again = await post(RECORD, world.key('collector'))
    expect([again.status, again.body]).toEqual([200, first.body])
    const other = await post({ ...RECORD, thresholds: 7 })
    expect([other.status, other.body.code]).toEqual([409, 'LOAD_TEST_CHANGED'])
    const list = await world.ask('/api/v1/load-tests?tenantId=acme', { key: world.key('viewer') })
    expect(list.body).toEqual({ items: [first.body], nextCursor: null })
    const none = await world.ask(`/api/v1/load-tests?to=${T0 - 100_000}`, { key: world.operator })
    expect(none.body.items).toEqual([])
  })

  it('shows beside a run what was measured meanwhile', async () => {
    const { body } = await world.ask('/api/v1/load-tests/run_1', { key: world.operator })
    expect(body.record).toEqual(RECORD)
    const [acme, stranger] = body.measured
    expect(stranger).toEqual({ tenant: 'stranger', tenantId: null, measured: null })
    expect(acme.tenantId).toBe('acme')
    expect(acme.measured).toMatchObject({
      requests: 4_000,
      errorRatio: 0.0025,
      worstP99Seconds: 0.4,
      sources: ['otel'],
    })
    expect(acme.measured.fromMs % 60_000).toBe(0)
    expect(acme.measured.toMs - acme.measured.fromMs).toBeGreaterThanOrEqual(70_000)
  })

  it('shows a tenant its own part, and another tenant nothing', async () => {
    const own = await world.ask('/api/v1/load-tests/run_1', { key: world.key('viewer', 'acme') })
    expect(own.status).toBe(200)
    expect(own.text).not.toMatch(/stranger|127\.0\.0\.1/)
    expect(own.body.measured).toHaveLength(1)
    const key = world.key('viewer', 'bolt')
    expect((await world.ask('/api/v1/load-tests/run_1', { key })).status).toBe(404)
    expect((await world.ask('/api/v1/load-tests', { key })).body.items).toEqual([])
    expect((await world.ask('/api/v1/load-tests?tenantId=acme', { key })).status).toBe(404)
    expect((await post(RECORD, world.key('collector', 'acme'))).status).toBe(403)
  })

  it('names the field that is wrong', async () => {
    const { status, body } = await post({
      ...RECORD,
      tenants: [{ ...RECORD.tenants[0], failedRatio: 2 }],
      more: 1,
    })
    expect(status).toBe(400)
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'tenants.0.failedRatio',
      'more',
    ])
  })
})

describe('the verdict on a run', () => {
  const verdict = (missed: readonly string[], droppedIterations: number) => {
    const record = { ...RECORD, missed, droppedIterations }
    const test: LoadTest = { runId: 'x', record, recordedAtMs: 0, recordedBy: '' }
    return loadTestView(test).verdict
  }

  it('is unclear where the generator did not keep up', () => {
    expect(verdict([], 0)).toBe('kept')
    expect(verdict(RECORD.missed, 0)).toBe('missed')
    expect(verdict(['dropped_iterations count==0'], 3)).toBe('unclear')
    expect(verdict(['iterations{scenario:measured_acme} count>=99'], 3)).toBe('unclear')
    expect(verdict(RECORD.missed, 3)).toBe('missed')
    expect(verdict(['iterations{scenario:measured_acme} count>=99'], 0)).toBe('missed')
  })
})
