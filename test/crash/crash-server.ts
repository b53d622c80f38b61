/**
 * The real program with one difference: it may kill itself at a given step of its work, as a power switch would. CRASH_AT names the step
 * and CRASH_NTH which time it is taken:
 *
 *   before, torn, after   an append to the log: nothing, half a record or the whole is written, and no answer is sent
 *   checkpoint            a checkpoint is on its way to the bulk file, or just written
 *   rotation              a next segment of the log is begun, or just was
 *   collection            a segment of the log is deleted, or just was
 *
 * Segments are small, so that there are many. CRASH_CLOCK is by how many milliseconds the wall clock is off, and may say, behind commas,
 * after how many it jumps and by how many it is off then.
 */
import type { BulkWriter, Clock, Disk, DiskFile } from '../../src/core/ports.ts'
import { openSystemApp } from '../../src/app.ts'
import { systemClock } from '../../src/machinery/runtime/clock.ts'
import { systemDisk } from '../../src/machinery/runtime/disk.ts'
import { openLogger } from '../../src/machinery/runtime/logger.ts'
import { readSettings } from '../../src/machinery/runtime/settings.ts'
import { openBulkWorker } from '../../src/machinery/storage/bulk-writer.ts'
import { STORAGE_LIMITS } from '../../src/machinery/storage/limits.ts'

const SEGMENT_BYTES = 64 * 1_024
Object.assign(STORAGE_LIMITS, { logSegmentBytes: SEGMENT_BYTES })

const at = process.env['CRASH_AT'] ?? ''
const nth = Number(process.env['CRASH_NTH'] ?? '0')
const clock = steppingClock((process.env['CRASH_CLOCK'] ?? '0').split(',').map(Number))
for (const name of ['CRASH_AT', 'CRASH_NTH', 'CRASH_CLOCK']) delete process.env[name]

const settings = readSettings()
const log = openLogger({ level: settings.logLevel })
const app = await openSystemApp(settings, {
  log,
  clock,
  disk: lethalDisk(systemDisk()),
  openBulk: (directory) => lethalBulk(openBulkWorker({ directory, log })),
})
await app.start()
process.stdout.write(`Tenantry listens on ${app.url()}\n`)

/** Only the wall clock steps: elapsed time does not. */
function steppingClock([offMs = 0, afterMs = Infinity, thenMs = 0]: readonly number[]): Clock {
  const system = systemClock()
  const jumpsAtMs = system.monotonicMs() + afterMs
  return {
    ...system,
    nowMs: () => system.nowMs() + (system.monotonicMs() < jumpsAtMs ? offMs : thenMs),
  }
}

/** Tells whether this is the time. Half of the times the step is done before the end. */
function counter(step: string): () => 'no' | 'before' | 'after' {
  let times = 0
  return () => {
    if (at !== step) return 'no'
    times += 1
    if (times !== nth) return 'no'
    return nth % 2 === 0 ? 'after' : 'before'
  }
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
}

function lethalDisk(disk: Disk): Disk {
  let appends = 0
  const rotation = counter('rotation')
  const collection = counter('collection')
  let opened = 0
  return {
    ...disk,
    openAppend(path) {
      opened += 1
      const when = opened === 1 ? 'no' : rotation()
      if (when === 'before') die()
      const file = disk.openAppend(path)
      if (when === 'after') die()
      return { ...file, append: (chunks) => append(file, chunks) }
    },
    async removeMeanwhile(path) {
      const when = collection()
      if (when === 'before') die()
      await disk.removeMeanwhile(path)
      if (when === 'after') die()
    },
  }

  function append(file: DiskFile, chunks: readonly Uint8Array[]): void {
    appends += 1
    if (appends !== nth || !['before', 'torn', 'after'].includes(at)) return file.append(chunks)
    if (at === 'torn') file.append(firstHalf(chunks))
    if (at === 'after') file.append(chunks)
    die()
  }
}

function lethalBulk(bulk: BulkWriter): BulkWriter {
  const checkpoint = counter('checkpoint')
  return {
    ...bulk,
    async commit(batch) {
      const when = checkpoint()
      // The worker is somewhere in the transaction by then
      if (when === 'before') setTimeout(die, nth % 5)
      await bulk.commit(batch)
      if (when === 'after') die()
    },
  }
}

function firstHalf(chunks: readonly Uint8Array[]): Uint8Array[] {
  const whole = Buffer.concat(chunks)
  return [whole.subarray(0, Math.ceil(whole.length / 2))]
}
