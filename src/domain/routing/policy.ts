/**
 * Who is told what: a table of tier and action. Read a row as "a page for a starter tenant goes to
 * every channel; when it resolves before its trigger left, neither is sent".
 */
import type { Action } from '../../core/condition.ts'
import type { Tier } from '../tenants/tenants.ts'

/** What becomes of a trigger that nobody was told of when its alert resolves. */
export type UnsentTrigger = 'send-both' | 'drop-pair'

export interface PolicyRow {
  readonly tier: Tier
  readonly action: Action
  /** Kinds of channels, or every channel. */
  readonly channels: 'all' | readonly string[]
  readonly unsentTrigger: UnsentTrigger
}

/** Sorted by urgency: deliveries that wait leave in this order. */
export const POLICY: readonly PolicyRow[] = [
  { tier: 'enterprise', action: 'page', channels: 'all', unsentTrigger: 'send-both' },
  { tier: 'professional', action: 'page', channels: 'all', unsentTrigger: 'send-both' },
  { tier: 'starter', action: 'page', channels: 'all', unsentTrigger: 'drop-pair' },
  {
    tier: 'enterprise',
    action: 'ticket',
    channels: ['log', 'webhook'],
    unsentTrigger: 'send-both',
  },
  {
    tier: 'professional',
    action: 'ticket',
    channels: ['log', 'webhook'],
    unsentTrigger: 'drop-pair',
  },
  { tier: 'starter', action: 'ticket', channels: ['log', 'webhook'], unsentTrigger: 'drop-pair' },
  { tier: 'enterprise', action: 'report', channels: ['log'], unsentTrigger: 'drop-pair' },
  { tier: 'professional', action: 'report', channels: ['log'], unsentTrigger: 'drop-pair' },
  { tier: 'starter', action: 'report', channels: ['log'], unsentTrigger: 'drop-pair' },
]

export interface Route extends PolicyRow {
  /** The row's place in the table: lower leaves first. */
  readonly rank: number
}

/** Tells the row for a tenant's alert. A tenant whose tier is not known is treated with the most
 *  care. */
export function routeOf(tier: Tier | undefined, action: Action): Route {
  const sought = tier ?? 'enterprise'
  const rank = POLICY.findIndex((row) => row.tier === sought && row.action === action)
  const row = POLICY[rank]
  if (row === undefined) throw new Error(`assertion failed: no policy for ${sought} ${action}`)
  return { ...row, rank }
}

/** Tells the rank of an alert whose priority is raised: it leaves with those of the row above. */
export function raisedRank(rank: number): number {
  return Math.max(0, rank - 1)
}

/** Tells whether a route leads to channels of a kind. */
export function leadsTo(route: PolicyRow, channelKind: string): boolean {
  return route.channels === 'all' || route.channels.includes(channelKind)
}
