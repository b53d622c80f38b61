import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openIngest } from '../../../src/edges/ingest/ingest.ts'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import {
  BOUND,
  memoryLog,
  NotingMetrics,
  NOW_MS,
  SILENT,
  startIngest,
  type MemoryLog,
} from './harness.ts'
import {
  exportJson,
  exportRequest,
  JSON_TYPE,
  post,
  PROTOBUF,
  write,
  writeRequest,
} from './requests.ts'

function reopened(log: MemoryLog) {
  const metrics = new NotingMetrics()
  const counters = memoryCounters()
  const clock = openSimClock(NOW_MS + 60_000)
  return {
    metrics,
    counters,
    ingest: openIngest({ metrics, log, clock, counters, logger: SILENT }),
  }
}

describe('replay', () => {
  it('does again what was done on receipt, and counts nothing as ingested', async () => {
    const test = await startIngest()
    await write(test, writeRequest(1, -1))
    await post(test, '/v1/metrics', exportRequest(2), PROTOBUF)
    test.principal = BOUND
    await post(test, '/v1/metrics', exportJson(3), JSON_TYPE)
    const gzip = { ...PROTOBUF, 'content-encoding': 'gzip' }
    await post(test, '/v1/metrics', gzipSync(exportRequest(4)), gzip)
    await test.stop()

    const { metrics, counters, ingest } = reopened(test.log)
    expect(ingest.replay(0)).toEqual({ records: 4, samples: 5, failed: 0 })
    expect(metrics.applied).toEqual(
      test.metrics.applied.map((one) => ({
        ...one,
        context: expect.objectContaining(one.context),
      })),
    )
    expect(counters.read('tenantry_ingest_samples_total')).toBe(0)
  })

  it('is told what was decided before a write, and only once', async () => {
    const test = await startIngest()
    await write(test, writeRequest(1))
    test.metrics.decided = Buffer.from('acme is known')
    await write(test, writeRequest(2))
    await write(test, writeRequest(3))
    await test.stop()
    const { metrics, ingest } = reopened(test.log)
    expect(test.log.all).toHaveLength(4)
    expect(ingest.replay(0)).toEqual({ records: 4, samples: 3, failed: 0 })
    expect(metrics.learned).toEqual(['acme is known'])
    expect(metrics.applied.map(({ values }) => values)).toEqual([[1], [2], [3]])
  })

  it('begins at a position', async () => {
    const test = await startIngest()
    await write(test, writeRequest(1))
    await write(test, writeRequest(2))
    await test.stop()
    const { metrics, ingest } = reopened(test.log)
    expect(ingest.replay(test.log.all[0]?.endPosition ?? 0)).toMatchObject({
      records: 1,
      samples: 1,
    })
    expect(metrics.applied.map(({ values }) => values)).toEqual([[2]])
  })

  it('passes over a record that could not be counted on receipt either', async () => {
    const test = await startIngest()
    const failing = (metrics: NotingMetrics): void => {
      let calls = 0
      metrics.onApply = () => {
        calls += 1
        if (calls === 2) throw new Error('assertion failed: a defect')
      }
    }
    failing(test.metrics)
    const statuses = []
    for (const value of [1, 2, 3]) statuses.push((await write(test, writeRequest(value))).status)
    await test.stop()
    expect(statuses).toEqual([204, 500, 204])
    expect(test.counters.read('tenantry_ingest_refused_total', { reason: 'internal' })).toBe(1)

    const { metrics, ingest } = reopened(test.log)
    failing(metrics)
    expect(ingest.replay(0)).toEqual({ records: 3, samples: 2, failed: 1 })
    expect(metrics.applied.map(({ values }) => values)).toEqual([[1], [3]])
  })

  it('stops at a record that this version cannot read, naming its position', () => {
    const context = '{"boundTenant":null,"namedTenant":null,"keyId":"k"}'
    const body = Buffer.from('garbage')
    const cases = [
      { kind: 99, context, why: 'kind 99 is unknown' },
      { kind: 1, context: '{}', why: 'its context is unknown' },
      { kind: 1, context: '[', why: 'its context is unknown' },
      { kind: 1, context, why: 'its body is not read' },
    ]
    for (const { kind, context: recorded, why } of cases) {
      const log = memoryLog()
      log.append({ kind, receivedAtMs: NOW_MS, context: recorded, body })
      expect(() => reopened(log).ingest.replay(0)).toThrow(
        `replaying the log record at position 0: ${why}`,
      )
    }
  })
})
