/** What the pages ask the API for. Queries marked live are asked again on every tick. */
import { QueryClient, queryOptions } from '@tanstack/react-query'
import type { ArtefactDiffBody, ArtefactListBody } from '../../http/api/artefacts.schema.ts'
import type { CollectorBody } from '../../http/api/collector.schema.ts'
import type { DeployGateBody } from '../../http/api/deploy-gate.schema.ts'
import type { DeployListBody } from '../../http/api/deploys.schema.ts'
import type {
  EnginePlanBody,
  EnginePushBody,
  EnginePushDetailsBody,
  EnginesBody,
} from '../../http/api/engines.schema.ts'
import type { ForwardingBody } from '../../http/api/forwarding.schema.ts'
import type { FleetBody } from '../../http/api/fleet.schema.ts'
import type {
  CardinalityBody,
  FleetCardinalityBody,
  TenantIntakeBody,
} from '../../http/api/intake.schema.ts'
import type { ImpactBody } from '../../http/api/impacts.schema.ts'
import type { HaBody } from '../../http/api/ha.schema.ts'
import type { LoadTestDetailBody, LoadTestListBody } from '../../http/api/load-tests.schema.ts'
import type { ReviewDetailBody, ReviewListBody } from '../../http/api/reports.schema.ts'
import type { ScrapeTargetsBody } from '../../http/api/scrape.schema.ts'
import type { SignalAnswerBody } from '../../http/api/signals.schema.ts'
import type { RollUpBody, SloWindowsBody } from '../../http/api/slo-book.schema.ts'
import type { SloBurndownBody } from '../../http/api/slo-burndown.schema.ts'
import type { BudgetReviewListBody, PolicyAnswerBody } from '../../http/api/slo-policy.schema.ts'
import type { SessionBody } from '../../http/api/session.schema.ts'
import type { SloDimensionsBody, SloStatusListBody } from '../../http/api/slo.schema.ts'
import type { SourcesBody } from '../../http/api/sources.schema.ts'
import type { AlertDetailBody, AlertListBody } from './bodies.ts'
import { getJson, getText } from './client.ts'
import { artefactOptions, type ArtefactSearch } from '../artefacts/artefact-search.ts'
import type { ReviewSearch } from '../reviews/review-search.ts'
import type { SignalRange } from '../signals/signal-range.ts'
import { isSignedOut } from './problem.ts'

const LIVE = { live: true }

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => getJson<SessionBody>('/api/v1/session', signal),
  staleTime: 60_000,
  refetchInterval: (query) => (query.state.error === null ? false : 5000),
})

export const fleetQuery = queryOptions({
  queryKey: ['fleet'],
  queryFn: ({ signal }) => getJson<FleetBody>('/api/v1/fleet', signal),
  meta: LIVE,
})

export function tenantSloQuery(tenantId: string) {
  return queryOptions({
    queryKey: ['tenant', tenantId, 'slo'],
    queryFn: ({ signal }) =>
      getJson<SloStatusListBody>(`/api/v1/tenants/${encodeURIComponent(tenantId)}/slo`, signal),
    meta: LIVE,
  })
}

export function tenantGateQuery(tenantId: string) {
  return queryOptions({
    queryKey: ['tenant', tenantId, 'deploy-gate'],
    queryFn: ({ signal }) =>
      getJson<DeployGateBody>(
        `/api/v1/tenants/${encodeURIComponent(tenantId)}/deploy-gate`,
        signal,
      ),
    meta: LIVE,
  })
}

/** Sources change rarely, and the answer reads all series: it is asked for once a minute. */
export function tenantSourcesQuery(tenantId: string) {
  return queryOptions({
    queryKey: ['tenant', tenantId, 'sources'],
    queryFn: ({ signal }) =>
      getJson<SourcesBody>(`/api/v1/tenants/${encodeURIComponent(tenantId)}/sources`, signal),
    staleTime: 60_000,
    refetchInterval: 60_000,
  })
}

/** Points of a chart: as many as a reader can tell apart on one. */
const CHART_POINTS = 240
/** Up to this long a range moves visibly with every tick. */
const MOVING_SECONDS = 21_600
const SLOW_REFRESH_MS = 60_000
/** Deploys that are marked on a chart. */
const MARKS_MOST = 50

/** Asks for signals over time. A range up to now is asked again: a short one on every tick, a long
 *  one once a minute; a fixed one that has passed stays. */
