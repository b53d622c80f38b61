/**
 * Who has which slot: the tenants with an SLO each per template that is promised to them, and the
 * pages that their counts lie in. A slot of a tenant that is no longer active keeps its counts, so
 * that a tenant that comes back finds its budget as it was; it is evaluated no more. The same holds
 * for the slots of a template that is gone.
 */
import { assert } from '../../core/assert.ts'
import type { SloId, TenantId } from '../../core/ids.ts'
import { DAY_MS } from '../../core/time.ts'
import { PAGE_SLOTS } from './count-ring.ts'
import type { SloBook } from './model/slo-book.ts'
import { objectiveOf, type Objective } from './objective.ts'
import { causesOf, type CauseGroup } from './raise.ts'
import { SlotPage, type LateCounts, type PageShape } from './slot-page.ts'
import { appliesTo, sliceOf, type SliceRule, type SloTemplate, type SloTier } from './template.ts'
import { NO_EXCLUSIONS, type Exclusions } from './tick-range.ts'
import { planOf } from './window-plan.ts'
import { SPEEDS } from './windows.ts'

export interface SloTenants {
  active(): Iterable<{ readonly tenantId: TenantId; readonly tier: SloTier; readonly name: string }>
  /** Changes whenever `active` may answer otherwise. */
  generation(): number
}

/**
 * On a tenant's first slot: the alert of its silence is raised. A bit beside those of the pairs.
 */
export const NO_DATA_BIT = 1 << SPEEDS.length

/** Of an SLO that is not promised to the tenant, or that counts nothing itself. */
export const NO_SLOT = -1
export type Estimate = 'upper' | 'lower'

/** One tenant's SLO. `upper` counts what is good at best; `lower` what is good for sure, and
 *  exists only where the two differ. */
export interface TenantSlo {
  objective: Objective
  /** What no budget is charged for. */
  exclusions: Exclusions
  /** Of a composite: those of its parts that are promised to the tenant. Null of any other. */
  parts: readonly TenantPart[] | null
  readonly upper: number
  lower: number
}

export interface TenantPart {
  readonly slo: TenantSlo
  readonly weight: number
  readonly page: SlotPage
  readonly place: number
}

export interface SloTenant {
  readonly tenantId: TenantId
  /** Dense, from 0. */
  readonly ordinal: number
  tier: SloTier
  name: string
  active: boolean
  lastSampleAtMs: number | null
  /** By template. */
  slos: readonly TenantSlo[]
  /** The first slot of all: where what is of the tenant as a whole is noted. */
  first: number
}

/** A slot as a checkpoint knows it. */
export interface SlotRow {
  readonly tenantId: TenantId
  readonly sloId: SloId
  readonly estimate: Estimate
  readonly slot: number
  /**
   * What was counted before was counted in another unit and is not read; -1 where there is none.
   */
  readonly sinceTick: number
  /** How minutes are decided, in a text; empty where events are counted. */
  readonly rule: string
  /** Minutes up to this one were decided by another rule. */
  readonly ruledFromMinute: number
}

export class Slots {
  templates: readonly SloTemplate[]
  causes: readonly CauseGroup[]
  readonly pages: SlotPage[] = []
  readonly tenants: SloTenant[] = []
  /** Rows that the next checkpoint adds. */
  fresh: SlotRow[] = []
  /** What every slot is, by its number. */
  readonly rows: (SlotRow | undefined)[] = []
  count = 0
  /** By slot: until which tick its counts are settled. Filled anew in each evaluation. */
  settledTicks = new Int32Array(PAGE_SLOTS)
  headTick = -1
  /** Grows whenever a tenant gets other SLOs. */
  version = 0
  /** Called before a tenant gets other SLOs than it had. */
  beforeGiving: (tenant: SloTenant) => void = () => {}
  #book: SloBook
  readonly #late: LateCounts
  readonly #source: SloTenants
  readonly #byTenant = new Map<TenantId, SloTenant>()
  /** By template and tier, of tenants without an override. */
  readonly #objectives = new Map<string, Objective>()
  /** By tenant: the slot of every SLO and estimate that there ever was one for. */
  readonly #known = new Map<TenantId, SlotRow[]>()
  /** The page of each shape that new slots go to. */
  readonly #open = new Map<string, SlotPage>()
  #generation: number | null = null
  #nowMs = 0
  /** When some objective becomes another one. */
  #changesAtMs = Infinity

