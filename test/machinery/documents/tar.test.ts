import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tarOf } from '../../../src/machinery/documents/tar.ts'

const FILES = [
  { path: 'alerts/a.yaml', text: 'groups: []\n' },
  { path: 'alerts/exact.yaml', text: 'x'.repeat(512) },
  { path: 'runbooks/ä.md', text: '# Größe\n' },
  { path: 'empty', text: '' },
]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantry-tar-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a tar archive', () => {
  it('is unpacked by tar as it was packed', () => {
    writeFileSync(join(folder, 'all.tar'), tarOf(FILES))
    execFileSync('tar', ['-xf', 'all.tar'], { cwd: folder })
    for (const { path, text } of FILES) {
      expect(readFileSync(join(folder, path), 'utf8'), path).toBe(text)
    }
  })

  it('is the same bytes for the same files', () => {
    expect(Buffer.from(tarOf(FILES)).equals(tarOf(structuredClone(FILES)))).toBe(true)
  })

  it('takes no path that its header has no room for', () => {
    expect(() => tarOf([{ path: 'a'.repeat(101), text: '' }])).toThrow('a path fits the header')
  })
})
