import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockDataDirectory } from '../../../src/machinery/runtime/data-lock.ts'
import { modulePath } from '../../../src/machinery/runtime/paths.ts'
import { temporaryDirectories } from '../support/temporary-directory.ts'

const temporary = temporaryDirectories()

describe('a data directory', () => {
  it('is made, taken and given back', () => {
    const directory = join(temporary(), 'new')
    const unlock = lockDataDirectory(directory)
    expect(readFileSync(join(directory, 'tenantry.pid'), 'utf8')).toBe(`${process.pid}\n`)
    unlock()
    unlock()
    expect(existsSync(join(directory, 'tenantry.pid'))).toBe(false)
    lockDataDirectory(directory)()
  })

  it('is refused where it cannot be one', () => {
    const path = join(temporary(), 'file')
    writeFileSync(path, '')
    expect(() => lockDataDirectory(path)).toThrow(
      expect.objectContaining({
        code: 'DATA_DIRECTORY',
        message: `taking the data directory ${path}`,
        cause: expect.objectContaining({ code: 'EEXIST' }),
      }),
    )
  })

  it('has one owner, also within a process', () => {
    const directory = temporary()
    const unlock = lockDataDirectory(directory)
    expect(() => lockDataDirectory(directory)).toThrow(
      expect.objectContaining({
        code: 'DATA_LOCKED',
        message: `taking the data directory ${directory}: process ${process.pid} has it`,
      }),
    )
    unlock()
  })

  it('is free at once when its owner is killed, whatever it left behind', async () => {
    const directory = temporary()
    const script = `
      import { lockDataDirectory } from ${JSON.stringify(modulePath('machinery/runtime/data-lock'))}
      lockDataDirectory(${JSON.stringify(directory)})
      process.stdout.write('taken')
      setInterval(() => {}, 1_000)`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script])
    await once(owner.stdout, 'data')
    expect(() => lockDataDirectory(directory)).toThrow(`process ${owner.pid} has it`)
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    expect(readFileSync(join(directory, 'tenantry.pid'), 'utf8')).toBe(`${owner.pid}\n`)
    lockDataDirectory(directory)()
  })
})
