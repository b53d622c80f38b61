/** A push of rules to an engine, and what became of it. */
import type { TenantId } from '../../../core/ids.ts'

/**
 * `begun`: under way, or broken off there. `refused`: the engine would not take it, nothing was
 * changed. `unreachable`: it could not be read, nothing was changed. `restored`: it failed, and is
 * as it was. `half`: it failed, and so did putting it back. `differs`: it was taken, and reads back
 * otherwise.
 */
export type OwnerOutcome =
  | 'begun'
  | 'unchanged'
  | 'changed'
  | 'refused'
  | 'unreachable'
  | 'restored'
  | 'half'
  | 'differs'

export const GOOD_OUTCOMES: readonly OwnerOutcome[] = ['unchanged', 'changed']

export interface PushedOwner {
  readonly owner: TenantId
  readonly pushId: string
  readonly engine: string
  readonly outcome: OwnerOutcome
  readonly detail: string | null
  /** Of what it was to have. */
  readonly hash: string
  /** Groups that were made, changed or taken away. */
  readonly changes: number
  readonly atMs: number
}

export interface Push {
  readonly pushId: string
  readonly engine: string
  readonly kind: 'push' | 'rollback'
  /** Of a rollback: the push that it takes back. */
  readonly ofPushId: string | null
  /** Of all sets together. */
  readonly hash: string
  readonly begunAtMs: number
  readonly begunBy: string
  readonly endedAtMs: number | null
  readonly outcome: 'running' | 'ok' | 'failed' | 'interrupted'
  readonly owners: number
}
