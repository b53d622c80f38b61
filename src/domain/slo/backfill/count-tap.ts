/**
 * What cells gained, told by tenant and SLO instead of being kept: for a history that is counted
 * here and loaded elsewhere. Nothing is evaluated, and nothing of it stays in memory.
 */
import { UNATTRIBUTED, type SloId, type TenantId } from '../../../core/ids.ts'
import type { Counters } from '../../../core/ports.ts'
import type { Cell, Increments } from '../../metrics/cell.ts'
import { Binding } from '../binding.ts'
import { Booking } from '../booking.ts'
import type { SloBook } from '../model/slo-book.ts'
import { NO_SLOT, Slots, type SloTenants } from '../slots.ts'
import { TICK_MS } from '../windows.ts'

/** What an SLO counted in ten seconds: whole events. */
export interface TappedCount {
  readonly tenantId: TenantId
  readonly sloId: SloId
  /** The end of the bucket. */
  readonly atMs: number
  readonly total: number
  readonly bad: number
  /** By what is good for sure; see `TenantSlo`. */
  readonly surelyBad: number
  /** It is no event: it decides a minute in which there is none. */
  readonly standsIn: boolean
}

export interface CountTap {
  /** Takes what cells gained. Shape: all cells so far. */
  take(cells: readonly Cell[], increments: Increments): void
}

export interface CountTapParts {
  readonly book: SloBook
  readonly tenants: SloTenants
  readonly counters: Counters
  readonly onCount: (count: TappedCount) => void
}

export function openCountTap({ book, tenants, counters, onCount }: CountTapParts): CountTap {
  const slots = new Slots(book, tenants, { add: () => {} })
  const binding = new Binding(slots)
  const booking = new Booking(slots, binding, counters, ({ slot, tick, total, bad }, standsIn) => {
    const { tenantId, sloId, estimate } = slots.rows[slot]!
    const count = { tenantId, sloId, atMs: tick * TICK_MS, standsIn }
    if (estimate === 'lower') onCount({ ...count, total: 0, bad: 0, surelyBad: bad })
    else onCount({ ...count, total, bad, surelyBad: isSplit(tenantId, sloId) ? 0 : bad })
  })
  let seen = 0

  function isSplit(tenantId: TenantId, sloId: SloId): boolean {
    const slos = slots.tenant(tenantId)?.slos ?? []
    const slo = slos.find(({ objective }) => objective.template.sloId === sloId)
    return slo !== undefined && slo.lower !== NO_SLOT
  }

  return {
    take(cells, increments) {
      slots.refresh()
      const fresh = cells.slice(seen).filter(({ tenantId }) => tenantId !== UNATTRIBUTED)
      seen = cells.length
      for (const [tenantId, own] of Map.groupBy(fresh, (cell) => cell.tenantId)) {
        const tenant = slots.tenant(tenantId)
        if (tenant !== undefined) binding.bind(tenant, own)
      }
      booking.take(increments)
      booking.flush()
    },
  }
}
