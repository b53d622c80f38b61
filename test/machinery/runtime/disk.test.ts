import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemDisk } from '../../../src/machinery/runtime/disk.ts'
import { openLog } from '../../../src/machinery/storage/wal.ts'
import { memoryLog } from '../support/memory-log.ts'
import { temporaryDirectories } from '../support/temporary-directory.ts'

const temporary = temporaryDirectories()

describe('the system disk', () => {
  it('appends several chunks as one, empty ones too, at the end of what there is', () => {
    const disk = systemDisk()
    const path = join(temporary(), 'file')
    const file = disk.openAppend(path)
    file.append([Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')])
    disk.truncate(path, 2)
    file.append([Buffer.from('d')])
    expect(readFileSync(path, 'latin1')).toBe('abd')
    expect(disk.sizeBytes(path)).toBe(3)
    expect(disk.read(path)).toEqual(Buffer.from('abd'))
    file.close()
  })

  it('lists by name, and forgets what is removed', () => {
    const disk = systemDisk()
    const directory = join(temporary(), 'a', 'b')
    disk.makeDirectory(directory)
    disk.makeDirectory(directory)
    for (const name of ['b', 'a']) disk.openAppend(join(directory, name)).close()
    expect(disk.list(directory)).toEqual(['a', 'b'])
    disk.remove(join(directory, 'a'))
    expect(disk.list(directory)).toEqual(['b'])
  })

  it('may be closed while it is synced', async () => {
    const file = systemDisk().openAppend(join(temporary(), 'file'))
    file.append([Buffer.from('a')])
    const synced = file.sync()
    file.close()
    await expect(synced).resolves.toBeUndefined()
  })

  it('carries a log', async () => {
    const directory = join(temporary(), 'log')
    const open = () =>
      openLog({ disk: systemDisk(), directory, segmentBytes: 4_096, log: memoryLog() })
    const log = open()
    for (let index = 0; index < 100; index += 1) {
      log.append({
        kind: 1,
        receivedAtMs: index,
        context: 'c',
        body: Buffer.alloc(index * 10, index),
      })
    }
    await log.sync()
    log.close()
    const again = open()
    expect([...again.records(0)].map(({ body }) => body.length)).toEqual(
      Array.from({ length: 100 }, (_, index) => index * 10),
    )
    again.close()
  })
})
