import { describe, expect, it } from 'vitest'
import { isTenantryError } from '../../../src/core/errors.ts'
import { tenantId } from '../../../src/core/ids.ts'
import { DAY_MS } from '../../../src/core/time.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { LOAD_TEST_LIMITS } from '../../../src/domain/reports/limits.ts'
import { whoseOf, type LoadTestRecord } from '../../../src/domain/reports/load-tests/load-test.ts'
import { openLoadTests } from '../../../src/domain/reports/load-tests/load-tests.ts'
import { config, openWorld, T0 } from '../access/harness.ts'

const ACME = tenantId('acme')
const BOLT = tenantId('bolt')

const found = (tenant: string) => ({
  tenant,
  tier: 'starter',
  requests: 100,
  perSecond: 10,
  failedRatio: 0.01,
  medianMs: 20,
  p95Ms: 90,
  p99Ms: 150,
  maxMs: 180,
})

const RECORD: LoadTestRecord = {
  runId: 'run_1',
  test: 'throughput',
  shape: 'steady',
  plan: {
    baseUrl: 'http://127.0.0.1:7401',
    targets: [
      { tenant: 'ACME Inc', tier: 'enterprise' },
      { tenant: 'bolt', tier: 'starter' },
      { tenant: 'stranger', tier: 'starter' },
    ],
    rate: 10,
    durationSeconds: 10,
    warmUpSeconds: 5,
    maxVus: 20,
  },
  startedAtMs: T0 - 30_000,
  testSeconds: 15.2,
  droppedIterations: 0,
  tenants: ['ACME Inc', 'bolt', 'stranger'].map(found),
  missed: [
    'http_req_failed{tenant:ACME Inc,phase:measured} rate<0.001',
    'iterations{scenario:measured_bolt} count>=99',
    'dropped_iterations count==0',
  ],
  thresholds: 9,
  generator: { cpuCores: 0.2, machine: '2 cores', version: '1.1.0' },
}

function open() {
  const world = openWorld()
  world.tenants.create(config('acme', { aliases: ['ACME Inc'] }), SYSTEM, T0)
  world.tenants.create(config('bolt'), SYSTEM, T0)
  const tests = openLoadTests({
    ...world,
    metrics: { query: () => expect.unreachable('nobody asked') },
    slo: { attainments: () => () => [], status: () => [] },
  })
  const list = (reader: typeof ACME | null, more: object = {}) =>
    tests.list({ tenantId: reader, limit: 10, ...more }, reader)
  return { ...world, tests, list }
}

function codeOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (isTenantryError(error)) return error.code
    throw error
  }
  return 'nothing was refused'
}

describe('load tests', () => {
  it('are kept once, with an entry in the audit log', () => {
    const { tests, access, list } = open()
    const { test, isNew } = tests.record(RECORD, SYSTEM, T0)
    expect(isNew).toBe(true)
    expect(test).toEqual({
      runId: 'run_1',
      record: RECORD,
      recordedAtMs: T0,
      recordedBy: SYSTEM.id,
    })
    const reordered = Object.fromEntries(Object.entries(RECORD).toReversed())
    const again = tests.record(reordered as unknown as LoadTestRecord, SYSTEM, T0 + 5)
    expect(again).toEqual({ test, isNew: false })
    expect(list(null).items).toEqual([test])
    const { items } = access.audit.list({ limit: 5 })
    expect(items.filter(({ action }) => action === 'load-test.recorded')).toHaveLength(1)
  })

  it('that say something else under the same run are refused', () => {
    const { tests } = open()
    tests.record(RECORD, SYSTEM, T0)
    const other = { ...RECORD, thresholds: 8 }
    expect(codeOf(() => tests.record(other, SYSTEM, T0))).toBe('LOAD_TEST_CHANGED')
  })

  it('without a name are known by when they ran, and what', () => {
    const { tests } = open()
    const { runId: _, ...unnamed } = RECORD
    const { test } = tests.record(unnamed, SYSTEM, T0)
    expect(test.runId).toMatch(/^run_[0-9a-f]{24}$/)
    expect(tests.record(unnamed, SYSTEM, T0).isNew).toBe(false)
    expect(tests.record({ ...unnamed, shape: 'ramp' }, SYSTEM, T0).isNew).toBe(true)
  })

  it('that are not over, or long ago, are refused', () => {
    const { tests } = open()
    const at = (startedAtMs: number) => () => tests.record({ ...RECORD, startedAtMs }, SYSTEM, T0)
    expect(codeOf(at(T0 + LOAD_TEST_LIMITS.aheadMs))).toBe('LOAD_TEST_TIME')
    expect(codeOf(at(T0 - LOAD_TEST_LIMITS.keptMs - DAY_MS))).toBe('LOAD_TEST_TIME')
  })

  it('show a tenant its own part and nothing of the others', () => {
    const { tests, list } = open()
    tests.record(RECORD, SYSTEM, T0)
    const [own] = list(ACME).items
    expect(own?.record.plan.targets).toEqual([{ tenant: 'ACME Inc', tier: 'enterprise' }])
    expect(own?.record.tenants.map(({ tenant }) => tenant)).toEqual(['ACME Inc'])
    expect(own?.record.missed).toEqual([RECORD.missed[0], RECORD.missed[2]])
    expect(own?.record.plan.baseUrl).toBe('')
    expect(own?.recordedBy).toBe('')
    expect(JSON.stringify(own)).not.toMatch(/bolt|stranger|127\.0\.0\.1/)
    expect(tests.get('run_1', BOLT).record.missed).toEqual(RECORD.missed.slice(1))
    const alone = { ...RECORD, runId: 'run_2', plan: { ...RECORD.plan, targets: [] } }
    tests.record(alone, SYSTEM, T0)
    expect(codeOf(() => tests.get('run_2', ACME))).toBe('LOAD_TEST_NOT_FOUND')
    expect(list(ACME).items).toHaveLength(1)
  })

  it('are listed newest first, page by page, and by the range that they touch', () => {
    const { tests, list } = open()
    for (let i = 0; i < 5; i += 1) {
      const startedAtMs = T0 - (10 - i) * 60_000
      tests.record({ ...RECORD, runId: `run_${i}`, startedAtMs }, SYSTEM, T0)
    }
    const ids = (page: { items: readonly { runId: string }[] }) =>
      page.items.map(({ runId }) => runId)
    const first = list(null, { limit: 3 })
    expect(ids(first)).toEqual(['run_4', 'run_3', 'run_2'])
    const second = list(null, { limit: 3, cursor: first.nextCursor! })
    expect([ids(second), second.nextCursor]).toEqual([['run_1', 'run_0'], null])
    const startedAtMs = T0 - 8 * 60_000
    const touched = { fromMs: startedAtMs + 10_000, toMs: startedAtMs + 60_001 }
    expect(ids(list(null, touched))).toEqual(['run_3', 'run_2'])
    expect(codeOf(() => list(null, { cursor: 'x' }))).toBe('LOAD_TEST_CURSOR')
  })

  it('go when they are old', () => {
    const { tests, list } = open()
    tests.record(RECORD, SYSTEM, T0)
    expect(tests.prune(T0)).toBe(0)
    expect(tests.prune(T0 + LOAD_TEST_LIMITS.keptMs)).toBe(1)
    expect(list(null).items).toEqual([])
  })
})

it('a threshold says whom it is about', () => {
  expect(whoseOf('http_reqs{tenant:acme,phase:measured} count>0')).toBe('acme')
  expect(whoseOf('iterations{scenario:measured_acme} count>=99')).toBe('acme')
  expect(whoseOf('dropped_iterations count==0')).toBe(null)
})
