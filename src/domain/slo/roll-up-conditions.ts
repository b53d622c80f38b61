/**
 * What groups of tenants raise: every tier, and the fleet. By the rules of a tenant's SLOs: those
 * of one cause share one page and one ticket, the fastest pair that holds speaks, what was raised
 * is kept until its short windows have recovered. And by one more: a group speaks only for those
 * whom nothing narrower speaks for. It is raised by the counts of the tenants that have no page of
 * their own for the cause (of a ticket: no page and no ticket), and the fleet also without the
 * tiers that page; so of one failure nobody is told as a tenant and again as a part of the fleet.
 * Once raised it is kept by the counts of all, so that tenants that begin to page do not end it.
 * What is raised is read from the alerts that fire, so a restart at any time goes on where it was.
 */
import type { Condition } from '../../core/condition.ts'
import { groupId, isGroupId } from '../../core/ids.ts'
import { LABELS } from '../../core/names/labels.ts'
import { budgetLeftRatio, exhaustsInSeconds } from './budget.ts'
import type { PairMask } from './decide.ts'
import { SLO_TIERS, type SloTier } from './model/tiers.ts'
import { bitOf } from './objective.ts'
import { causesOf, raisedOf, type CauseGroup, type Voice } from './raise.ts'
import {
  groupBurn,
  groupBurning,
  groupHolding,
  groupLingering,
  fewText,
  thresholdOfPair,
  type GroupRules,
  type GroupWindows,
} from './roll-up-decide.ts'
import {
  NOBODY,
  sumOfCounts,
  tiersOf,
  type RollUpPlan,
  type RollUpSums,
  type Share,
  type SpeakingTiers,
  type TierSums,
} from './roll-up-sums.ts'
import type { BurnStatus } from './status.ts'
import type { SloTemplate } from './template.ts'
import { budgetInWords, timesInWords } from './verdict.ts'
import { COMMON_WINDOWS } from './window-plan.ts'
import { HOUR_WINDOW, PAIR_ACTIONS, SPEEDS, type BurnPair, type PairAction } from './windows.ts'

export type FiringGroup = Pick<Condition, 'source' | 'tenantId' | 'key' | 'action' | 'labels'>

/** A tier, or all tenants (null). */
interface Group {
  readonly tier: SloTier | null
  readonly speaking: SpeakingTiers
}

interface GroupFacts {
  readonly plan: RollUpPlan
  readonly group: Group
  readonly sums: RollUpSums
}

/** Tells what groups raise, and the end of what fires and holds no more. Cost: some microseconds a
 *  group and pair. */
export function rollUpConditions(
  sums: RollUpSums,
  firing: Iterable<FiringGroup>,
  nowMs: number,
): Condition[] {
  const before = new Map(
    [...firing]
      .filter(({ source, tenantId }) => source === 'slo' && isGroupId(tenantId))
      .map((alert) => [idOf(alert), alert]),
  )
  sums.hot.clear()
  const told = new Map<string, Condition>()
  const decide = (group: Group, deciding: Deciding): void => {
    for (const condition of ofGroup(sums, group, deciding)) told.set(idOf(condition), condition)
  }
  for (const tier of SLO_TIERS) {
    decide({ tier, speaking: NOBODY }, { over: 'tier', before, nowMs, cause: null })
  }
  sums.speaking = speakingByCause(sums, [...told.values()])
  for (const [cause, speaking] of sums.speaking) {
    decide({ tier: null, speaking }, { over: 'fleet', before, nowMs, cause })
  }
  const ceased = [...before.values()].filter((alert) => !told.has(idOf(alert)))
  return [...told.values(), ...ceased.map((alert) => ceasedOf(alert, nowMs))]
}

