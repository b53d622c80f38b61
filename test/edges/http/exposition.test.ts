/** The two pages that Prometheus scrapes, over the real server. */
import { afterEach, describe, expect, it } from 'vitest'
import type { TenantId } from '../../../src/core/ids.ts'
import type { Rates, TenantIntake, TenantTotals } from '../../../src/domain/metrics/metrics.ts'
import type { SloStatus } from '../../../src/domain/slo/slo.ts'
import type { Deploy, Tenant } from '../../../src/domain/tenants/tenants.ts'
import { windowName } from '../../../src/edges/http/exposition-slo.ts'
import { expositionRoutes } from '../../../src/edges/http/exposition.ts'
import type { ActiveUsers } from '../../../src/domain/metrics/users.ts'
import { systemClock } from '../../../src/machinery/runtime/clock.ts'
import { openHttp, STILL_INTAKE, stillIntake, type HttpWorld } from './harness.ts'

const NO_CLASS = { '1xx': null, '2xx': null, '3xx': null, '4xx': null, '5xx': null, unknown: null }

const TOTALS: TenantTotals = {
  requests: { ...NO_CLASS, '2xx': 90, '4xx': 0, '5xx': 10 },
  turnedAway: { 429: 3, quota: null, 503: 1 },
  durationBuckets: [
    { leSeconds: 0.2, count: 80 },
    { leSeconds: Infinity, count: 100 },
  ],
  durationSumSeconds: 12.5,
  cpuSeconds: 3,
  memoryBytes: 1_024,
  storageBytes: null,
  networkInBytes: null,
  networkOutBytes: null,
  activeRequests: null,
  apiCalls: null,
  probes: { ...NO_CLASS, '2xx': 7, '5xx': 1 },
  userDurationBuckets: [{ leSeconds: Infinity, count: 4 }],
  userDurationSumSeconds: 2,
  errorRatio: { ...NO_CLASS, '2xx': 59_000_000, '5xx': 1_000_000 },
  successRatio: NO_CLASS,
  dependencyCalls: { ...NO_CLASS, '2xx': 30 },
  dependencyDurationSumSeconds: 1.5,
}

const UNUSED: ActiveUsers = { count: null, isReported: false, distinct: null }
const USED: ActiveUsers = {
  count: 9,
  isReported: true,
  distinct: { fiveMinutes: 3, hour: 4, day: 5, standardErrorRatio: 0.0325 },
}

const UNSERVED: Rates = {
  requestsPerSecond: null,
  errorRatio: null,
  quantile: () => null,
  apdex: () => null,
  perSecond: () => null,
}
const SERVED: Rates = {
  ...UNSERVED,
  apdex: (thresholdSeconds) => ({
    ratio: 0.75,
    lowerRatio: 0.7,
    upperRatio: 0.8,
    thresholdSeconds,
  }),
}

const NOTHING: TenantTotals = {
  ...TOTALS,
  turnedAway: { 429: null, quota: null, 503: null },
  requests: NO_CLASS,
  durationBuckets: [],
  durationSumSeconds: null,
  cpuSeconds: null,
  memoryBytes: null,
  probes: NO_CLASS,
  userDurationBuckets: [],
  userDurationSumSeconds: null,
  errorRatio: NO_CLASS,
  dependencyCalls: NO_CLASS,
  dependencyDurationSumSeconds: null,
}

function statusOf(tenantId: string, sliRatio: number | null): SloStatus {
  const burn = { action: 'page', threshold: 1, holds: false, suppressed: null } as const
  return {
    tenantId,
    sloId: 'error-rate',
    state: sliRatio === null ? 'no-traffic' : 'ok',
    objectivePpm: 999_000,
    sliRatio,
    budgetLeftRatio: sliRatio === null ? null : 0.25,
    uncorrected: null,
    exclusions: [{ fromMs: 0, toMs: 60_000 }].filter(() => sliRatio !== null),
    settledToMs: 30_000,
    counted: null,
    clocks: sliRatio === null ? [] : [{ elapsedSeconds: 3_600, limitSeconds: 14_400 }],
    burns: [
      {
        ...burn,
        speed: 'medium',
        longSeconds: 21_600,
        shortSeconds: 1_800,
        longBurn: 2,
        shortBurn: null,
      },
      {
        ...burn,
        speed: 'long',
        longSeconds: 259_200,
        shortSeconds: 21_600,
        longBurn: 0.5,
        shortBurn: 2,
      },
    ],
  } as unknown as SloStatus
}

