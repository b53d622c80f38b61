/**
 * Drives every row of the API as nobody, as a key of the tenant whose objects are named, as the
 * same role of another tenant, and as an operator. The statuses are golden text. A row without an
 * example here is listed as uncovered, and that list must stay empty.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { inTransaction } from '../../../src/machinery/storage/database.ts'
import { T0 } from '../../domain/access/harness.ts'
import { openHttp, type Ask, type HttpWorld } from './harness.ts'

const ACME = tenantId('acme')
const NEW_TENANT = { name: 'New', tier: 'starter', region: 'eu-central-1', isolation: 'shared' }

const EVENT_HEADERS = { 'ce-specversion': '1.0', 'ce-source': '/sweep', 'ce-type': 'deploy' }

const LOAD_TEST = {
  test: 'throughput',
  shape: 'steady',
  plan: {
    baseUrl: 'http://127.0.0.1:1',
    targets: [{ tenant: 'acme', tier: 'enterprise' }],
    rate: 1,
    durationSeconds: 1,
    warmUpSeconds: 0,
    maxVus: 1,
  },
  startedAtMs: T0 - 60_000,
  testSeconds: 1,
  droppedIterations: 0,
  tenants: [],
  missed: [],
  thresholds: 0,
  generator: { cpuCores: 0, machine: 'sweep', version: '1.1.0' },
}

const TOLD = [{ labels: { alertname: 'Sweep', tenant: 'acme' } }]

type Example = (who: string) => { path?: string; ask?: Ask }

let world: HttpWorld
let alertId: string
let reviewId: string

/** For each row: a request about the tenant acme that is right in itself. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  'GET /healthz': () => ({}),
  'GET /readyz': () => ({}),
  'POST /api/v1/tenants': (who) => ({ ask: { json: { ...NEW_TENANT, tenantId: `new-${who}` } } }),
  'GET /api/v1/tenants': () => ({}),
  'GET /api/v1/tenants/:tenantId': () => ({ path: '/api/v1/tenants/acme' }),
  'PATCH /api/v1/tenants/:tenantId': () => ({
    path: '/api/v1/tenants/acme',
    ask: { json: { labels: { a: 'b' } } },
  }),
  'PUT /api/v1/tenants/:tenantId': () => ({
    path: '/api/v1/tenants/acme',
    ask: { json: { ...NEW_TENANT, tenantId: 'acme' } },
  }),
  'GET /api/v1/engines': () => ({}),
  'GET /api/v1/engines/:name/plan': () => ({ path: '/api/v1/engines/x/plan' }),
  'POST /api/v1/engines/:name/offboard': () => ({
    path: '/api/v1/engines/x/offboard',
    ask: { json: { tenantId: 'nobody' } },
  }),
  'GET /api/v1/engines/:name/offboards': () => ({ path: '/api/v1/engines/x/offboards' }),
  'GET /api/v1/engines/:name/limits': () => ({ path: '/api/v1/engines/x/limits' }),
  'POST /api/v1/engines/:name/push': () => ({
    path: '/api/v1/engines/x/push',
    ask: { json: {} },
  }),
  'POST /api/v1/engines/:name/rollback': () => ({
    path: '/api/v1/engines/x/rollback',
    ask: { json: { pushId: 'x' } },
  }),
  'GET /api/v1/engines/:name/pushes': () => ({ path: '/api/v1/engines/x/pushes' }),
  'GET /api/v1/engines/:name/pushes/:pushId': () => ({ path: '/api/v1/engines/x/pushes/y' }),
  'GET /api/v1/slo': () => ({}),
  'GET /api/v1/slo/book': () => ({}),
  'PUT /api/v1/slo/book': () => ({ ask: { json: { overrides: [] } } }),
  'GET /api/v1/slo/roll-ups': () => ({}),
  'GET /api/v1/slo/windows': () => ({}),
  'GET /api/v1/slo/corrections': () => ({ path: '/api/v1/slo/corrections?tenantId=acme' }),
  'POST /api/v1/slo/corrections': () => ({
    ask: {
      json: {
        tenantId: 'acme',
        startsAt: '2026-03-01T10:00:00Z',
        endsAt: '2026-03-01T11:00:00Z',
        reason: 'sweep',
      },
    },
  }),
  'DELETE /api/v1/slo/corrections/:correctionId': () => ({
    path: '/api/v1/slo/corrections/cor_none',
  }),
  'GET /api/v1/slo/backfills': () => ({}),
  'GET /api/v1/slo/backfills/loadable': () => ({}),
  'POST /api/v1/slo/backfills': () => ({
    ask: { json: { source: 'sweep', digest: 'sweep', fromMs: 0, toMs: 1 } },
  }),
  'POST /api/v1/slo/backfills/:backfillId/counts': () => ({
    path: '/api/v1/slo/backfills/bf_none/counts',
    ask: { json: { rows: [], afterMs: 0, readToMs: 0 } },
  }),
  'POST /api/v1/slo/backfills/:backfillId/end': () => ({
    path: '/api/v1/slo/backfills/bf_none/end',
    ask: { json: {} },
  }),
  'GET /api/v1/slo/recomputes': () => ({ path: '/api/v1/slo/recomputes?tenantId=acme' }),
  'POST /api/v1/slo/recomputes': () => ({
    ask: { json: { sloId: 'error-rate', tenantIds: ['acme'], dryRun: true } },
  }),
  'GET /api/v1/slo/policy': () => ({ path: '/api/v1/slo/policy?tenantId=acme' }),
  'GET /api/v1/slo/policy/history': () => ({ path: '/api/v1/slo/policy/history?tenantId=acme' }),
  'GET /api/v1/slo/reviews': () => ({ path: '/api/v1/slo/reviews?tenantId=acme' }),
  'POST /api/v1/slo/reviews/:reviewId/close': () => ({
    path: '/api/v1/slo/reviews/rev_none/close',
    ask: { json: { note: 'sweep' } },
  }),
  'GET /api/v1/reports': () => ({ path: '/api/v1/reports?tenantId=acme' }),
  'POST /api/v1/reports': () => ({ ask: { json: { tenantId: 'acme', span: 'week' } } }),
  'GET /api/v1/reports/:reviewId': () => ({ path: `/api/v1/reports/${reviewId}` }),
  'GET /api/v1/reports/:reviewId/document': () => ({
    path: `/api/v1/reports/${reviewId}/document?format=csv`,
  }),
  'GET /api/v1/tenants/:tenantId/deploy-gate': () => ({
    path: '/api/v1/tenants/acme/deploy-gate?slo=error-rate',
  }),
  'GET /api/v1/tenants/:tenantId/deploy-gate/overrides': () => ({
    path: '/api/v1/tenants/acme/deploy-gate/overrides',
  }),
  'POST /api/v1/tenants/:tenantId/deploy-gate/overrides': () => ({
    path: '/api/v1/tenants/acme/deploy-gate/overrides',
    ask: { json: { reason: 'sweep', for: '1h' } },
  }),
  'DELETE /api/v1/tenants/:tenantId/deploy-gate/overrides/:overrideId': () => ({
    path: '/api/v1/tenants/acme/deploy-gate/overrides/gov_none',
  }),
  'GET /api/v1/tenants/:tenantId/slo': () => ({ path: '/api/v1/tenants/acme/slo' }),
  'POST /api/v1/tenants/:tenantId/slos/:sloId/backtest': () => ({
    path: '/api/v1/tenants/acme/slos/error-rate/backtest',
    ask: { json: { objectivePercent: 99 } },
  }),
  'GET /api/v1/tenants/:tenantId/slos/:sloId/dimensions': () => ({
    path: '/api/v1/tenants/acme/slos/error-rate/dimensions',
  }),
  'GET /api/v1/tenants/:tenantId/slos/:sloId/burndown': () => ({
    path: '/api/v1/tenants/acme/slos/error-rate/burndown',
  }),
  'GET /api/v1/tenants/:tenantId/signals': () => ({ path: '/api/v1/tenants/acme/signals' }),
  'GET /api/v1/tenants/:tenantId/signals/query': () => ({
    path: '/api/v1/tenants/acme/signals/query?signal=requests',
  }),
  'GET /api/v1/tenants/:tenantId/sources': () => ({ path: '/api/v1/tenants/acme/sources' }),
  'GET /api/v1/attribution': () => ({}),
  'PUT /api/v1/attribution': () => ({ ask: { json: { rules: [] } } }),
  'GET /api/v1/mapping': () => ({}),
  'PUT /api/v1/mapping': () => ({ ask: { json: { rows: [] } } }),
  'POST /api/v1/events/deploy': (who) => ({
    ask: {
      body: JSON.stringify({ service: 'api', version: '2', tenants: ['acme'] }),
      headers: { 'content-type': 'application/json', ...EVENT_HEADERS, 'ce-id': who },
    },
  }),
  'GET /api/v1/events/deploy': () => ({ path: '/api/v1/events/deploy?tenantId=acme' }),
  'GET /api/v1/tenants/:tenantId/signals/usage': () => ({
    path: '/api/v1/tenants/acme/signals/usage',
  }),
  'GET /api/v1/fleet': () => ({}),
  'GET /api/v1/live': () => ({ ask: { method: 'HEAD' } }),
  'POST /api/v2/alerts': () => ({ ask: { json: TOLD } }),
  'POST /api/v1/alerts/webhook': () => ({
    ask: { json: { version: '4', alerts: TOLD.map((one) => ({ ...one, status: 'firing' })) } },
  }),
  'GET /api/v1/alerts/told': () => ({ path: '/api/v1/alerts/told?tenantId=acme' }),
  'GET /api/v1/alerts': () => ({ path: '/api/v1/alerts?tenantId=acme' }),
  'GET /api/v1/alerts/:alertId': () => ({ path: `/api/v1/alerts/${alertId}` }),
  'GET /api/v1/impacts': () => ({ path: '/api/v1/impacts?tenantId=acme' }),
  'PATCH /api/v1/impacts/:impactId': () => ({
    path: '/api/v1/impacts/imp_none',
    ask: {
      json: {
        openedAt: '2026-11-24T10:00:00Z',
        endedAt: '2026-11-24T11:00:00Z',
        reason: 'sweep',
      },
    },
  }),
  'POST /api/v1/keys': () => ({
    ask: { json: { role: 'collector', name: 'sweep', tenantId: 'acme' } },
  }),
  'GET /api/v1/keys': () => ({}),
  'POST /api/v1/load-tests': (who) => ({
    ask: { json: { ...LOAD_TEST, runId: `sweep-${who}` } },
  }),
  'GET /api/v1/load-tests': () => ({ path: '/api/v1/load-tests?tenantId=acme' }),
  'GET /api/v1/load-tests/:runId': () => ({ path: '/api/v1/load-tests/run-of-acme' }),
  'GET /api/v1/artefacts': () => ({}),
  'GET /api/v1/artefacts/file': () => ({
    path: '/api/v1/artefacts/file?path=alerts/runbooks/TenantryDown.md',
  }),
  'GET /api/v1/artefacts/archive': () => ({ path: '/api/v1/artefacts/archive?target=k6' }),
  'GET /api/v1/artefacts/diff': () => ({ path: '/api/v1/artefacts/diff?target=k6' }),
  'GET /api/v1/artefacts/roll-outs': () => ({ path: '/api/v1/artefacts/roll-outs?target=k6' }),
  'POST /api/v1/artefacts/roll-outs': () => ({ ask: { json: { target: 'k6' } } }),
  'DELETE /api/v1/keys/:keyId': (who) => ({ path: `/api/v1/keys/${keyFor(who)}` }),
  'GET /api/v1/audit': () => ({ path: '/api/v1/audit?tenantId=acme' }),
  'GET /api/v1/audit/verification': () => ({}),
  'POST /api/v1/sign-in-links': () => ({ ask: { json: {} } }),
  'GET /sign-in': () => ({}),
  'POST /api/v1/sign-in': () => ({ ask: { json: { token: 'tnl_wrong' } } }),
  'GET /api/v1/session': () => ({}),
  'DELETE /api/v1/session': () => ({}),
  'GET /api/v1/scrape/targets': () => ({}),
  'GET /api/v1/collector': () => ({}),
  'GET /api/v1/collector/ha': () => ({}),
  'GET /api/v1/engines/forwarding': () => ({}),
  'GET /api/v1/collector/cardinality': () => ({}),
  'GET /api/v1/tenants/:tenantId/ingest': () => ({ path: '/api/v1/tenants/acme/ingest' }),
  'GET /api/v1/tenants/:tenantId/cardinality': () => ({
    path: '/api/v1/tenants/acme/cardinality',
  }),
  'GET /api/v1/openapi.json': () => ({}),
  'GET /api/docs': () => ({}),
}

/** A key of acme's to revoke. */
function keyFor(who: string): string {
  const request = { role: 'collector', tenantId: ACME, name: who } as const
  return world.access.createKey(request, SYSTEM, T0).key.keyId
}

