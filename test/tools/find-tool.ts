/** Finds the real programs that system tests run against: first what `npm run tools` brought, then what is on the PATH. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { howToGet, TOOLS, type ToolName, type ToolRow } from './tool-table.ts'

/** Where a tool of one version is kept: outside the clone, so that another clone finds it. */
export function cachedToolPath(name: ToolName): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return join(cache, 'tenantry-tools', TOOLS[name].version, name)
}

/** Finds a tool for a system test. Without it: undefined and a line on stderr, so that the test skips itself by name;
 *  with TENANTRY_REQUIRE_TOOLS=1 an error. */
export function requireTool(name: ToolName): string | undefined {
  const path = findTool(name)
  if (path !== undefined) return path
  const message = `${name} ${TOOLS[name].minimum} or newer is not here. \`npm run tools\` brings it; by hand: ${howToGet(name)}`
  if (process.env['TENANTRY_REQUIRE_TOOLS'] === '1') throw new Error(message)
  process.stderr.write(`${message}\n`)
  return undefined
}

/** Finds a tool that runs and is new enough. */
export function findTool(name: ToolName): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const places = [cachedToolPath(name), ...folders.map((folder) => join(folder, name))]
  return places.find((path) => isExecutable(path) && isNewEnough(name, path))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A version that a program does not print is asked of the package manager; what nobody tells is not good enough. */
function isNewEnough(name: ToolName, path: string): boolean {
  const { versionArguments, minimum, source }: ToolRow = TOOLS[name]
  const ran = spawnSync(path, versionArguments, { encoding: 'utf8', timeout: 30_000 })
  if (ran.status !== 0) return false
  const printed = readVersion(ran.stdout + ran.stderr)
  const version =
    printed ?? (source.kind === 'debian' ? packagedVersion(source.package) : undefined)
  return version !== undefined && compareVersions(version, minimum) >= 0
}

function packagedVersion(name: string): string | undefined {
  const asked = spawnSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' })
  return asked.status === 0 ? readVersion(asked.stdout) : undefined
}

/** Reads the first thing that looks like a version. Worked: 'k6 v1.1.0 (go1.25)' -> '1.1.0'. */
export function readVersion(text: string): string | undefined {
  return /\d+\.\d+\.\d+/.exec(text)?.[0]
}

/** Orders versions by their numbers: negative when left is older. Worked: ('1.79.5', '1.100.0') is negative. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)]
  for (let part = 0; part < 3; part += 1) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
