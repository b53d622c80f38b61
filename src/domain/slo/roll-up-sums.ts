/**
 * What tenants count together, tier by tier: the windows of every SLO that is added up over tenants
 * and has pairs, in one walk over the tenants after they were decided. Of each sum there are three:
 * of all tenants, and of those that no page, or no page and no ticket, of their own speaks for.
 */
import type { AllowedPpm, Counted } from './budget.ts'
import { allowedPpm } from './budget.ts'
import { judgedCounts, withoutPast } from './judged-counts.ts'
import { versionAt } from './model/objective-history.ts'
import { SLO_TIERS, type SloTier } from './model/tiers.ts'
import { unitsOf } from './objective.ts'
import type { CauseGroup } from './raise.ts'
import type { Periods } from './periods.ts'
import type { GroupCount } from './roll-up-decide.ts'
import { NO_DATA_BIT, NO_SLOT, PLACE_MASK, type Slots, type SloTenant } from './slots.ts'
import { appliesTo, type SloTemplate } from './template.ts'
import { COMMON_WINDOWS } from './window-plan.ts'
import { HOUR_WINDOW, type PairAction } from './windows.ts'

/** Whose counts: everybody's, or of those whom no alert of their own speaks for that asks for at
 *  least so much. */
export const SHARES = ['all', 'page', 'ticket'] as const satisfies readonly ('all' | PairAction)[]
export type Share = (typeof SHARES)[number]

/** An SLO that is added up over tenants, with what it adds up. */
export interface RollUpPlan {
  readonly template: SloTemplate
  /** Its place, and that of the SLO whose counts are added up, among the templates. */
  readonly index: number
  readonly of: number
  readonly units: number
  readonly over: 'tier' | 'fleet'
  /** The places of the windows that its pairs look at, among those that all SLOs have. */
  readonly windows: readonly number[]
}

/** The sums of one tier. */
export interface TierSums {
  tenants: number
  /** Tenants whom a page or a ticket of their own speaks for, or their silence. */
  paging: number
  ticketing: number
  readonly windows: Readonly<Record<Share, readonly MutableCount[]>>
  /** Of all tenants. Null while nothing burned the last time. */
  period: MutableCount | null
}

interface MutableCount {
  total: number
  bad: number
  allowed: AllowedPpm
}

/** The tiers that raise so much themselves. */
export type SpeakingTiers = Readonly<Record<PairAction, ReadonlySet<SloTier>>>

export const NOBODY: SpeakingTiers = { page: new Set(), ticket: new Set() }

export class RollUpSums {
  plans: readonly RollUpPlan[] = []
  /** The templates that the plans are of. */
  templates: readonly SloTemplate[] = []
  /** Plans whose groups burned when they were last decided: their periods are added up as well. */
  readonly hot = new Set<SloTemplate>()
  /** By cause of the fleet: the tiers that spoke for themselves when it was last decided. */
  speaking: ReadonlyMap<string, SpeakingTiers> = new Map()
  readonly #slots: Slots
  readonly #periods: Pick<Periods, 'corrected'>
  #sums = new Map<RollUpPlan, Readonly<Record<SloTier, TierSums>>>()
  #nowMs = 0

  constructor(slots: Slots, periods: Pick<Periods, 'corrected'>) {
    this.#slots = slots
    this.#periods = periods
  }

  /** Begins anew. Tells whether there is anything to add up. */
  begin(nowMs: number): boolean {
    this.#nowMs = nowMs
    if (this.templates !== this.#slots.templates) {
      this.templates = this.#slots.templates
      this.plans = plansOf(this.templates)
      this.hot.clear()
    }
    this.#sums = new Map(this.plans.map((plan) => [plan, forEachTier(() => none(plan, this.hot))]))
    return this.plans.length > 0
  }

  /** Adds a tenant that was decided. Cost: about a microsecond a plan. */
  add(tenant: SloTenant): void {
    if (!tenant.active) return
    for (const plan of this.plans) this.#addTo(plan, tenant)
  }

  of(plan: RollUpPlan, tier: SloTier): TierSums {
    return this.#sums.get(plan)![tier]
  }

