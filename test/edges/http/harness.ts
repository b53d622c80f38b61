/** What the tests of the HTTP edge share: the real server with real access, tenants, incidents and
 *  routing; metrics and SLOs stand still. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openAlertIntake } from '../../../src/alert-intake.ts'
import { openArtefacts } from '../../../src/artefacts.ts'
import { ownKeyOf } from '../../../src/codegen/alerts/own-record.ts'
import { doJob } from '../../../src/codegen/job.ts'
import { TenantryError } from '../../../src/core/errors.ts'
import type { SloId, TenantId } from '../../../src/core/ids.ts'
import type { TimeRange } from '../../../src/core/time.ts'
import type { RawRoute } from '../../../src/machinery/runtime/raw-route.ts'
import { SYSTEM, type KeyRole, type Principal } from '../../../src/domain/access/access.ts'
import { DEFAULT_HA_RULES } from '../../../src/domain/metrics/metrics.ts'
import {
  openForeignAlerts,
  openIncidents,
  type Incidents,
} from '../../../src/domain/incidents/incidents.ts'
import { TIER_ROWS } from '../../../src/domain/tenants/tenants.ts'
import type { Intake, SignalAnswer, TenantIntake } from '../../../src/domain/metrics/metrics.ts'
import { openReports, type Reports } from '../../../src/domain/reports/reports.ts'
import { openRouting } from '../../../src/domain/routing/routing.ts'
import type { ApiDeps } from '../../../src/edges/http/api/parts.ts'
import type {
  BudgetPolicies,
  Slo,
  SloBreakdown,
  SloBurndown,
  SloStatus,
} from '../../../src/domain/slo/slo.ts'
import {
  openBackfills,
  openBudgetPolicies,
  openCorrections,
  openRecomputes,
  openSloBook,
} from '../../../src/domain/slo/slo.ts'
import { apiRoutes } from '../../../src/edges/http/api/routes.ts'
import { openAssets, type Assets } from '../../../src/edges/http/assets.ts'
import type { CollectorFacts } from '../../../src/edges/http/collector-view.ts'
import { openLive, type Live } from '../../../src/edges/http/live.ts'
import type { Route } from '../../../src/edges/http/route.ts'
import { openServer, type Server } from '../../../src/edges/http/server.ts'
import {
  memoryCounters,
  type MemoryCounters,
} from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock, type SimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { config, openWorld, T0, type World } from '../../domain/access/harness.ts'
import { memoryLog, type LoggedLine } from '../../machinery/support/memory-log.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined where it is none. */
  readonly body: any // eslint-disable-line typescript/no-explicit-any -- answers are looked into freely
}

