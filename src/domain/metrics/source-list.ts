/**
 * Where the figures of a tenant come from: every source that ever reported one of its signals, and
 * which of them counts.
 */
import type { TenantId } from '../../core/ids.ts'
import type { SignalName } from './cell.ts'
import { familyOf } from './mapping.ts'
import { FEED, KIND, ROLE_STRIDE, SERIES_KINDS, type SeriesTable } from './series-table.ts'
import { NATIVE_SUFFIX, SOURCE_FAMILIES } from './signals.ts'
import type { Sources } from './sources.ts'
import type { TenantTable } from './tenant-table.ts'

export const SOURCE_STATES = ['active', 'shadowed', 'silent'] as const
export type SourceState = (typeof SOURCE_STATES)[number]

export interface SourceStatus {
  readonly signal: SignalName
  /** What of the signal it measures. Empty where there is only one. */
  readonly resource: string
  readonly source: string
  /** The same in words. */
  readonly says: string
  /** From 1, among those that report the same. */
  readonly rank: number
  /** A source is silent when it may have been replaced for it. */
  readonly state: SourceState
  readonly lastSampleAtMs: number
  readonly series: number
}

export interface SourceTables {
  readonly series: SeriesTable
  readonly sources: Sources
  readonly tenants: TenantTable
}

/**
 * Lists a tenant's sources. Shape: by signal and resource, best first. Cost: one pass over all
 * series.
 */
export function sourcesOf(
  { series, sources, tenants }: SourceTables,
  tenantId: TenantId,
  nowMs: number,
  silenceMs: number,
): SourceStatus[] {
  const index = tenants.find(tenantId)
  if (index === undefined) return []
  const feeds = sources.ofTenant(index)
  const counts = seriesByFeed(series, new Set(feeds))
  return feeds
    .map((number) => ({ number, ...sources.feed(number) }))
    .filter(({ number }) => sources.lastMs(number) > 0)
    .toSorted(
      (a, b) => compare(a.signal, b.signal) || compare(a.resource, b.resource) || a.rank - b.rank,
    )
    .map(({ number, signal, resource, source, rank, rivals }) => {
      const lastSampleAtMs = sources.lastMs(number)
      const better = rivals.filter(
        (rival) => sources.feed(rival).rank < rank && sources.lastMs(rival) > 0,
      )
      const isSilent = nowMs - lastSampleAtMs > silenceMs
      const share = sources.isActive(number) ? 'active' : 'shadowed'
      return {
        signal,
        resource,
        source,
        says: saysOf(source),
        rank: better.length + 1,
        state: isSilent ? 'silent' : share,
        lastSampleAtMs,
        series: counts.get(number) ?? 0,
      }
    })
}

/** Counts series: the parts of a histogram that feed the same are one. */
function seriesByFeed(series: SeriesTable, feeds: ReadonlySet<number>): Map<number, number> {
  const roles = series.roles.data
  const counts = new Map<number, number>()
  let before = -1
  for (let slot = 0; slot < series.size(); slot += 1) {
    const at = slot * ROLE_STRIDE
    const feed = roles[at + FEED]!
    const isSame = roles[at + KIND] === SERIES_KINDS.part && feed === before
    before = feed
    if (!isSame && feeds.has(feed)) counts.set(feed, (counts.get(feed) ?? 0) + 1)
  }
  return counts
}

const SAYS = new Map(SOURCE_FAMILIES.map(({ source, says }) => [source, says]))

/** Says in words what a source is. */
export function saysOf(source: string): string {
  const says = SAYS.get(familyOf(source)) ?? 'a row of your own'
  return source.endsWith(NATIVE_SUFFIX) ? `${says}, native histograms` : says
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