const SENT: TenantIntake = {
  ...STILL_INTAKE,
  activeSeries: 7,
  received: 100,
  outcomes: { attributed: 80, unattributed: 0, duplicate: 5, 'not-elected': 0, discarded: 15 },
  discarded: { 'rate-limit': 15 },
  requestsRefused: { 'rate-limit': 2 },
}

const DEPLOYED = [
  deployOf('checkout', '1.4.0', ['acme', 'gone']),
  deployOf('checkout', '1.4.0', ['acme']),
  deployOf('edge', '7', 'all'),
]

function deployOf(service: string, version: string, tenants: 'all' | readonly string[]): Deploy {
  const ids = { deployId: 'dep', source: 's', eventId: 'e', recordedAtMs: 0 }
  return { ...ids, service, version, tenants: tenants as Deploy['tenants'], atMs: 1_500 }
}

let world: HttpWorld | undefined

afterEach(async () => {
  await world?.close()
  world = undefined
})

/** Opens the pages over so many tenants, `acme` and `bolt` first; all but acme are idle. */
async function open(count = 2): Promise<HttpWorld> {
  const names = ['acme', 'bolt', ...Array.from({ length: count - 2 }, (_, n) => `t${String(n)}`)]
  const tenants = names.map((name) => ({
    tenantId: name as TenantId,
    name: `"${name}"`,
    tier: 'starter',
    region: 'eu-central-1',
  }))
  world = await openHttp({
    rawRoutes: expositionRoutes({
      telemetry: { exposition: () => Promise.resolve('# about itself\n') },
      tenants: {
        active: () => tenants as unknown as Tenant[],
        deploys: { list: () => ({ items: DEPLOYED, nextCursor: null }) },
      },
      metrics: {
        totals: (tenantId) => (tenantId === 'acme' ? TOTALS : NOTHING),
        rates: (tenantId) => (tenantId === 'acme' ? SERVED : UNSERVED),
        intake: { ...stillIntake, of: (tenantId) => (tenantId === 'acme' ? SENT : STILL_INTAKE) },
      },
      slo: {
        responseThresholdSeconds: () => 0.2,
        status: (tenantId) => [statusOf(tenantId, tenantId === 'acme' ? 0.9 : null)],
      },
      users: (tenantId) => (tenantId === 'acme' ? USED : UNUSED),
      clock: systemClock(),
    }),
  })
  return world
}

const PAGE = '/metrics/tenants'
const tenantsIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('tenantry_tenant_info{'))
    .map((line) => /tenant="([^"]*)"/.exec(line)?.[1])

describe('GET /metrics', () => {
  it('is for keys that may read telemetry', async () => {
    const { ask, key } = await open()
    const page = await ask('/metrics', { key: key('viewer') })
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    expect(page.text).toBe('# about itself\n')
    expect((await ask('/metrics')).status).toBe(401)
    expect((await ask('/metrics', { key: key('viewer', 'acme') })).status).toBe(403)
  })
})

