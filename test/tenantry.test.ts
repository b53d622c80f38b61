/** The launcher, in a tree of its own whose main only tells what became of it. An old Node is this one that says it is 20. */
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const AS_NODE_20 = [
  '--import',
  `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.9.0' })`,
]
const MAIN = `
const [command] = process.argv.slice(2)
if (command === 'code') process.exitCode = 7
if (command === 'wait') {
  const waiting = setInterval(() => undefined, 1_000)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      process.stdout.write(signal + '\\n')
      clearInterval(waiting)
    })
}
const { argv, versions } = process
process.stdout.write(JSON.stringify({ arguments: argv.slice(2), node: versions.node, file: import.meta.filename }) + '\\n')
if (command === 'die') process.kill(process.pid, 'SIGKILL')
`

let root: string
let clone: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tenantry-launcher-'))
  clone = join(root, 'clone')
  write(clone, 'src/main.ts', MAIN)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(folder: string, main: string, text: string): void {
  mkdirSync(join(folder, 'src'), { recursive: true })
  mkdirSync(dirname(join(folder, main)), { recursive: true })
  copyFileSync(resolve(import.meta.dirname, '../src/tenantry.js'), join(folder, 'src/tenantry.js'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, main), text)
}

function bringNode(folder: string): void {
  mkdirSync(join(folder, 'node/bin'), { recursive: true })
  symlinkSync(process.execPath, join(folder, 'node/bin/node'))
}

function launch(folder: string, options: string[], ...args: string[]) {
  const ran = spawnSync(process.execPath, [...options, join(folder, 'src/tenantry.js'), ...args], {
    encoding: 'utf8',
  })
  const said = ran.stdout === '' ? undefined : (JSON.parse(ran.stdout) as Record<string, unknown>)
  return { ...ran, said }
}

describe('the launcher', () => {
  it('runs main.ts as it is on Node 24', () => {
    const { said, status } = launch(clone, [], 'serve', '--port', '0')
    expect(said).toMatchObject({
      arguments: ['serve', '--port', '0'],
      file: join(clone, 'src/main.ts'),
    })
    expect(status).toBe(0)
  })

  it('runs dist/main.js where it is installed as a package', () => {
    const installed = join(root, 'node_modules/tenantry')
    write(installed, 'dist/main.js', MAIN)
    expect(launch(installed, []).said).toMatchObject({ file: join(installed, 'dist/main.js') })
  })

  it('hands over to the Node of the clone on an old Node, with arguments and exit code', () => {
    bringNode(join(clone, 'node_modules'))
    const { said, status } = launch(clone, AS_NODE_20, 'code', 'a b')
    expect(said).toMatchObject({ arguments: ['code', 'a b'], node: process.versions.node })
    expect(status).toBe(7)
  })

  it('hands over to a Node that is installed beside the package', () => {
    const installed = join(root, 'node_modules/tenantry')
    write(installed, 'dist/main.js', MAIN)
    bringNode(join(root, 'node_modules'))
    expect(launch(installed, AS_NODE_20).said).toMatchObject({ node: process.versions.node })
  })

  it('dies of the signal that its child died of', () => {
    bringNode(join(clone, 'node_modules'))
    expect(launch(clone, AS_NODE_20, 'die').signal).toBe('SIGKILL')
  })

  it('says what to do where no newer Node is at hand', () => {
    const { stderr, status } = launch(clone, AS_NODE_20)
    expect(stderr).toContain('needs Node.js 24')
    expect(stderr).toContain('npm ci')
    expect(status).toBe(1)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on, once', async (signal) => {
    bringNode(join(clone, 'node_modules'))
    const launcher = spawn(
      process.execPath,
      [...AS_NODE_20, join(clone, 'src/tenantry.js'), 'wait'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const lines: string[] = []
    const ended = new Promise<number | null>((done) => launcher.once('close', done))
    launcher.stdout.on('data', (chunk: Buffer) => {
      lines.push(...chunk.toString().trim().split('\n'))
      if (lines.length === 1) launcher.kill(signal)
    })
    expect(await ended).toBe(0)
    expect(lines.slice(1)).toEqual([signal])
  })
})
