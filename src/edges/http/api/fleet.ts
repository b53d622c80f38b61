/**
 * `GET /api/v1/fleet`: all tenants ranked by need of attention. It is composed once a tick whoever
 * asks, in slices, so that a large fleet holds up nothing else.
 */
import type { Principal } from '../../../domain/access/access.ts'
import { TIER_ROWS, type Tenant } from '../../../domain/tenants/tenants.ts'
import { tenantApdex } from '../apdex-of.ts'
import { fleetCards, fleetRow, fleetSentence, summaryOf, type RowSummary } from '../fleet-view.ts'
import { IntakeWindow } from '../intake-window.ts'
import { HTTP_LIMITS } from '../limits.ts'
import { defineRoute, type Route } from '../route.ts'
import { fleetSchema, type FleetBody, type FleetRowBody } from './fleet.schema.ts'
import type { ApiDeps } from './parts.ts'
import { quantileBody } from './quantile.schema.ts'

const SPAN_SECONDS = 300

export function fleetRoutes(deps: ApiDeps): Route[] {
  const { live, metrics, tenants } = deps
  const intake = new IntakeWindow()
  live.subscribe((nowMs) => {
    const { received = 0, unattributed = 0 } = metrics.stats().accounts
    intake.note(nowMs, { received, unattributed })
  })

  let composedFor = ''
  let composed: Promise<string> | undefined
  /**
   * One text for everybody who sees the whole platform, until the next tick or change of the
   * registry.
   */
  const wholeFleet = (nowMs: number): Promise<string> => {
    const state = `${String(live.tick())}/${String(tenants.generation())}`
    if (composed === undefined || composedFor !== state) {
      composedFor = state
      composed = compose(deps, intake, tenants.active(), nowMs)
    }
    return composed
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/fleet',
      permission: 'slo:read',
      summary: 'Shows all tenants, ranked by need of attention.',
      status: 200,
      answer: fleetSchema,
      handler: async ({ principal, nowMs }) => {
        const own = ownTenants(deps, principal)
        const text = await (own === null ? wholeFleet(nowMs) : compose(deps, null, own, nowMs))
        return { status: 200, type: 'application/json', text }
      },
    }),
  ]
}

function ownTenants({ tenants }: ApiDeps, { tenantId }: Principal): readonly Tenant[] | null {
  if (tenantId === null) return null
  const own = tenants.get(tenantId)
  return own === undefined ? [] : [own]
}

interface ComposedRow {
  readonly attention: number
  readonly summary: RowSummary
  readonly text: string
}

/**
 * Makes the answer. Without an intake window the platform's own figures are left out: they are no
 * tenant's business.
 */
async function compose(
  deps: ApiDeps,
  intake: IntakeWindow | null,
  tenants: readonly Tenant[],
  nowMs: number,
): Promise<string> {
  const { clock, live } = deps
  const openAlerts = deps.incidents.firingCountByTenant()
  const rows: ComposedRow[] = []
  let untilMs = clock.monotonicMs() + HTTP_LIMITS.sliceMs
  for (const tenant of tenants) {
    const row = rowOf(deps, tenant, openAlerts.get(tenant.tenantId) ?? 0, nowMs)
    rows.push({ attention: row.attention, summary: summaryOf(row), text: JSON.stringify(row) })
    if (clock.monotonicMs() < untilMs) continue
    await clock.sleep(0)
    untilMs = clock.monotonicMs() + HTTP_LIMITS.sliceMs
  }
  rows.sort((left, right) => right.attention - left.attention)
  const summaries = rows.map(({ summary }) => summary)
  const rates = intake?.rates() ?? { unattributedRatio: null, samplesPerSecond: 0 }
  const head: Omit<FleetBody, 'rows'> = {
    asOfMs: live.asOfMs() ?? nowMs,
    sentence: fleetSentence(summaries),
    cards: { ...fleetCards(summaries), ...rates },
  }
  return `${JSON.stringify(head).slice(0, -1)},"rows":[${rows.map(({ text }) => text).join(',')}]}`
}

function rowOf(
  { metrics, slo }: ApiDeps,
  tenant: Tenant,
  openAlerts: number,
  nowMs: number,
): FleetRowBody {
  const { tenantId, name, tier, region } = tenant
  const rates = metrics.rates(tenantId, nowMs, SPAN_SECONDS)
  return fleetRow({
    tenantId,
    name,
    tier,
    tierWeight: TIER_ROWS[tier].weight,
    region,
    slos: slo.status(tenantId),
    burnSpark: slo.burnSpark(tenantId, nowMs),
    requestsPerSecond: rates.requestsPerSecond,
    errorRatio: rates.errorRatio,
    p99: quantileBody(rates.quantile(0.99)),
    apdex: tenantApdex(rates, tenant, slo),
    users: metrics.activeUsers(tenantId, nowMs),
    lastSampleAtMs: metrics.lastSampleAtMs(tenantId),
    openAlerts,
  })
}