export function tenantSignalsQuery(
  tenantId: string,
  signals: readonly string[],
  range: SignalRange,
) {
  const search = new URLSearchParams({
    signal: signals.join(','),
    points: String(CHART_POINTS),
    ...(range.kind === 'last'
      ? { last: String(range.seconds) }
      : { from: String(range.fromMs), to: String(range.toMs) }),
  }).toString()
  const isMoving = range.kind === 'last' && range.seconds <= MOVING_SECONDS
  return queryOptions({
    queryKey: ['tenant', tenantId, 'signals', search],
    queryFn: ({ signal }) =>
      getJson<SignalAnswerBody>(
        `/api/v1/tenants/${encodeURIComponent(tenantId)}/signals/query?${search}`,
        signal,
      ),
    ...(isMoving ? { meta: LIVE } : { refetchInterval: SLOW_REFRESH_MS }),
  })
}

/** Asks where the bad events of an SLO came from in the last hour. */
export function tenantSloDimensionsQuery(tenantId: string, sloId: string) {
  const path = `/api/v1/tenants/${encodeURIComponent(tenantId)}/slos/${encodeURIComponent(sloId)}`
  return queryOptions({
    queryKey: ['tenant', tenantId, 'slo', sloId, 'dimensions'],
    queryFn: ({ signal }) => getJson<SloDimensionsBody>(`${path}/dimensions`, signal),
    meta: LIVE,
  })
}

/** Lists what was deployed for a tenant in a range of time, newest first. */
export function tenantDeploysQuery(
  tenantId: string,
  range: { readonly fromMs: number; readonly toMs: number } | undefined,
) {
  const search = new URLSearchParams({
    tenantId,
    from: String(range?.fromMs ?? 0),
    to: String(range?.toMs ?? 0),
    limit: String(MARKS_MOST),
  }).toString()
  return queryOptions({
    queryKey: ['tenant', tenantId, 'deploys', search],
    queryFn: ({ signal }) => getJson<DeployListBody>(`/api/v1/events/deploy?${search}`, signal),
    enabled: range !== undefined,
    refetchInterval: SLOW_REFRESH_MS,
  })
}

/** Lists alerts, newest first. Those that fire are asked for apart: an old one must not fall off
 *  the end. */
export function alertsQuery(state: 'firing' | 'resolved') {
  return queryOptions({
    queryKey: ['alerts', state],
    queryFn: ({ signal }) =>
      getJson<AlertListBody>(`/api/v1/alerts?state=${state}&limit=200`, signal),
    meta: LIVE,
  })
}

/** Lists a tenant's newest alerts. */
export function tenantAlertsQuery(tenantId: string) {
  const search = new URLSearchParams({ tenantId, limit: '200' }).toString()
  return queryOptions({
    queryKey: ['tenant', tenantId, 'alerts'],
    queryFn: ({ signal }) => getJson<AlertListBody>(`/api/v1/alerts?${search}`, signal),
    meta: LIVE,
  })
}

/** Lists reviews, newest period first. They are made rarely. */
export function reviewsQuery({ span, scope }: ReviewSearch) {
  const search = new URLSearchParams({
    limit: '200',
    ...(span === undefined ? {} : { span }),
    ...(scope === undefined ? {} : { scope }),
  }).toString()
  return queryOptions({
    queryKey: ['reviews', search],
    queryFn: ({ signal }) => getJson<ReviewListBody>(`/api/v1/reports?${search}`, signal),
    refetchInterval: SLOW_REFRESH_MS,
  })
}

export function reviewQuery(reviewId: string) {
  return queryOptions({
    queryKey: ['review', reviewId],
    queryFn: ({ signal }) =>
      getJson<ReviewDetailBody>(`/api/v1/reports/${encodeURIComponent(reviewId)}`, signal),
  })
}

export function alertQuery(alertId: string) {
  return queryOptions({
    queryKey: ['alert', alertId],
    queryFn: ({ signal }) =>
      getJson<AlertDetailBody>(`/api/v1/alerts/${encodeURIComponent(alertId)}`, signal),
    meta: LIVE,
  })
}

/** Lists the newest impacts, of one tenant or of all. */
export function impactsQuery(tenantId: string | null) {
  const search = new URLSearchParams({
    limit: '50',
    ...(tenantId === null ? {} : { tenantId }),
  }).toString()
  return queryOptions({
    queryKey: ['impacts', tenantId],
    queryFn: ({ signal }) => getJson<{ items: ImpactBody[] }>(`/api/v1/impacts?${search}`, signal),
    meta: LIVE,
  })
}

