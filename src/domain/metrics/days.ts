/**
 * Makes days of hours: a day is what its hours came to. It is made once its last hour has left
 * memory, and anew after an hour of it was packed again. A day that is lacking is read from its
 * hours, so days are only ever a shortcut.
 */
import type { TenantId } from '../../core/ids.ts'
import { DAY_MS, floorToStep, HOUR_MS, type TimeRange } from '../../core/time.ts'
import { MEMORY_MS } from './rollup.ts'
import { mergeSpans, packSpans } from './span.ts'
import type { PackedDay, StoredSpans } from './store.ts'

export interface DayParts {
  readonly tenantIds: () => readonly TenantId[]
  readonly readSpans: (tenantId: TenantId, spanMs: number, range: TimeRange) => StoredSpans[]
  /** The ends of the first and the last span of a tenant. */
  readonly endsOf: (
    tenantId: TenantId,
    spanMs: number,
  ) => { firstMs: number; lastMs: number } | null
  readonly keepDay: (day: PackedDay) => void
}

/** A late sample reaches at most a day back, so at most this many days are made anew. */
const LATE_DAYS = 3
/** Tenants looked at before other work gets a turn. */
const TENANTS_A_STEP = 20

/** Makes the days that lack. Returns how many. */
export function* makeDays(parts: DayParts, nowMs: number): Generator<void, number> {
  const toMs = floorToStep(nowMs - MEMORY_MS, DAY_MS)
  let made = 0
  for (const [index, tenantId] of parts.tenantIds().entries()) {
    if (index % TENANTS_A_STEP === TENANTS_A_STEP - 1) yield
    made += makeDaysOf(parts, tenantId, toMs)
  }
  return made
}

function makeDaysOf(parts: DayParts, tenantId: TenantId, toMs: number): number {
  const hours = parts.endsOf(tenantId, HOUR_MS)
  if (hours === null) return 0
  const lastMs = parts.endsOf(tenantId, DAY_MS)?.lastMs ?? -Infinity
  const fromMs = Math.max(lastMs - LATE_DAYS * DAY_MS, floorToStep(hours.firstMs - HOUR_MS, DAY_MS))
  if (fromMs >= toMs) return 0
  const known = parts.readSpans(tenantId, DAY_MS, { fromMs, toMs }).map(({ endMs }) => endMs)
  const hoursByDay = Map.groupBy(
    lackingHours(parts, tenantId, { fromMs, toMs }, known),
    ({ endMs }) => Math.ceil(endMs / DAY_MS),
  )
  for (const [day, ofDay] of hoursByDay) {
    const body = packSpans(mergeSpans(ofDay.map(({ spans }) => spans)))
    parts.keepDay({ tenantId, dayEndMs: day * DAY_MS, body })
  }
  return hoursByDay.size
}

function lackingHours(
  parts: DayParts,
  tenantId: TenantId,
  { fromMs, toMs }: TimeRange,
  known: readonly number[],
): StoredSpans[] {
  const hours: StoredSpans[] = []
  for (let dayEndMs = fromMs + DAY_MS; dayEndMs <= toMs; dayEndMs += DAY_MS) {
    if (known.includes(dayEndMs)) continue
    hours.push(...parts.readSpans(tenantId, HOUR_MS, { fromMs: dayEndMs - DAY_MS, toMs: dayEndMs }))
  }
  return hours
}
