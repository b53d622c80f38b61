import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPrng } from '../../../src/core/prng.ts'
import { SEGMENT_HEADER_BYTES } from '../../../src/machinery/storage/wal-format.ts'
import { openLog, type WriteAheadLog } from '../../../src/machinery/storage/wal.ts'
import { memoryLog } from '../support/memory-log.ts'
import { memoryDisk, type MemoryDisk } from './memory-disk.ts'

const appends = fc.array(
  fc.record({
    kind: fc.nat(255),
    receivedAtMs: fc.nat(),
    context: fc.string({ maxLength: 20, unit: 'grapheme' }),
    body: fc.uint8Array({ maxLength: 120 }),
  }),
  { maxLength: 20 },
)

function open(disk: MemoryDisk): WriteAheadLog {
  return openLog({ disk, directory: '/log', segmentBytes: 400, log: memoryLog() })
}

/** Everything that a record says, in a form that compares by value. */
function contents(log: WriteAheadLog): string[] {
  return [...log.records(0)].map(({ kind, receivedAtMs, context, body }) =>
    JSON.stringify([kind, receivedAtMs, context, [...body]]),
  )
}

function expected(
  records: readonly { kind: number; receivedAtMs: number; context: string; body: Uint8Array }[],
): string[] {
  return records.map(({ kind, receivedAtMs, context, body }) =>
    JSON.stringify([kind, receivedAtMs, context, [...body]]),
  )
}

function newestPath(disk: MemoryDisk): string {
  return [...disk.files.keys()].sort().at(-1) ?? ''
}

describe('a log that is torn at any byte', () => {
  it('gives back exactly the whole records before the tear, and goes on', () => {
    fc.assert(
      fc.property(appends, appends, fc.nat(), (before, after, tearPick) => {
        const disk = memoryDisk()
        const log = open(disk)
        const ends = before.map((record) => log.append(record))
        const path = newestPath(disk)
        const segmentStart = Number(path.slice(5, 21))
        const keptBytes = tearPick % (disk.sizeBytes(path) + 1)
        disk.truncate(path, keptBytes)
        const whole = ends.filter(
          (end) => end <= segmentStart || end - segmentStart + 32 <= keptBytes,
        ).length

        const reopened = open(disk)
        expect(contents(reopened)).toEqual(expected(before.slice(0, whole)))
        for (const record of after) reopened.append(record)
        const all = expected([...before.slice(0, whole), ...after])
        expect(contents(reopened)).toEqual(all)
        expect(contents(open(disk))).toEqual(all)
      }),
    )
  })
})

describe('a disk that fills up at any byte', () => {
  it('loses no record that was accepted and keeps none that was refused', () => {
    fc.assert(
      fc.property(appends, fc.array(fc.nat(300), { maxLength: 5 }), (records, rooms) => {
        const disk = memoryDisk()
        const log = open(disk)
        const accepted = records.filter((record, index) => {
          disk.freeBytes = rooms[index % (rooms.length + 1)] ?? Infinity
          try {
            log.append(record)
            return true
          } catch {
            return false
          }
        })
        expect(contents(log)).toEqual(expected(accepted))
        expect(contents(open(disk))).toEqual(expected(accepted))
      }),
    )
  })
})

const masks = fc.integer({ min: 1, max: 255 })

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a power cut', () => {
  it('takes nothing that was synced, and the log opens with what was written before its end', async () => {
    const step = fc.record({
      body: fc.uint8Array({ maxLength: 120 }),
      next: fc.constantFrom('go on', 'sync', 'wait'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(), async (steps, seed) => {
        const disk = memoryDisk()
        disk.beforeSynced = turn
        const log = open(disk)
        const written: string[] = []
        let acknowledged = 0
        for (const { body, next } of steps) {
          log.append({ kind: 1, receivedAtMs: 0, context: '', body })
          written.push(JSON.stringify([1, 0, '', [...body]]))
          const upTo = written.length
          if (next !== 'go on')
            void log.sync().then(() => (acknowledged = Math.max(acknowledged, upTo)))
          if (next === 'wait') await turn()
        }
        const promised = acknowledged
        const after = disk.powerCut(openPrng(seed))
        const reopened = open(after)
        const found = contents(reopened)
        expect(found).toEqual(written.slice(0, found.length))
        expect(found.length).toBeGreaterThanOrEqual(promised)
        reopened.append({ kind: 2, receivedAtMs: 0, context: '', body: new Uint8Array(3) })
        expect(contents(open(after))).toEqual([...found, JSON.stringify([2, 0, '', [0, 0, 0]])])
        await turn()
      }),
      { numRuns: 300 },
    )
  })
})

describe('a changed byte', () => {
  it('of the last record cuts it off; of what was synced keeps the log from opening', async () => {
    await fc.assert(
      fc.asyncProperty(appends, fc.nat(), masks, async (records, pick, mask) => {
        fc.pre(records.length > 0)
        const disk = memoryDisk()
        const log = open(disk)
        const starts: number[] = []
        for (const record of records) {
          await log.sync()
          starts.push(log.endPosition())
          log.append(record)
        }
        const path = newestPath(disk)
        const bytes = disk.files.get(path) as Buffer
        const at = pick % bytes.length
        // The last four bytes of a segment's header are spare: no checksum covers them.
        fc.pre(at < 28 || at >= SEGMENT_HEADER_BYTES)
        bytes[at] = (bytes[at] ?? 0) ^ mask
        const lastStart = (starts.at(-1) ?? 0) - Number(path.slice(5, 21)) + SEGMENT_HEADER_BYTES
        // A segment that holds only the last record goes with it.
        if (at >= lastStart || lastStart === SEGMENT_HEADER_BYTES) {
          expect(contents(open(disk))).toEqual(expected(records.slice(0, -1)))
        } else {
          expect(() => open(disk)).toThrow(expect.objectContaining({ code: 'LOG_DAMAGED' }))
        }
      }),
    )
  })
})
