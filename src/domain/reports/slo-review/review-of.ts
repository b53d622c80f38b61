/** Makes a review of what tenants attained: adds up over tenants, orders, lays the period before
 *  beside it. Pure. */
import type { Alert } from '../../incidents/incidents.ts'
import type { AttainedCounts, AttainedStep, SloAttainment } from '../../slo/slo.ts'
import { adviceFor } from './advice.ts'
import {
  REVIEW_VERSION,
  type ReviewAlert,
  type ReviewCounts,
  type ReviewDay,
  type ReviewedSlo,
  type ReviewExclusion,
  type ReviewLine,
  type ReviewScope,
  type SloReview,
} from './review.ts'
import type { ReviewPeriod, ReviewSpan } from './review-span.ts'

/** One tenant's SLOs in the period and in the one before, and its alerts of the period. */
export interface TenantAttained {
  readonly now: readonly SloAttainment[]
  readonly before: readonly SloAttainment[]
  readonly alerts: readonly Alert[]
}

export interface ReviewFacts {
  readonly scope: ReviewScope
  readonly scopeName: string
  readonly span: ReviewSpan
  readonly zone: string
  readonly period: ReviewPeriod
  readonly isComplete: boolean
  readonly madeAtMs: number
}

const ALERTS_TOLD = 500

export function reviewOf(facts: ReviewFacts, tenants: readonly TenantAttained[]): SloReview {
  const { scope, scopeName, span, zone, period, isComplete, madeAtMs } = facts
  const alerts = tenants.flatMap((tenant) => tenant.alerts.map(alertOf))
  return {
    version: REVIEW_VERSION,
    scope,
    scopeName,
    span,
    zone,
    fromMs: period.fromMs,
    toMs: period.toMs,
    isComplete,
    madeAtMs,
    tenants: tenants.length,
    slos: slosOf(tenants, scope),
    lines: scope.kind === 'tenant' ? [] : linesOf(tenants),
    alerts: alerts
      .toSorted((left, right) => right.openedAtMs - left.openedAtMs)
      .slice(0, ALERTS_TOLD),
    alertCounts: {
      page: alerts.filter(({ action }) => action === 'page').length,
      ticket: alerts.filter(({ action }) => action === 'ticket').length,
      report: alerts.filter(({ action }) => action === 'report').length,
    },
    advice: tenants.flatMap(({ now, before }) =>
      now.flatMap((attained) => adviceFor(attained, sameSlo(before, attained)) ?? []),
    ),
  }
}

function sameSlo(list: readonly SloAttainment[], { sloId }: SloAttainment): SloAttainment | null {
  return list.find((each) => each.sloId === sloId) ?? null
}

/** Shape: in the order in which the SLOs are written down. */
function slosOf(tenants: readonly TenantAttained[], scope: ReviewScope): ReviewedSlo[] {
  const ids = [...new Set(tenants.flatMap(({ now }) => now.map(({ sloId }) => sloId)))]
  return ids.map((sloId) => {
    const now = tenants.flatMap((tenant) => tenant.now.filter((each) => each.sloId === sloId))
    const before = tenants.flatMap((tenant) => tenant.before.filter((each) => each.sloId === sloId))
    return reviewedSlo(now, before, scope)
  })
}

function reviewedSlo(
  now: readonly SloAttainment[],
  before: readonly SloAttainment[],
  scope: ReviewScope,
): ReviewedSlo {
  const [first] = now
  const { sloId, title, noun, kind, objectivePpm } = first!
  const corrected = sumOf(now.map((each) => each.corrected))
  const isCorrected = now.some(({ uncorrected }) => uncorrected !== null)
  const earlier = sumOf(before.map((each) => each.corrected))
  const counted = now.filter((each) => each.corrected.total > 0)
  return {
    sloId,
    title,
    noun,
    kind,
    objectivePpm: now.every((each) => each.objectivePpm === objectivePpm) ? objectivePpm : null,
    corrected,
    uncorrected: isCorrected ? sumOf(now.map((each) => each.uncorrected ?? each.corrected)) : null,
    before: earlier.total > 0 ? earlier : null,
    days: daysOf(now, corrected.mayFail),
    exclusions: exclusionsOf(now, scope),
    tenants: {
      all: now.length,
      counted: counted.length,
      met: counted.filter((each) => each.corrected.isMet === true).length,
    },
  }
}