/** Tells by cause of the fleet which tiers speak for themselves. */
function speakingByCause(
  { plans }: RollUpSums,
  tiers: readonly Condition[],
): Map<string, SpeakingTiers> {
  const causes = plans.filter(({ over }) => over === 'fleet').map(({ template }) => template.cause)
  return new Map(
    [...new Set(causes)].map((cause) => {
      const whoRaise = (...actions: PairAction[]): Set<SloTier> =>
        new Set(
          SLO_TIERS.filter((tier) =>
            tiers.some(({ tenantId, key }) => {
              const isOne = actions.some((action) => key === `${cause}/${action}`)
              return isOne && tenantId === groupId(tier)
            }),
          ),
        )
      return [cause, { page: whoRaise('page'), ticket: whoRaise('page', 'ticket') }]
    }),
  )
}

interface Deciding {
  readonly over: RollUpPlan['over']
  readonly before: ReadonlyMap<string, FiringGroup>
  readonly nowMs: number
  /** Null: all. */
  readonly cause: string | null
}

function ofGroup(sums: RollUpSums, group: Group, deciding: Deciding): Condition[] {
  const { over, before, nowMs, cause: only } = deciding
  const { templates, plans } = sums
  const own = plans.filter((plan) => {
    return plan.over === over && (only === null || plan.template.cause === only)
  })
  const causes = causesOf(templates, (template) => own.some((plan) => plan.template === template))
  return causes.flatMap((cause) => {
    const masks = masksOf(sums, group, { cause, own, before })
    const now = raisedOf(cause, { ...masks, silent: false })
    return PAIR_ACTIONS.flatMap((action) => {
      const voice = now[action]
      if (voice === null) return []
      const plan = own.find(({ index }) => index === voice.sloIndex)!
      const holds = (masks.holding[voice.sloIndex]! & (1 << voice.speedIndex)) !== 0
      return [conditionOf({ plan, group, sums }, { voice, action, holds, nowMs })]
    })
  })
}

interface Masks {
  readonly holding: readonly PairMask[]
  readonly lingering: readonly PairMask[]
  readonly raised: readonly PairMask[]
}

function masksOf(
  sums: RollUpSums,
  group: Group,
  {
    cause,
    own,
    before,
  }: {
    readonly cause: CauseGroup
    readonly own: readonly RollUpPlan[]
    readonly before: ReadonlyMap<string, FiringGroup>
  },
): Masks {
  const holding = sums.templates.map(() => 0)
  const lingering = sums.templates.map(() => 0)
  const raised = sums.templates.map(() => 0)
  for (const plan of own) {
    if (plan.template.cause !== cause.cause) continue
    const facts = { plan, group, sums }
    const all = groupWindows(facts, 'all')
    const rules = rulesOf(plan, group)
    holding[plan.index] = holdingOf(facts)
    lingering[plan.index] = groupLingering(all, rules)
    raised[plan.index] = raisedMask(facts, before)
    if ((groupBurning(all, rules) | raised[plan.index]!) !== 0) sums.hot.add(plan.template)
  }
  return { holding, lingering, raised }
}

/** Tells which pairs hold of those whom nothing narrower speaks for. */
function holdingOf(facts: GroupFacts): PairMask {
  const rules = rulesOf(facts.plan, facts.group)
  return PAIR_ACTIONS.reduce((mask, action) => {
    const pairs = rules.pairs.filter((pair) => pair.action === action)
    return mask | groupHolding(groupWindows(facts, action), { ...rules, pairs })
  }, 0)
}

/** Reads the voice of what fires. */
function raisedMask(
  { plan: { template }, group: { tier } }: GroupFacts,
  before: ReadonlyMap<string, FiringGroup>,
): PairMask {
  return PAIR_ACTIONS.reduce((mask, action) => {
    const alert = before.get(`${groupId(tier)}/${template.cause}/${action}`)
    if (alert?.labels[LABELS.slo] !== template.sloId) return mask
    const speed = SPEEDS.find((each) => each === alert.labels[LABELS.speed])
    return speed === undefined ? mask : mask | bitOf(speed)
  }, 0)
}

function rulesOf({ template, units }: RollUpPlan, { tier }: Group): GroupRules {
  const { pairs, periodSeconds, minBadEvents, minTotalEvents } = template
  const least = (by: Readonly<Record<SloTier, number>>): number =>
    Math.max(...tiersOf(tier).map((each) => by[each]))
  return {
    pairs,
    periodSeconds,
    units,
    minBadEvents: least(minBadEvents),
    minTotalEvents: least(minTotalEvents),
  }
}

