/** What one tenant is promised at an instant, SLO by SLO. Pure. */
import type { TenantId } from '../../../core/ids.ts'
import { appliesTo } from '../template.ts'
import { versionAt } from './objective-history.ts'
import { allSlos, historyFor, sloBookOf, type SloBook, type SloBookSpec } from './slo-book.ts'
import type { SloSpec } from './slo-spec.ts'
import type { SloTier } from './tiers.ts'

export interface PromisedSlo {
  readonly spec: SloSpec
  readonly targetPpm: number
  /** Whether that is what its tier is promised. */
  readonly isOfTier: boolean
  readonly minBadEvents: number
  readonly minTotalEvents: number
}

export interface PromiseBook {
  readonly specs: readonly SloSpec[]
  /** Shape: in the order of the book; only SLOs that apply to the tenant. */
  of(tenant: { readonly tenantId: TenantId; readonly tier: SloTier }, nowMs: number): PromisedSlo[]
}

/** Makes what tells promises of a specification. Asks that it was checked. Cost: templates once,
 *  then a look at each a tenant. */
export function promiseBookOf(spec: SloBookSpec): PromiseBook {
  const specs = allSlos(spec)
  const book = sloBookOf(spec)
  return {
    specs,
    of: ({ tenantId, tier }, nowMs) =>
      book.templates.flatMap((template, index) => {
        if (!appliesTo(template, { tenantId, tier })) return []
        return [promised(specs[index]!, template, { tenantId, tier, book, nowMs })]
      }),
  }
}

function promised(
  spec: SloSpec,
  template: SloBook['templates'][number],
  { tenantId, tier, book, nowMs }: Holder,
): PromisedSlo {
  const override = book.override(tenantId, template.sloId)
  const { targetPpm } = versionAt(historyFor(template, tier, override), nowMs)
  const ofTier = versionAt(template.objectives[tier], nowMs).targetPpm
  return {
    spec,
    targetPpm,
    isOfTier: targetPpm === ofTier,
    minBadEvents: override?.minBadEvents ?? template.minBadEvents[tier],
    minTotalEvents: override?.minTotalEvents ?? template.minTotalEvents[tier],
  }
}

interface Holder {
  readonly tenantId: TenantId
  readonly tier: SloTier
  readonly book: SloBook
  readonly nowMs: number
}
