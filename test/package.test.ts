/** What package.json and the lock file must say for `npm ci` to work on a machine without a compiler. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')

interface LockedPackage {
  readonly version?: string
  readonly gypfile?: boolean
  readonly resolved?: string
  readonly hasInstallScript?: boolean
}

const manifest = readJson('package.json') as {
  readonly allowScripts: Readonly<Record<string, boolean>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const lock = readJson('package-lock.json') as {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(resolve(ROOT, path), 'utf8'))
}

describe('package.json and package-lock.json', () => {
  it('keep npm from building better-sqlite3, which brings its binaries along', () => {
    expect(lock.packages['node_modules/better-sqlite3']?.gypfile).toBe(false)
    expect(manifest.allowScripts['better-sqlite3']).toBe(false)
  })

  it('let the node package fetch its binary', () => {
    expect(manifest.allowScripts['node']).toBe(true)
  })

  it('decide for every package that has an install script whether it may run', () => {
    const withScripts = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
    expect(withScripts.filter((name) => !(name in manifest.allowScripts))).toEqual([])
  })

  it('name exact versions, and agree', () => {
    for (const [name, version] of Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
    })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
      expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version)
    }
  })

  it('lock no registry address, so that any mirror serves', () => {
    const resolved = Object.entries(lock.packages).filter(
      ([, entry]) => entry.resolved !== undefined,
    )
    expect(resolved).toEqual([])
  })
})