function daysOf(attainments: readonly SloAttainment[], mayFail: number): ReviewDay[] {
  return attainments[0]!.steps.map(({ fromMs, endsMs }, day) => {
    const steps = attainments.map((each) => each.steps[day]!)
    const bad = total(steps, ({ bad: count }) => count)
    const dayMayFail = total(steps, (step) => step.mayFail)
    return {
      fromMs,
      endsMs,
      bad,
      total: total(steps, (step) => step.total),
      excludedBad: total(steps, (step) => step.excludedBad),
      excludedTotal: total(steps, (step) => step.excludedTotal),
      spentRatio: mayFail > 0 ? bad / mayFail : null,
      burn: dayMayFail > 0 ? bad / dayMayFail : null,
    }
  })
}

function total(steps: readonly AttainedStep[], of: (step: AttainedStep) => number): number {
  return steps.reduce((sum, step) => sum + of(step), 0)
}

/** What corrects all tenants or a tier may give somebody's name as its reason: to a tenant only the
 *  reasons of its own are told. */
function exclusionsOf(
  attainments: readonly SloAttainment[],
  scope: ReviewScope,
): ReviewExclusion[] {
  const seen = new Map<string, ReviewExclusion>()
  for (const { exclusions } of attainments) {
    for (const { correctionId, fromMs, toMs, reason, tenantId } of exclusions) {
      const isOwn = scope.kind !== 'tenant' || tenantId === scope.tenantId
      const told = { correctionId, fromMs, toMs, reason: isOwn ? reason : '' }
      seen.set(`${correctionId} ${fromMs}`, told)
    }
  }
  return [...seen.values()].toSorted((left, right) => left.fromMs - right.fromMs)
}

function linesOf(tenants: readonly TenantAttained[]): ReviewLine[] {
  const lines = tenants.flatMap(({ now, before, alerts }) =>
    now.map((attained): ReviewLine => {
      const { tenantId, tenantName, tier, sloId, title, objectivePpm } = attained
      const earlier = sameSlo(before, attained)?.corrected
      return {
        tenantId,
        tenantName,
        tier,
        sloId,
        title,
        objectivePpm,
        corrected: attained.corrected,
        uncorrected: attained.uncorrected,
        before: earlier === undefined || earlier.total === 0 ? null : earlier,
        alerts: alerts.filter(({ labels }) => labels['slo'] === sloId).length,
      }
    }),
  )
  return lines.toSorted(
    (left, right) => (right.corrected.spentRatio ?? -1) - (left.corrected.spentRatio ?? -1),
  )
}

function sumOf(counts: readonly AttainedCounts[]): ReviewCounts {
  const sum = { good: 0, bad: 0, total: 0, mayFail: 0 }
  for (const count of counts) {
    sum.good += count.good
    sum.bad += count.bad
    sum.total += count.total
    sum.mayFail += count.mayFail
  }
  const [only] = counts
  if (counts.length === 1) return { ...only! }
  return {
    ...sum,
    sliRatio: sum.total > 0 ? sum.good / sum.total : null,
    spentRatio: sum.mayFail > 0 ? Math.max(0, sum.bad) / sum.mayFail : null,
    isMet: sum.total > 0 ? sum.bad <= sum.mayFail : null,
  }
}

function alertOf(alert: Alert): ReviewAlert {
  const { alertId, tenantId, action, openedAtMs, resolvedAtMs, labels } = alert
  return { alertId, tenantId, sloId: labels['slo'] ?? '', action, openedAtMs, resolvedAtMs }
}
