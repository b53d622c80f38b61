import { describe, expect, it } from 'vitest'
import {
  openLog,
  type NewLogRecord,
  type WriteAheadLog,
} from '../../../src/machinery/storage/wal.ts'
import {
  RECORD_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
} from '../../../src/machinery/storage/wal-format.ts'
import { memoryLog } from '../support/memory-log.ts'
import { memoryDisk, type MemoryDisk } from './memory-disk.ts'

const FIRST = '/log/0000000000000000.log'
/** A record of this context and body takes 32 + 2 + 6 = 40 bytes. */
const RECORD_BYTES = RECORD_HEADER_BYTES + 8

function record(body: string, context = 'ab'): NewLogRecord {
  return { kind: 7, receivedAtMs: 1_700_000_000_123, context, body: Buffer.from(body) }
}

function open(
  disk: MemoryDisk,
  options: { segmentBytes?: number; startPosition?: number } = {},
): WriteAheadLog {
  return openLog({ disk, directory: '/log', log: memoryLog(), ...options })
}

function bodies(log: WriteAheadLog, from = 0): string[] {
  return [...log.records(from)].map(({ body }) => Buffer.from(body).toString())
}

function flip(disk: MemoryDisk, path: string, at: number): void {
  const bytes = disk.files.get(path)
  if (bytes?.[at] === undefined) throw new Error(`no byte ${at} in ${path}`)
  bytes[at] ^= 0x20
}

describe('a log that is written and read', () => {
  it('gives back what was appended, with its positions', () => {
    const log = open(memoryDisk())
    expect(log.append(record('body-1'))).toBe(RECORD_BYTES)
    expect(log.append(record('body-2', 'é'))).toBe(2 * RECORD_BYTES)
    expect(log.endPosition()).toBe(2 * RECORD_BYTES)
    expect([...log.records(0)]).toEqual([
      {
        startPosition: 0,
        endPosition: 40,
        kind: 7,
        receivedAtMs: 1_700_000_000_123,
        context: 'ab',
        body: Buffer.from('body-1'),
      },
      expect.objectContaining({ startPosition: 40, endPosition: 80, context: 'é' }),
    ])
    expect(bodies(log, 40)).toEqual(['body-2'])
    expect(bodies(log, 80)).toEqual([])
  })

  it('keeps empty bodies and empty contexts', () => {
    const log = open(memoryDisk())
    log.append(record('', ''))
    log.append(record('x', ''))
    expect(bodies(log)).toEqual(['', 'x'])
  })

  it('goes on where it ended after it is opened again', () => {
    const disk = memoryDisk()
    open(disk).append(record('body-1'))
    const log = open(disk)
    expect(log.endPosition()).toBe(40)
    expect(log.append(record('body-2'))).toBe(80)
    expect(bodies(log)).toEqual(['body-1', 'body-2'])
  })

  it('starts a next segment when one is full, named by its first position', () => {
    const disk = memoryDisk()
    const log = open(disk, { segmentBytes: 100 })
    for (const digit of '12345') log.append(record(`body-${digit}`))
    expect([...disk.files.keys()]).toEqual([
      FIRST,
      '/log/0000000000000080.log',
      '/log/0000000000000160.log',
    ])
    expect(bodies(log)).toEqual(['body-1', 'body-2', 'body-3', 'body-4', 'body-5'])
    expect(bodies(open(disk), 80)).toEqual(['body-3', 'body-4', 'body-5'])
    expect(log.sizeBytes()).toBe(5 * RECORD_BYTES + 3 * SEGMENT_HEADER_BYTES)
  })

  it('gives a record larger than a segment one of its own', () => {
    const log = open(memoryDisk(), { segmentBytes: 100 })
    log.append(record('small'))
    log.append(record('x'.repeat(500)))
    log.append(record('small'))
    expect(bodies(log)).toEqual(['small', 'x'.repeat(500), 'small'])
  })

  it('lists what there was when it was asked, while more is appended', () => {
    const log = open(memoryDisk(), { segmentBytes: 100 })
    log.append(record('body-1'))
    const listed = log.records(0)
    log.append(record('body-2'))
    expect([...listed]).toHaveLength(1)
  })

  it('refuses a context or a body beyond its limit and stays as it was', () => {
    const log = open(memoryDisk())
    expect(() => log.append(record('x', 'c'.repeat(4_097)))).toThrow(
      expect.objectContaining({ code: 'LOG_RECORD_TOO_LARGE', status: 413 }),
    )
    expect(log.endPosition()).toBe(0)
    expect(bodies(log)).toEqual([])
  })
})

