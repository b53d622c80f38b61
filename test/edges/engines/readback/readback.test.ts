import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parser } from '@prometheus-io/lezer-promql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tenantId } from '../../../../src/core/ids.ts'
import { openEngineClient } from '../../../../src/edges/engines/engine-client.ts'
import { readEngineConfig } from '../../../../src/edges/engines/engine-config.ts'
import type { Engine } from '../../../../src/edges/engines/engine.ts'
import {
  openReadback,
  SILENT_AFTER_MS,
  type Readback,
} from '../../../../src/edges/engines/readback/readback.ts'
import { READBACK_QUERY } from '../../../../src/edges/engines/readback/ruler-answer.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import {
  memoryCounters,
  type MemoryCounters,
} from '../../../../src/machinery/runtime/memory-counters.ts'
import { openOutbound } from '../../../../src/machinery/runtime/outbound.ts'
import { memoryLog } from '../../../machinery/support/memory-log.ts'

const [ACME, BOLT] = [tenantId('acme'), tenantId('bolt')]
const T0 = 1_800_000_000_000
const outbound = openOutbound({ clock: systemClock() })

let server: Server
let url: string
let nowMs: number
let counters: MemoryCounters
/** By tenant, or of all under `all`; undefined answers 500. */
let results: Record<string, object[] | undefined>
let asked: string[]

beforeEach(async () => {
  nowMs = T0
  results = {}
  asked = []
  counters = memoryCounters()
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const tenant = String(request.headers['x-scope-orgid'] ?? 'all')
      asked.push(`${request.url ?? ''} ${tenant} ${new URLSearchParams(body).get('query') ?? ''}`)
      const result = results[tenant]
      if (result === undefined) return response.writeHead(500).end('broken')
      const data = { resultType: 'vector', result }
      response.end(JSON.stringify({ status: 'success', data }))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

function open(type = 'mimir', query = ''): Readback {
  const rules = type === 'prometheus' ? 'directory: d' : `url: "${url}"`
  const text = `engines: [{ name: eu, type: ${type}, rules: { ${rules} }, query: { url: "${url}"${query} }, evaluator: ruler }]`
  const { engines, problems } = readEngineConfig('/x/engines.yaml', text)
  expect(problems).toEqual([])
  const system = systemClock()
  return openReadback({
    engines: () => engines,
    tenantsOf: () => [ACME, BOLT],
    clientOf: (engine: Engine) =>
      openEngineClient({ engine, outbound, accounts: { accountOf: () => 1 } }),
    clock: { ...system, nowMs: () => nowMs, sleep: () => Promise.resolve() },
    counters,
    log: memoryLog(),
  })
}

const heard = (tenant: string, atMs: number): object => ({
  metric: { tenant, tier: 'enterprise', heard_from_rules: 'yes' },
  value: [atMs / 1_000, String(atMs / 1_000)],
})

describe('the question to a ruler', () => {
  it('is one that PromQL has', () => {
    let isBroken = false
    parser.parse(READBACK_QUERY).iterate({ enter: (node) => void (isBroken ||= node.type.isError) })
    expect(isBroken).toBe(false)
  })
})

describe('reading back', () => {
  it('keeps burns, budgets and alerts of each tenant', async () => {
    const labels = { tenant: 'acme', slo: 'error-rate' }
    results = {
      acme: [
        heard('acme', T0 - 20_000),
        {
          metric: { __name__: 'tenantry:slo_burn_rate', ...labels, window: '1h' },
          value: [1, '2.5'],
        },
        { metric: { __name__: 'tenantry:slo_budget_left_ratio', ...labels }, value: [1, '0.75'] },
        {
          metric: {
            __name__: 'ALERTS',
            alertname: 'TenantBudgetBurnsFast',
            alertstate: 'firing',
            ...labels,
            cause: 'fail',
            speed: 'fast',
            action: 'page',
          },
          value: [1, '1'],
        },
      ],
      bolt: [heard('bolt', T0)],
    }
    const readback = open()
    await readback.read()
    expect(asked.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '/prometheus/api/v1/query acme',
      '/prometheus/api/v1/query bolt',
    ])
    const acme = readback.stateOf(ACME)!
    expect(acme).toMatchObject({ engine: 'eu', heardAtMs: T0 - 20_000, isSilent: false })
    expect(acme.says.burns.get('error-rate')).toEqual(new Map([[3_600, 2.5]]))
    expect(acme.says.budgetLeft.get('error-rate')).toBe(0.75)
    expect(acme.says.alerts).toEqual([
      { slo: 'error-rate', cause: 'fail', speed: 'fast', action: 'page' },
    ])
    expect(readback.stateOf(tenantId('core'))).toBeUndefined()
  })

  it('asks for several at once where the engine federates', async () => {
    results = { 'acme|bolt': [heard('acme', T0), heard('bolt', T0)] }
    const readback = open('mimir', ', tenantsPerQuery: 50')
    await readback.read()
    expect(asked).toHaveLength(1)
    expect(readback.stateOf(BOLT)?.heardAtMs).toBe(T0)
  })

  it('asks once where all tenants are in one place', async () => {
    results = { all: [heard('acme', T0), heard('bolt', T0 - 1_000)] }
    const readback = open('prometheus')
    await readback.read()
    expect(asked).toHaveLength(1)
    expect(readback.stateOf(BOLT)?.heardAtMs).toBe(T0 - 1_000)
  })

  it('is silence where rules are not evaluated, and where nobody answers; not before five minutes', async () => {
    results = { acme: [heard('acme', T0)], bolt: [] }
    const readback = open()
    await readback.read()
    nowMs = T0 + SILENT_AFTER_MS
    expect([readback.stateOf(ACME)?.isSilent, readback.stateOf(BOLT)?.isSilent]).toEqual([
      false,
      false,
    ])
    results = { acme: undefined, bolt: [heard('bolt', nowMs)] }
    await readback.read()
    nowMs += 1
    expect(readback.stateOf(ACME)).toMatchObject({
      isSilent: true,
      heardAtMs: T0,
      failure: expect.stringContaining('status 500') as string,
    })
    expect(readback.stateOf(BOLT)?.isSilent).toBe(false)
    expect(counters.read('tenantry_engine_rulers_silent')).toBe(1)
    expect(counters.read('tenantry_engine_readbacks_total', { outcome: 'failed' })).toBe(1)
    results = { acme: [heard('acme', nowMs)], bolt: [heard('bolt', nowMs)] }
    await readback.read()
    expect(readback.stateOf(ACME)).toMatchObject({ isSilent: false, failure: null })
  })
})
