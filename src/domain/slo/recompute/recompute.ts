/** A past that was counted again: of whose SLO, which stretch, what it came to before and after. */
import { z } from 'zod'
import type { SloId, TenantId } from '../../../core/ids.ts'
import type { SloTemplate } from '../template.ts'

/** Why counts were left as they are. */
export const LEFT_REASONS = ['expired', 'other-unit', 'loaded', 'coarse', 'gone', 'recent'] as const
export type LeftReason = (typeof LEFT_REASONS)[number]

/** A stretch that could not be counted again, (fromMs, toMs], and what it counts. */
export interface LeftStretch {
  reason: LeftReason
  fromMs: number
  toMs: number
  total: number
  bad: number
}

/** Events, or slices, or seconds: what the SLO counts. */
export interface RecomputedCount {
  total: number
  bad: number
}

/** An hour that counts otherwise now. */
export interface RecountedHour {
  hourEndMs: number
  before: RecomputedCount
  after: RecomputedCount
}

/** What counting again came to, or would come to. */
export interface SloRecount {
  /** What was asked for and may be counted again: (fromMs, toMs]. */
  fromMs: number
  toMs: number
  /** Whole minutes that the stored signals told. */
  minutes: number
  before: RecomputedCount
  after: RecomputedCount
  /** Shape: oldest first, those alone that differ. */
  hours: RecountedHour[]
  /** Shape: oldest first. */
  left: LeftStretch[]
}

/** A past that was counted again and came to something else, as it is kept. */
export interface Recompute {
  readonly recomputeId: string
  readonly tenantId: TenantId
  readonly sloId: SloId
  readonly reason: string
  readonly begunAtMs: number
  readonly begunBy: string
  /** Null while it is under way, or was broken off: asking again goes on with it. */
  readonly endedAtMs: number | null
  readonly recount: SloRecount
}

/** What figures say of a past that was counted again. */
export interface RecomputedStatus {
  atMs: number
  by: string
  reason: string
  fromMs: number
  toMs: number
}

export const RECOMPUTE_LIMITS = {
  /** Tenants of one request. */
  tenants: 50,
  reasonCharacters: 500,
  /** Of a tenant's SLO; older ones are forgotten, the audit log keeps what they say. */
  keptEach: 20,
  /** Of which a list tells. */
  listed: 200,
} as const

export const recomputeReasonSchema = z.string().trim().min(1).max(RECOMPUTE_LIMITS.reasonCharacters)

/** Tells whether anything counts otherwise. */
export function isChange({ hours }: Pick<SloRecount, 'hours'>): boolean {
  return hours.length > 0
}

/** Tells why an SLO cannot be counted again. Null where it can. */
export function whyNotRecomputable({ sloId, counting }: SloTemplate): string | null {
  switch (counting.from) {
    case 'cells':
      return null
    case 'parts': {
      const parts = counting.parts.map((part) => part.sloId).join(', ')
      return `${sloId} is made of others: name those instead (${parts}), and it follows them`
    }
    case 'tenants':
      return `${sloId} adds up ${counting.of}: name that one instead, and it follows`
    case 'source':
      return `${sloId} is counted by ${counting.source}, which is asked anew each time: it is never behind`
    case 'elsewhere':
      return `${sloId} ${counting.why}`
  }
}
