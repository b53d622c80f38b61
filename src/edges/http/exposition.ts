/**
 * `GET /metrics`: Tenantry about itself. `GET /metrics/tenants`: signals, SLO ratio, burn and
 * budget per tenant, in the Prometheus text format, written in chunks from the aggregates so that
 * no large page is built in memory or holds the event loop. Query of the latter:
 * `collect=signals|slo` (both by default) and `shard=i/n`, i from 1, which splits the tenants over
 * n scrapes.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TenantId } from '../../core/ids.ts'
import { TENANT_METRICS } from '../../core/names/metrics.ts'
import type { Clock } from '../../core/ports.ts'
import type { Permission, Principal } from '../../domain/access/access.ts'
import type { Metrics } from '../../domain/metrics/metrics.ts'
import type { Slo } from '../../domain/slo/slo.ts'
import type { Tenants } from '../../domain/tenants/tenants.ts'
import type { RawRoute } from '../../machinery/runtime/raw-route.ts'
import type { Telemetry } from '../../machinery/runtime/telemetry.ts'
import {
  openExpositionWriter,
  TEXT_CONTENT_TYPE,
  type ExpositionWriter,
} from '../../machinery/wire/exposition-text.ts'
import type { ExposedTenant } from './exposed-tenant.ts'
import { writeSignalFamilies } from './exposition-signals.ts'
import { writeSloFamilies } from './exposition-slo.ts'

export interface ExpositionDeps {
  readonly telemetry: Pick<Telemetry, 'exposition'>
  readonly tenants: Pick<Tenants, 'active'>
  readonly metrics: Pick<Metrics, 'totals'>
  readonly slo: Pick<Slo, 'status'>
  readonly clock: Clock
}

/** After how much text the response is given the chunk and other work a turn. */
const CHUNK_CHARACTERS = 64 * 1_024

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
  const writer = openExpositionWriter()
  for (const _ of writePage(deps, writer, tenants, query)) {
    if (writer.length() < CHUNK_CHARACTERS) continue
    await send(deps.clock, response, writer.take())
    if (response.destroyed) return
  }
  response.end(writer.take())
}

function* writePage(
  { metrics, slo }: ExpositionDeps,
  writer: ExpositionWriter,
  tenants: readonly ExposedTenant[],
  { signals, slos }: ExpositionQuery,
): Generator<void> {
  const { kind, help } = TENANT_METRICS.tenantry_tenant_info
  writer.family('tenantry_tenant_info', kind, help)
  for (const { tenantId, tier, region, name } of tenants) {
    const labels = [
      ['tenant', tenantId],
      ['tier', tier],
      ['region', region],
      ['name', name],
    ] as const
    writer.sample('tenantry_tenant_info', labels, 1)
    yield
  }
  if (signals) yield* writeSignalFamilies(writer, tenants, metrics.totals)
  if (slos) yield* writeSloFamilies(writer, tenants, slo.status)
}

/** Waits for a slow reader, and in any case gives other work a turn. */
async function send(clock: Clock, response: ServerResponse, chunk: string): Promise<void> {
  if (response.write(chunk)) return clock.sleep(0)
  await new Promise<void>((done) => {
    response.once('drain', done)
    response.once('close', done)
  })
}

interface ExpositionQuery {
  readonly signals: boolean
  readonly slos: boolean
  /** From 0. */
  readonly shard: number
  readonly shards: number
}

/** Reads the query. Answers what is wrong with it as a sentence. */
function readQuery(url: string): ExpositionQuery | string {
  const parameters = new URL(url, 'http://localhost').searchParams
  const collect = parameters.getAll('collect')
  const unknown = collect.find((part) => part !== 'signals' && part !== 'slo')
  if (unknown !== undefined)
    return `collect: must be signals or slo, not ${JSON.stringify(unknown)}`
  const all = collect.length === 0
  const parts = {
    signals: all || collect.includes('signals'),
    slos: all || collect.includes('slo'),
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
