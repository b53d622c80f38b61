/**
 * Everything that the metrics stage remembers, opened empty. What of it goes to disk and how is the
 * business of checkpoint.ts.
 */
import { SECOND_MS } from '../../core/time.ts'
import { Accounts } from './accounts.ts'
import { Cells } from './cells.ts'
import { Facets, type FacetRules } from './facets.ts'
import { Families } from './families.ts'
import { HaClusters } from './ha-clusters.ts'
import { Instances } from './instances.ts'
import { Intervals } from './intervals.ts'
import { Keys } from './keys.ts'
import type { MetricLimits } from './limits.ts'
import { Mappings } from './mapping.ts'
import { Replays } from './replays.ts'
import { MinuteCounts } from './minute-counts.ts'
import { RefusalNotes } from './refusal-notes.ts'
import { openSeriesTable, type SeriesTable } from './series-table.ts'
import { Sources } from './sources.ts'
import { TenantAccounts } from './tenant-accounts.ts'
import { TenantTable } from './tenant-table.ts'
import { Users } from './users.ts'

export interface MetricTables {
  readonly keys: Keys
  readonly series: SeriesTable
  readonly tenants: TenantTable
  readonly instances: Instances
  readonly intervals: Intervals
  readonly sources: Sources
  readonly cells: Cells
  readonly facets: Facets
  readonly families: Families
  readonly accounts: Accounts
  readonly clusters: HaClusters
  readonly mappings: Mappings
  readonly replays: Replays
  readonly tenantAccounts: TenantAccounts
  readonly notes: RefusalNotes
  /** Series that were taken in. */
  readonly newSeries: MinuteCounts
  /** Samples that came. */
  readonly received: MinuteCounts
  readonly users: Users
}

export function openTables(limits: MetricLimits, facetRules: FacetRules): MetricTables {
  const cells = new Cells()
  const facets = new Facets(cells, facetRules, limits)
  const hasGained = (feed: number): boolean => cells.hasGained(feed) || facets.hasGained(feed)
  const silenceMs = limits.sourceSilenceSeconds * SECOND_MS
  const base = {
    keys: new Keys(),
    series: openSeriesTable(),
    tenants: new TenantTable(),
    instances: new Instances(limits.staleSeconds * SECOND_MS),
    intervals: new Intervals(),
    sources: new Sources(silenceMs, hasGained),
    cells,
    facets,
    accounts: new Accounts(),
    clusters: new HaClusters(limits),
    mappings: new Mappings(),
    replays: new Replays(),
    tenantAccounts: new TenantAccounts(),
    notes: new RefusalNotes(),
    newSeries: new MinuteCounts(),
    received: new MinuteCounts(),
    users: new Users(),
  }
  return { ...base, families: new Families(base) }
}
