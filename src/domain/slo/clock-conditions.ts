/**
 * What is raised of clocks that run: one alert a tenant and cause, which grows more urgent with
 * each mark and ends with the clock. With several clocks the one that is nearest to its limit
 * speaks. What is to end is read from the alerts that fire, so a restart at any time loses no end.
 */
import type { Condition } from '../../core/condition.ts'
import type { SliClock } from '../../core/sli-source.ts'
import { LABELS } from '../../core/names/labels.ts'
import { markOfClock, type ClockMark } from './clock-marks.ts'
import type { Slots, SloTenant, SourcedCounts } from './slots.ts'
import { furthest, type SourceClocks } from './source-clocks.ts'
import type { SloTemplate } from './template.ts'
import { clockInWords } from './verdict.ts'

const SUFFIX = '/clock'

export type FiringClock = Pick<Condition, 'source' | 'tenantId' | 'key' | 'action' | 'labels'>

/** Tells whether a condition or alert is that of a clock. */
export function isOfClock({ source, key }: Pick<Condition, 'source' | 'key'>): boolean {
  return source === 'slo' && key.endsWith(SUFFIX)
}

export interface ClockParts {
  readonly slots: Slots
  readonly clocks: SourceClocks
}

/** Tells the conditions of clocks: those that hold, and the end of those that fire and no clock
 *  keeps open any more. Cost: nothing much while nothing runs. */
export function clockConditions(
  { slots, clocks }: ClockParts,
  firing: Iterable<FiringClock>,
  nowMs: number,
): Condition[] {
  const holding = new Map<string, Condition>()
  if (!clocks.isIdle) {
    for (const tenant of slots.tenants) {
      for (const condition of ofTenant(tenant, clocks, nowMs)) {
        const id = idOf(condition)
        if (!holding.has(id)) holding.set(id, condition)
      }
    }
  }
  const ceased = [...firing].filter((alert) => isOfClock(alert) && !holding.has(idOf(alert)))
  return [...holding.values(), ...ceased.map((alert) => ceasedClock(alert, nowMs))]
}

function ofTenant(tenant: SloTenant, clocks: SourceClocks, nowMs: number): Condition[] {
  if (!tenant.active) return []
  return tenant.slos.flatMap(({ objective: { template }, sourced }) => {
    if (sourced === null) return []
    const clock = furthest(clocks.of({ sourced }))
    const mark = clock === null ? null : markOfClock(clock)
    if (clock === null || mark === null) return []
    return [conditionOf({ tenant, template, sourced, clock, mark }, nowMs)]
  })
}

interface Told {
  readonly tenant: SloTenant
  readonly template: SloTemplate
  readonly sourced: SourcedCounts
  readonly clock: SliClock
  readonly mark: ClockMark
}

function conditionOf({ tenant, template, sourced, clock, mark }: Told, nowMs: number): Condition {
  const { elapsedSeconds, limitSeconds } = clock
  return {
    source: 'slo',
    tenantId: tenant.tenantId,
    key: `${template.cause}${SUFFIX}`,
    holds: true,
    action: mark.action,
    summary: `${tenant.name}: ${clockInWords(sourced.source.one, clock)}.`,
    numbers: {
      elapsedSeconds,
      limitSeconds,
      leftSeconds: limitSeconds - elapsedSeconds,
      markRatio: mark.percent / 100,
    },
    labels: {
      [LABELS.slo]: template.sloId,
      [LABELS.speed]: mark.speed,
      [LABELS.tier]: tenant.tier,
    },
    atMs: nowMs,
  }
}

function ceasedClock({ tenantId, key, action, labels }: FiringClock, nowMs: number): Condition {
  const summary = `${tenantId} has nothing open any more that runs against a limit.`
  const rest = { holds: false, action, summary, numbers: {}, labels, atMs: nowMs }
  return { source: 'slo', tenantId, key, ...rest }
}

function idOf({ tenantId, key }: Pick<Condition, 'tenantId' | 'key'>): string {
  return `${tenantId}/${key}`
}
