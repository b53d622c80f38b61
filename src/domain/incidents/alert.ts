/**
 * An alert is the state of one condition of one tenant over time: it fires while the condition
 * holds and resolves when it ceases. The rule is pure: the alert as it was, the condition as it is
 * now and the time give the alert as it is, or nothing when nothing turned. It never reads a clock
 * or a store, and knows no channel.
 */
import { createHash } from 'node:crypto'
import { ACTIONS, type Action, type Condition, type ConditionSource } from '../../core/condition.ts'
import type { AlertId, TenantId } from '../../core/ids.ts'
import { ALERT_LIMITS } from './limits.ts'

export const ALERT_STATES = ['firing', 'resolved'] as const
export type AlertState = (typeof ALERT_STATES)[number]

export const ALERT_EVENT_KINDS = ['fired', 'fired-again', 'urgency-raised', 'resolved'] as const
export type AlertEventKind = (typeof ALERT_EVENT_KINDS)[number]

export interface Alert {
  readonly alertId: AlertId
  readonly tenantId: TenantId
  readonly source: ConditionSource
  readonly key: string
  readonly state: AlertState
  /** The most urgent action that was asked for since it last began to fire. */
  readonly action: Action
  readonly summary: string
  readonly labels: Readonly<Record<string, string>>
  /** When it fired for the first time. */
  readonly openedAtMs: number
  /** When it last began to fire: later than openedAtMs after a flap. */
  readonly firedAtMs: number
  /** When the condition was last seen to hold. */
  readonly heldAtMs: number
  readonly resolvedAtMs: number | null
  /** How often it fired again soon after it had resolved. */
  readonly flaps: number
  /** The numbers behind the condition when it opened. */
  readonly openingNumbers: Readonly<Record<string, number>>
  /** The numbers as last seen. */
  readonly numbers: Readonly<Record<string, number>>
}

/** An alert that turned: what the routing decides on. */
export interface AlertTransition {
  /** The state after it. An alert whose urgency was raised passes `firing` a second time. */
  readonly kind: AlertState
  readonly event: AlertEventKind
  readonly alert: Alert
  readonly atMs: number
}

export interface AlertEvent {
  readonly sequence: number
  readonly atMs: number
  readonly kind: AlertEventKind
  readonly action: Action
  readonly summary: string
  readonly numbers: Readonly<Record<string, number>>
}

/** Tells what a condition does to the last alert of its tenant, source and key. Null when the alert
 *  does not turn. A clock that stepped back before the resolution counts as soon after it, so that
 *  ids stay unique. */
export function turn(
  last: Alert | undefined,
  condition: Condition,
  nowMs: number,
): AlertTransition | null {
  const firing = last?.state === 'firing'
  if (!condition.holds) {
    return firing ? transition('resolved', resolved(last, condition, nowMs), nowMs) : null
  }
  if (firing) {
    if (!isMoreUrgent(condition.action, last.action)) return null
    const alert = { ...stillFiring(last, condition, nowMs), action: condition.action }
    return transition('urgency-raised', alert, nowMs)
  }
  if (last !== undefined && mayReopen(last, nowMs)) {
    return transition('fired-again', reopened(last, condition, nowMs), nowMs)
  }
  return transition('fired', opened(condition, nowMs), nowMs)
}

/** Brings the numbers of an alert that goes on firing up to date. */
export function stillFiring(alert: Alert, condition: Condition, nowMs: number): Alert {
  const { summary, labels } = condition
  return { ...alert, summary, labels, numbers: finite(condition.numbers), heldAtMs: nowMs }
}

/** Tells whether an action wakes people sooner than another. */
export function isMoreUrgent(action: Action, than: Action): boolean {
  return ACTIONS.indexOf(action) < ACTIONS.indexOf(than)
}

/** Names what is one and the same alert to a receiver: stable over firing, resolving and firing
 *  again. */
export function dedupKey(alert: Pick<Alert, 'tenantId' | 'source' | 'key'>): string {
  return `${alert.tenantId}/${alert.source}/${alert.key}`
}

function opened(condition: Condition, nowMs: number): Alert {
  const { tenantId, source, key, action, summary, labels } = condition
  const numbers = finite(condition.numbers)
  return {
    alertId: alertIdOf(`${dedupKey(condition)}/${String(nowMs)}`),
    tenantId,
    source,
    key,
    state: 'firing',
    action,
    summary,
    labels,
    openedAtMs: nowMs,
    firedAtMs: nowMs,
    heldAtMs: nowMs,
    resolvedAtMs: null,
    flaps: 0,
    openingNumbers: numbers,
    numbers,
  }
}

function mayReopen(last: Alert, nowMs: number): boolean {
  return last.resolvedAtMs !== null && nowMs - last.resolvedAtMs < ALERT_LIMITS.reopenWithinMs
}

function reopened(last: Alert, condition: Condition, nowMs: number): Alert {
  return {
    ...stillFiring(last, condition, nowMs),
    state: 'firing',
    action: condition.action,
    firedAtMs: nowMs,
    resolvedAtMs: null,
    flaps: last.flaps + 1,
  }
}

/** The summary stays what fired: what ended it is told by the event. */
function resolved(last: Alert, condition: Condition, nowMs: number): Alert {
  return { ...last, state: 'resolved', resolvedAtMs: nowMs, numbers: finite(condition.numbers) }
}

function transition(event: AlertEventKind, alert: Alert, atMs: number): AlertTransition {
  return { kind: alert.state, event, alert, atMs }
}

/** Drops what JSON cannot carry: a burn over no traffic is not a number. */
function finite(numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)))
}

/** Ids come from what they name, so that the same run gives the same ids. */
function alertIdOf(text: string): AlertId {
  return `alr_${createHash('sha256').update(text).digest('hex').slice(0, 24)}` as AlertId
}
