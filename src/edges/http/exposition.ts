/**
 * `GET /metrics`: Tenantry about itself. `GET /metrics/tenants`: signals, what was sent, SLO ratio,
 * burn and budget per tenant, in the Prometheus text format, made and written in turns so that it
 * never holds the event loop. Query of the latter: `collect=signals|slo|intake` (all by default)
 * and `shard=i/n`, i from 1, which splits the tenants over n scrapes.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TenantId } from '../../core/ids.ts'
import type { Clock } from '../../core/ports.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Permission, Principal } from '../../domain/access/access.ts'
import type { Metrics } from '../../domain/metrics/metrics.ts'
import type { Slo } from '../../domain/slo/slo.ts'
import type { Tenants } from '../../domain/tenants/tenants.ts'
import type { RawRoute } from '../../machinery/runtime/raw-route.ts'
import type { Telemetry } from '../../machinery/runtime/telemetry.ts'
import { TEXT_CONTENT_TYPE } from '../../machinery/wire/exposition-text.ts'
import { tenantApdex } from './apdex-of.ts'
import type { ServiceLevel } from './exposition-service.ts'
import { DEPLOYS_TOLD, tenantsPage, type ExposedTenant } from './tenants-page.ts'

export interface ExpositionDeps {
  readonly telemetry: Pick<Telemetry, 'exposition'>
  readonly tenants: Pick<Tenants, 'active'> & {
    readonly deploys: Pick<Tenants['deploys'], 'list'>
  }
  readonly metrics: Pick<Metrics, 'totals' | 'rates' | 'intake'>
  readonly slo: Pick<Slo, 'status' | 'responseThresholdSeconds'>
  readonly users: Metrics['activeUsers']
  readonly clock: Clock
}

/** How far back rates look. */
const SPAN_SECONDS = 300
/** After how long other work is given a turn. */
const TURN_MS = 4

export function expositionRoutes(deps: ExpositionDeps): RawRoute<Principal>[] {
  const route = (
    path: string,
    permission: Permission,
    handle: RawRoute<Principal>['handle'],
  ): RawRoute<Principal> => ({
    method: 'GET',
    paths: [path],
    permission,
    handle,
    refuse: (_request, response, status, message) => answerText(response, status, `${message}\n`),
  })
  return [
    route('/metrics', 'telemetry:read', async (_request, response) => {
      const text = await deps.telemetry.exposition()
      response.setHeader('content-type', TEXT_CONTENT_TYPE)
      response.end(text)
    }),
    route('/metrics/tenants', 'metrics:read', (request, response, principal) =>
      answerTenants(deps, request, response, principal),
    ),
  ]
}

async function answerTenants(
  deps: ExpositionDeps,
  request: IncomingMessage,
  response: ServerResponse,
  principal: Principal,
): Promise<void> {
  const query = readQuery(request.url ?? '/')
  if (typeof query === 'string') return answerText(response, 400, `${query}\n`)
  const tenants = [...deps.tenants.active()].filter(
    ({ tenantId }) =>
      (principal.tenantId === null || principal.tenantId === tenantId) && inShard(tenantId, query),
  )
  response.setHeader('content-type', TEXT_CONTENT_TYPE)
  const { totals, rates, intake } = deps.metrics
  const { status } = deps.slo
  const nowMs = deps.clock.nowMs()
  const intakeOf = (tenantId: TenantId) => intake.of(tenantId, nowMs)
  const service = (tenant: ExposedTenant): ServiceLevel => ({
    apdex: tenantApdex(rates(tenant.tenantId, nowMs, SPAN_SECONDS), tenant, deps.slo),
    users: deps.users(tenant.tenantId, nowMs),
  })
  let untilMs = deps.clock.monotonicMs() + TURN_MS
  const deployed = { fromMs: nowMs - DAY_MS, limit: DEPLOYS_TOLD }
  const deploys = deps.tenants.deploys.list(deployed).items
  const known = { tenants, totals, service, status, intakeOf, deploys }
  for (const chunk of tenantsPage({ ...query, ...known })) {
    if (chunk === null && deps.clock.monotonicMs() < untilMs) continue
    await send(deps.clock, response, chunk)
    if (response.destroyed) return
    untilMs = deps.clock.monotonicMs() + TURN_MS
  }
  response.end()
}

/** Waits for a slow reader, and in any case gives other work a turn. */
async function send(clock: Clock, response: ServerResponse, chunk: Buffer | null): Promise<void> {
  if (chunk === null || response.write(chunk)) return clock.sleep(0)
  await new Promise<void>((done) => {
    const goOn = (): void => {
      response.off('drain', goOn).off('close', goOn)
      done()
    }
    response.once('drain', goOn).once('close', goOn)
  })
}

interface ExpositionQuery {
  readonly signals: boolean
  readonly slos: boolean
  readonly intake: boolean
  /** From 0. */
  readonly shard: number
  readonly shards: number
}

const COLLECTED: readonly string[] = ['signals', 'slo', 'intake']

/** Reads the query. Answers what is wrong with it as a sentence. */
function readQuery(url: string): ExpositionQuery | string {
  const parameters = new URL(url, 'http://localhost').searchParams
  const collect = parameters.getAll('collect')
  const unknown = collect.find((part) => !COLLECTED.includes(part))
  if (unknown !== undefined)
    return `collect: must be signals, slo or intake, not ${JSON.stringify(unknown)}`
  const all = collect.length === 0
  const parts = {
    signals: all || collect.includes('signals'),
    slos: all || collect.includes('slo'),
    intake: all || collect.includes('intake'),
  }
  const shard = parameters.get('shard')
  if (shard === null) return { ...parts, shard: 0, shards: 1 }
  const match = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(shard)
  if (match === null || Number(match[1]) > Number(match[2])) {
    return `shard: must be i/n with 1 <= i <= n <= 9999, not ${JSON.stringify(shard)}`
  }
  return { ...parts, shard: Number(match[1]) - 1, shards: Number(match[2]) }
}

function inShard(tenantId: TenantId, { shard, shards }: ExpositionQuery): boolean {
  if (shards === 1) return true
  return createHash('sha256').update(tenantId).digest().readUInt32BE(0) % shards === shard
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.end(text)
}
