import { describe, expect, it } from 'vitest'
import { readEngineConfig } from '../../../src/edges/engines/engine-config.ts'

const problems = (text: string): string[] =>
  readEngineConfig('engines.yaml', text).problems.map(
    ({ line, column, field, message }) => `${line}:${column} ${field}: ${message}`,
  )

const FULL = `
engines:
  - name: eu-mimir
    type: mimir
    tenants: { tiers: [enterprise], ids: [acme] }
    auth: { bearerTokenFile: secrets/token }
    headers: { X-Zone: eu, X-Api-Key: { file: secrets/key } }
    tls: { caFile: secrets/ca.pem, serverName: mimir }
    write: { url: http://mimir:8080, maxLagBytes: 1GiB, flushAfter: 500ms, protocol: 2.0 }
    rules: { url: http://mimir:8080/ }
    query: { url: http://mimir:8080 }
    limits: { tiers: { enterprise: { out_of_order_time_window: 5m } } }
    evaluator: ruler
  - name: vm
    type: victoriametrics-cluster
    tenants: { tiers: [professional] }
    tenantLabel: tenant
    auth: { username: u, passwordFile: /run/secrets/vm }
    write: { url: "http://vminsert:8480" }
    rules: { directory: rules/vm, reloadUrl: http://vmalert:8880/-/reload, reads: tenantry }
    query: { url: "http://vmselect:8481/select/{account}:7/prometheus" }
  - name: plain
    type: prometheus
    tenants: { tiers: [starter] }
    write: { url: http://prometheus:9090/ }
`

