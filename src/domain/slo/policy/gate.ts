/**
 * Whether a pipeline may deploy for a tenant: not while a budget policy freezes deploys, unless
 * somebody overrode it. The answer has the reason and the numbers behind it. Pure.
 */
import type { SloId, TenantId } from '../../../core/ids.ts'
import { PPM } from '../../../core/units.ts'
import { isoTime } from '../../../core/time.ts'
import { budgetLeftInWords, spanInWords } from '../verdict.ts'
import type { GateOverride } from './overrides.ts'

/** A step that freezes deploys, with the budget behind it. */
export interface GateFreeze {
  readonly sloId: SloId
  readonly title: string
  readonly policyId: string
  readonly stepId: string
  readonly sinceMs: number
  readonly objectivePpm: number | null
  readonly periodSeconds: number | null
  readonly good: number | null
  readonly bad: number | null
  readonly total: number | null
  readonly budgetLeftRatio: number | null
  readonly budgetLeftEvents: number | null
  /** What froze it, and what has to be left before it opens. */
  readonly enterLeftRatio: number
  readonly leaveLeftRatio: number
  /** It stays at least until then. */
  readonly heldUntilMs: number
  /** When it opens if events go on coming as in the last hour. Null when not within the period, or
   *  where that cannot be told. */
  readonly opensAtMs: number | null
}

export interface DeployGate {
  readonly tenantId: TenantId
  /** The one that was asked about; null for all of the tenant. */
  readonly sloId: SloId | null
  readonly gate: 'open' | 'closed'
  /** One sentence. */
  readonly reason: string
  /** Since when it is closed, or would be without an override. Null when nothing is frozen. */
  readonly sinceMs: number | null
  readonly opensAtMs: number | null
  /** Longest first. */
  readonly freezes: readonly GateFreeze[]
  /** The overrides in force that are about what was asked. */
  readonly overrides: readonly GateOverride[]
  readonly asOfMs: number
}

export interface GateFacts {
  readonly tenantId: TenantId
  readonly tenantName: string
  readonly sloId: SloId | null
  readonly freezes: readonly GateFreeze[]
  /** Of the tenant, in force. */
  readonly overrides: readonly GateOverride[]
  readonly nowMs: number
}

/** Answers a pipeline. */
export function gateOf({
  tenantId,
  tenantName,
  sloId,
  freezes: all,
  overrides: inForce,
  nowMs,
}: GateFacts): DeployGate {
  const freezes = all
    .filter((freeze) => sloId === null || freeze.sloId === sloId)
    .toSorted((left, right) => left.sinceMs - right.sinceMs)
  const overrides = inForce.filter(
    (each) => sloId === null || each.sloId === null || each.sloId === sloId,
  )
  const closing = freezes.filter((freeze) => overrideOf(freeze, overrides) === undefined)
  return {
    tenantId,
    sloId,
    gate: closing.length === 0 ? 'open' : 'closed',
    reason: reasonOf({ tenantName, freezes, closing, overrides, nowMs }),
    sinceMs: freezes[0]?.sinceMs ?? null,
    opensAtMs: lastOpening(closing),
    freezes,
    overrides,
    asOfMs: nowMs,
  }
}

function overrideOf(
  { sloId }: GateFreeze,
  overrides: readonly GateOverride[],
): GateOverride | undefined {
  return overrides.find((each) => each.sloId === null || each.sloId === sloId)
}

/** Everything that closes it has to open. */
function lastOpening(closing: readonly GateFreeze[]): number | null {
  const instants = closing.map(({ opensAtMs }) => opensAtMs)
  if (instants.length === 0 || instants.includes(null)) return null
  return Math.max(...instants.map(Number))
}

interface ReasonFacts {
  readonly tenantName: string
  readonly freezes: readonly GateFreeze[]
  readonly closing: readonly GateFreeze[]
  readonly overrides: readonly GateOverride[]
  readonly nowMs: number
}

function reasonOf({ tenantName, freezes, closing, overrides, nowMs }: ReasonFacts): string {
  const [first, ...others] = closing
  if (first !== undefined) {
    const { title, policyId, stepId, sinceMs } = first
    const since = spanInWords(Math.max(0, nowMs - sinceMs) / 1_000)
    const and = others.length === 0 ? '' : `, and ${others.map((each) => each.title).join(', ')}`
    return `${tenantName}: ${title} ${leftInWords(first)}${and}; frozen for ${since} by ${policyId}/${stepId}${openingInWords(closing, nowMs)}.`
  }
  const frozen = freezes[0]
  const override = frozen && overrideOf(frozen, overrides)
  if (override === undefined) return `${tenantName}: no budget policy freezes deploys.`
  return `${tenantName}: frozen, overridden by ${override.createdByName} until ${isoTime(override.expiresAtMs)}: ${override.reason}`
}

function leftInWords({ budgetLeftRatio: left, bad, total, objectivePpm }: GateFreeze): string {
  if (left === null || objectivePpm === null) return 'has no counts now'
  const counts = `${shown(bad)} bad of ${shown(total)} at ${objectivePpm / (PPM / 100)} %`
  if (left <= 0) return `has spent its budget (${budgetLeftInWords(left)} left, ${counts})`
  return `has ${budgetLeftInWords(left)} of its budget left (${counts})`
}

function openingInWords(closing: readonly GateFreeze[], nowMs: number): string {
  const opensAtMs = lastOpening(closing)
  if (opensAtMs === null) return '; at the present rate it does not open'
  return `; at the present rate it opens in ${spanInWords(Math.max(0, opensAtMs - nowMs) / 1_000)}`
}

function shown(count: number | null): string {
  return String(Number((count ?? 0).toFixed(2)))
}
