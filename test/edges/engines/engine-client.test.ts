import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import type { OutboundRequest } from '../../../src/core/ports.ts'
import { openEngineClient, type EngineClient } from '../../../src/edges/engines/engine-client.ts'
import { readEngineConfig } from '../../../src/edges/engines/engine-config.ts'

const ACME = tenantId('acme')
let directory: string
let sent: OutboundRequest[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-engine-client-'))
  sent = []
})

afterEach(() => {
  rmSync(directory, { recursive: true })
})

function clientOf(fields: string): EngineClient {
  const text = `engines:\n- { name: a, query: { url: http://engine:1 }, ${fields} }`
  const { engines, problems } = readEngineConfig(join(directory, 'engines.yaml'), text)
  expect(problems).toEqual([])
  return openEngineClient({
    engine: engines[0]!,
    outbound: {
      send(request) {
        sent.push(request)
        return Promise.resolve({ status: 200, headers: {}, body: '', isCut: false })
      },
    },
    accounts: { accountOf: () => 42 },
  })
}

async function ask(client: EngineClient): Promise<OutboundRequest> {
  const url = `${client.engine.query?.url ?? ''}/api/v1/query`
  await client.send({ method: 'GET', url, tenantId: ACME, timeoutMs: 1_000 })
  return sent.at(-1)!
}

describe('a call to an engine', () => {
  it('names the tenant in the header of Mimir and Cortex', async () => {
    for (const type of ['mimir', 'cortex'])
      expect(await ask(clientOf(`type: ${type}`))).toMatchObject({
        url: 'http://engine:1/prometheus/api/v1/query',
        headers: { 'x-scope-orgid': 'acme' },
        trust: 'operator',
      })
  })

  it('names it by its account in the path of a VictoriaMetrics cluster', async () => {
    const request = await ask(clientOf('type: victoriametrics-cluster'))
    expect(request.url).toBe('http://engine:1/select/42/prometheus/api/v1/query')
    expect(request.headers).toEqual({})
  })

  it('does not name it where all are in one place', async () => {
    const request = await ask(clientOf('type: prometheus'))
    expect([request.url, request.headers]).toEqual(['http://engine:1/api/v1/query', {}])
  })

  it('shows what files hold, as they are at that moment', async () => {
    writeFileSync(join(directory, 'token'), 'first\n')
    writeFileSync(join(directory, 'key'), 'api-key')
    writeFileSync(join(directory, 'ca.pem'), 'PEM')
    const client = clientOf(
      'type: mimir, auth: { bearerTokenFile: token }, tls: { caFile: ca.pem }, headers: { X-Zone: eu, X-Key: { file: key } }',
    )
    expect(await ask(client)).toMatchObject({
      headers: { authorization: 'Bearer first', 'X-Zone': 'eu', 'X-Key': 'api-key' },
      tls: { ca: 'PEM', insecureSkipVerify: false },
    })
    writeFileSync(join(directory, 'token'), 'second')
    expect((await ask(client)).headers['authorization']).toBe('Bearer second')
  })

  it('shows name and password', async () => {
    writeFileSync(join(directory, 'password'), 'password')
    const client = clientOf('type: cortex, auth: { username: u, passwordFile: password }')
    expect((await ask(client)).headers['authorization']).toBe(
      `Basic ${Buffer.from('u:password').toString('base64')}`,
    )
  })

  it('is not made without its secret, and says which file but not what is in it', async () => {
    const client = clientOf('type: mimir, auth: { bearerTokenFile: token }')
    await expect(ask(client)).rejects.toMatchObject({
      code: 'ENGINE_SECRET',
      message: `cannot read ${join(directory, 'token')}: ENOENT`,
    })
    writeFileSync(join(directory, 'token'), 'CANARY\nX-Injected: 1')
    const refused = await ask(client).catch((error: Error) => error)
    expect(refused).toMatchObject({ code: 'ENGINE_SECRET' })
    expect(inspect(refused, { depth: 9 })).not.toContain('CANARY')
    expect(sent).toEqual([])
  })
})