describe('GET /metrics/tenants', () => {
  it('writes what there is of every tenant, each family once', async () => {
    const { ask, key } = await open()
    const { text, headers } = await ask(PAGE, { key: key('viewer') })
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const lines = text.split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'tenantry_tenant_info{tenant="acme",tier="starter",region="eu-central-1",name="\\"acme\\""} 1',
        'tenantry_tenant_requests_total{tenant="acme",status_class="2xx"} 90',
        'tenantry_tenant_requests_turned_away_total{tenant="acme",refusal="429"} 3',
        'tenantry_tenant_apdex_ratio{tenant="acme"} 0.75',
        'tenantry_tenant_requests_total{tenant="acme",status_class="4xx"} 0',
        'tenantry_tenant_request_duration_seconds_bucket{tenant="acme",le="0.2"} 80',
        'tenantry_tenant_request_duration_seconds_bucket{tenant="acme",le="+Inf"} 100',
        'tenantry_tenant_request_duration_seconds_sum{tenant="acme"} 12.5',
        'tenantry_tenant_request_duration_seconds_count{tenant="acme"} 100',
        'tenantry_tenant_probes_total{tenant="acme",status_class="5xx"} 1',
        'tenantry_tenant_user_duration_seconds_count{tenant="acme"} 4',
        'tenantry_tenant_active_users{tenant="acme"} 9',
        'tenantry_tenant_distinct_users{tenant="acme",window="5m"} 3',
        'tenantry_tenant_distinct_users{tenant="acme",window="1d"} 5',
        'tenantry_tenant_dependency_calls_total{tenant="acme",status_class="2xx"} 30',
        'tenantry_tenant_dependency_calls_total{tenant="acme",status_class="5xx"} 0',
        'tenantry_tenant_error_ratio_seconds_total{tenant="acme",status_class="5xx"} 1',
        'tenantry_tenant_dependency_seconds_total{tenant="acme"} 1.5',
        'tenantry_tenant_samples_total{tenant="acme",outcome="attributed"} 80',
        'tenantry_tenant_samples_total{tenant="acme",outcome="discarded"} 15',
        'tenantry_tenant_discarded_samples_total{tenant="acme",reason="rate-limit"} 15',
        'tenantry_tenant_refused_requests_total{tenant="acme",reason="rate-limit"} 2',
        'tenantry_tenant_active_series{tenant="acme"} 7',
        'tenantry_tenant_limit{tenant="bolt",limit="active_series"} 150000',
        'tenantry_slo_sli_ratio{tenant="acme",slo="error-rate"} 0.9',
        'tenantry_slo_budget_left_ratio{tenant="acme",slo="error-rate"} 0.25',
        'tenantry_slo_objective_ratio{tenant="bolt",slo="error-rate"} 0.999',
        'tenantry_slo_state{tenant="bolt",slo="error-rate",state="no-traffic"} 1',
        'tenantry_slo_state{tenant="bolt",slo="error-rate",state="ok"} 0',
      ]),
    )
    const families = lines.filter((line) => line.startsWith('# TYPE'))
    expect(new Set(families).size).toBe(families.length)
    expect(text).not.toMatch(/NaN|null|undefined/)
    expect(
      lines.filter((line) => /^tenantry_(?!tenant_info|tenant_limit|slo).*"bolt"/.test(line)),
    ).toEqual([])
    expect(lines.some((line) => /^tenantry_slo_sli_ratio.*"bolt"/.test(line))).toBe(false)
  })

  it('writes a window that two pairs share once, and leaves out what has no events', async () => {
    const { ask, key } = await open()
    const { text } = await ask(PAGE, { key: key('viewer') })
    const burns = text.split('\n').filter((line) => /^tenantry_slo_burn_rate.*"acme"/.test(line))
    expect(burns.map((line) => line.replace(/.*window=/, ''))).toEqual(['"6h"} 2', '"3d"} 0.5'])
  })

  it('marks the deploys of a day, those of everybody without a tenant and in one shard', async () => {
    const { ask, key } = await open()
    const deploys = async (query: string, as = key('viewer')): Promise<string[]> => {
      const { text } = await ask(PAGE + query, { key: as })
      return text.split('\n').filter((line) => line.startsWith('tenantry_deploy_timestamp'))
    }
    const own =
      'tenantry_deploy_timestamp_seconds{tenant="acme",service="checkout",version="1.4.0"} 1.5'
    const everybody = 'tenantry_deploy_timestamp_seconds{service="edge",version="7"} 1.5'
    expect(await deploys('')).toEqual([own, everybody])
    expect(await deploys('', key('viewer', 'bolt'))).toEqual([everybody])
    const shards = [...(await deploys('?shard=1/2')), ...(await deploys('?shard=2/2'))]
    expect(shards.toSorted()).toEqual([everybody, own].toSorted())
  })

  it('tells what a correction excludes, while it does', async () => {
    const { ask, key } = await open()
    const { text } = await ask(PAGE, { key: key('viewer') })
    const excluded = text.split('\n').filter((line) => line.startsWith('tenantry_slo_excluded'))
    expect(excluded).toEqual(['tenantry_slo_excluded{tenant="acme",slo="error-rate"} 1'])
  })

  it('shows a tenant’s own key only its own tenant', async () => {
    const { ask, key } = await open()
    const { status, text } = await ask(PAGE, { key: key('viewer', 'bolt') })
    expect(status).toBe(200)
    expect(tenantsIn(text)).toEqual(['bolt'])
    expect(text).not.toContain('acme')
    expect((await ask(PAGE)).status).toBe(401)
  })

  it('collects what is asked for', async () => {
    const { ask, key } = await open()
    const viewer = key('viewer')
    const signals = await ask(`${PAGE}?collect=signals`, { key: viewer })
    expect(signals.text).toContain('tenantry_tenant_requests_total')
    expect(signals.text).not.toContain('tenantry_slo')
    const slos = await ask(`${PAGE}?collect=slo`, { key: viewer })
    expect(slos.text).not.toContain('tenantry_tenant_requests_total')
    expect(slos.text).toContain('tenantry_slo_state')
    const both = await ask(`${PAGE}?collect=slo&collect=signals&collect=intake`, { key: viewer })
    expect(both.text).toBe((await ask(PAGE, { key: viewer })).text)
  })

  it('splits the tenants over shards, each in exactly one', async () => {
    const { ask, key } = await open(60)
    const viewer = key('viewer')
    const shards = await Promise.all(
      [1, 2, 3].map(async (shard) =>
        tenantsIn((await ask(`${PAGE}?shard=${String(shard)}/3`, { key: viewer })).text),
      ),
    )
    expect(shards.every((shard) => shard.length > 5)).toBe(true)
    const all = tenantsIn((await ask(PAGE, { key: viewer })).text)
    expect(shards.flat()).toHaveLength(all.length)
    expect(new Set(shards.flat())).toEqual(new Set(all))
  })

  it.each([
    ['collect=logs', 'collect: must be signals, slo or intake, not "logs"'],
    ['shard=0/2', 'shard: must be i/n'],
    ['shard=3/2', 'not "3/2"'],
    ['shard=all', 'not "all"'],
  ])('refuses ?%s', async (query, message) => {
    const { ask, key } = await open()
    const reply = await ask(`${PAGE}?${query}`, { key: key('viewer') })
    expect(reply.status).toBe(400)
    expect(reply.text).toContain(message)
  })

  it('writes a long page whole, chunk by chunk', async () => {
    const { ask, key } = await open(2_000)
    const { text, headers } = await ask(PAGE, { key: key('viewer') })
    expect(headers.get('transfer-encoding')).toBe('chunked')
    expect(text.length).toBeGreaterThan(10 * 64 * 1_024)
    expect(text.split('\n').filter((line) => line.startsWith('tenantry_slo_state'))).toHaveLength(
      2_000 * 6,
    )
  })
})

describe('the name of a window', () => {
  it.each([
    [300, '5m'],
    [21_600, '6h'],
    [259_200, '3d'],
    [90, '90s'],
  ])('of %d seconds is %s', (seconds, name) => {
    expect(windowName(seconds)).toBe(name)
  })
})
