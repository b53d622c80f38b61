/** What a tenant's service is like at an instant, faults taken together. */
import type { Fault } from './faults.ts'
import type { DemoProfile } from './profiles.ts'
import { expectedRequestsPerSecond } from './shape.ts'

export interface ServiceCondition {
  readonly requestsPerSecond: number
  readonly errorRatio: number
  /** Shares of requests that are turned away, for want of room and by the tenant's own quota. */
  readonly refusalRatio: number
  readonly quotaRatio: number
  readonly medianSeconds: number
  /** How hard a request works, against an ordinary one. */
  readonly workFactor: number
}

/** Applies faults to a tenant's ordinary day. Faults of other tenants are passed over. */
export function serviceConditionOf(
  profile: DemoProfile,
  faults: readonly Fault[],
  atMs: number,
): ServiceCondition {
  const condition = {
    requestsPerSecond: expectedRequestsPerSecond(profile, atMs),
    errorRatio: profile.errorRatio,
    refusalRatio: 0,
    quotaRatio: 0,
    medianSeconds: profile.medianSeconds,
    workFactor: 1,
  }
  for (const fault of faults) {
    if (fault.tenantId === profile.tenantId) apply(fault, condition)
  }
  return condition
}

type Changing = { -readonly [Key in keyof ServiceCondition]: ServiceCondition[Key] }

function apply({ kind, strength }: Fault, condition: Changing): void {
  if (kind === 'errors') condition.errorRatio = Math.max(condition.errorRatio, strength)
  else if (kind === 'slowness') condition.medianSeconds *= strength
  else if (kind === 'refusals') condition.refusalRatio = strength
  else if (kind === 'quota') condition.quotaRatio = strength
  else if (kind === 'idle') condition.requestsPerSecond = 0
  else {
    condition.requestsPerSecond *= strength
    condition.workFactor = strength
  }
}
