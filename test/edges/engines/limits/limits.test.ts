import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { tenantId } from '../../../../src/core/ids.ts'
import { TIER_ROWS } from '../../../../src/domain/tenants/tenants.ts'
import { openEngineClient } from '../../../../src/edges/engines/engine-client.ts'
import { readEngineConfig } from '../../../../src/edges/engines/engine-config.ts'
import { openLimitDesk, type LimitDesk } from '../../../../src/edges/engines/limits/limit-desk.ts'
import type { LimitedTenant } from '../../../../src/edges/engines/limits/limit-overrides.ts'
import type { Engine } from '../../../../src/edges/engines/engine.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import { openOutbound } from '../../../../src/machinery/runtime/outbound.ts'

const servers: Server[] = []
const outbound = openOutbound({ clock: systemClock() })

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const TENANTS: LimitedTenant[] = (['enterprise', 'starter'] as const).map((tier) => ({
  tenantId: tenantId(tier === 'enterprise' ? 'acme' : 'bolt'),
  tier,
  ingest: TIER_ROWS[tier].quotas.ingest,
}))

/** Answers by path, and by tenant where `{tenant}` stands in it. */
async function answering(answers: Record<string, unknown>): Promise<string> {
  const server = createServer((request, response) => {
    const tenant = String(request.headers['x-scope-orgid'] ?? '')
    const body = answers[`${request.url ?? ''} ${tenant}`.trim()]
    response.writeHead(body === undefined ? 404 : 200).end(stringify(body ?? ''))
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

function desk(url: string, fields = '', type = 'mimir'): { engine: Engine; desk: LimitDesk } {
  const text = `engines: [{ name: e, type: ${type}, write: { url: "${url}" }${fields} }]`
  const { engines, problems } = readEngineConfig('/x/engines.yaml', text)
  expect(problems).toEqual([])
  const accounts = { accountOf: () => 1 }
  return {
    engine: engines[0]!,
    desk: openLimitDesk({
      clock: systemClock(),
      clientOf: (engine) => openEngineClient({ engine, outbound, accounts }),
      tenantsOf: () => TENANTS,
    }),
  }
}

describe('limits of tenants', () => {
  it('are those of their quotas, a little wider, with what the tier sets otherwise', async () => {
    const own = desk(
      'http://x',
      ', rules: { url: http://x, maxGroups: 40 }, limits: { marginRatio: 1.1, tiers: { starter: { out_of_order_time_window: 5m, max_label_value_length: 99 } } }',
    )
    const { text, items, source } = await own.desk.view(own.engine, false)
    const { overrides } = parse(text) as { overrides: Record<string, Record<string, unknown>> }
    const starter = TIER_ROWS.starter.quotas.ingest
    expect(overrides['bolt']).toEqual({
      ingestion_rate: 11_000,
      ingestion_burst_size: 220_000,
      max_global_series_per_user: 166_000,
      max_label_name_length: starter.labelNameBytes,
      max_label_names_per_series: starter.labelsPerSeries + 2,
      max_label_value_length: 99,
      out_of_order_time_window: '5m',
      ruler_max_rule_groups_per_tenant: 40,
      ruler_max_rules_per_rule_group: 20,
    })
    expect(overrides['acme']).not.toHaveProperty('out_of_order_time_window')
    expect([source, items.map(({ state }) => state)]).toEqual([null, ['unknown', 'unknown']])
  })

  it('are held against the runtime configuration, spans by what they mean', async () => {
    const plain = desk('http://x')
    const { overrides } = parse((await plain.desk.view(plain.engine, false)).text) as {
      overrides: Record<string, Record<string, unknown>>
    }
    const url = await answering({
      '/runtime_config': {
        overrides: {
          acme: { ...overrides['acme'], other: true, out_of_order_time_window: '5m0s' },
          bolt: { ...overrides['bolt'], ingestion_rate: 1 },
        },
      },
    })
    const own = desk(url, ', limits: { tiers: { enterprise: { out_of_order_time_window: 5m } } }')
    const { items, source } = await own.desk.view(own.engine, true)
    expect(source).toBe('runtime_config')
    expect(items.map(({ tenantId: id, state }) => [id, state])).toEqual([
      ['acme', 'same'],
      ['bolt', 'differs'],
    ])
    expect(items[1]?.differences).toEqual([{ limit: 'ingestion_rate', wanted: 12_500, is: 1 }])
  })

  it.each([
    ['mimir', 'user_limits'],
    ['cortex', 'user-overrides'],
  ])('of %s are asked for one by one where there is no runtime file', async (type, source) => {
    const url = await answering({
      [`/api/v1/${source} acme`]: { ingestion_rate: 5 },
      [`/api/v1/${source} bolt`]: {},
    })
    const own = desk(url, '', type)
    const seen = await own.desk.view(own.engine, true)
    expect(seen.source).toBe(source)
    expect(seen.items[0]?.differences).toContainEqual(
      expect.objectContaining({ limit: 'ingestion_rate', is: 5 }),
    )
    expect(seen.items[1]?.differences).toContainEqual(
      expect.objectContaining({ limit: 'ingestion_rate', is: null }),
    )
  })

  it('are refused where an engine tells none, and where it has none', async () => {
    const none = desk(await answering({}))
    await expect(none.desk.view(none.engine, true)).rejects.toMatchObject({
      code: 'ENGINE_REFUSED',
    })
    const prometheus = desk('http://x', '', 'prometheus')
    await expect(prometheus.desk.view(prometheus.engine, false)).rejects.toMatchObject({
      code: 'ENGINE_NO_LIMITS',
    })
  })
})