export interface Ask {
  readonly method?: string
  readonly key?: string | undefined
  readonly json?: unknown
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface HttpWorld extends World {
  readonly url: string
  readonly clock: SimClock
  readonly counters: MemoryCounters
  readonly serverLog: LoggedLine[]
  readonly live: Live
  readonly incidents: Incidents
  readonly reports: Reports
  readonly policies: BudgetPolicies
  readonly routes: readonly Route[]
  readonly server: Server
  readonly operator: string
  ask(path: string, options?: Ask): Promise<Reply>
  key(role: KeyRole, tenantId?: string): string
  close(): Promise<void>
}

export interface HttpOptions {
  readonly assets?: Assets
  readonly rawRoutes?: readonly RawRoute<Principal>[]
  readonly extraRoutes?: readonly Route[]
  readonly statuses?: (tenantId: TenantId) => SloStatus[]
  readonly breakdown?: Slo['breakdown']
  readonly burndown?: Slo['burndown']
  readonly attainments?: Slo['attainments']
  readonly tryPromise?: Slo['tryPromise']
  readonly recount?: Slo['recount']
  readonly checkpoint?: ApiDeps['checkpoint']
  readonly budgets?: Pick<Slo, 'budgets' | 'reopensInMs'>
  readonly accounts?: () => Record<string, number>
  readonly metrics?: Partial<ApiDeps['metrics']>
  readonly collector?: () => CollectorFacts
  readonly engines?: ApiDeps['engines']
  readonly rulers?: ApiDeps['rulers']
}

const NO_ENGINE = { code: 'ENGINE_UNKNOWN', status: 404, retryable: false, hint: '' }
const noEngine = (): never => {
  throw new TenantryError(NO_ENGINE, 'there is no engine here')
}
const STILL_ENGINES: ApiDeps['engines'] = {
  list: () => [],
  problems: () => [],
  plan: noEngine,
  push: noEngine,
  rollback: noEngine,
  pushes: noEngine,
  limits: noEngine,
  offboard: noEngine,
  offboards: noEngine,
  pushDetails: noEngine,
}

export const STILL_COLLECTOR: CollectorFacts = {
  accounts: {},
  series: 0,
  samples: [],
  refused: [],
  log: {
    sizeBytes: 0,
    syncedAtMs: null,
    isShortOfRoom: false,
    diskFreeBytes: null,
    diskSizeBytes: null,
  },
  checkpoint: { writtenAtMs: T0, tailBytes: 0, failures: 0, failuresInARow: 0 },
  eventLoop: { p50Seconds: 0, p99Seconds: 0, p999Seconds: 0, maxSeconds: 0 },
  targets: { up: 0, down: 0, unknown: 0, problems: 0 },
}

export async function openHttp(options: HttpOptions = {}): Promise<HttpWorld> {
  const world = openWorld()
  const { db, access, tenants } = world
  tenants.create(config('acme', { tier: 'enterprise', name: 'Acme' }), SYSTEM, T0)
  tenants.create(config('bolt', { tier: 'starter', name: 'Bolt' }), SYSTEM, T0)
  const clock = openSimClock(T0)
  const counters = memoryCounters()
  const log = memoryLog()
  const live = openLive({ clock })
  const incidents = openIncidents({ db, access, clock })
  const outbound = { send: () => Promise.reject(new Error('no network here')) }
  const sloBook = openSloBook({ db, access })
  const policies = openBudgetPolicies({
    db,
    access,
    tenants,
    counters,
    book: sloBook,
    slo: options.budgets ?? { budgets: () => [], reopensInMs: () => null },
  })
  const reports = openReports({
    db,
    access,
    tenants,
    incidents,
    counters,
    slo: {
      attainments: options.attainments ?? (() => () => []),
      status: options.statuses ?? (() => []),
    },
    metrics: { query: options.metrics?.query ?? (() => NO_SIGNALS) },
  })
  const routing = openRouting({
    db,
    channels: [],
    tierOf: () => 'starter',
    clock,
    outbound,
    counters,
    log,
  })
  const foreign = openForeignAlerts({
    db,
    counters,
    resolve: (observed) => tenants.resolver().resolve(observed),
    claim: () => undefined,
    ownKey: ownKeyOf,
    replicaLabels: ['replica'],
    tierOf: (tenantId) => tenants.get(tenantId)?.tier,
  })
  const alertIntake = openAlertIntake({
    control: db,
    foreign,
    incidents,
    routing,
    clock,
    pause: () => nextTurn(),
  })
  const routes = [
    ...apiRoutes({
      access,
      tenants,
      clock,
      counters,
      live,
      incidents,
      reports,
      reviewZone: 'UTC',
      pause: () => Promise.resolve(),
      routing,
      foreign,
      alertIntake,
      metrics: {
        ...stillMetrics(options.accounts ?? (() => ({ received: 0, unattributed: 0 }))),
        ...options.metrics,
      },
      scrape: { targets: () => [], problems: () => [] },
      forwarding: { status: () => [] },
      collector: { facts: options.collector ?? (() => STILL_COLLECTOR) },
      ha: DEFAULT_HA_RULES,
      artefacts: openArtefacts({ doJob }),
      engines: options.engines ?? STILL_ENGINES,
      rulers: options.rulers ?? { rulerOf: () => null },
      slo: {
        status: options.statuses ?? (() => []),
        burnSpark: () => [null],
        responseThresholdSeconds: () => 0.2,
        breakdown: options.breakdown ?? emptyBreakdown,
        burndown: options.burndown ?? emptyBurndown,
        follow: () => {},
        rollUps: () => [],
        sources: () => ['recovery'],
        loadable: () => [],
        tryPromise: options.tryPromise ?? (() => undefined),
        recount: options.recount ?? (() => undefined),
      },
      sloBook,
      corrections: openCorrections({ db, access }),
      recomputes: openRecomputes({ db, access, counters }),
      backfills: openBackfills({ db, access, slo: { load: () => {} }, counters }),
      checkpoint: options.checkpoint ?? (() => Promise.resolve(true)),
      policies,
    }),
    ...(options.extraRoutes ?? []),
  ]
  const server = openServer({
    routes,
    rawRoutes: options.rawRoutes ?? [],
    access,
    clock,
    counters,
    log,
    assets: options.assets ?? openAssets('/nowhere'),
    host: '127.0.0.1',
    port: 0,
  })
  const url = await server.start()
  const key = (role: KeyRole, tenantId?: string): string => {
    const bound = (tenantId ?? null) as TenantId | null
    return access.createKey({ role, tenantId: bound, name: role }, SYSTEM, T0).secret
  }
  const operator = key('operator')
  return {
    ...world,
    url,
    clock,
    counters,
    serverLog: log.lines,
    live,
    incidents,
    reports,
    policies,
    routes,
    server,
    operator,
    key,
    ask: (path, ask = {}) => send(`${url}${path}`, ask),
    close: () => server.drain(),
  }
}

async function send(
  url: string,
  { method = 'GET', key, json, body, headers = {} }: Ask,
): Promise<Reply> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '')
  const parsed: unknown = isJson ? JSON.parse(text) : undefined
  return { status: response.status, headers: response.headers, text, body: parsed }
}