describe('a file of engines', () => {
  it('is read with its defaults, addresses filled in and paths made absolute', () => {
    const { engines, problems: none } = readEngineConfig('/etc/tenantry/engines.yaml', FULL)
    expect(none).toEqual([])
    expect(engines[0]).toEqual({
      name: 'eu-mimir',
      type: 'mimir',
      tenants: { tiers: ['enterprise'], ids: ['acme'] },
      tenantLabel: 'tenant_id',
      auth: { bearerTokenFile: '/etc/tenantry/secrets/token' },
      headers: { 'X-Zone': 'eu', 'X-Api-Key': { file: '/etc/tenantry/secrets/key' } },
      tls: {
        caFile: '/etc/tenantry/secrets/ca.pem',
        serverName: 'mimir',
        insecureSkipVerify: false,
      },
      write: {
        url: 'http://mimir:8080/api/v1/push',
        protocol: '2.0',
        maxLagBytes: 1_073_741_824,
        maxLagAgeMs: 7_200_000,
        shards: 4,
        maxInFlight: 16,
        maxSamplesPerSend: 2_000,
        flushAfterMs: 500,
      },
      rules: {
        place: { kind: 'ruler', url: 'http://mimir:8080' },
        reads: 'platform',
        maxRulesPerGroup: 20,
        maxGroups: 70,
      },
      query: { url: 'http://mimir:8080/prometheus', tenantsPerQuery: 1 },
      limits: { marginRatio: 1.25, tiers: { enterprise: { out_of_order_time_window: '5m' } } },
      evaluator: 'ruler',
    })
    expect(engines[1]).toMatchObject({
      auth: { username: 'u', passwordFile: '/run/secrets/vm' },
      write: { url: 'http://vminsert:8480/insert/multitenant/prometheus/api/v1/write' },
      rules: {
        place: {
          kind: 'directory',
          path: '/etc/tenantry/rules/vm',
          reloadUrl: 'http://vmalert:8880/-/reload',
        },
        reads: 'tenantry',
      },
      query: { url: 'http://vmselect:8481/select/{account}:7/prometheus' },
      evaluator: 'local',
    })
    expect(engines[2]?.write?.url).toBe('http://prometheus:9090/api/v1/write')
    expect(readEngineConfig('x', '').engines).toEqual([])
  })

  const engine = (fields: string): string => `engines:\n  - ${fields.replaceAll('\n', '\n    ')}`
  const WRITE = 'write: { url: http://x }'

  it.each([
    ['engine: []', '1:9 engine: there is no such field; was engines meant?'],
    [
      engine('name: A\ntype: mimir\nwrite: { url: http://x }'),
      '2:11 engines.0.name: expected 1 to 32 of a-z, 0-9 and inner hyphens',
    ],
    [
      engine('name: a\ntype: thanos\nwrite: { url: http://x }'),
      '3:11 engines.0.type: expected mimir, cortex, victoriametrics-cluster, victoriametrics or prometheus, not "thanos"',
    ],
    [
      engine(`name: a\ntype: mimir\nwrite: { url: http://x, shard: 3 }`),
      '4:36 engines.0.write.shard: there is no such field; was shards meant?',
    ],
    [
      engine('name: a\ntype: mimir\nwrite: { url: http://u:hunter2@x }'),
      'engines.0.write.url: a name and password do not belong into an address: use auth',
    ],
    [
      engine('name: a\ntype: mimir\nwrite: { url: mimir:8080 }'),
      'engines.0.write.url: expected an http or https address',
    ],
    [
      engine(`name: a\ntype: mimir\n${WRITE}\nheaders: { authorization: Bearer x }`),
      'engines.0.headers.authorization: is set by Tenantry; secrets belong into auth',
    ],
    [
      engine(`name: a\ntype: mimir\n${WRITE}\nauth: { username: u }`),
      'engines.0.auth: expected bearerTokenFile, or username and passwordFile',
    ],
    [
      engine(`name: a\ntype: mimir\n${WRITE}\nauth: { bearerToken: secret }`),
      'engines.0.auth.bearerToken: there is no such field; was bearerTokenFile meant?',
    ],
    [engine('name: a\ntype: mimir'), '2:5 engines.0: does nothing: expected write, rules or query'],
    [
      engine('name: a\ntype: mimir\nrules: { directory: d }'),
      'engines.0.rules.directory: is nothing for mimir: its rules have url',
    ],
    [
      engine('name: a\ntype: prometheus\nrules: { reloadUrl: http://x }'),
      'engines.0.rules: directory is missing: where prometheus has its rules',
    ],
    [
      engine('name: a\ntype: victoriametrics-cluster\nwrite: { url: http://x/insert/0/y }'),
      'engines.0.write.url: names no tenant: leave the path out, or put {account} where the account id stands',
    ],
    [
      engine('name: a\ntype: mimir\nwrite: { url: "http://x/{account}" }'),
      'engines.0.write.url: mimir has no accounts: {account} stands for nothing there',
    ],
    [
      engine(`name: a\ntype: mimir\n${WRITE}\nevaluator: ruler`),
      '5:16 engines.0.evaluator: ruler needs rules, which decide, and query, which reads what they said',
    ],
    [
      engine('name: a\ntype: prometheus\nquery: { url: http://x, tenantsPerQuery: 2 }'),
      'engines.0.query.tenantsPerQuery: is nothing for prometheus: only Mimir and Cortex federate',
    ],
    [
      engine(`name: a\ntype: mimir\n${WRITE}\ntenants: {}`),
      'engines.0.tenants: names nobody: leave it out where all are meant',
    ],
    [
      engine(`name: a\ntype: mimir\nwrite: { url: http://x, maxLagAge: soon }`),
      'engines.0.write.maxLagAge: expected a duration such as 15s or 1m30s, not "soon"',
    ],
    ['engines: [', 'Flow sequence in block collection must be sufficiently indented'],
  ])('names line, column and field of what is wrong: %s', (text, said) => {
    expect(problems(text).join('\n')).toContain(said)
  })

  it('refuses engines that have one directory for rules, however it is written', () => {
    const of = (name: string, directory: string, tenant: string): string =>
      `- { name: ${name}, type: prometheus, tenants: { ids: [${tenant}] }, rules: { directory: ${directory} } }`
    expect(
      problems(
        `engines:\n${of('a', 'rules', 'x')}\n${of('b', './rules/', 'y')}\n${of('c', 'other', 'z')}`,
      ),
    ).toEqual([
      expect.stringContaining(
        "engines.1.rules.directory: b and a have the same directory: each would delete the other's files",
      ),
    ])
  })

  it('refuses engines that ask for the same tenants, and names both', () => {
    const two = (first: string, second: string): string[] =>
      problems(
        `engines:\n- { name: a, type: mimir, ${WRITE}${first} }\n- { name: b, type: cortex, ${WRITE}${second} }`,
      )
    expect(two('', '')).toEqual([
      '3:11 engines.1.name: b and a both ask for all tenants, for write',
    ])
    expect(two('', ', tenants: { tiers: [starter] }')).toEqual([
      expect.stringContaining('b and a both ask for the tier starter, for write'),
    ])
    expect(two(', tenants: { ids: [x, acme] }', ', tenants: { ids: [acme] }')).toEqual([
      expect.stringContaining('b and a both ask for the tenant acme, for write'),
    ])
    expect(two(', tenants: { ids: [acme] }', ', tenants: { tiers: [starter] }')).toEqual([])
    expect(two(', tenants: { ids: [acme] }', '')).toEqual([])
    expect(
      problems(
        `engines:\n- { name: a, type: mimir, ${WRITE} }\n- { name: b, type: mimir, query: { url: http://x } }`,
      ),
    ).toEqual([])
    expect(
      problems(
        `engines:\n- { name: a, type: mimir, ${WRITE}, tenants: { ids: [x] } }\n- { name: a, type: mimir, ${WRITE}, tenants: { ids: [y] } }`,
      ),
    ).toEqual(['3:11 engines.1.name: engine a is already defined'])
  })
})
