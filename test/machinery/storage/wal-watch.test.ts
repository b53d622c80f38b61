import { describe, expect, it } from 'vitest'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { watchLog } from '../../../src/machinery/storage/wal-watch.ts'
import { openLog } from '../../../src/machinery/storage/wal.ts'
import { memoryLog } from '../support/memory-log.ts'
import { memoryDisk } from './memory-disk.ts'

const record = { kind: 1, receivedAtMs: 0, context: '', body: new Uint8Array(68) }

function open(disk = memoryDisk()) {
  const counters = memoryCounters()
  const opened = openLog({ disk, directory: '/log', segmentBytes: 150, log: memoryLog() })
  const log = watchLog(opened, { clock: openSimClock(0), counters })
  return { disk, counters, log }
}

describe('a log that is watched', () => {
  it('counts what is appended, what waits for the disk, and what the disk refuses', async () => {
    const { disk, counters, log } = open()
    log.append(record)
    log.append(record)
    expect(counters.read('tenantry_log_appended_bytes_total')).toBe(200)
    expect(counters.read('tenantry_log_segments')).toBe(2)
    expect(counters.read('tenantry_log_unsynced_bytes')).toBe(200)
    disk.syncFailure = new Error('EIO')
    await expect(log.sync()).rejects.toMatchObject({ code: 'LOG_SYNC' })
    disk.syncFailure = null
    await log.sync()
    expect(counters.read('tenantry_log_unsynced_bytes')).toBe(0)
    disk.freeBytes = 10
    expect(() => log.append(record)).toThrow(expect.objectContaining({ code: 'LOG_WRITE' }))
    expect(counters.read('tenantry_log_failures_total', { step: 'sync' })).toBe(1)
    expect(counters.read('tenantry_log_failures_total', { step: 'append' })).toBe(1)
  })

  it('tells how far a reader is behind, and what it missed because it held back too much', async () => {
    const { counters, log } = open()
    const fast = log.openReader('fast', Infinity)
    const slow = log.openReader('slow', 250)
    slow.advance(0)
    for (let index = 0; index < 5; index += 1) log.append(record)
    fast.advance(500)
    expect(counters.read('tenantry_log_reader_lag_bytes', { reader: 'slow' })).toBe(500)
    await log.collect()
    expect(slow.gap()).toEqual({ from: 0, to: 200 })
    log.append(record)
    log.append(record)
    await log.collect()
    expect(counters.read('tenantry_log_reader_gap_bytes_total')).toBe(400)
    slow.advance(400)
    await log.collect()
    expect(counters.read('tenantry_log_reader_gap_bytes_total')).toBe(400)
    expect(counters.read('tenantry_log_bytes')).toBeGreaterThan(0)
  })

  it('tells what a crash left at its end', () => {
    const { disk, log } = open()
    log.append(record)
    disk.truncate('/log/0000000000000000.log', 100)
    expect(open(disk).counters.read('tenantry_log_cut_bytes_total')).toBe(100)
  })
})
