import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { compareVersions, findTool, readVersion, requireTool } from './find-tool.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantry-find-'))
  vi.stubEnv('PATH', folder)
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
  vi.stubEnv('TENANTRY_REQUIRE_TOOLS', '')
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** Puts a program there that prints something and ends. */
function install(name: string, printed: string, exitCode = 0): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\necho '${printed}'\nexit ${exitCode}\n`)
  chmodSync(path, 0o755)
  return path
}

describe('findTool', () => {
  it('takes one from the PATH that is new enough', () => {
    const path = install('prometheus', 'prometheus, version 3.1.0 (branch: HEAD)')
    expect(findTool('prometheus')).toBe(path)
  })

  it.each([
    ['too old', 'prometheus, version 2.53.0', 0],
    ['of no known version', 'prometheus, version  (branch: )', 0],
    ['broken', 'prometheus, version 3.1.0', 1],
  ])('does not take one that is %s', (_, printed, exitCode) => {
    install('prometheus', printed, exitCode)
    expect(findTool('prometheus')).toBeUndefined()
  })
})

describe('requireTool', () => {
  it('says what is missing and how to get it, so that the test is skipped', () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    expect(requireTool('promtool')).toBeUndefined()
    expect(said.mock.calls.flat().join('')).toMatch(/promtool 3\.0\.0 .*go install .*promtool@v0/)
    said.mockRestore()
  })

  it('fails where every tool has to be there', () => {
    vi.stubEnv('TENANTRY_REQUIRE_TOOLS', '1')
    expect(() => requireTool('k6')).toThrow('npm run tools')
  })
})

describe('versions', () => {
  it('are read from what a program prints', () => {
    expect(readVersion('k6 v1.1.0 (go1.25.1, linux/amd64)')).toBe('1.1.0')
    expect(readVersion('prometheus, version  (branch: )')).toBeUndefined()
  })

  it('are compared by number', () => {
    expect(compareVersions('1.79.5', '1.100.0')).toBeLessThan(0)
    expect(compareVersions('3.16.0', '3.16.0')).toBe(0)
    expect(compareVersions('120.0.0', '99.9.9')).toBeGreaterThan(0)
  })
})
