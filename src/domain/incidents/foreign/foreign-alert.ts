/**
 * What becomes of an alert that another system tells of, each time that it is told and while nobody
 * tells of it. Pure: the alert as it was, what is told and the time give the alert as it is.
 */
import type { Action, Condition } from '../../../core/condition.ts'
import type { TenantId } from '../../../core/ids.ts'
import { FOREIGN_LIMITS } from './limits.ts'
import type { LabelPairs, ToldAlert } from './told-alert.ts'

/** `silent`: its end has passed, and nobody said that it is over. */
export const FOREIGN_STATES = ['firing', 'silent', 'resolved'] as const
export type ForeignState = (typeof FOREIGN_STATES)[number]

/** Why an alert is over: somebody said so, or nobody said anything for too long. */
export const END_REASONS = ['told', 'source-silent'] as const
export type EndReason = (typeof END_REASONS)[number]

export interface ForeignAlert {
  /** A tenant, or the group that an alert of no tenant is told to. */
  readonly tenantId: TenantId
  readonly fingerprint: string
  /** Of the condition. */
  readonly key: string
  /** The key of the alert in our own record that this one is; null of any other. */
  readonly ownKey: string | null
  readonly state: ForeignState
  readonly action: Action
  readonly summary: string
  readonly labels: LabelPairs
  readonly annotations: LabelPairs
  readonly generatorUrl: string
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly toldAtMs: number
  readonly resolvedAtMs: number | null
  readonly endReason: EndReason | null
}

/** When silence turns an alert next. Null: never. */
export function turnsAtMs(
  { state, endsAtMs }: ForeignAlert,
  silentAfterMs: number | null,
): number | null {
  if (state === 'firing') return endsAtMs
  return state === 'resolved' || silentAfterMs === null ? null : endsAtMs + silentAfterMs
}

/** What a telling does. `late`: a replica that lags, or one that repeats what is known. */
export type Outcome = 'fired' | 'held' | 'resolved' | 'late'

export interface Turned {
  readonly alert: ForeignAlert
  readonly outcome: Outcome
}

/** What a told alert is here, before anything is known of it. */
export type Meant = Pick<
  ForeignAlert,
  'tenantId' | 'fingerprint' | 'key' | 'ownKey' | 'action' | 'summary'
>

/** Takes what is told of an alert. Null in `before`: it was never told of. */
export function told(
  before: ForeignAlert | null,
  meant: Meant,
  alert: ToldAlert,
  nowMs: number,
): Turned {
  const { labels, annotations, generatorUrl, startsAtMs, endsAtMs } = alert
  const facts = { ...meant, labels, annotations, generatorUrl, toldAtMs: nowMs }
  if (endsAtMs <= nowMs) {
    if (before !== null && isOfEarlier(before, alert)) return { alert: before, outcome: 'late' }
    const state = { state: 'resolved', resolvedAtMs: nowMs, endReason: 'told' } as const
    return { alert: { ...facts, ...state, startsAtMs, endsAtMs }, outcome: 'resolved' }
  }
  if (before !== null && lags(before, alert, nowMs)) return { alert: before, outcome: 'late' }
  const state = { state: 'firing', resolvedAtMs: null, endReason: null } as const
  if (before === null || before.state === 'resolved') {
    return { alert: { ...facts, ...state, startsAtMs, endsAtMs }, outcome: 'fired' }
  }
  const since = Math.min(before.startsAtMs, startsAtMs)
  const until = Math.max(before.endsAtMs, endsAtMs)
  return {
    alert: { ...facts, ...state, startsAtMs: since, endsAtMs: until },
    outcome: 'held',
  }
}

/** An end that is told of again, or of an earlier time that the alert fired. */
function isOfEarlier(before: ForeignAlert, { endsAtMs }: ToldAlert): boolean {
  return before.state === 'resolved'
    ? endsAtMs <= before.endsAtMs && before.endReason === 'told'
    : endsAtMs < before.startsAtMs
}

/** Of two replicas one may tell a little later that an alert is over. */
function lags(before: ForeignAlert, { startsAtMs }: ToldAlert, nowMs: number): boolean {
  return (
    before.resolvedAtMs !== null &&
    before.endReason === 'told' &&
    startsAtMs <= before.endsAtMs &&
    nowMs - before.resolvedAtMs < FOREIGN_LIMITS.replicaLagMs
  )
}

/**
 * What an alert is when its end has passed and nobody said anything: silent, and after so much more
 * silence over, if its tier has it so. Returns the alert itself where nothing turns.
 */
export function unheard(
  alert: ForeignAlert,
  silentAfterMs: number | null,
  nowMs: number,
): ForeignAlert {
  if (alert.state === 'resolved' || alert.endsAtMs > nowMs) return alert
  if (silentAfterMs !== null && nowMs - alert.endsAtMs >= silentAfterMs) {
    return { ...alert, state: 'resolved', resolvedAtMs: nowMs, endReason: 'source-silent' }
  }
  return alert.state === 'silent' ? alert : { ...alert, state: 'silent' }
}

/** The condition that an alert is. */
export function conditionOf(alert: ForeignAlert, nowMs: number): Condition {
  const { tenantId, key, state, action, summary, labels, endReason } = alert
  return {
    source: 'foreign',
    tenantId,
    key,
    holds: state !== 'resolved',
    action,
    summary:
      endReason === 'source-silent'
        ? `${summary} Its source fell silent and never said that it is over.`
        : summary,
    numbers: {},
    labels: state === 'silent' ? { ...labels, [SOURCE_STATE]: 'silent' } : labels,
    atMs: nowMs,
  }
}

/** A label of ours beside those that were told. */
export const SOURCE_STATE = 'source_state'