const NO_SIGNALS: SignalAnswer = {
  fromMs: T0,
  toMs: T0,
  stepSeconds: 60,
  resolution: 'minute',
  settledToMs: T0,
  endsMs: [],
  series: [],
}

function emptyBreakdown(tenantId: TenantId, sloId: SloId, range: TimeRange): SloBreakdown {
  return { tenantId, sloId, ...range, total: 0, bad: 0, dimensions: [] }
}

function emptyBurndown(tenantId: TenantId, sloId: SloId): SloBurndown {
  return {
    tenantId,
    sloId,
    title: 'Error rate',
    kind: 'event-ratio',
    unit: 'request',
    objectivePpm: 999_000,
    fromMs: T0 - 300_000,
    toMs: T0,
    stepSeconds: 300,
    endsMs: [T0],
    bad: [0],
    total: [0],
    excludedBad: [0],
    excludedTotal: [0],
    budgetLeftRatio: [null],
    evenLeftRatio: [null],
    uncorrectedLeftRatio: null,
    exclusions: [],
    objectives: [{ fromMs: 0, objectivePpm: 999_000, recompute: false }],
  }
}

const NO_SERIES = { series: 0, metricNames: 0, labelNames: 0, metrics: [], labels: [] }

/** A tenant of which nothing came. */
export const STILL_INTAKE: TenantIntake = {
  quotas: TIER_ROWS.starter.quotas.ingest,
  activeSeries: 0,
  newSeriesByMinute: Array.from({ length: 60 }, () => 0),
  samplesByMinute: Array.from({ length: 60 }, () => 0),
  burstUsedRatio: 0,
  received: 0,
  outcomes: { attributed: 0, unattributed: 0, duplicate: 0, 'not-elected': 0, discarded: 0 },
  messageBytes: 0,
  discarded: {},
  requestsRefused: {},
  refusals: [],
}

export const stillIntake: Intake = {
  quotasOf: () => STILL_INTAKE.quotas,
  closed: () => undefined,
  refuseRequest: () => undefined,
  of: () => STILL_INTAKE,
  unattributedSeries: () => 0,
}

function stillMetrics(accounts: () => Record<string, number>) {
  return {
    sources: () => [],
    rates: () => ({
      requestsPerSecond: 1,
      errorRatio: 0,
      quantile: () => ({ valueSeconds: 0.1, lowerSeconds: 0.1, upperSeconds: Infinity }),
      apdex: (thresholdSeconds: number) => ({
        ratio: 0.9,
        lowerRatio: 0.8,
        upperRatio: 1,
        thresholdSeconds,
      }),
      perSecond: () => 1,
    }),
    lastSampleAtMs: () => T0,
    firstSampleAtMs: () => T0,
    settledToMs: () => T0,
    haClusters: () => [],
    intake: stillIntake,
    *cardinality() {
      yield
      return NO_SERIES
    },
    activeUsers: () => ({ count: null, isReported: false, distinct: null }),
    query: () => NO_SIGNALS,
    usage: () => [],
    stats: () => ({ series: 0, cells: 0, accounts: accounts() }),
  }
}

/** Signs in by link and tells the cookie to send. */
export async function signIn(world: HttpWorld): Promise<string> {
  const token = world.access.createSignInLink(world.clock.nowMs())
  const reply = await world.ask('/api/v1/sign-in', { method: 'POST', json: { token } })
  return (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}
