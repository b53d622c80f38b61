/** What the address of a tenant's SLO says: the part of the period that is drawn, and what is shown
 *  as a table. Pure. */
export interface SloView {
  /** Epoch milliseconds; both or none. */
  readonly from?: string
  readonly to?: string
  /** `burndown` where the numbers are shown instead of the line. */
  readonly table?: string
}

/** Nothing narrower tells more. */
const NARROWEST_MS = 600_000

/** Reads the address, dropping what this page does not know. */
export function readSloView(search: Readonly<Record<string, unknown>>): SloView {
  const [fromMs, toMs] = [instant(search.from), instant(search.to)]
  const isCut = fromMs !== null && toMs !== null && toMs - fromMs >= NARROWEST_MS
  return {
    ...(isCut ? { from: String(fromMs), to: String(toMs) } : {}),
    ...(search.table === 'burndown' ? { table: 'burndown' } : {}),
  }
}

/** Tells the address after a part of the period was chosen; the same where it is too narrow. */
export function withPart(view: SloView, fromMs: number, toMs: number): SloView {
  if (toMs - fromMs < NARROWEST_MS) return view
  return readSloView({ ...view, from: String(Math.round(fromMs)), to: String(Math.round(toMs)) })
}

export function withWhole({ table }: SloView): SloView {
  return readSloView({ table })
}

export function withTable(view: SloView): SloView {
  const { table, ...rest } = view
  return table === undefined ? { ...rest, table: 'burndown' } : rest
}

function instant(value: unknown): number | null {
  return typeof value === 'string' && /^\d{10,15}$/.test(value) ? Number(value) : null
}