/** Tells what the windows of a group count: of all of it, or of those whom nothing narrower speaks
 *  for. */
function groupWindows({ plan, group, sums }: GroupFacts, share: Share): GroupWindows {
  const tiers = tiersOf(group.tier).filter(
    (tier) => share === 'all' || !group.speaking[share].has(tier),
  )
  return (seconds) => {
    const window = COMMON_WINDOWS.findIndex((each) => each.seconds === seconds)
    return sumOfCounts(tiers.map((tier) => sums.of(plan, tier).windows[share][window]!))
  }
}

/** Counts the tenants of a group, and those that a page (of a ticket: or ticket) speaks for
 *  already, their own or their tier's. */
function tenantsOf(
  { plan, group, sums }: GroupFacts,
  action: PairAction,
): { readonly tenants: number; readonly spokenFor: number } {
  const counts = tiersOf(group.tier).map((tier) => {
    const { tenants, paging, ticketing } = sums.of(plan, tier)
    const own = action === 'page' ? paging : paging + ticketing
    return { tenants, spokenFor: group.speaking[action].has(tier) ? tenants : own }
  })
  return counts.reduce((all, each) => ({
    tenants: all.tenants + each.tenants,
    spokenFor: all.spokenFor + each.spokenFor,
  }))
}

interface Told {
  readonly voice: Voice
  readonly action: PairAction
  /** The pair holds; or what it raised has not recovered. */
  readonly holds: boolean
  readonly nowMs: number
}

function conditionOf(facts: GroupFacts, { voice, action, holds, nowMs }: Told): Condition {
  const { plan, group } = facts
  const { template, units } = plan
  const speed = SPEEDS[voice.speedIndex]!
  const pair = template.pairs.find((each) => each.speed === speed)!
  const windows = groupWindows(facts, holds ? action : 'all')
  const long = windows(pair.longSeconds)
  const short = windows(pair.shortSeconds)
  const { tenants, spokenFor } = tenantsOf(facts, action)
  const { leftRatio, exhausts } = budgetOf(facts)
  const name = groupName(group.tier)
  const burn = groupBurn(holds ? long : short) ?? 0
  const over = windowName(holds ? pair.longSeconds : pair.shortSeconds)
  const rate = `${timesInWords(burn)} over ${over}`
  const without = spokenFor > 0 && holds ? `, without the ${String(spokenFor)} told of already` : ''
  const said = holds
    ? `${name} together burn their ${template.noun} budget ${rate}${without}`
    : `${name} together burned their ${template.noun} budget too fast and recover: still ${rate}`
  return {
    source: 'slo',
    tenantId: groupId(group.tier),
    key: `${template.cause}/${action}`,
    holds: true,
    action,
    summary: `${said}${budgetInWords(leftRatio, exhausts)}.`,
    numbers: {
      longBurn: groupBurn(long) ?? 0,
      shortBurn: groupBurn(short) ?? 0,
      threshold: thresholdOfPair(pair, rulesOf(plan, group)),
      good: (long.total - long.bad) / units,
      bad: long.bad / units,
      total: long.total / units,
      shortGood: (short.total - short.bad) / units,
      shortBad: short.bad / units,
      shortTotal: short.total / units,
      longSeconds: pair.longSeconds,
      shortSeconds: pair.shortSeconds,
      periodSeconds: template.periodSeconds,
      tenants,
      spokenFor,
      ...(leftRatio === null ? {} : { budgetLeft: leftRatio }),
      ...(exhausts === null ? {} : { exhaustsInSeconds: exhausts }),
    },
    labels: {
      [LABELS.slo]: template.sloId,
      [LABELS.speed]: pair.speed,
      ...(group.tier === null ? {} : { [LABELS.tier]: group.tier }),
    },
    atMs: nowMs,
  }
}