describe('a disk that fails', () => {
  it('is cut back after a write that did not fit, and written again when there is room', () => {
    const disk = memoryDisk()
    const log = open(disk)
    log.append(record('body-1'))
    const sizeBytes = disk.sizeBytes(FIRST)
    disk.freeBytes = 10
    expect(() => log.append(record('body-2'))).toThrow(
      expect.objectContaining({ code: 'LOG_WRITE', status: 503, retryable: true }),
    )
    expect(disk.sizeBytes(FIRST)).toBe(sizeBytes)
    expect(log.endPosition()).toBe(40)
    disk.freeBytes = Infinity
    log.append(record('body-3'))
    expect(bodies(log)).toEqual(['body-1', 'body-3'])
    expect(bodies(open(disk))).toEqual(['body-1', 'body-3'])
  })

  it('keeps the rest of the disk for checkpoints, and makes room by a next segment', async () => {
    const disk = memoryDisk()
    disk.totalBytes = 8_000
    disk.freeBytes = 1_200
    const log = open(disk)
    const reader = log.openReader('checkpoint', Infinity)
    reader.advance(0)
    let kept = 0
    const fill = (): void => {
      for (;;) {
        log.append(record('body-1'))
        kept += 1
      }
    }
    expect(fill).toThrow(expect.objectContaining({ code: 'LOG_WRITE', retryable: true }))
    expect(disk.freeBytes).toBeGreaterThanOrEqual(1_000)
    expect(kept).toBe(4)
    expect(log.isShort()).toBe(true)

    await log.collect()
    expect(log.isShort()).toBe(true)
    expect(bodies(log)).toHaveLength(kept)
    reader.advance(log.endPosition())
    await log.collect()
    expect(log.isShort()).toBe(false)
    expect(log.segmentCount()).toBe(1)
    log.append(record('body-2'))
    const again = open(disk, { startPosition: 40 * kept })
    expect([...again.records(40 * kept)].map(({ body }) => String(body))).toHaveLength(1)
  })

  it('is short of room where the disk refuses, whatever it says of its space', () => {
    const disk = memoryDisk()
    const log = open(disk)
    disk.freeBytes = 10
    expect(() => log.append(record('body-1'))).toThrow('appending 6 bytes')
    expect(log.isShort()).toBe(true)
    disk.freeBytes = Infinity
    log.append(record('body-2'))
    expect(log.isShort()).toBe(false)
  })

  it('is cut back before the next write when it could not be at once', () => {
    const disk = memoryDisk()
    const log = open(disk)
    log.append(record('body-1'))
    disk.freeBytes = 10
    disk.broken = true
    expect(() => log.append(record('body-2'))).toThrow(
      expect.objectContaining({ code: 'LOG_WRITE' }),
    )
    disk.freeBytes = Infinity
    expect(() => log.append(record('body-3'))).toThrow(
      expect.objectContaining({ code: 'LOG_WRITE' }),
    )
    expect(bodies(log)).toEqual(['body-1'])
    disk.broken = false
    log.append(record('body-4'))
    expect(bodies(open(disk))).toEqual(['body-1', 'body-4'])
  })

  it('keeps nothing of the first record of a segment that did not fit', () => {
    const disk = memoryDisk()
    const log = open(disk)
    disk.freeBytes = 50
    expect(() => log.append(record('body-1'))).toThrow(
      expect.objectContaining({ code: 'LOG_WRITE' }),
    )
    expect(disk.sizeBytes(FIRST)).toBe(0)
    disk.freeBytes = Infinity
    log.append(record('body-2'))
    expect(bodies(open(disk))).toEqual(['body-2'])
  })

  it('says which directory a log could not be opened in', () => {
    const disk = memoryDisk()
    disk.list = () => {
      throw new Error('EACCES')
    }
    expect(() => open(disk)).toThrow(
      expect.objectContaining({
        code: 'LOG_OPEN',
        message: 'opening the write-ahead log in /log',
        cause: expect.objectContaining({ message: 'EACCES' }),
      }),
    )
  })

  it('puts full segments on the disk as well, and closes them', async () => {
    const disk = memoryDisk()
    const log = open(disk, { segmentBytes: 50 })
    for (const digit of '123') log.append(record(`body-${digit}`))
    await log.sync()
    expect(disk.synced.toSorted()).toEqual([
      FIRST,
      '/log/0000000000000040.log',
      '/log/0000000000000080.log',
    ])
    expect(disk.closed.toSorted()).toEqual([FIRST, '/log/0000000000000040.log'])
    await log.sync()
    expect(disk.synced).toHaveLength(3)
  })

  it('tells of a failed sync of any segment, once', async () => {
    const disk = memoryDisk()
    const log = open(disk, { segmentBytes: 100 })
    log.append(record('body-1'))
    disk.syncFailure = new Error('EIO')
    await expect(log.sync()).rejects.toMatchObject({ code: 'LOG_SYNC' })
    log.append(record('body-2'))
    log.append(record('body-3'))
    await expect(log.sync()).rejects.toMatchObject({ code: 'LOG_SYNC' })
    disk.syncFailure = null
    await log.sync()
    await log.sync()
    expect(disk.synced).toEqual(['/log/0000000000000080.log'])
  })

  it('shares one sync among all who come while another is under way', async () => {
    const disk = memoryDisk()
    const ends: (() => void)[] = []
    disk.beforeSynced = () => new Promise((resolve) => ends.push(resolve))
    const log = open(disk)
    const settled: string[] = []
    const appendAndSync = async (name: string): Promise<void> => {
      log.append(record(name))
      await log.sync()
      settled.push(name)
    }
    const writers = ['a', 'b', 'c', 'd'].map(appendAndSync)
    expect([ends.length, log.unsyncedBytes()]).toEqual([1, 4 * 35])
    ends[0]?.()
    await writers[0]
    expect([settled, ends.length, log.unsyncedBytes()]).toEqual([['a'], 2, 3 * 35])
    ends[1]?.()
    await Promise.all(writers)
    expect([settled, ends.length, log.unsyncedBytes()]).toEqual([['a', 'b', 'c', 'd'], 2, 0])
    await log.sync()
    expect(ends).toHaveLength(2)
  })

  it('is not done while a sync that was begun before is under way', async () => {
    const disk = memoryDisk()
    let end = (): void => undefined
    disk.beforeSynced = () => new Promise((resolve) => (end = resolve))
    const log = open(disk)
    log.append(record('body-1'))
    let done = 0
    const first = log.sync().then(() => (done += 1))
    const second = log.sync().then(() => (done += 1))
    await new Promise((resolve) => setImmediate(resolve))
    expect(done).toBe(0)
    end()
    await Promise.all([first, second])
    expect(done).toBe(2)
  })
})

