/**
 * What a tenant's cells counted in one hour, for whoever counts the past again: by the minute where
 * that is stored, and otherwise whether anything is. An hour without a row either counted nothing,
 * or its minutes are kept no longer: then what it came to as a whole still stands.
 */
import type { TenantId } from '../../core/ids.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import type { Cell } from './cell.ts'
import { MINUTES_PER_HOUR } from './pack.ts'
import type { ReaderParts } from './rollup-reader.ts'

/** `rows`: by cell, an entry a minute, NaN where nothing was counted. */
export type CellHour =
  | { readonly stored: 'minutes'; readonly rows: ReadonlyMap<number, Float64Array> }
  | { readonly stored: 'hour' | 'nothing' }

export interface CellHourAsked {
  readonly tenantId: TenantId
  readonly cells: readonly Cell[]
  readonly hourEndMs: number
}

/** Reads an hour of a tenant's cells: (hourEndMs - 1 h, hourEndMs]. */
export function cellHour(
  { minutes, packedMinutes, spans }: Pick<ReaderParts, 'minutes' | 'packedMinutes' | 'spans'>,
  { tenantId, cells, hourEndMs }: CellHourAsked,
): CellHour {
  const range = { fromMs: hourEndMs - HOUR_MS, toMs: hourEndMs }
  const rows = new Map<number, Float64Array>()
  for (const hour of packedMinutes(tenantId, range)) {
    for (const row of hour.rows) rows.set(row.cellId, row.minutes.slice())
  }
  minutes.read(cells, range, (cellId, minuteEndMs, value) => {
    const row = rows.get(cellId) ?? new Float64Array(MINUTES_PER_HOUR).fill(NaN)
    rows.set(cellId, row)
    const place = MINUTES_PER_HOUR - 1 - (hourEndMs - minuteEndMs) / MINUTE_MS
    row[place] = (Number.isNaN(row[place]!) ? 0 : row[place]!) + value
  })
  if (rows.size > 0) return { stored: 'minutes', rows }
  const isCoarse = spans(tenantId, HOUR_MS, range).some(({ spans: of }) => of.length > 0)
  return { stored: isCoarse ? 'hour' : 'nothing' }
}
