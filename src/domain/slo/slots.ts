/**
 * Who has which slot: the tenants with an SLO each per template that is promised to them, and the
 * pages that their counts lie in. A slot of a tenant that is no longer active keeps its counts, so
 * that a tenant that comes back finds its budget as it was; it is evaluated no more. The same holds
 * for the slots of a template that is gone.
 */
import { assert } from '../../core/assert.ts'
import type { SloId, TenantId } from '../../core/ids.ts'
import type { SliSource } from '../../core/sli-source.ts'
import { DAY_MS } from '../../core/time.ts'
import { PAGE_SLOTS } from './count-columns.ts'
import type { SloBook } from './model/slo-book.ts'
import { objectiveOf, type Objective } from './objective.ts'
import { causesOf, type CauseGroup } from './raise.ts'
import { SlotPage, type LateCounts, type PageShape } from './slot-page.ts'
import {
  appliesTo,
  sliceMinutes,
  sliceOf,
  type Counting,
  type SliceRule,
  type SloTemplate,
  type SloTier,
} from './template.ts'
import { NO_EXCLUSIONS, type Exclusions } from './tick-range.ts'
import { planOf } from './window-plan.ts'
import { SPEEDS, TICK_MS } from './windows.ts'

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
  /** Of an SLO whose counts a source keeps: what to ask it. Null of any other. */
  readonly sourced: SourcedCounts | null
  readonly upper: number
  lower: number
}

export interface SourcedCounts {
  readonly source: SliSource
  readonly tenantId: TenantId
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
  /** The last tick that has ended: never moves back, whatever the wall clock does. */
  endedTick = -1
  /** Grows whenever a tenant gets other SLOs. */
  version = 0
  /** Called before a tenant gets other SLOs than it had. */
  beforeGiving: (tenant: SloTenant) => void = () => {}
  #book: SloBook
  readonly #late: LateCounts
  readonly #source: SloTenants
  readonly #sources: ReadonlyMap<string, SliSource>
  readonly #byTenant = new Map<TenantId, SloTenant>()
  /** By template and tier, of tenants without an override. */
  readonly #objectives = new Map<string, Objective>()
  /** Slots that no tenant has at the moment, by identity: restored ones that are not claimed yet,
   *  and those of SLOs that are gone. */
  readonly #idle = new Map<string, SlotRow>()
  /** Tenants of restored slots that the registry was not asked for yet. */
  #restored = new Set<TenantId>()
  /** The page of each shape that new slots go to. */
  readonly #open = new Map<string, SlotPage>()
  #generation: number | null = null
  #nowMs = 0
  /** When some objective becomes another one. */
  #changesAtMs = Infinity

  constructor(
    book: SloBook,
    source: SloTenants,
    late: LateCounts,
    sources: readonly SliSource[] = [],
  ) {
    this.#book = book
    this.templates = book.templates
    this.causes = causesOf(book.templates)
    this.#source = source
    this.#sources = new Map(sources.map((each) => [each.name, each]))
    this.#late = late
    // What allows no failure is refused before there is anybody that it is promised to.
    for (const template of book.templates) this.#objective(template, 'starter', undefined)
  }