describe('a log that a crash or a fault left', () => {
  it('cuts off part of a record, and says what and where', () => {
    const disk = memoryDisk()
    const before = open(disk)
    before.append(record('body-1'))
    before.append(record('body-2'))
    disk.truncate(FIRST, disk.sizeBytes(FIRST) - 1)
    const lines = memoryLog()
    const log = openLog({ disk, directory: '/log', log: lines })
    expect(lines.lines).toEqual([
      {
        level: 'warn',
        fields: { file: FIRST, offset: SEGMENT_HEADER_BYTES + 40, cutBytes: 39 },
        message: expect.stringContaining('cut off'),
      },
    ])
    expect(bodies(log)).toEqual(['body-1'])
  })

  it('cuts off zeros, as a power cut leaves where data never reached the disk', () => {
    const disk = memoryDisk()
    open(disk).append(record('body-1'))
    disk.files.set(FIRST, Buffer.concat([disk.read(FIRST), Buffer.alloc(4_096)]))
    expect(bodies(open(disk))).toEqual(['body-1'])
  })

  it.each([
    ['the header of the first record', SEGMENT_HEADER_BYTES + 5, SEGMENT_HEADER_BYTES],
    ['the body of the first record', SEGMENT_HEADER_BYTES + 38, SEGMENT_HEADER_BYTES],
    ['the header of the segment', 3, 0],
  ])('does not open with a changed byte in %s, which had been synced', async (_, at, offset) => {
    const disk = memoryDisk()
    const log = open(disk)
    for (const digit of '123') {
      log.append(record(`body-${digit}`))
      await log.sync()
    }
    flip(disk, FIRST, at)
    expect(() => open(disk)).toThrow(
      expect.objectContaining({
        code: 'LOG_DAMAGED',
        message: expect.stringContaining(`${FIRST} is damaged at byte ${offset}`),
        details: { path: FIRST, offset },
      }),
    )
    expect(disk.files.get(FIRST)).toHaveLength(SEGMENT_HEADER_BYTES + 120)
  })

  it('names file and offset when an older segment turns out to be damaged as it is read', async () => {
    const disk = memoryDisk()
    const log = open(disk, { segmentBytes: 100 })
    for (const digit of '1234') {
      log.append(record(`body-${digit}`))
      await log.sync()
    }
    flip(disk, FIRST, SEGMENT_HEADER_BYTES + 40 + 39)
    const reopened = open(disk)
    const read: string[] = []
    expect(() => {
      for (const { body } of reopened.records(0)) read.push(Buffer.from(body).toString())
    }).toThrow(
      expect.objectContaining({ code: 'LOG_DAMAGED', details: { path: FIRST, offset: 72 } }),
    )
    expect(read).toEqual(['body-1'])
    expect(bodies(reopened, 80)).toEqual(['body-3', 'body-4'])
  })

  it('does not open when an older segment lost its end or is gone', async () => {
    const shorter = memoryDisk()
    const gone = memoryDisk()
    for (const disk of [shorter, gone]) {
      const log = open(disk, { segmentBytes: 50 })
      for (const digit of '123') {
        log.append(record(`body-${digit}`))
        await log.sync()
      }
    }
    shorter.truncate(FIRST, 60)
    gone.remove('/log/0000000000000040.log')
    for (const disk of [shorter, gone]) {
      expect(() => open(disk)).toThrow(expect.objectContaining({ code: 'LOG_DAMAGED' }))
    }
  })

  it('takes no copy of a log inside a body for records', () => {
    const disk = memoryDisk()
    open(disk).append(record('body-1'))
    const copy = disk.read(FIRST)
    const log = open(disk)
    log.append({ ...record(''), body: copy })
    disk.truncate(FIRST, disk.sizeBytes(FIRST) - 1)
    expect(bodies(open(disk))).toEqual(['body-1'])
  })

  it('goes on at a later position when state stands further on than the log', () => {
    const disk = memoryDisk()
    open(disk).append(record('body-1'))
    const log = open(disk, { startPosition: 1_000 })
    expect(log.append(record('body-2'))).toBe(1_040)
    expect(bodies(log)).toEqual(['body-1', 'body-2'])
    expect(bodies(open(disk, { startPosition: 1_000 }), 1_000)).toEqual(['body-2'])
  })

  it('tells that segments were deleted when state stands further on than the log', () => {
    const disk = memoryDisk()
    open(disk).append(record('body-1'))
    const log = memoryLog()
    openLog({ disk, directory: '/log', startPosition: 1_000, log })
    expect(log.lines).toEqual([
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ endPosition: 40, startPosition: 1_000 }),
        message: expect.stringContaining('segments were deleted'),
      }),
    ])
  })

  it('opens again where it went on further and nothing was written since', () => {
    const disk = memoryDisk()
    open(disk).append(record('body-1'))
    open(disk, { startPosition: 1_000 })
    const log = open(disk, { startPosition: 1_000 })
    expect(log.append(record('body-2'))).toBe(1_040)
    expect(bodies(open(disk, { startPosition: 1_000 }))).toEqual(['body-1', 'body-2'])
  })

  it('begins anywhere when it holds nothing', () => {
    const disk = memoryDisk()
    open(disk)
    expect(open(disk, { startPosition: 1_000 }).append(record('body-1'))).toBe(1_040)
    expect(bodies(open(disk))).toEqual(['body-1'])
    expect([...disk.files.keys()]).toEqual(['/log/0000000000001000.log'])
  })
})

