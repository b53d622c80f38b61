/**
 * Starts the real program as a child process over a temporary data directory, and talks to it as a client would.
 * Every server that a test opens is ended by its `stop`; the process id is its own.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const LAUNCHER = resolve(import.meta.dirname, '../../../src/tenantry.js')
export const OPERATOR_KEY = 'tn_test-operator-key-0123456789abcdefghijklmnop'

export interface TestServer {
  readonly url: string
  /** Of the process that does the work: launched by the Node that runs the tests, the launcher does not start another. */
  readonly pid: number
  readonly dataDirectory: string
  readonly output: () => string
  api<Body>(
    path: string,
    init?: { method?: string; body?: unknown; key?: string },
  ): Promise<{ status: number; body: Body }>
  text(path: string): Promise<string>
  createTenant(config: Record<string, unknown>): Promise<void>
  createKey(role: string, tenantId?: string): Promise<string>
  /** Ends the process and waits for it. The data directory stays for a next start. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  remove(): void
}

export interface StartOptions {
  readonly dataDirectory?: string
  readonly env?: Readonly<Record<string, string>>
  readonly arguments?: readonly string[]
}

export async function startServer(options: StartOptions = {}): Promise<TestServer> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'tenantry-test-'))
  const child = spawn(
    process.execPath,
    [LAUNCHER, 'serve', '--data', dataDirectory, '--port', '0', ...(options.arguments ?? [])],
    {
      env: { ...process.env, TENANTRY_BOOTSTRAP_KEY: OPERATOR_KEY, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const url = await listeningUrl(child, () => output)
  const call = async (
    path: string,
    init: { method?: string; body?: unknown; key?: string } = {},
  ): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: init.method ?? 'GET',
      headers: {
        authorization: `Bearer ${init.key ?? OPERATOR_KEY}`,
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    })
  const api = async <Body>(
    path: string,
    init?: { method?: string; body?: unknown; key?: string },
  ): Promise<{ status: number; body: Body }> => {
    const response = await call(path, init)
    const text = await response.text()
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body }
  }
  return {
    url,
    pid: child.pid ?? 0,
    dataDirectory,
    output: () => output,
    api,
    text: async (path) => (await call(path)).text(),
    async createTenant(config) {
      const created = await api('/api/v1/tenants', { method: 'POST', body: config })
      if (created.status !== 201) throw new Error(`tenant not created: ${JSON.stringify(created)}`)
    },
    async createKey(role, tenantId) {
      const body = { role, name: `test ${role}`, ...(tenantId === undefined ? {} : { tenantId }) }
      const created = await api<{ secret: string }>('/api/v1/keys', { method: 'POST', body })
      if (created.status !== 201) throw new Error(`key not created: ${JSON.stringify(created)}`)
      return created.body.secret
    },
    stop: (signal = 'SIGTERM') => endProcess(child, signal),
    remove: () => rmSync(dataDirectory, { recursive: true, force: true }),
  }
}

async function listeningUrl(child: ChildProcess, output: () => string): Promise<string> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline) {
    const match = /listens on (http:\/\/\S+)/.exec(output())
    if (match?.[1] !== undefined) return match[1]
    if (child.exitCode !== null)
      throw new Error(`the server ended with ${String(child.exitCode)}: ${output()}`)
    await delay(20)
  }
  child.kill('SIGKILL')
  throw new Error(`the server did not listen within a minute: ${output()}`)
}

export async function endProcess(
  child: ChildProcess,
  signal: NodeJS.Signals,
): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  child.kill(signal)
  return ended
}

export function delay(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds))
}

/** Asks again until the answer satisfies, or fails with the last answer after a bounded time. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  satisfied: (answer: T) => boolean,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs
  let last: T | undefined
  let failure: unknown
  while (Date.now() < deadline) {
    try {
      last = await ask()
      failure = undefined
      if (satisfied(last)) return last
    } catch (error) {
      failure = error
    }
    await delay(250)
  }
  throw new Error(
    `${what}: not within ${String(withinMs)} ms; last answer ${JSON.stringify(last)}; ${failure instanceof Error ? failure.message : ''}`,
  )
}

/** Finds one sample's value in exposition text. The labels given must all be on the line. */
export function sampleValue(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): number | undefined {
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue
    if (!Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
      continue
    return Number(line.slice(line.lastIndexOf(' ') + 1))
  }
  return undefined
}

/** A tenant's configuration with only what a test cares about given. */
export function tenantConfig(
  tenantId: string,
  overrides: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    tenantId,
    name: tenantId,
    tier: 'enterprise',
    region: 'eu-central-1',
    isolation: 'shared',
    ...overrides,
  }
}