  constructor(book: SloBook, source: SloTenants, late: LateCounts) {
    this.#book = book
    this.templates = book.templates
    this.causes = causesOf(book.templates)
    this.#source = source
    this.#late = late
    // What allows no failure is refused before there is anybody that it is promised to.
    for (const template of book.templates) this.#objective(template, 'starter', undefined)
  }

  /** Two days more where the calendar has longer periods than their nominal length. */
  get longestPeriodDays(): number {
    const days = this.templates.map(({ period, periodSeconds }) => {
      return Math.ceil((periodSeconds * 1_000) / DAY_MS) + (period.kind === 'calendar' ? 2 : 0)
    })
    return Math.max(0, ...days)
  }

  page(slot: number): SlotPage {
    return this.pages[slot >> PAGE_BITS]!
  }

  /** Follows the registry: new tenants get slots, changed tiers their objectives. Cheap when
   *  nothing changed. Returns the tenants that are new or back, and those that have other slots
   *  than before. */
  refresh(): { readonly arrived: readonly SloTenant[]; readonly changed: readonly SloTenant[] } {
    const generation = this.#source.generation()
    const arrived: SloTenant[] = []
    const changed: SloTenant[] = []
    if (generation === this.#generation) return { arrived, changed }
    this.#generation = generation
    const seen = new Set<SloTenant>()
    for (const { tenantId, tier, name } of this.#source.active()) {
      const tenant = this.#byTenant.get(tenantId) ?? this.#admit(tenantId, tier, name)
      if (!tenant.active) arrived.push(tenant)
      tenant.active = true
      tenant.name = name
      if (tenant.tier !== tier) {
        this.beforeGiving(tenant)
        tenant.tier = tier
        if (this.#give(tenant)) changed.push(tenant)
      }
      seen.add(tenant)
    }
    for (const tenant of this.tenants) if (!seen.has(tenant)) tenant.active = false
    this.#adoptRestored()
    return { arrived, changed }
  }

  /** Follows the clock: objectives that have come into force are judged by. */
  advance(nowMs: number): void {
    this.#nowMs = nowMs
    if (nowMs < this.#changesAtMs) return
    this.#forgetObjectives()
    for (const tenant of this.tenants) {
      tenant.slos.forEach((slo, i) => {
        slo.objective = this.#objectiveOf(tenant, this.templates[i]!)
      })
    }
  }

  /** Takes another book into use. Slots of the SLOs that stay keep their counts; of one whose
   *  windows are others what is in memory is carried over. Everything has to be bound anew. */
  follow(book: SloBook): void {
    for (const tenant of this.tenants) this.beforeGiving(tenant)
    this.#book = book
    this.templates = book.templates
    this.causes = causesOf(book.templates)
    this.#forgetObjectives()
    for (const tenant of this.tenants) this.#give(tenant)
  }

  #raisedAt(slot: number): number {
    return slot === NO_SLOT ? 0 : this.page(slot).raised[slot & PLACE_MASK]!
  }

  #setRaised(slot: number, mask: number): void {
    if (slot !== NO_SLOT) this.page(slot).raised[slot & PLACE_MASK] = mask
  }

  tenant(tenantId: TenantId): SloTenant | undefined {
    return this.#byTenant.get(tenantId)
  }

  /** Gives an SLO its second estimate, which has been the same as the first until now. */
  splitEstimates(tenant: SloTenant, slo: TenantSlo): void {
    if (slo.lower !== NO_SLOT) return
    const { template } = slo.objective
    slo.lower = this.#claim(tenant.tenantId, template, 'lower')
    const from = this.page(slo.upper)
    this.page(slo.lower).copyFrom(from, slo.upper & PLACE_MASK, slo.lower & PLACE_MASK)
  }

  /** Takes over a slot from a checkpoint. Pages were put into place before. */
  restoreSlot(row: SlotRow): void {
    this.#keep(row)
    const page = this.page(row.slot)
    const place = row.slot & PLACE_MASK
    if (row.rule !== '') page.sliceRules[place] = JSON.parse(row.rule) as SliceRule
    page.ruledFromMinute[place] = row.ruledFromMinute
  }

  restorePage(page: SlotPage): void {
    assert(page.id === this.pages.length, 'pages in order, without a gap')
    this.pages.push(page)
    this.#reserve()
  }

  newPage(shape: PageShape): SlotPage {
    return new SlotPage(this.pages.length, shape, this.#late)
  }

  #admit(tenantId: TenantId, tier: SloTier, name: string): SloTenant {
    const tenant: SloTenant = {
      tenantId,
      ordinal: this.tenants.length,
      tier,
      name,
      active: false,
      lastSampleAtMs: null,
      slos: [],
      first: NO_SLOT,
    }
    this.#give(tenant)
    this.tenants.push(tenant)
    this.#byTenant.set(tenantId, tenant)
    return tenant
  }

  /** Gives a tenant the SLOs that are promised to it. Tells whether it has other slots than
   *  before. */
  #give(tenant: SloTenant): boolean {
    this.version += 1
    const isNoData = this.#raisedAt(tenant.first) & NO_DATA_BIT
    const before = tenant.slos.map(({ upper }) => upper)
    tenant.slos = this.templates.map((template) => {
      const objective = this.#objectiveOf(tenant, template)
      const hasSlot = ['cells', 'parts'].includes(template.counting.from)
      const rest = { objective, exclusions: NO_EXCLUSIONS, parts: null }
      if (!hasSlot || !appliesTo(template, tenant)) {
        return { ...rest, upper: NO_SLOT, lower: NO_SLOT }
      }
      const upper = this.#claim(tenant.tenantId, template, 'upper')
      const hasLower = this.#find(tenant.tenantId, template.sloId, 'lower') !== undefined
      const lower = hasLower ? this.#claim(tenant.tenantId, template, 'lower') : NO_SLOT
      return { ...rest, upper, lower }
    })
    for (const slo of tenant.slos) slo.parts = this.#parts(tenant, slo.objective.template)
    tenant.first = tenant.slos.find(({ upper }) => upper !== NO_SLOT)?.upper ?? NO_SLOT
    const kept = new Set(tenant.slos.map(({ upper }) => upper))
    for (const upper of before) if (!kept.has(upper)) this.#setRaised(upper, 0)
    if (isNoData !== 0) this.#setRaised(tenant.first, this.#raisedAt(tenant.first) | isNoData)
    return tenant.slos.some(({ upper }, i) => upper !== before[i])
  }