  #addTo(plan: RollUpPlan, tenant: SloTenant): void {
    const slo = tenant.slos[plan.of]!
    const { upper } = slo
    if (upper === NO_SLOT || !appliesTo(plan.template, tenant)) return
    const sums = this.of(plan, tenant.tier)
    const { targetPpm } = versionAt(plan.template.objectives[tenant.tier], this.#nowMs)
    const speaks = this.#speaksFor(tenant, plan.template.cause)
    sums.tenants += 1
    if (speaks === 'page') sums.paging += 1
    if (speaks === 'ticket') sums.ticketing += 1
    const page = this.#slots.page(upper)
    // Nothing is decided because of what was loaded, or counted again for the worse.
    const live = withoutPast(page, upper & PLACE_MASK, slo) ?? slo
    const { counts, place } = judgedCounts(page, upper & PLACE_MASK, live)
    for (const window of plan.windows) {
      const total = counts.totals[window]![place]!
      if (total <= 0) continue
      const count = { total, bad: Math.max(0, counts.bads[window]![place]!) }
      const allowed = allowedPpm(total, targetPpm)
      addInto(sums.windows.all[window]!, count, allowed)
      if (speaks !== 'page') addInto(sums.windows.page[window]!, count, allowed)
      if (speaks === null) addInto(sums.windows.ticket[window]!, count, allowed)
    }
    if (sums.period === null) return
    const period = this.#periods.corrected(slo)
    addInto(sums.period, period, allowedPpm(period.total, targetPpm))
  }

  /** Tells the most urgent alert that a tenant has of its own for a cause. Silence covers all. */
  #speaksFor(tenant: SloTenant, cause: string): PairAction | null {
    if ((this.#raised(tenant.first) & NO_DATA_BIT) !== 0) return 'page'
    const group = this.#slots.causes.find((each) => each.cause === cause)
    if (group === undefined) return null
    if (this.#hasRaised(tenant, group, 'page')) return 'page'
    return this.#hasRaised(tenant, group, 'ticket') ? 'ticket' : null
  }

  #hasRaised({ slos }: SloTenant, { members, masks }: CauseGroup, action: PairAction): boolean {
    return members.some((member) => {
      return (this.#raised(slos[member]!.upper) & masks[action][member]!) !== 0
    })
  }

  #raised(slot: number): number {
    return slot === NO_SLOT ? 0 : this.#slots.page(slot).raised[slot & PLACE_MASK]!
  }
}

/** Adds up tiers. */
export function sumOfCounts(counts: readonly GroupCount[]): GroupCount {
  const sum = { total: 0, bad: 0, allowed: 0 }
  for (const count of counts) addInto(sum, count, count.allowed)
  return sum
}

function plansOf(templates: readonly SloTemplate[]): RollUpPlan[] {
  return templates.flatMap((template, index) => {
    const { counting, pairs } = template
    if (counting.from !== 'tenants' || pairs.length === 0) return []
    const of = templates.findIndex(({ sloId }) => sloId === counting.of)
    if (of < 0 || templates[of]!.counting.from !== 'cells') return []
    const seconds = new Set(pairs.flatMap((pair) => [pair.longSeconds, pair.shortSeconds]))
    const windows = [...COMMON_WINDOWS.keys()].filter(
      (window) => window === HOUR_WINDOW || seconds.has(COMMON_WINDOWS[window]!.seconds),
    )
    const units = unitsOf(templates[of]!)
    return [{ template, index, of, units, over: counting.over, windows }]
  })
}

function forEachTier<T>(make: () => T): Record<SloTier, T> {
  return { starter: make(), professional: make(), enterprise: make() }
}

function none({ template }: RollUpPlan, hot: ReadonlySet<SloTemplate>): TierSums {
  const windows = (): MutableCount[] => COMMON_WINDOWS.map(nothing)
  return {
    tenants: 0,
    paging: 0,
    ticketing: 0,
    windows: { all: windows(), page: windows(), ticket: windows() },
    period: hot.has(template) ? nothing() : null,
  }
}

function nothing(): MutableCount {
  return { total: 0, bad: 0, allowed: 0 }
}

function addInto(sum: MutableCount, { total, bad }: Counted, allowed: AllowedPpm): void {
  sum.total += total
  sum.bad += bad
  sum.allowed += allowed
}

/** The tiers that a group is of. */
export function tiersOf(tier: SloTier | null): readonly SloTier[] {
  return tier === null ? SLO_TIERS : [tier]
}
