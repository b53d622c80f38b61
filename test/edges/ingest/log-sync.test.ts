/** What an answer promises where the log is synced before it: over a disk that loses on a power cut
 *  what was not synced. */
import { compressSync } from 'snappy'
import { describe, expect, it } from 'vitest'
import { openPrng } from '../../../src/core/prng.ts'
import { DEFAULT_HA_RULES } from '../../../src/domain/metrics/metrics.ts'
import { openLog } from '../../../src/machinery/storage/wal.ts'
import { memoryDisk } from '../../machinery/storage/memory-disk.ts'
import { memoryLog as notedLines } from '../../machinery/support/memory-log.ts'
import { startIngest } from './harness.ts'
import { writeRequest } from './requests.ts'

const HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
}

function openDisk() {
  const disk = memoryDisk()
  const wal = openLog({ disk, directory: '/log', log: notedLines() })
  const log = { ...wal, all: [], failing: false }
  return { disk, wal, log }
}

const post = (url: string, value: number) =>
  fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: HEADERS,
    body: compressSync(Buffer.from(writeRequest(value))),
  })

describe('a write that is answered after the log was synced', () => {
  it('survives a power cut, and all who write at once share few syncs', async () => {
    const { disk, wal, log } = openDisk()
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    disk.beforeSynced = () => held
    const ingest = await startIngest({}, DEFAULT_HA_RULES, { log, durable: () => wal.sync() })
    const acknowledged: number[] = []
    const values = Array.from({ length: 60 }, (_, index) => index)
    const writes = values.map(async (value) => {
      const { status } = await post(ingest.url, value)
      if (status === 204) acknowledged.push(value)
    })
    while ([...wal.records(0)].length < values.length) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(acknowledged).toEqual([])
    release()
    while (acknowledged.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    const promised = [...acknowledged]
    const after = disk.powerCut(openPrng(7))
    await Promise.all(writes)
    await ingest.stop()
    const reopened = openLog({ disk: after, directory: '/log', log: notedLines() })
    const bodies = [...reopened.records(0)].map(({ body }) => Buffer.from(body).toString('hex'))
    for (const value of promised) {
      const sent = compressSync(Buffer.from(writeRequest(value))).toString('hex')
      expect(bodies).toContain(sent)
    }
    expect(acknowledged).toHaveLength(60)
    // The one that the first write asked for, and one for all that came meanwhile.
    expect(disk.synced.length).toBeLessThanOrEqual(3)
  })

  it('is answered 503 with Retry-After where the disk refuses, and taken when it does not', async () => {
    const { disk, wal, log } = openDisk()
    const ingest = await startIngest({}, DEFAULT_HA_RULES, { log, durable: () => wal.sync() })
    disk.syncFailure = new Error('EIO')
    const refused = await post(ingest.url, 1)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    disk.syncFailure = null
    expect((await post(ingest.url, 1)).status).toBe(204)
    await ingest.stop()
  })

  it('waits only where that is asked for', async () => {
    const { disk, log } = openDisk()
    const ingest = await startIngest({}, DEFAULT_HA_RULES, { log })
    expect((await post(ingest.url, 1)).status).toBe(204)
    expect(disk.synced).toEqual([])
    await ingest.stop()
  })
})
