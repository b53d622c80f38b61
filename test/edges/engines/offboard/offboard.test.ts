import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tenantId } from '../../../../src/core/ids.ts'
import { openAccess, SYSTEM, type Access } from '../../../../src/domain/access/access.ts'
import { openEngineOffboards } from '../../../../src/engine-offboards.ts'
import { openEngines, type Engines } from '../../../../src/engines.ts'
import type { Offboard, Offboards } from '../../../../src/edges/engines/offboard/offboard.ts'
import { GENERATED } from '../../../../src/codegen/artefact.ts'
import type { Tenant } from '../../../../src/domain/tenants/tenants.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import { memoryCounters } from '../../../../src/machinery/runtime/memory-counters.ts'
import { openOutbound } from '../../../../src/machinery/runtime/outbound.ts'
import { openDatabase } from '../../../../src/machinery/storage/database.ts'
import { memoryLog } from '../../../machinery/support/memory-log.ts'

const ACME = tenantId('acme')
const outbound = openOutbound({ clock: systemClock() })

let server: Server
let url: string
let directory: string
let calls: string[]
/** What is answered by path; 404 where nothing is. */
let answers: Record<string, { status?: number; body?: unknown }>
let active: Tenant[]
let access: Access
let engines: Engines

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-offboard-'))
  calls = []
  answers = {}
  active = []
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    const tenant = String(request.headers['x-scope-orgid'] ?? '-')
    const matches = searchParams.getAll('match[]').join(' ')
    calls.push(`${request.method ?? ''} ${pathname} ${tenant} ${matches}`.trim())
    const { status = 200, body = '' } = answers[pathname] ?? { status: 404 }
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  rmSync(directory, { recursive: true })
})

function open(fields: string): Offboards {
  const file = join(directory, 'engines.yaml')
  writeFileSync(file, `engines: [{ name: e, ${fields} }]`)
  const system = systemClock()
  const clock = { ...system, sleep: () => Promise.resolve() }
  const db = openDatabase({ path: ':memory:', kind: 'control' })
  const log = memoryLog()
  access = openAccess({ db, log })
  const counters = memoryCounters()
  const tenants = { get: () => active[0], active: () => active }
  engines = openEngines({ file, db, tenants, outbound, clock, counters, log })
  return openEngineOffboards({ engines, control: db, access, clock })
}

const run = (offboards: Offboards): Promise<Offboard> =>
  offboards.run(engines.list()[0]!, ACME, SYSTEM)
const states = ({ steps, endedAtMs }: Offboard): string[] => [
  ...steps.map(({ name, state }) => `${name} ${state}`),
  endedAtMs === null ? 'not gone' : 'gone',
]

describe.each([
  ['mimir', 'compactor'],
  ['cortex', 'purger'],
])('a tenant of %s', (type, owner) => {
  const GONE = `/${owner}/delete_tenant_status`

  it('is deleted with rules and data, waited for, and gone on with', async () => {
    answers = {
      '/ruler/delete_tenant_config': {},
      [`/${owner}/delete_tenant`]: {},
      [GONE]: { body: { tenant_id: 'acme', blocks_deleted: false } },
    }
    const offboards = open(`type: ${type}, rules: { url: "${url}" }`)
    expect(states(await run(offboards))).toEqual([
      'rules done',
      'data done',
      'gone waiting',
      'not gone',
    ])
    expect(calls).toEqual([
      'POST /ruler/delete_tenant_config acme',
      `POST /${owner}/delete_tenant acme`,
      `GET ${GONE} acme`,
    ])
    expect(access.audit.list({ limit: 5 }).items[0]).toMatchObject({
      action: 'engine.tenant-offboarded',
      tenantId: 'acme',
    })
    calls.length = 0
    expect(await offboards.follow()).toEqual([])
    expect(calls).toEqual([`GET ${GONE} acme`])
    answers[GONE] = { body: { tenant_id: 'acme', blocks_deleted: true } }
    expect(states(await run(offboards)).at(-1)).toBe('gone')
    expect(offboards.list(engines.list()[0]!)).toHaveLength(1)
    // Once it is gone, asking again begins anew.
    expect(states(await run(offboards))).toEqual(['rules done', 'data done', 'gone done', 'gone'])
  })

  it('stays at the step that failed, says why, and begins there again', async () => {
    answers = {
      '/ruler/delete_tenant_config': {},
      [`/${owner}/delete_tenant`]: { status: 400, body: 'deletion is off' },
      [GONE]: { body: { tenant_id: 'acme', blocks_deleted: true } },
    }
    const offboards = open(`type: ${type}, rules: { url: "${url}" }`)
    const failed = await run(offboards)
    expect(states(failed)).toEqual(['rules done', 'data failed', 'gone pending', 'not gone'])
    expect(failed.steps[1]?.detail).toContain('status 400: deletion is off')
    expect(await offboards.follow()).toEqual([
      expect.stringContaining('acme in e: data: ') as string,
    ])
    calls.length = 0
    answers[`/${owner}/delete_tenant`] = {}
    expect(states(await run(offboards)).at(-1)).toBe('gone')
    expect(calls[0]).toBe(`POST /${owner}/delete_tenant acme`)
  })
})

describe('a tenant of a VictoriaMetrics cluster', () => {
  it('loses the series of its account, and only of one that it ever had', async () => {
    const offboards = open(`type: victoriametrics-cluster, query: { url: "${url}" }`)
    expect(states(await run(offboards))).toEqual(['gone'])
    expect(calls).toEqual([])
    engines.accounts.accountOf(tenantId('bolt'))
    engines.accounts.accountOf(ACME)
    answers = {
      '/delete/2/prometheus/api/v1/admin/tsdb/delete_series': { status: 204 },
      '/select/2/prometheus/api/v1/query': { body: { data: { result: [] } } },
    }
    expect(states(await run(offboards))).toEqual(['data done', 'gone done', 'gone'])
    expect(calls[0]).toBe(
      'POST /delete/2/prometheus/api/v1/admin/tsdb/delete_series - {__name__!=""}',
    )
  })
})

describe('a tenant of a place that all share', () => {
  it('loses what names it, and its file of rules', async () => {
    const rules = join(directory, 'rules')
    const offboards = open(
      `type: prometheus, tenantLabel: tenant_id, rules: { directory: rules }, query: { url: "${url}" }`,
    )
    const { mkdirSync } = await import('node:fs')
    mkdirSync(rules)
    const file = join(rules, 'tenantry-tenant-acme.rules.yaml')
    writeFileSync(file, `# ${GENERATED}\ngroups: [{ name: g, rules: [{ record: a, expr: b }] }]\n`)
    answers = {
      '/api/v1/admin/tsdb/delete_series': { status: 204 },
      '/api/v1/query': { body: { data: { result: [{}] } } },
    }
    expect(states(await run(offboards))).toEqual([
      'rules done',
      'data done',
      'gone waiting',
      'not gone',
    ])
    expect(existsSync(file)).toBe(false)
    expect(calls[0]).toContain('{tenant_id="acme"} {tenant="acme"}')
  })
})

describe('off-boarding', () => {
  it('is refused while the engine has the tenant', async () => {
    const offboards = open(`type: mimir, write: { url: "${url}" }`)
    active = [{ tenantId: ACME, tier: 'starter' } as Tenant]
    await expect(run(offboards)).rejects.toMatchObject({ code: 'ENGINE_SERVES_TENANT' })
    expect(calls).toEqual([])
  })
})