/** Tells what is left of a group's budget. Nulls where its period was not added up yet. */
function budgetOf(facts: GroupFacts): {
  readonly leftRatio: number | null
  readonly exhausts: number | null
} {
  const { plan, group, sums } = facts
  const periods = tiersOf(group.tier).map((tier) => sums.of(plan, tier).period)
  const known = periods.filter((period): period is NonNullable<TierSums['period']> => {
    return period !== null
  })
  if (known.length < periods.length) return { leftRatio: null, exhausts: null }
  const period = sumOfCounts(known)
  const leftRatio = budgetLeftRatio(period, period.allowed)
  const burn = groupBurn(groupWindows(facts, 'all')(COMMON_WINDOWS[HOUR_WINDOW]!.seconds))
  const { periodSeconds } = plan.template
  return { leftRatio, exhausts: exhaustsInSeconds({ leftRatio, burn, periodSeconds }) }
}

/**
 * Tells how the pairs of a group stood when it was last decided. Shape: empty for what has none.
 */
export function burnsOfGroup(
  sums: RollUpSums,
  template: SloTemplate,
  tier: SloTier | null,
): BurnStatus[] {
  const plan = sums.plans.find((each) => each.template === template)
  if (plan === undefined) return []
  const speaking = (tier === null ? sums.speaking.get(template.cause) : undefined) ?? NOBODY
  return groupBurns({ plan, group: { tier, speaking }, sums })
}

/** Tells how the pairs of a group stand, with the counts of all its tenants. */
function groupBurns(facts: GroupFacts): BurnStatus[] {
  const { plan, group } = facts
  const { template, units } = plan
  const rules = rulesOf(plan, group)
  const all = groupWindows(facts, 'all')
  const burning = groupBurning(all, rules)
  const holding = holdingOf(facts)
  return template.pairs.map((pair) => {
    const long = all(pair.longSeconds)
    const short = all(pair.shortSeconds)
    const bit = bitOf(pair.speed)
    const holds = (holding & bit) !== 0
    return {
      speed: pair.speed,
      action: pair.action,
      longSeconds: pair.longSeconds,
      shortSeconds: pair.shortSeconds,
      longBurn: groupBurn(long),
      shortBurn: groupBurn(short),
      longBad: long.bad / units,
      longTotal: long.total / units,
      shortBad: short.bad / units,
      shortTotal: short.total / units,
      threshold: thresholdOfPair(pair, rules),
      holds,
      suppressed: !holds && (burning & bit) !== 0 ? heldBack(facts, pair, rules) : null,
    }
  })
}

/** Says why a pair that burns raises nothing. */
function heldBack(facts: GroupFacts, pair: BurnPair, rules: GroupRules): string {
  const few = fewText(groupWindows(facts, 'all'), pair, rules)
  if (few !== null) return few
  const { tenants, spokenFor } = tenantsOf(facts, pair.action)
  const what = pair.action === 'page' ? 'a page' : 'a page or ticket'
  const rest = groupWindows(facts, pair.action)
  const left = fewText(rest, pair, rules)
  const burn = groupBurn(rest(pair.longSeconds))
  const others = left ?? `it burns ${burn === null ? 'nothing' : `${Number(burn.toFixed(1))}x`}`
  return `${String(spokenFor)} of ${String(tenants)} have ${what} already; without them ${others}`
}

function ceasedOf({ tenantId, key, action, labels }: FiringGroup, nowMs: number): Condition {
  const tier = SLO_TIERS.find((each) => each === labels[LABELS.tier]) ?? null
  const summary = `${groupName(tier)} together no longer burn their budget too fast.`
  const rest = { holds: false, action, summary, numbers: {}, labels, atMs: nowMs }
  return { source: 'slo', tenantId, key, ...rest }
}

function groupName(tier: SloTier | null): string {
  return tier === null ? 'All tenants' : `${tier.charAt(0).toUpperCase()}${tier.slice(1)} tenants`
}

function windowName(seconds: number): string {
  return COMMON_WINDOWS.find((window) => window.seconds === seconds)!.name
}

function idOf({ tenantId, key }: Pick<Condition, 'tenantId' | 'key'>): string {
  return `${tenantId}/${key}`
}
