/**
 * The range of time that the charts of a page show, as its address holds it: `range=24h`, or `from`
 * and `to` in epoch milliseconds once the reader has zoomed. Pure.
 */
export const RANGES = {
  '1h': { seconds: 3_600, label: '1 h' },
  '6h': { seconds: 21_600, label: '6 h' },
  '24h': { seconds: 86_400, label: '24 h' },
  '7d': { seconds: 604_800, label: '7 d' },
  '30d': { seconds: 2_592_000, label: '30 d' },
} as const
export type RangeName = keyof typeof RANGES
export const RANGE_NAMES = Object.keys(RANGES) as RangeName[]

const DEFAULT_RANGE: RangeName = '1h'
/** A zoom is never narrower than three of the finest steps. */
const NARROWEST_MS = 30_000

/** Shape: plain strings, as every part of an address. */
export interface SignalSearch {
  readonly range?: string
  readonly from?: string
  readonly to?: string
  /** Charts that are shown as tables, joined by commas. */
  readonly table?: string
}

export type SignalRange =
  | { readonly kind: 'last'; readonly name: RangeName; readonly seconds: number }
  | { readonly kind: 'fixed'; readonly fromMs: number; readonly toMs: number }

/** Reads the address, dropping what this page does not know. */
export function readSignalSearch(search: Readonly<Record<string, unknown>>): SignalSearch {
  const { range, table } = search
  const [fromMs, toMs] = [instant(search.from), instant(search.to)]
  const isFixed = fromMs !== null && toMs !== null && toMs - fromMs >= NARROWEST_MS
  return {
    ...(isRangeName(range) && !isFixed && range !== DEFAULT_RANGE ? { range } : {}),
    ...(isFixed ? { from: String(fromMs), to: String(toMs) } : {}),
    ...(typeof table === 'string' && table !== '' ? { table } : {}),
  }
}

/** Tells the range that an address means. */
export function rangeOf({ range, from, to }: SignalSearch): SignalRange {
  if (from !== undefined && to !== undefined) {
    return { kind: 'fixed', fromMs: Number(from), toMs: Number(to) }
  }
  const name = isRangeName(range) ? range : DEFAULT_RANGE
  return { kind: 'last', name, seconds: RANGES[name].seconds }
}

/** Tells the address after a range was chosen by name. */
export function withRange({ table }: SignalSearch, name: RangeName): SignalSearch {
  return readSignalSearch({ table, range: name })
}

/** Tells the address after a zoom; the same one where it would be too narrow. */
export function withZoom(search: SignalSearch, fromMs: number, toMs: number): SignalSearch {
  if (toMs - fromMs < NARROWEST_MS) return search
  const { table } = search
  return readSignalSearch({ table, from: Math.round(fromMs), to: Math.round(toMs) })
}

/** Tells the address after a chart became a table, or a chart again. */
export function withTable(search: SignalSearch, chart: string): SignalSearch {
  const shown = tablesOf(search)
  const tables = shown.includes(chart) ? shown.filter((name) => name !== chart) : [...shown, chart]
  const { table: _, ...rest } = search
  return tables.length === 0 ? rest : { ...rest, table: tables.join(',') }
}

export function tablesOf({ table }: SignalSearch): string[] {
  return table === undefined ? [] : table.split(',')
}

function isRangeName(value: unknown): value is RangeName {
  return typeof value === 'string' && value in RANGES
}

function instant(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^\d{10,15}$/.test(text) ? Number(text) : null
}