/** What is promised, and by which windows it is judged: changes with configuration only. */
export const publishedSlosQuery = queryOptions({
  queryKey: ['slo-windows'],
  queryFn: ({ signal }) => getJson<SloWindowsBody>('/api/v1/slo/windows', signal),
  staleTime: SLOW_REFRESH_MS,
  refetchInterval: SLOW_REFRESH_MS,
})

/** SLOs that are added up over tenants: only for who sees all of them. */
export const rollUpsQuery = queryOptions({
  queryKey: ['slo-roll-ups'],
  queryFn: ({ signal }) => getJson<{ items: RollUpBody[] }>('/api/v1/slo/roll-ups', signal),
  meta: LIVE,
})

/** Lists budget reviews, newest first, of one tenant or of all: the open ones, or all. */
export function budgetReviewsQuery(state: 'open' | 'all', tenantId: string | null) {
  const search = new URLSearchParams({ state, ...(tenantId === null ? {} : { tenantId }) })
  return queryOptions({
    queryKey: ['budget-reviews', state, tenantId],
    queryFn: ({ signal }) =>
      getJson<BudgetReviewListBody>(`/api/v1/slo/reviews?${search.toString()}`, signal),
    meta: LIVE,
  })
}

/** Tells which steps of budget policies hold, for one tenant or for all. */
export function policyQuery(tenantId: string | null) {
  const search = new URLSearchParams(tenantId === null ? {} : { tenantId }).toString()
  return queryOptions({
    queryKey: ['budget-policy', tenantId],
    queryFn: ({ signal }) => getJson<PolicyAnswerBody>(`/api/v1/slo/policy?${search}`, signal),
    meta: LIVE,
  })
}

/** Asks how a budget was spent: its last step grows by the minute. */
export function sloBurndownQuery(tenantId: string, sloId: string) {
  const path = `/api/v1/tenants/${encodeURIComponent(tenantId)}/slos/${encodeURIComponent(sloId)}`
  return queryOptions({
    queryKey: ['tenant', tenantId, 'slo', sloId, 'burndown'],
    queryFn: ({ signal }) => getJson<SloBurndownBody>(`${path}/burndown`, signal),
    refetchInterval: SLOW_REFRESH_MS,
  })
}

/** Lists load tests, newest first. */
export const loadTestsQuery = queryOptions({
  queryKey: ['load-tests'],
  queryFn: ({ signal }) => getJson<LoadTestListBody>('/api/v1/load-tests?limit=200', signal),
  refetchInterval: SLOW_REFRESH_MS,
})

export function loadTestQuery(runId: string) {
  return queryOptions({
    queryKey: ['load-test', runId],
    queryFn: ({ signal }) =>
      getJson<LoadTestDetailBody>(`/api/v1/load-tests/${encodeURIComponent(runId)}`, signal),
  })
}

/** Lists the load tests of a tenant that touch a range. */
export function tenantLoadTestsQuery(
  tenantId: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
) {
  const search = new URLSearchParams({
    tenantId,
    from: String(fromMs),
    to: String(toMs),
    limit: String(MARKS_MOST),
  }).toString()
  return queryOptions({
    queryKey: ['tenant', tenantId, 'load-tests', search],
    queryFn: ({ signal }) => getJson<LoadTestListBody>(`/api/v1/load-tests?${search}`, signal),
    refetchInterval: SLOW_REFRESH_MS,
  })
}

export const enginesQuery = queryOptions({
  queryKey: ['engines', 'list'],
  queryFn: ({ signal }) => getJson<EnginesBody>('/api/v1/engines', signal),
  refetchInterval: SLOW_REFRESH_MS,
})

export const forwardingQuery = queryOptions({
  queryKey: ['engines', 'forwarding'],
  queryFn: ({ signal }) => getJson<ForwardingBody>('/api/v1/engines/forwarding', signal),
  meta: LIVE,
})

/** Asks the engine itself what it has: once, and again when somebody asks. */
export function enginePlanQuery(name: string, tenantId?: string) {
  const search = tenantId === undefined ? '' : `?texts=true&tenants=${encodeURIComponent(tenantId)}`
  return queryOptions({
    queryKey: ['engines', 'plan', name, tenantId ?? null],
    queryFn: ({ signal }) =>
      getJson<EnginePlanBody>(`/api/v1/engines/${encodeURIComponent(name)}/plan${search}`, signal),
    staleTime: Infinity,
  })
}

const PUSH_REFRESH_MS = 2_000