function callers(): Record<string, string | undefined> {
  return {
    anonymous: undefined,
    'acme:viewer': world.key('viewer', 'acme'),
    'acme:collector': world.key('collector', 'acme'),
    'acme:tenant-admin': world.key('tenant-admin', 'acme'),
    'bolt:viewer': world.key('viewer', 'bolt'),
    'bolt:tenant-admin': world.key('tenant-admin', 'bolt'),
    collector: world.key('collector'),
    viewer: world.key('viewer'),
    operator: world.operator,
  }
}

const HEALTH = ['GET /healthz', 'GET /readyz']
const rows = (): { name: string; method: string; path: string; permission: string }[] => [
  ...HEALTH.map((name) => ({ name, method: 'GET', path: name.slice(4), permission: 'public' })),
  ...world.routes.map(({ method, path, permission }) => {
    return { name: `${method} ${path}`, method, path, permission }
  }),
]

beforeAll(async () => {
  world = await openHttp()
  const condition = {
    source: 'slo',
    tenantId: ACME,
    key: 'availability/fast',
    holds: true,
    action: 'page',
    summary: 'acme burns its availability budget 15.2 times too fast',
    numbers: {},
    labels: {},
    atMs: T0,
  } as const
  const [transition] = inTransaction(world.db, () => world.incidents.observe([condition], T0))
  alertId = transition?.alert.alertId ?? ''
  world.reports.loadTests.record({ ...LOAD_TEST, runId: 'run-of-acme' }, SYSTEM, T0)
  const scope = { kind: 'tenant', tenantId: ACME } as const
  const request = { scope, span: 'week', zone: 'UTC', atMs: null } as const
  const making = world.reports.makeReview(request, SYSTEM, T0)
  let made = making.next()
  while (made.done !== true) made = making.next()
  reviewId = made.value.reviewId
})

