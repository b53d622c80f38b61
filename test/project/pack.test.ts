/** What `npm publish` would publish, installed into an empty folder without the development packages. Packed from a copy, so that the clone's own `dist` stays. */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const PACKED = ['src', 'test/tools', 'package.json', 'package-lock.json', 'tsconfig.json']
const TOLD = ['tsconfig.build.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md']
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string
}

const folder = mkdtempSync(join(tmpdir(), 'tenantry-pack-'))
const installed = join(folder, 'empty')
const launcher = join(installed, 'node_modules/.bin/tenantry')

function run(cwd: string, program: string, ...args: string[]): string {
  const ran = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: dirname(process.execPath) + delimiter + (process.env['PATH'] ?? ''),
    },
  })
  if (ran.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.stdout}${ran.stderr}`)
  return ran.stdout
}

beforeAll(() => {
  const copy = join(folder, 'copy')
  for (const name of [...PACKED, ...TOLD])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  run(copy, 'npm', 'pack', '--silent', '--pack-destination', folder)
  mkdirSync(installed)
  writeFileSync(join(installed, 'package.json'), '{ "private": true }')
  run(installed, 'npm', 'install', '--omit=dev', '--prefer-offline', `../tenantry-${version}.tgz`)
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the published package', () => {
  it('starts and tells its version', () => {
    expect(run(installed, launcher, '--version')).toBe(`${version}\n`)
  })

  it('runs the bulk worker, with its migrations, from dist', () => {
    const door = join(installed, 'node_modules/tenantry/dist/machinery/storage/bulk-writer.js')
    const program = `
      import { appliedPosition, openBulkWorker } from ${JSON.stringify(door)}
      const bulk = openBulkWorker({ directory: 'bulk', log: console })
      await bulk.commit({ file: 'shared', logPosition: 42, writes: [] })
      console.log(appliedPosition(bulk, 'shared'))
      await bulk.close()`
    writeFileSync(join(installed, 'worker.mjs'), program)
    expect(run(installed, process.execPath, 'worker.mjs')).toBe('42\n')
  })

  it('holds the portal', () => {
    const page = join(installed, 'node_modules/tenantry/dist/portal/index.html')
    expect(readFileSync(page, 'utf8')).toContain('<title>')
  })
})