  /**
   * Of the SLOs whose counts are kept here. Two days more where the calendar has longer periods
   * than their nominal length.
   */
  get longestPeriodDays(): number {
    const kept = this.templates.filter(({ counting }) => hasSlot(counting))
    const days = kept.map(({ period, periodSeconds }) => {
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
    this.endedTick = Math.max(this.endedTick, this.headTick - 2, Math.floor(nowMs / TICK_MS))
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
    this.#idle.set(identity(row), row)
    this.#restored.add(row.tenantId)
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
    const before = tenant.slos
    for (const { upper, lower } of before) for (const slot of [upper, lower]) this.#release(slot)
    tenant.slos = this.templates.map((template) => {
      const objective = this.#objectiveOf(tenant, template)
      const rest = { objective, exclusions: NO_EXCLUSIONS, parts: null, sourced: null }
      const { tenantId } = tenant
      if (!hasSlot(template.counting) || !appliesTo(template, tenant)) {
        const sourced = this.#sourced(tenant, template)
        return { ...rest, sourced, upper: NO_SLOT, lower: NO_SLOT }
      }
      const upper = this.#claim(tenantId, template, 'upper')
      const hasLower = this.#idle.has(
        identity({ tenantId, sloId: template.sloId, estimate: 'lower' }),
      )
      const lower = hasLower ? this.#claim(tenantId, template, 'lower') : NO_SLOT
      return { ...rest, upper, lower }
    })
    for (const slo of tenant.slos) slo.parts = this.#parts(tenant, slo.objective.template)
    tenant.first = tenant.slos.find(({ upper }) => upper !== NO_SLOT)?.upper ?? NO_SLOT
    const kept = new Set(tenant.slos.map(({ upper }) => upper))
    for (const { upper } of before) if (!kept.has(upper)) this.#setRaised(upper, 0)
    if (isNoData !== 0) this.#setRaised(tenant.first, this.#raisedAt(tenant.first) | isNoData)
    return tenant.slos.some(({ upper }, i) => upper !== before[i]?.upper)
  }

  #sourced(tenant: SloTenant, template: SloTemplate): SourcedCounts | null {
    const { counting } = template
    if (counting.from !== 'source' || !appliesTo(template, tenant)) return null
    const source = this.#sources.get(counting.source)
    return source === undefined ? null : { source, tenantId: tenant.tenantId }
  }

  #release(slot: number): void {
    const row = slot === NO_SLOT ? undefined : this.rows[slot]
    if (row !== undefined) this.#idle.set(identity(row), row)
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
    for (const tenantId of this.#restored) {
      if (!this.#byTenant.has(tenantId)) this.#admit(tenantId, 'starter', tenantId)
    }
    this.#restored = new Set()
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
    const claim = { tenantId, template, estimate }
    const key = identity({ tenantId, sloId: template.sloId, estimate })
    const known = this.#idle.get(key)
    this.#idle.delete(key)
    if (known === undefined) return this.#take(claim, shape, -1)
    const page = this.page(known.slot)
    const place = known.slot & PLACE_MASK
    const isSameKind =
      page.kind === shape.kind && (rule === null || countsAlike(page.sliceRules[place]!, rule))
    if (isSameKind && page.plan === shape.plan) {
      if (rule !== null && !isSameRule(page.sliceRules[place]!, rule)) {
        page.setRule(place, rule)
        this.fresh.push(known)
      }
      return known.slot
    }
    const sinceTick = isSameKind ? page.sinceTicks.of(place) : this.headTick
    const slot = this.#take(claim, shape, sinceTick)
    if (isSameKind) this.page(slot).moveFrom(page, place, slot & PLACE_MASK)
    else page.clear(place)
    return slot
  }

  #take({ tenantId, template, estimate }: Claim, shape: PageShape, sinceTick: number): number {
    const page = this.#pageWithRoom(shape)
    const place = page.take(sliceOf(template))
    page.sinceTicks.put(place, sinceTick)
    const slot = page.id * PAGE_SLOTS + place
    const row = { tenantId, sloId: template.sloId, estimate, slot }
    this.#keep(row)
    this.fresh.push(row)
    return slot
  }

  #keep(row: SlotRow): void {
    this.rows[row.slot] = row
    this.count += 1
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
}

/**
 * Tells whether a tenant's SLO has a place in memory: what a source counts, or what is added up
 * over tenants, has none.
 */
function hasSlot({ from }: Counting): boolean {
  return from === 'cells' || from === 'parts'
}

function isSameRule(left: SliceRule, right: SliceRule): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right)
}

/** Shares of a slice and slices that are good or bad are not the same unit, nor are slices of other
 *  lengths. */
function countsAlike(left: SliceRule, right: SliceRule): boolean {
  const isSameUnit = (left.rule === 'mean') === (right.rule === 'mean')
  return isSameUnit && sliceMinutes(left) === sliceMinutes(right)
}

function identity({ tenantId, sloId, estimate }: Omit<SlotRow, 'slot'>): string {
  return `${tenantId}/${sloId}/${estimate}`
}
