import { describe, expect, it } from 'vitest'
import { openFilePool } from '../../../src/machinery/storage/file-pool.ts'
import { temporaryDirectories } from '../support/temporary-directory.ts'

const temporary = temporaryDirectories()

describe('a pool of bulk files', () => {
  it('closes the one that was not used for longest when too many are open', () => {
    const pool = openFilePool({ directory: temporary(), readonly: false, openFilesMax: 2 })
    const first = pool.use('a')
    const second = pool.use('b')
    pool.use('a')
    pool.use('c')
    expect([first.db.open, second.db.open]).toEqual([true, false])
    expect(pool.use('b').db.open).toBe(true)
    expect(first.db.open).toBe(false)
    pool.close()
  })

  it('prepares a text once a file', () => {
    const pool = openFilePool({ directory: ':memory:', readonly: false })
    const { prepare } = pool.use('a')
    expect(prepare('SELECT 1')).toBe(prepare('SELECT 1'))
    pool.close()
  })

  it('keeps files in memory apart and never closes one of them early', () => {
    const pool = openFilePool({ directory: ':memory:', readonly: false, openFilesMax: 1 })
    pool.use('a').db.exec('INSERT INTO log_position VALUES (1, 5)')
    pool.use('b')
    expect(pool.use('a').prepare('SELECT position FROM log_position').pluck().get()).toBe(5)
    pool.close()
  })
})