describe('readers', () => {
  function filled(): { disk: MemoryDisk; log: WriteAheadLog } {
    const disk = memoryDisk()
    const log = open(disk, { segmentBytes: 50 })
    for (const digit of '12345') log.append(record(`body-${digit}`))
    return { disk, log }
  }

  it('hold back every segment that they have not passed', async () => {
    const { disk, log } = filled()
    await log.collect()
    expect(disk.files.size).toBe(5)
    const slow = log.openReader('slow', 10_000)
    const quick = log.openReader('quick', 10_000)
    quick.advance(200)
    await log.collect()
    expect(disk.files.size).toBe(5)
    slow.advance(80)
    await log.collect()
    expect([...disk.files.keys()][0]).toBe('/log/0000000000000080.log')
    expect(bodies(log, slow.position())).toEqual(['body-3', 'body-4', 'body-5'])
    slow.advance(200)
    await log.collect()
    expect([...disk.files.keys()]).toEqual(['/log/0000000000000160.log'])
    expect(slow.gap()).toBeNull()
  })

  it('hold back no more than their cap, and are told what they missed', async () => {
    const { disk, log } = filled()
    const dead = log.openReader('dead', 100)
    dead.advance(40)
    expect(dead.gap()).toBeNull()
    await log.collect()
    expect([...disk.files.keys()][0]).toBe('/log/0000000000000080.log')
    expect(dead.gap()).toEqual({ from: 40, to: 80 })
    dead.advance(80)
    expect(dead.gap()).toBeNull()
    expect(bodies(log, dead.position())).toEqual(['body-3', 'body-4', 'body-5'])
  })

  it('tell of what was deleted before a restart', async () => {
    const { disk, log } = filled()
    log.openReader('checkpoint', 10_000).advance(120)
    await log.collect()
    const late = open(disk).openReader('late', 10_000)
    late.advance(40)
    expect(late.gap()).toEqual({ from: 40, to: 120 })
  })

  it('never go back and never run ahead', () => {
    const { log } = filled()
    const reader = log.openReader('one', 100)
    expect(() => reader.advance(240)).toThrow('reads only what the log holds')
    reader.advance(80)
    expect(() => reader.advance(40)).toThrow('does not read twice')
    expect(() => log.openReader('one', 100)).toThrow('one log reader called one')
  })

  it('keep the log in order when a segment cannot be deleted', async () => {
    const { disk, log } = filled()
    log.openReader('one', 10_000).advance(200)
    disk.broken = true
    await log.collect()
    expect(bodies(log)).toHaveLength(5)
    disk.broken = false
    await log.collect()
    expect(bodies(log)).toEqual(['body-5'])
  })
})
