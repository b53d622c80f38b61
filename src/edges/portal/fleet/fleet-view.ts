import type { FleetBody, FleetRowBody } from '../../http/api/fleet.schema.ts'
import type { SloColumn } from './fleet-columns.ts'
import type { FleetSearch } from './fleet-search.ts'

/** What both faces of the fleet, the table and the cards, are drawn from. */
export interface FleetView {
  readonly fleet: FleetBody
  /** Filtered and in order. */
  readonly rows: readonly FleetRowBody[]
  readonly columns: readonly SloColumn[]
  readonly search: FleetSearch
  readonly onSearch: (search: FleetSearch) => void
}
