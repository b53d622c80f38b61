/** The sample platform's HTTP service: `POST /complete` for the tenant that the request names. It
 *  fails and slows down as the faults say. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HEADERS } from '../../core/names/headers.ts'
import type { Clock } from '../../core/ports.ts'
import { openPrng } from '../../core/prng.ts'
import { SECOND_MS } from '../../core/time.ts'
import { faultSchedule } from './faults.ts'
import { openPlatformMetrics } from './platform-metrics.ts'
import type { PlatformStart } from './platform-protocol.ts'
import { RESPONSES, ROUTE, type ResponseKind } from './platform-signals.ts'
import { DEMO_PROFILES, type DemoProfile } from './profiles.ts'
import { serviceConditionOf, type ServiceCondition } from './service-condition.ts'
import { DIGESTS_A_COMPLETION, drawSeconds } from './shape.ts'
import { openTenantWork, type TenantWork } from './tenant-work.ts'

export interface Platform {
  readonly port: number
  /** Answers what is under way, exports a last time. */
  close(): Promise<void>
}

/** A request that fails, fails fast. */
const FAILED_MEDIAN_SECONDS = 0.02

interface Tenant {
  readonly profile: DemoProfile
  readonly work: TenantWork
}

/** Starts the service on a free port of 127.0.0.1. */
export async function openPlatform(start: PlatformStart, clock: Clock): Promise<Platform> {
  const tenants = new Map(
    DEMO_PROFILES.map((profile): [string, Tenant] => [
      profile.tenantId,
      { profile, work: openTenantWork(profile, clock) },
    ]),
  )
  const works = new Map([...tenants].map(([id, { work }]) => [id, work]))
  const metrics = openPlatformMetrics(start, works)
  const faults = faultSchedule(start)
  const prng = openPrng(start.seed)

  const serve = async ({
    profile,
    work,
  }: Tenant): Promise<{ kind: ResponseKind; body: string }> => {
    const nowMs = clock.nowMs()
    const condition = serviceConditionOf(profile, faults.at(nowMs), nowMs)
    const kind = responseKind(condition, prng.next())
    if (kind === 'turnedAway' || kind === 'overQuota') return { kind, body: '{}' }
    const body = work.complete(condition.workFactor)
    await clock.sleep(waitSeconds(condition, kind) * SECOND_MS)
    if (kind === 'failed') return { kind, body: '{}' }
    return { kind, body: JSON.stringify({ completion: body.repeat(DIGESTS_A_COMPLETION) }) }
  }
  const waitSeconds = ({ medianSeconds }: ServiceCondition, kind: ResponseKind): number =>
    drawSeconds(kind === 'served' ? medianSeconds : FAILED_MEDIAN_SECONDS, prng.next(), prng.next())

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const tenant = tenants.get(String(request.headers[HEADERS.demoTenant]))
    if (tenant === undefined || request.method !== 'POST' || request.url !== ROUTE) {
      request.resume()
      response.writeHead(404).end()
      return
    }
    const { work } = tenant
    request.on('data', (chunk: Buffer) => work.received(chunk.length))
    const { tenantId } = tenant.profile
    const fromMs = clock.monotonicMs()
    metrics.began(tenantId)
    const { kind, body } = await serve(tenant)
    work.sent(body.length)
    response.writeHead(RESPONSES[kind].status, { 'content-type': 'application/json' }).end(body)
    metrics.ended(tenantId, kind, (clock.monotonicMs() - fromMs) / SECOND_MS)
  }
  const server = createServer((request, response) => void handle(request, response))
  await listen(server)
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await closed(server)
      await metrics.shutdown()
    },
  }
}

/** Tells how a request ends, by a chance of 0 to 1. */
function responseKind(
  { errorRatio, refusalRatio, quotaRatio }: ServiceCondition,
  chance: number,
): ResponseKind {
  if (chance < errorRatio) return 'failed'
  if (chance < errorRatio + refusalRatio) return 'turnedAway'
  return chance < errorRatio + refusalRatio + quotaRatio ? 'overQuota' : 'served'
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}

/** Idle connections of keep-alive agents would hold the server open. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