afterAll(() => world.close())

describe('the sweep of the API', () => {
  it('covers every row', async () => {
    const uncovered = rows().filter(({ name }) => EXAMPLES[name] === undefined)
    const list = uncovered.map(({ name }) => `${name}\n`).join('')
    await expect(list).toMatchFileSnapshot('../../golden/access-uncovered.txt')
    expect(uncovered).toEqual([])
    expect(Object.keys(EXAMPLES).toSorted()).toEqual(
      rows()
        .map(({ name }) => name)
        .toSorted(),
    )
  })

  it('gives the golden statuses', async () => {
    const keys = callers()
    const lines = [['row', 'permission', ...Object.keys(keys)]]
    for (const { name, method, path, permission } of rows()) {
      const statuses: string[] = []
      for (const [who, key] of Object.entries(keys)) {
        const example = EXAMPLES[name]?.(who.replaceAll(':', '-')) ?? {}
        const reply = await world.ask(example.path ?? path, { method, key, ...example.ask })
        statuses.push(String(reply.status))
      }
      lines.push([name, permission, ...statuses])
    }
    await expect(renderTable(lines)).toMatchFileSnapshot('../../golden/access-sweep.txt')
  })

  it('shows another tenant nothing of what there is', async () => {
    const other = world.key('tenant-admin', 'bolt')
    const own = world.key('tenant-admin', 'acme')
    for (const { name, method, path } of rows()) {
      if (method !== 'GET' || name === 'GET /api/v1/live') continue
      const example = EXAMPLES[name]?.('x') ?? {}
      const seen = await world.ask(example.path ?? path, { key: other })
      const answered = JSON.stringify({ ...seen.body, instance: '', detail: '' })
      if (!name.includes('openapi')) expect(answered, name).not.toMatch(/acme/i)
    }
    // The same words whether it exists or not.
    const hidden = await world.ask('/api/v1/tenants/acme', { key: other })
    const missing = await world.ask('/api/v1/tenants/nobody', { key: other })
    const same = (reply: typeof hidden): object => {
      return {
        ...reply.body,
        requestId: '',
        instance: '',
        detail: reply.body.detail.replace(/"\w+"/, ''),
      }
    }
    expect(same(hidden)).toEqual(same(missing))
    expect((await world.ask('/api/v1/tenants/acme', { key: own })).status).toBe(200)
  })
})

function renderTable(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  const rendered = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${rendered.join('\n')}\n`
}