/** Lists pushes, newest first; often while one goes on. */
export function enginePushesQuery(name: string) {
  return queryOptions({
    queryKey: ['engines', 'pushes', name],
    queryFn: ({ signal }) =>
      getJson<{ items: readonly EnginePushBody[] }>(
        `/api/v1/engines/${encodeURIComponent(name)}/pushes`,
        signal,
      ),
    refetchInterval: ({ state }) =>
      state.data?.items[0]?.outcome === 'running' ? PUSH_REFRESH_MS : SLOW_REFRESH_MS,
  })
}

export function enginePushQuery(name: string, push: EnginePushBody) {
  const path = `/api/v1/engines/${encodeURIComponent(name)}/pushes/${encodeURIComponent(push.pushId)}`
  return queryOptions({
    queryKey: ['engines', 'push', name, push.pushId, push.outcome],
    queryFn: ({ signal }) => getJson<EnginePushDetailsBody>(path, signal),
    refetchInterval: push.outcome === 'running' ? PUSH_REFRESH_MS : false,
  })
}

/** Lists what other systems are given. It changes with configuration only. */
export function artefactsQuery(search: ArtefactSearch) {
  const options = artefactOptions(search)
  return queryOptions({
    queryKey: ['artefacts', 'list', options],
    queryFn: ({ signal }) => getJson<ArtefactListBody>(`/api/v1/artefacts?${options}`, signal),
    placeholderData: (before) => before,
    refetchInterval: SLOW_REFRESH_MS,
  })
}

export function artefactFileQuery(search: ArtefactSearch, path: string) {
  const asked = new URLSearchParams([
    ['path', path],
    ...new URLSearchParams(artefactOptions(search)),
  ])
  return queryOptions({
    queryKey: ['artefacts', 'file', asked.toString()],
    queryFn: ({ signal }) => getText(`/api/v1/artefacts/file?${asked.toString()}`, signal),
  })
}

export function artefactDiffQuery(search: ArtefactSearch, target: string) {
  const asked = new URLSearchParams([
    ['target', target],
    ...new URLSearchParams(artefactOptions(search)),
  ])
  return queryOptions({
    queryKey: ['artefacts', 'diff', asked.toString()],
    queryFn: ({ signal }) =>
      getJson<ArtefactDiffBody>(`/api/v1/artefacts/diff?${asked.toString()}`, signal),
  })
}

export const collectorQuery = queryOptions({
  queryKey: ['collector'],
  queryFn: ({ signal }) => getJson<CollectorBody>('/api/v1/collector', signal),
  meta: LIVE,
})

export const haQuery = queryOptions({
  queryKey: ['ha'],
  queryFn: ({ signal }) => getJson<HaBody>('/api/v1/collector/ha', signal),
  meta: LIVE,
})

export const scrapeTargetsQuery = queryOptions({
  queryKey: ['scrape-targets'],
  queryFn: ({ signal }) => getJson<ScrapeTargetsBody>('/api/v1/scrape/targets', signal),
  meta: LIVE,
})

export const fleetCardinalityQuery = queryOptions({
  queryKey: ['collector', 'cardinality'],
  queryFn: ({ signal }) => getJson<FleetCardinalityBody>('/api/v1/collector/cardinality', signal),
  meta: LIVE,
})

export function tenantIntakeQuery(tenantId: string) {
  return queryOptions({
    queryKey: ['tenant', tenantId, 'ingest'],
    queryFn: ({ signal }) =>
      getJson<TenantIntakeBody>(`/api/v1/tenants/${encodeURIComponent(tenantId)}/ingest`, signal),
    meta: LIVE,
  })
}

/** Reads every series of the tenant: asked for once, not at every tick. */
export function cardinalityQuery(tenantId: string) {
  return queryOptions({
    queryKey: ['tenant', tenantId, 'cardinality'],
    queryFn: ({ signal }) =>
      getJson<CardinalityBody>(
        `/api/v1/tenants/${encodeURIComponent(tenantId)}/cardinality`,
        signal,
      ),
    staleTime: 60_000,
  })
}

/** Makes the cache of answers. A failure is shown at once and heals with the next tick. A 401
 *  anywhere asks for the session again, which leads to the sign-in page. */
export function openQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: {
      queries: { staleTime: 2000, retry: false },
    },
  })
  client.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated' || query.queryKey[0] === 'session') return
    if (isSignedOut(query.state.error) && query.state.fetchStatus === 'idle')
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
  })
  return client
}
