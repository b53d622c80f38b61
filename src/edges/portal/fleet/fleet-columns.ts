/** Which columns the fleet table has, and how much room they need. Pure. */
import type { FleetRowBody, FleetSloBody } from '../../http/api/fleet.schema.ts'
import { compareNeeds, sloCondition } from '../format/slo-condition.ts'
import type { SortKey } from './fleet-order.ts'

export interface SloColumn {
  readonly title: string
  readonly sort: SortKey | null
  readonly pick: (row: FleetRowBody) => FleetSloBody | undefined
  /** Which SLO it shows differs by row: each says it. */
  readonly isMixed: boolean
}

/** More SLOs than this share the last column, which shows the most urgent of them. */
const MOST_SLO_COLUMNS = 4

/** Finds the SLOs of the fleet, in the order in which they first occur, one column each. */
export function sloColumns(rows: readonly FleetRowBody[]): SloColumn[] {
  const titles = new Map<string, string>()
  for (const row of rows)
    for (const slo of row.slos) if (!titles.has(slo.sloId)) titles.set(slo.sloId, slo.title)
  const columns = [...titles].map(([sloId, title]) => column(sloId, title))
  if (columns.length <= MOST_SLO_COLUMNS) return columns
  const shown = [...titles.keys()].slice(0, MOST_SLO_COLUMNS - 1)
  return [...columns.slice(0, MOST_SLO_COLUMNS - 1), othersColumn(shown)]
}

function column(sloId: string, title: string): SloColumn {
  return {
    title,
    sort: `slo:${sloId}`,
    pick: (row) => row.slos.find((slo) => slo.sloId === sloId),
    isMixed: false,
  }
}

function othersColumn(shown: readonly string[]): SloColumn {
  const need = (slo: FleetSloBody): Parameters<typeof compareNeeds>[0] => ({
    condition: sloCondition(slo),
    budgetLeftRatio: slo.budgetLeftRatio,
  })
  const worst = (slos: readonly FleetSloBody[]): FleetSloBody | undefined =>
    slos.toSorted((left, right) => compareNeeds(need(left), need(right)))[0]
  return {
    title: 'Worst of the others',
    sort: null,
    pick: (row) => worst(row.slos.filter((slo) => !shown.includes(slo.sloId))),
    isMixed: true,
  }
}

export const WIDTHS = {
  tenant: 160,
  tier: 104,
  slo: 152,
  burn: 112,
  requests: 80,
  errors: 72,
  p99: 72,
  alerts: 60,
} as const

export type FleetLayout = 'wide' | 'middle' | 'cards'

/** Tells how the fleet fits into a width: with all columns, with the tier under the name, or as
 *  cards. Units: px. */
export function fleetLayout(widthPx: number, sloCount: number): FleetLayout {
  const { tenant, tier, slo, burn, requests, errors, p99, alerts } = WIDTHS
  const least = tenant + slo * sloCount + burn + requests + errors + p99 + alerts
  if (widthPx >= least + tier) return 'wide'
  return widthPx >= least ? 'middle' : 'cards'
}

/** Samples older than this against the newest state make a tenant's numbers old. */
const STALE_SAMPLE_MS = 120_000

/** Tells whether a tenant's numbers are old: it once sent samples and has stopped. Both instants
 *  are the server's. */
export function isRowStale(row: FleetRowBody, asOfMs: number): boolean {
  return row.lastSampleAtMs !== null && asOfMs - row.lastSampleAtMs > STALE_SAMPLE_MS
}
