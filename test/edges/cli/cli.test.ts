/** Commands against a server that answers by a table: what they ask, print and leave with. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runCli } from '../../../src/edges/cli/cli.ts'

interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly body: string
}
type Answered = readonly [status: number, body: unknown]

let directory: string
let server: Server
let url: string
let asked: Asked[]
let answers: (ask: Asked) => Answered
let stdout: string
let stderr: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-cli-'))
  asked = []
  stdout = ''
  stderr = ''
  answers = () => [404, { detail: 'there is nothing', hint: 'look elsewhere' }]
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const ask = { method: request.method, url: request.url, body }
      asked.push(ask)
      const [status, answer] = answers(ask)
      response.statusCode = status
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
    })
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text)
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  server.close()
  server.closeAllConnections()
  rmSync(directory, { recursive: true, force: true })
})

const run = (...argv: string[]) => runCli([...argv, '--url', url])

const status = (tenantId: string) => ({
  tenantId,
  sloId: 'error-rate',
  state: 'ok',
  sliRatio: 0.99912,
  budgetLeftRatio: null,
  verdict: 'Holds.',
})

describe('slo status', () => {
  const pages = ({ url: path }: Asked): Answered =>
    path?.includes('cursor=acme') === true
      ? [200, { items: [status('bolt')], nextCursor: null, asOfMs: 1_000 }]
      : [200, { items: [status('acme')], nextCursor: 'acme', asOfMs: 2_000 }]

  it('prints every page', async () => {
    answers = pages
    expect(await run('slo', 'status')).toBe(0)
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['TENANT', 'SLO', 'STATE', 'SLI', 'BUDGET LEFT', 'VERDICT'],
      ['acme', 'error-rate', 'ok', '99.912 %', '-', 'Holds.'],
      ['bolt', 'error-rate', 'ok', '99.912 %', '-', 'Holds.'],
      [''],
    ])
  })

  it('prints one document of all pages, as old as the oldest', async () => {
    answers = pages
    expect(await run('slo', 'status', '--json')).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      items: [status('acme'), status('bolt')],
      asOfMs: 1_000,
    })
  })

  it('asks for one tenant only', async () => {
    answers = () => [200, { items: [status('acme')], asOfMs: 1 }]
    expect(await run('slo', 'status', 'acme')).toBe(0)
    expect(asked.map((ask) => ask.url)).toEqual(['/api/v1/tenants/acme/slo'])
  })
})

describe('slo explain', () => {
  it('says of a roll-up where it is judged, and why an SLO is not counted', async () => {
    const slos = [
      { sloId: 'fleet', kind: 'roll-up', notCounted: null },
      { sloId: 'own', kind: 'event-ratio', notCounted: 'it reads a metric of one’s own' },
    ]
    answers = ({ url: path }) => [200, path?.endsWith('/slo') === true ? { items: [] } : { slos }]
    for (const sloId of ['fleet', 'own', 'none']) {
      expect(await run('slo', 'explain', 'acme', sloId)).toBe(1)
    }
    expect(stderr).toBe(
      'fleet is added up over tenants: see `tenantry slo roll-ups --pairs`\n' +
        'own is not counted: it reads a metric of one’s own\n' +
        'acme has no SLO none\n',
    )
  })
})

describe('slo gate', () => {
  const gate = (state: string) => ({ tenantId: 'acme', gate: state, reason: 'Acme: because.' })

  it('leaves with 0 when the gate is open, with 1 when it is closed, with 3 when nobody tells', async () => {
    answers = () => [200, gate('open')]
    expect(await run('slo', 'gate', 'acme')).toBe(0)
    answers = () => [200, gate('closed')]
    expect(await run('slo', 'gate', 'acme', '--slo', 'error-rate')).toBe(1)
    expect(stdout).toBe('open: Acme: because.\nclosed: Acme: because.\n')
    expect(asked.map((ask) => ask.url)).toEqual([
      '/api/v1/tenants/acme/deploy-gate',
      '/api/v1/tenants/acme/deploy-gate?slo=error-rate',
    ])
    answers = () => [404, { detail: 'there is no tenant "acme"', hint: 'see the list' }]
    expect(await run('slo', 'gate', 'acme')).toBe(3)
  })

  it('prints the whole answer as JSON', async () => {
    answers = () => [200, gate('closed')]
    expect(await run('slo', 'gate', 'acme', '--json')).toBe(1)
    expect(JSON.parse(stdout)).toEqual(gate('closed'))
  })

  it('opens a gate for an hour unless a span or an end is given', async () => {
    answers = () => [201, { overrideId: 'gov_a', expiresAtMs: 0 }]
    await run('slo', 'gate', 'override', 'acme', '--reason', 'hot fix')
    await run('slo', 'gate', 'override', 'acme', '--reason', 'x', '--until', '2026-12-01T00:00:00Z')
    expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { reason: 'hot fix', for: '1h' },
      { reason: 'x', expiresAt: '2026-12-01T00:00:00Z' },
    ])
  })
})

describe('apply', () => {
  const text = (id: string) =>
    `apiVersion: tenantry/v1\nkind: Tenant\nspec:\n  tenantId: ${id}\n  name: ${id}\n  tier: starter\n  region: eu\n  isolation: shared\n`

  it('creates what is missing and replaces what is there whole', async () => {
    const file = join(directory, 'tenants.yaml')
    writeFileSync(file, ['acme', 'bolt', 'curl'].map(text).join('---\n'))
    answers = ({ method, url: path }) => {
      if (method === 'POST') return [201, {}]
      if (method === 'PUT') return [200, { generation: path?.endsWith('bolt') === true ? 5 : 4 }]
      return path?.endsWith('acme') === true ? [404, {}] : [200, { generation: 4 }]
    }
    expect(await run('apply', '-f', file)).toBe(0)
    expect(stdout).toBe('acme: created\nbolt: updated\ncurl: unchanged\n')
    const put = asked.find((ask) => ask.method === 'PUT')
    expect(put?.url).toBe('/api/v1/tenants/bolt')
    expect(JSON.parse(put?.body ?? '')).toMatchObject({ tenantId: 'bolt', aliases: [] })
  })

  it('applies nothing when a file has a problem, a reserved id among them', async () => {
    const file = join(directory, 'tenants.yaml')
    writeFileSync(file, [text('acme'), text('shared')].join('---\n'))
    expect(await run('apply', '-f', file)).toBe(1)
    expect(stderr).toContain('spec.tenantId: "shared" is reserved')
    expect(stderr).toContain('nothing was applied')
    expect(asked).toEqual([])
  })
})

describe('failures', () => {
  it('tells the server’s own words, hint and fields, and leaves with 3', async () => {
    answers = () => [
      400,
      { detail: 'not right', hint: 'mend it', errors: [{ field: 'tier', message: 'unknown' }] },
    ]
    expect(await run('tenant', 'show', 'acme')).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toBe('error: not right\n  tier: unknown (CLI_REFUSED)\nhint: mend it\n')
  })

  it('knows an answer that is not Tenantry’s', async () => {
    answers = () => [502, '<html>Bad Gateway</html>']
    expect(await run('tenant', 'list')).toBe(3)
    expect(stderr).toContain('is no Tenantry: status 502, not JSON (CLI_NO_SERVER)')
    expect(stderr).not.toContain('    at ')
  })

  it('says so when nothing answers', async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
    expect(await run('key', 'list')).toBe(3)
    expect(stderr).toContain(`nothing answers at ${url} (CLI_NO_SERVER)`)
  })

  it('says which file cannot be read', async () => {
    const file = join(directory, 'nothing.json')
    expect(await run('tenant', 'update', 'acme', '--file', file)).toBe(3)
    expect(stderr).toContain(`could not read ${file} (CLI_NOT_READABLE)`)
    expect(stderr).not.toContain('    at ')
  })

  it('leaves with 2 when the command line is wrong', async () => {
    expect(await run('tenant', 'create', '--id', 'acme')).toBe(2)
    expect(await run('tenant', 'update', 'acme')).toBe(2)
    expect(asked).toEqual([])
  })

  it('does not start over a directory that is a file', async () => {
    const file = join(directory, 'file')
    writeFileSync(file, '')
    expect(await runCli(['serve', '--data', file, '--port', '0'])).toBe(3)
    expect(stderr).toContain('(DATA_DIRECTORY)')
    expect(stderr).toMatch(/^hint: /m)
    expect(stderr).not.toContain('    at ')
  })
})
