/**
 * Rules of tenants in a real vmalert over a real VictoriaMetrics: pushed as files, taken over, evaluated, read back and decided by; and put
 * back where vmalert does not take them. Both sides are killed on the way.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  EnginePlanBody,
  EnginePushBody,
  EnginePushDetailsBody,
} from '../../src/edges/http/api/engines.schema.ts'
import type { SloStatusListBody } from '../../src/edges/http/api/slo.schema.ts'
import { requireTool } from '../tools/find-tool.ts'
import { freePort } from './harness/ports.ts'
import { endProcess, eventually, startServer, type TestServer } from './harness/server.ts'
import { startVictoriaMetrics, type TestVictoriaMetrics } from './harness/victoria-metrics.ts'

const program = requireTool('vmalert')
const victoria = requireTool('victoria-metrics')

interface Loaded {
  readonly data: {
    readonly groups: readonly {
      readonly name: string
      readonly file: string
      readonly rules: readonly {
        readonly name: string
        readonly query: string
        readonly health: string
      }[]
    }[]
  }
}

describe.skipIf(program === undefined || victoria === undefined)('rules in a real vmalert', () => {
  let directory: string
  let rules: string
  let store: TestVictoriaMetrics
  let vmalert: ChildProcess
  let vmalertUrl: string
  let server: TestServer
  const dataDirectory = (): string => join(directory, 'data')

  const startVmalert = async (): Promise<ChildProcess> => {
    const child = spawn(
      program!,
      [
        `-rule=${join(rules, '*.rules.yaml')}`,
        `-datasource.url=${store.url}`,
        `-remoteWrite.url=${store.url}`,
        `-remoteRead.url=${store.url}`,
        '-notifier.url=http://127.0.0.1:9',
        `-httpListenAddr=${vmalertUrl.slice('http://'.length)}`,
        '-evaluationInterval=1m',
      ],
      { stdio: 'ignore' },
    )
    await eventually(
      'vmalert is ready',
      async () => (await fetch(`${vmalertUrl}/health`)).status,
      (status) => status === 200,
    )
    return child
  }
  const start = (): Promise<TestServer> =>
    startServer({
      dataDirectory: dataDirectory(),
      env: { TENANTRY_ENGINES_CONFIG: join(directory, 'engines.yaml') },
    })
  const loaded = async (): Promise<string[]> => {
    const answer = (await (await fetch(`${vmalertUrl}/api/v1/rules`)).json()) as Loaded
    return answer.data.groups
      .filter(({ file }) => /\/tenantry-[^/]*$/.test(file))
      .map(({ file, name }) => `${file.slice(file.lastIndexOf('/') + 1)} ${name}`)
      .toSorted()
  }
  const plan = async (): Promise<EnginePlanBody> =>
    (await server.api<EnginePlanBody>('/api/v1/engines/vm/plan')).body
  const states = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await plan()).owners.map(({ owner, state }) => [owner, state]))
  const push = async (path = 'push', body: object = {}): Promise<EnginePushDetailsBody> => {
    const begun = await server.api<EnginePushBody>(`/api/v1/engines/vm/${path}`, {
      method: 'POST',
      body,
    })
    expect(begun.status).toBe(201)
    return eventually(
      'the push has ended',
      async () =>
        (await server.api<EnginePushDetailsBody>(`/api/v1/engines/vm/pushes/${begun.body.pushId}`))
          .body,
      ({ outcome }) => outcome !== 'running',
    )
  }

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenantry-engine-rules-'))
    rules = join(directory, 'rules')
    mkdirSync(rules)
    writeFileSync(
      join(rules, 'theirs.rules.yaml'),
      'groups: [{ name: theirs, rules: [{ record: theirs, expr: vector(1) }] }]\n',
    )
    store = await startVictoriaMetrics(victoria!)
    vmalertUrl = `http://127.0.0.1:${String(await freePort())}`
    vmalert = await startVmalert()
    writeFileSync(
      join(directory, 'engines.yaml'),
      `engines:
  - name: vm
    type: victoriametrics
    rules: { directory: rules, reloadUrl: ${vmalertUrl}/-/reload }
    query: { url: ${store.url} }
    evaluator: ruler
`,
    )
    server = await start()
    for (const [tenantId, tier] of [
      ['acme', 'enterprise'],
      ['bolt', 'starter'],
    ])
      await server.createTenant({
        tenantId,
        tier,
        name: `${tenantId!} "q" {{ x }} $v 💥`,
        region: 'eu-central-1',
        isolation: 'shared',
      })
  }, 120_000)

  afterAll(async () => {
    await server?.stop()
    if (vmalert !== undefined) await endProcess(vmalert, 'SIGTERM')
    await store?.stop()
    rmSync(directory, { recursive: true, force: true })
  }, 60_000)

  it('are loaded once a push has ended, beside those of others', async () => {
    expect(await states()).toEqual({ __fleet__: 'differs', acme: 'differs', bolt: 'differs' })
    const pushed = await push()
    expect(pushed.items.map(({ owner, outcome }) => [owner, outcome])).toEqual([
      ['__fleet__', 'changed'],
      ['acme', 'changed'],
      ['bolt', 'changed'],
    ])
    const groups = await loaded()
    expect(groups).toContain('tenantry-all.rules.yaml tenantry-error-rate-minute')
    expect(groups).toContain('tenantry-tenant-acme.rules.yaml tenantry-tenant')
    expect(existsSync(join(rules, 'theirs.rules.yaml'))).toBe(true)
    expect(await states()).toEqual({ __fleet__: 'same', acme: 'same', bolt: 'same' })
  }, 120_000)

  it('say who is a tenant, and are heard by the server that they decide for', async () => {
    const statuses = await eventually(
      'the ruler is heard',
      async () => (await server.api<SloStatusListBody>('/api/v1/tenants/acme/slo')).body.items,
      (items) => items.some(({ ruler }) => ruler !== undefined && ruler.heardAtMs !== null),
      240_000,
    )
    const byId = new Map(statuses.map((status) => [status.sloId, status.ruler]))
    expect(byId.get('error-rate')).toMatchObject({ engine: 'vm', isSilent: false, failure: null })
    expect(byId.get('recovery')).toBeUndefined()
  }, 300_000)

  it('are all there again after vmalert was killed, without another push', async () => {
    const before = await loaded()
    await endProcess(vmalert, 'SIGKILL')
    const down = await push('push', { tenantIds: ['acme'] })
    expect(down.items.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged'])
    vmalert = await startVmalert()
    expect(await eventually('the same groups', loaded, (now) => now.length > 0)).toEqual(before)
  }, 120_000)

  it('are put back where vmalert does not take them over', async () => {
    await endProcess(vmalert, 'SIGKILL')
    const file = join(rules, 'tenantry-tenant-bolt.rules.yaml')
    const before = readFileSync(file, 'utf8')
    await server.api('/api/v1/tenants/bolt', { method: 'PATCH', body: { tier: 'professional' } })
    expect(await states()).toMatchObject({ acme: 'same', bolt: 'differs' })
    const failed = await push()
    expect(failed.outcome).toBe('failed')
    expect(failed.items).toContainEqual(
      expect.objectContaining({ owner: 'bolt', outcome: 'restored' }),
    )
    expect(readFileSync(file, 'utf8')).toBe(before)
    vmalert = await startVmalert()
    expect((await push()).outcome).toBe('ok')
    expect(readFileSync(file, 'utf8')).toContain('tier: professional')
    expect(await states()).toEqual({ __fleet__: 'same', acme: 'same', bolt: 'same' })
  }, 180_000)

  it('are pushed again after the server was killed in the middle, and nothing is left half', async () => {
    await server.api('/api/v1/tenants/bolt', { method: 'PATCH', body: { tier: 'starter' } })
    const begun = await server.api<EnginePushBody>('/api/v1/engines/vm/push', {
      method: 'POST',
      body: {},
    })
    await server.stop('SIGKILL')
    server = await start()
    const { body } = await server.api<EnginePushDetailsBody>(
      `/api/v1/engines/vm/pushes/${begun.body.pushId}`,
    )
    expect(['interrupted', 'ok']).toContain(body.outcome)
    expect((await push()).outcome).toBe('ok')
    expect(await states()).toEqual({ __fleet__: 'same', acme: 'same', bolt: 'same' })
    expect(await loaded()).toHaveLength(
      (await plan()).owners.reduce((sum, { groups }) => sum + groups, 0),
    )
  }, 180_000)
})
