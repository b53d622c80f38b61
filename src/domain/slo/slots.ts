/**
 * Who has which slot: the tenants with an SLO each per template, and the pages that their counts
 * lie in. A slot of a tenant that is no longer active keeps its counts, so that a tenant that comes
 * back finds its budget as it was; it is evaluated no more.
 */
import { assert } from '../../core/assert.ts'
import type { SloId, TenantId } from '../../core/ids.ts'
import { PAGE_SLOTS } from './count-ring.ts'
import { objectiveOf, type Objective } from './objective.ts'
import { causesOf, type CauseGroup } from './raise.ts'
import { SlotPage, type LateCounts, type PageKind } from './slot-page.ts'
import { sliceOf, type SloTemplate, type SloTier } from './template.ts'

export interface SloTenants {
  active(): Iterable<{ readonly tenantId: TenantId; readonly tier: SloTier; readonly name: string }>
  /** Changes whenever `active` may answer otherwise. */
  generation(): number
}

export const NO_SLOT = -1
export type Estimate = 'upper' | 'lower'

/** One tenant's SLO. `upper` counts what is good at best; `lower` what is good for sure, and
 *  exists only where the two differ. */
export interface TenantSlo {
  objective: Objective
  readonly upper: number
  lower: number
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
  readonly slos: readonly TenantSlo[]
}

/** A slot as a checkpoint knows it. */
export interface SlotRow {
  readonly tenantId: TenantId
  readonly sloId: SloId
  readonly estimate: Estimate
  readonly slot: number
}

export class Slots {
  readonly templates: readonly SloTemplate[]
  readonly causes: readonly CauseGroup[]
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
  readonly #late: LateCounts
  readonly #source: SloTenants
  readonly #byTenant = new Map<TenantId, SloTenant>()
  readonly #objectives: ReadonlyMap<SloTemplate, Readonly<Record<SloTier, Objective>>>
  /** Slots that a restored checkpoint knows and no tenant has claimed yet, by identity. */
  readonly #restored = new Map<string, SlotRow>()
  /** The page of each kind that new slots go to. */
  readonly #open: Partial<Record<PageKind, SlotPage>> = {}
  #generation: number | null = null

  constructor(templates: readonly SloTemplate[], source: SloTenants, late: LateCounts) {
    this.templates = templates
    this.causes = causesOf(templates)
    this.#source = source
    this.#late = late
    this.#objectives = new Map(
      templates.map((template) => [
        template,
        {
          starter: objectiveOf(template, 'starter'),
          professional: objectiveOf(template, 'professional'),
          enterprise: objectiveOf(template, 'enterprise'),
        },
      ]),
    )
  }

  page(slot: number): SlotPage {
    return this.pages[slot >> PAGE_BITS]!
  }

  /** Follows the registry: new tenants get slots, changed tiers their objectives. Cheap when
   *  nothing changed. Returns the tenants that are new or back. */
  refresh(): readonly SloTenant[] {
    const generation = this.#source.generation()
    if (generation === this.#generation) return []
    this.#generation = generation
    const seen = new Set<SloTenant>()
    const arrived: SloTenant[] = []
    for (const { tenantId, tier, name } of this.#source.active()) {
      const tenant = this.#byTenant.get(tenantId) ?? this.#admit(tenantId, tier, name)
      if (!tenant.active) arrived.push(tenant)
      this.#update(tenant, tier, name)
      seen.add(tenant)
    }
    for (const tenant of this.tenants) if (!seen.has(tenant)) tenant.active = false
    this.#adoptRestored()
    return arrived
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
    this.#restored.set(identity(row.tenantId, row.sloId, row.estimate), row)
  }

  restorePage(page: SlotPage): void {
    assert(page.id === this.pages.length, 'pages in order, without a gap')
    this.pages.push(page)
    this.#reserve()
  }

  newPage(kind: PageKind): SlotPage {
    return new SlotPage(this.pages.length, kind, this.#late)
  }

  #admit(tenantId: TenantId, tier: SloTier, name: string): SloTenant {
    const slos = this.templates.map((template) => {
      const upper = this.#claim(tenantId, template, 'upper')
      const known = this.#restored.get(identity(tenantId, template.sloId, 'lower'))
      const lower = known?.slot ?? NO_SLOT
      return { objective: this.#objectives.get(template)![tier], upper, lower }
    })
    const ordinal = this.tenants.length
    const tenant: SloTenant = {
      tenantId,
      ordinal,
      tier,
      name,
      active: false,
      lastSampleAtMs: null,
      slos,
    }
    this.tenants.push(tenant)
    this.#byTenant.set(tenantId, tenant)
    return tenant
  }

  /** Makes tenants of restored slots whose tenant left while nobody looked, so that what it had
   *  raised is told to have ceased. */
  #adoptRestored(): void {
    for (const { tenantId } of this.#restored.values()) {
      if (!this.#byTenant.has(tenantId)) this.#admit(tenantId, 'starter', tenantId)
    }
    this.#restored.clear()
  }

  #update(tenant: SloTenant, tier: SloTier, name: string): void {
    tenant.active = true
    tenant.name = name
    if (tenant.tier === tier) return
    tenant.tier = tier
    tenant.slos.forEach((slo, i) => {
      slo.objective = this.#objectives.get(this.templates[i]!)![tier]
    })
  }

  #claim(tenantId: TenantId, template: SloTemplate, estimate: Estimate): number {
    const restored = this.#restored.get(identity(tenantId, template.sloId, estimate))?.slot
    if (restored !== undefined) {
      this.page(restored).sliceTargetPpm[restored & PLACE_MASK] = sliceTargetPpm(template)
      return restored
    }
    const page = this.#pageWithRoom(sliceOf(template) === null ? 'events' : 'slices')
    const slot = page.id * PAGE_SLOTS + page.take(sliceTargetPpm(template))
    const row = { tenantId, sloId: template.sloId, estimate, slot }
    this.#keep(row)
    this.fresh.push(row)
    return slot
  }

  #keep(row: SlotRow): void {
    this.rows[row.slot] = row
    this.count += 1
  }

  #pageWithRoom(kind: PageKind): SlotPage {
    const known = this.#open[kind]
    if (known !== undefined && known.used < PAGE_SLOTS) return known
    const page =
      this.pages.find((candidate) => candidate.kind === kind && candidate.used < PAGE_SLOTS) ??
      this.#addPage(kind)
    this.#open[kind] = page
    return page
  }

  #addPage(kind: PageKind): SlotPage {
    const page = this.newPage(kind)
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

function sliceTargetPpm(template: SloTemplate): number {
  const slice = sliceOf(template)
  return slice?.rule === 'good-share' ? slice.targetPpm : 0
}

function identity(tenantId: TenantId, sloId: SloId, estimate: Estimate): string {
  return `${tenantId}/${sloId}/${estimate}`
}
