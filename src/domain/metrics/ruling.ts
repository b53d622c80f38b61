/**
 * What limits refused of one write. A limit may have been changed by the time the log is replayed,
 * and how full a bucket was is nowhere on disk: so the log record says what was refused and by
 * which figure, and a replay refuses that and nothing else. A write of which the limits refused
 * nothing has no ruling.
 */
import type { DiscardReason } from './reasons.ts'

export const SLICE_REASONS = ['rate-limit', 'request-samples'] as const satisfies DiscardReason[]
export type SliceReason = (typeof SLICE_REASONS)[number]
export const ROOM_REASONS = ['series-limit', 'new-series-limit'] as const satisfies DiscardReason[]
export type RoomReason = (typeof ROOM_REASONS)[number]

/** How wide a series may be. */
export interface LabelLimits {
  readonly labelsPerSeries: number
  readonly labelNameBytes: number
  readonly labelValueBytes: number
}

export interface TenantRuling {
  /** All samples of the tenant were refused, for this. */
  readonly slice?: SliceReason
  /** So many new series were taken in, the others refused. */
  readonly room?: { readonly series: number; readonly reason: RoomReason }
  /** The limits that series were too wide for. */
  readonly labels?: LabelLimits
}

/** By tenant id: only tenants of which something was refused. */
export type Ruling = Readonly<Record<string, TenantRuling>>

/** Reads a ruling back. Undefined when it is none that this version writes. */
export function readRuling(value: unknown): Ruling | undefined {
  if (!isObject(value) || !Object.values(value).every(isTenantRuling)) return undefined
  return value as Ruling
}

function isTenantRuling(value: unknown): boolean {
  if (!isObject(value)) return false
  const { slice, room, labels, ...rest } = value
  return (
    Object.keys(rest).length === 0 &&
    (slice === undefined || isOneOf(SLICE_REASONS, slice)) &&
    (room === undefined ||
      (isObject(room) && isCount(room['series']) && isOneOf(ROOM_REASONS, room['reason']))) &&
    (labels === undefined ||
      (isObject(labels) &&
        isCount(labels['labelsPerSeries']) &&
        isCount(labels['labelNameBytes']) &&
        isCount(labels['labelValueBytes'])))
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isOneOf(reasons: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && reasons.includes(value)
}
