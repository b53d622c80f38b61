/** What tenants send against what they may, as the API tells it. Pure: facts in, answers out. */
import type { TenantIntake } from '../../domain/metrics/metrics.ts'
import type { Tenant } from '../../domain/tenants/tenants.ts'
import { SAMPLE_OUTCOMES } from './api/collector.schema.ts'
import type {
  FleetCardinalityBody,
  FleetCardinalityRowBody,
  TenantIntakeBody,
} from './api/intake.schema.ts'
import { REASON_MEANINGS } from './reason-meanings.ts'

/** At and above it a tenant is near a limit. */
export const NEAR_RATIO = 0.8
/** A refusal that is no older concerns the reader now. */
const RECENT_MS = 300_000
const ROWS = 200
const MINUTE_SECONDS = 60

export function tenantIntakeBody(
  tenantId: string,
  intake: TenantIntake,
  nowMs: number,
): TenantIntakeBody {
  return {
    tenantId,
    asOfMs: nowMs,
    quotas: intake.quotas,
    uses: usesOf(intake),
    newSeriesLastHour: sum(intake.newSeriesByMinute),
    newSeriesByMinute: [...intake.newSeriesByMinute],
    samplesByMinute: [...intake.samplesByMinute],
    received: intake.received,
    outcomes: SAMPLE_OUTCOMES.map((outcome) => ({ outcome, samples: intake.outcomes[outcome] })),
    messageBytes: intake.messageBytes,
    refusals: refusalsOf(intake),
  }
}

/** The present minute is not over: the last whole one tells the pace, unless this one passed it. */
function pace(minutes: readonly number[]): number {
  return Math.max(minutes.at(-1) ?? 0, minutes.at(-2) ?? 0)
}

function usesOf(intake: TenantIntake): TenantIntakeBody['uses'] {
  const { quotas, activeSeries, newSeriesByMinute, samplesByMinute } = intake
  const use = (limit: TenantIntakeBody['uses'][number]['limit'], used: number) => ({
    limit,
    allowed: quotas[limit],
    used,
    usedRatio: ratio(used, quotas[limit]),
  })
  return [
    use('activeSeries', activeSeries),
    use('newSeriesPerMinute', pace(newSeriesByMinute)),
    use('samplesPerSecond', pace(samplesByMinute) / MINUTE_SECONDS),
  ].toSorted((left, right) => right.usedRatio - left.usedRatio)
}

/** A limit of nothing is used up. */
function ratio(used: number, allowed: number): number {
  return allowed === 0 ? 1 : used / allowed
}

function refusalsOf({
  discarded,
  requestsRefused,
  refusals,
}: TenantIntake): TenantIntakeBody['refusals'] {
  const notes = new Map(refusals.map((note) => [note.reason, note]))
  const reasons = new Set([...Object.keys(discarded), ...Object.keys(requestsRefused)])
  return [...reasons]
    .map((reason) => ({
      reason,
      meaning: REASON_MEANINGS[reason] ?? '',
      samples: discarded[reason] ?? 0,
      requests: requestsRefused[reason] ?? 0,
      lastAtMs: notes.get(reason)?.lastAtMs ?? null,
      examples: [...(notes.get(reason)?.examples ?? [])],
    }))
    .toSorted((left, right) => (right.lastAtMs ?? 0) - (left.lastAtMs ?? 0))
}

export function fleetCardinalityRow(
  { tenantId, name, tier }: Pick<Tenant, 'tenantId' | 'name' | 'tier'>,
  intake: TenantIntake,
): FleetCardinalityRowBody {
  const { quotas, newSeriesByMinute, samplesByMinute } = intake
  const refusals = refusalsOf(intake).flatMap(({ reason, samples, requests, lastAtMs }) =>
    lastAtMs === null ? [] : [{ reason, samples, requests, lastAtMs }],
  )
  return {
    tenantId,
    name,
    tier,
    activeSeries: intake.activeSeries,
    activeSeriesLimit: quotas.activeSeries,
    newSeriesLastMinute: pace(newSeriesByMinute),
    newSeriesLastHour: sum(newSeriesByMinute),
    newSeriesPerMinuteLimit: quotas.newSeriesPerMinute,
    samplesPerSecond: pace(samplesByMinute) / MINUTE_SECONDS,
    samplesPerSecondLimit: quotas.samplesPerSecond,
    usedRatio: usesOf(intake)[0]!.usedRatio,
    received: intake.received,
    discarded: intake.outcomes.discarded,
    requestsRefused: sum(Object.values(intake.requestsRefused)),
    refusals,
  }
}

/** Makes the fleet's answer from the rows of all tenants. */
export function fleetCardinalityBody(
  rows: readonly FleetCardinalityRowBody[],
  unattributedSeries: number,
  nowMs: number,
): FleetCardinalityBody {
  const refused = rows.filter(({ refusals }) =>
    refusals.some(({ reason, lastAtMs }) => isQuota(reason) && nowMs - lastAtMs <= RECENT_MS),
  ).length
  const near = rows.filter(({ usedRatio }) => usedRatio >= NEAR_RATIO).length
  const sorted = rows.toSorted((left, right) => right.usedRatio - left.usedRatio)
  return {
    asOfMs: nowMs,
    ...verdictOf(rows.length, refused, near),
    tenants: rows.length,
    series: rows.reduce((all, { activeSeries }) => all + activeSeries, 0),
    unattributedSeries,
    rows: sorted.slice(0, ROWS),
  }
}

function verdictOf(
  tenants: number,
  refused: number,
  near: number,
): Pick<FleetCardinalityBody, 'tone' | 'sentence'> {
  const of = (count: number): string =>
    `${count} of ${tenants} ${tenants === 1 ? 'tenant' : 'tenants'}`
  if (tenants === 0) return { tone: 'quiet', sentence: 'There is no tenant yet' }
  if (refused > 0) {
    const verb = refused === 1 ? 'sends' : 'send'
    return {
      tone: 'warning',
      sentence: `${of(refused)} ${verb} more than allowed: part of it is refused`,
    }
  }
  if (near > 0) {
    const verb = near === 1 ? 'is' : 'are'
    return { tone: 'warning', sentence: `${of(near)} ${verb} near a limit; nothing is refused yet` }
  }
  return { tone: 'good', sentence: 'All tenants stay well within their limits' }
}

const QUOTA_REASONS: ReadonlySet<string> = new Set([
  'rate-limit',
  'request-samples',
  'request-size',
  'queue-full',
  'series-limit',
  'new-series-limit',
])

function isQuota(reason: string): boolean {
  return QUOTA_REASONS.has(reason)
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