  #parts({ slos }: SloTenant, { counting }: SloTemplate): readonly TenantPart[] | null {
    if (counting.from !== 'parts') return null
    return counting.parts.flatMap(({ sloId, weight }) => {
      const slo = slos.find(({ objective }) => objective.template.sloId === sloId)
      return slo === undefined || slo.upper === NO_SLOT
        ? []
        : [{ slo, weight, page: this.page(slo.upper), place: slo.upper & PLACE_MASK }]
    })
  }

  /** Makes tenants of restored slots whose tenant left while nobody looked, so that what it had
   *  raised is told to have ceased. */
  #adoptRestored(): void {
    if (this.#known.size === this.#byTenant.size) return
    for (const tenantId of this.#known.keys()) {
      if (!this.#byTenant.has(tenantId)) this.#admit(tenantId, 'starter', tenantId)
    }
  }

  #objectiveOf({ tenantId, tier }: SloTenant, template: SloTemplate): Objective {
    const override = this.#book.override(tenantId, template.sloId)
    return this.#objective(template, tier, override)
  }

  #objective(
    template: SloTemplate,
    tier: SloTier,
    override: ReturnType<SloBook['override']>,
  ): Objective {
    const key = `${template.sloId}/${tier}`
    const known = override === undefined ? this.#objectives.get(key) : undefined
    if (known !== undefined) return known
    const objective = objectiveOf(template, { tier, override, nowMs: this.#nowMs })
    if (override === undefined) this.#objectives.set(key, objective)
    this.#changesAtMs = Math.min(this.#changesAtMs, objective.untilMs)
    return objective
  }

  #forgetObjectives(): void {
    this.#objectives.clear()
    this.#changesAtMs = Infinity
  }

  #claim(tenantId: TenantId, template: SloTemplate, estimate: Estimate): number {
    const rule = sliceOf(template)
    const shape: PageShape = {
      kind: rule === null ? 'events' : 'slices',
      plan: planOf(template.period, template.pairs),
    }
    const known = this.#find(tenantId, template.sloId, estimate)
    if (known === undefined) {
      return this.#take({ tenantId, template, estimate, sinceTick: -1 }, shape)
    }
    const page = this.page(known.slot)
    const isSameKind = page.kind === shape.kind && countsAlike(known.rule, rule)
    if (isSameKind && page.plan === shape.plan) {
      this.#rule(known, rule)
      return known.slot
    }
    const sinceTick = isSameKind ? known.sinceTick : this.headTick
    const slot = this.#take({ tenantId, template, estimate, sinceTick }, shape)
    const place = known.slot & PLACE_MASK
    if (isSameKind) this.page(slot).moveFrom(page, place, slot & PLACE_MASK)
    else page.clear(place)
    return slot
  }

  /** Gives a slot the rule by which its minutes are decided from now on. */
  #rule(known: SlotRow, rule: SliceRule | null): void {
    const text = ruleText(rule)
    if (rule === null || known.rule === text) return
    const page = this.page(known.slot)
    const place = known.slot & PLACE_MASK
    page.setRule(place, rule)
    const row = { ...known, rule: text, ruledFromMinute: page.ruledFromMinute[place]! }
    this.#put(row)
    this.fresh.push(row)
  }

  #take({ tenantId, template, estimate, sinceTick }: Claim, shape: PageShape): number {
    const rule = sliceOf(template)
    const page = this.#pageWithRoom(shape)
    const slot = page.id * PAGE_SLOTS + page.take(rule)
    const { sloId } = template
    const row = {
      tenantId,
      sloId,
      estimate,
      slot,
      sinceTick,
      rule: ruleText(rule),
      ruledFromMinute: -1,
    }
    this.#keep(row)
    this.fresh.push(row)
    return slot
  }

  #keep(row: SlotRow): void {
    this.#put(row)
    this.count += 1
  }

  #put(row: SlotRow): void {
    this.rows[row.slot] = row
    const rows = this.#known.get(row.tenantId)
    if (rows === undefined) this.#known.set(row.tenantId, [row])
    else {
      const before = this.#find(row.tenantId, row.sloId, row.estimate)
      if (before === undefined) rows.push(row)
      else rows[rows.indexOf(before)] = row
    }
  }

  #find(tenantId: TenantId, sloId: SloId, estimate: Estimate): SlotRow | undefined {
    return this.#known
      .get(tenantId)
      ?.find((row) => row.sloId === sloId && row.estimate === estimate)
  }

  #pageWithRoom(shape: PageShape): SlotPage {
    const key = `${shape.kind} ${shape.plan.key}`
    const known = this.#open.get(key)
    if (known !== undefined && known.used < PAGE_SLOTS) return known
    const page =
      this.pages.find(
        ({ kind, plan, used }) => kind === shape.kind && plan === shape.plan && used < PAGE_SLOTS,
      ) ?? this.#addPage(shape)
    this.#open.set(key, page)
    return page
  }

  #addPage(shape: PageShape): SlotPage {
    const page = this.newPage(shape)
    if (this.headTick >= 0) page.advance(this.headTick, () => this.headTick)
    this.pages.push(page)
    this.#reserve()
    return page
  }

  #reserve(): void {
    if (this.settledTicks.length >= this.pages.length * PAGE_SLOTS) return
    const wider = new Int32Array(Math.ceil(1.25 * this.pages.length) * PAGE_SLOTS)
    wider.set(this.settledTicks)
    this.settledTicks = wider
  }
}

export const PAGE_BITS = Math.log2(PAGE_SLOTS)
export const PLACE_MASK = PAGE_SLOTS - 1

interface Claim {
  readonly tenantId: TenantId
  readonly template: SloTemplate
  readonly estimate: Estimate
  readonly sinceTick: number
}

const ruleTexts = new WeakMap<SliceRule, string>()

/** Shape: the same text object for the slots of one template. */
function ruleText(rule: SliceRule | null): string {
  if (rule === null) return ''
  const text = ruleTexts.get(rule) ?? JSON.stringify(rule)
  ruleTexts.set(rule, text)
  return text
}

/** Shares of a slice and slices that are good or bad are not the same unit. */
function countsAlike(before: string, rule: SliceRule | null): boolean {
  if (before === '' || rule === null) return before === ruleText(rule)
  return ((JSON.parse(before) as SliceRule).rule === 'mean') === (rule.rule === 'mean')
}
