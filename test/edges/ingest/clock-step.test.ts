/**
 * The receiver's clock is set back and ahead while writes come in: what is counted follows the times
 * in the log alone, so that a replay by any later clock counts the same, and what is acknowledged is
 * counted once.
 */
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openMetrics } from '../../../src/domain/metrics/metrics.ts'
import { openIngest } from '../../../src/edges/ingest/ingest.ts'
import { systemDisk } from '../../../src/machinery/runtime/disk.ts'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { openLog } from '../../../src/machinery/storage/wal.ts'
import {
  fakeQuotas,
  fakeResolver,
  gainsByName,
  otlp,
  remoteWrite,
  silentLog,
} from '../../domain/metrics/writing.ts'
import { NOW_MS } from './harness.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-clock-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Without quotas every sample that is not of the future or too old is admitted. */
function open(quotas: { samplesPerSecond?: number; burstSamples?: number } = {}) {
  const clock = openSimClock(NOW_MS)
  const log = openLog({ disk: systemDisk(), directory, segmentBytes: 2_000, log: silentLog })
  const bulk = openBulkInline({ directory: ':memory:' })
  const counters = memoryCounters()
  const { resolver } = fakeResolver()
  const metrics = openMetrics({
    resolver,
    quotas: fakeQuotas(quotas),
    bulk,
    counters,
    log: silentLog,
  })
  const ingest = openIngest({ metrics, log, clock, counters, logger: silentLog })
  return { clock, log, metrics, ingest }
}
type Opened = ReturnType<typeof open>

function figures({ metrics }: Opened, nowMs: number) {
  return {
    gains: gainsByName(metrics.cells(), metrics.drain(nowMs)),
    accounts: metrics.stats().accounts,
    outcomes: metrics.intake.of(tenantId('acme'), nowMs).outcomes,
  }
}

/** A delta of one to nine requests. Senders' clocks are right: each interval follows the last. */
function delta(sequence: number, count: number): Buffer {
  const atMs = NOW_MS - 60_000 + sequence * 10
  const resource = { 'service.name': 'api', 'tenant.id': 'acme' }
  const point = { startMs: atMs - 10, atMs, count, sum: 1, buckets: [count], bounds: [] }
  const attributes = { 'http.response.status_code': '200' }
  return Buffer.from(
    otlp(resource, [
      {
        name: 'http.server.request.duration',
        unit: 's',
        kind: 'histogram',
        temporality: 1,
        points: [{ ...point, attributes }],
      },
    ]),
  )
}

function total(sequence: number, value: number): Buffer {
  const labels = { __name__: 'http_requests_total', code: '200', tenant: 'globex' }
  return Buffer.from(remoteWrite([{ labels, samples: [[NOW_MS - 60_000 + sequence * 10, value]] }]))
}

/** What the clock does before each of the writes. */
const steps = fc.array(fc.integer({ min: -400_000, max: 400_000 }), { minLength: 2, maxLength: 40 })

describe('a clock that is set back and ahead', () => {
  it('changes no count of deltas and totals, and no replay', () => {
    fc.assert(
      fc.property(steps, (jumps) => {
        rmSync(directory, { recursive: true, force: true })
        const live = open()
        let at = 0
        let requests = 0
        for (const [sequence, jumpMs] of jumps.entries()) {
          // Stays where no sample is one of the future, nor too old
          const next = Math.max(-500_000, Math.min(500_000, at + jumpMs))
          live.clock.step(next - at)
          at = next
          const count = 1 + (sequence % 9)
          const wrote = live.ingest.offer(delta(sequence, count), 'k')
          expect(wrote).toMatchObject({ attributed: 1, discardedTotal: 0, duplicate: 0 })
          expect(live.ingest.offer(delta(sequence, count), 'k')).toMatchObject({ duplicate: 1 })
          live.ingest.offerWrite(total(sequence, 5 * sequence), 'k')
          requests += count
        }
        const found = figures(live, live.clock.nowMs())
        expect(found.gains['acme requests 2xx']).toBe(requests)
        expect(found.gains['globex requests 2xx']).toBe(5 * (jumps.length - 1))
        live.log.close()

        const again = open()
        expect(again.ingest.replay(0)).toMatchObject({ samples: 3 * jumps.length, failed: 0 })
        expect(figures(again, NOW_MS)).toEqual(found)
        again.log.close()
      }),
      { numRuns: 30 },
    )
  })

  it('refuses what it makes one of the future, and takes it when time has caught up', () => {
    const live = open()
    live.clock.step(-1_000_000)
    const refused = live.ingest.offer(delta(0, 3), 'k')
    expect(refused).toMatchObject({ attributed: 0, discarded: { 'too-far-in-future': 1 } })
    live.clock.step(1_000_000)
    expect(live.ingest.offer(delta(0, 3), 'k')).toMatchObject({ attributed: 1 })
    const found = figures(live, NOW_MS)
    expect(found.gains['acme requests 2xx']).toBe(3)
    live.log.close()
    const again = open()
    again.clock.step(-1_000_000)
    again.ingest.replay(0)
    expect(figures(again, NOW_MS)).toEqual(found)
    again.log.close()
  })

  it('lets quotas refuse for no longer than the rate takes, and the log knows what they refused', () => {
    const quotas = { samplesPerSecond: 1, burstSamples: 2 }
    const live = open(quotas)
    const outcomes: number[] = []
    const write = (sequence: number): void => {
      outcomes.push(live.ingest.offer(delta(sequence, 1), 'k').attributed)
    }
    for (const [sequence, jumpMs] of [0, 0, 0, -300_000, 1_000, 0, 300_000].entries()) {
      live.clock.step(jumpMs)
      write(sequence)
    }
    expect(outcomes).toEqual([1, 1, 0, 0, 1, 0, 1])
    const found = figures(live, NOW_MS)
    live.log.close()
    const again = open(quotas)
    again.ingest.replay(0)
    expect(figures(again, NOW_MS)).toEqual(found)
    again.log.close()
  })

  it('leaves the order and the times of records in the log as they came', () => {
    const live = open()
    const cameMs: number[] = []
    for (const [sequence, jumpMs] of [0, 500_000, -900_000, 1, -1, 400_000].entries()) {
      live.clock.step(jumpMs)
      cameMs.push(live.clock.nowMs())
      live.ingest.offerWrite(total(sequence, sequence), 'k')
    }
    live.log.close()
    const { log } = open()
    const records = [...log.records(0)].filter(({ context }) => context !== '')
    expect(records.map(({ receivedAtMs }) => receivedAtMs)).toEqual(cameMs)
    log.close()
  })
})
