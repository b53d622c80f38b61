/**
 * The real program with one difference: its log's disk may kill the process in the middle of an append, as a power switch would.
 * CRASH_AT_APPEND says at which append; CRASH_HOW says `before` (nothing written), `torn` (half a record) or `after` (the record is
 * written, the answer is not sent).
 */
import type { Disk, DiskFile } from '../../src/core/ports.ts'
import { openSystemApp } from '../../src/app.ts'
import { systemDisk } from '../../src/machinery/runtime/disk.ts'
import { readSettings } from '../../src/machinery/runtime/settings.ts'

const killAtAppend = Number(process.env['CRASH_AT_APPEND'] ?? '0')
const how = process.env['CRASH_HOW'] ?? 'after'
delete process.env['CRASH_AT_APPEND']
delete process.env['CRASH_HOW']

const app = await openSystemApp(readSettings(), { disk: lethal(systemDisk()) })
await app.start()
process.stdout.write(`Tenantry listens on ${app.url()}\n`)

function lethal(disk: Disk): Disk {
  let appends = 0
  const open = (path: string): DiskFile => {
    const file = disk.openAppend(path)
    return {
      ...file,
      append(chunks) {
        appends += 1
        if (appends !== killAtAppend) return file.append(chunks)
        if (how === 'torn') file.append(firstHalf(chunks))
        if (how === 'after') file.append(chunks)
        process.kill(process.pid, 'SIGKILL')
        for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
      },
    }
  }
  return { ...disk, openAppend: open }
}

function firstHalf(chunks: readonly Uint8Array[]): Uint8Array[] {
  const whole = Buffer.concat(chunks)
  return [whole.subarray(0, Math.ceil(whole.length / 2))]
}
