/**
 * What became of each series, for a person who asks: whose it is, which signals it feeds through
 * which source, and why it feeds nothing. Never on the way of a sample.
 */
import { nearestName } from '../../machinery/runtime/nearest-name.ts'
import type { TenantId } from '../../core/ids.ts'
import type { RequestRefusal, SignalName, StatusClass } from './cell.ts'
import type { NamedValue, SeriesDescription } from './description.ts'
import type { Mappings } from './mapping.ts'
import type { UnattributedReason } from './reasons.ts'
import { mappingOf } from './roles.ts'
import { CELL, FEED, PARTS, ROLE_STRIDE, TENANT } from './series-table.ts'
import { shapeOf } from './series-kind.ts'
import { whyUnclaimed } from './signals/unclaimed.ts'
import type { MetricTables } from './tables.ts'
import { FIRST_TENANT, MISMATCH } from './tenant-table.ts'
import { translatedType, type OtelName } from './translation.ts'

export interface SeriesMeaning {
  readonly name: string
  readonly labels: readonly NamedValue[]
  /** Of a series that came over OTLP: what decides about its name in Prometheus. */
  readonly otel: OtelName | null
  readonly tenantId: TenantId | null
  /** Why it has no tenant. */
  readonly unattributed: UnattributedReason | 'tenant-mismatch' | null
  /** Null where nothing claims the metric. */
  readonly claim: SeriesClaim | null
  /** Where nothing claims it: a reason that is known, or the name that was perhaps meant. */
  readonly because: string | null
  readonly nearest: string | null
}

export interface SeriesClaim {
  readonly source: string
  /** Of a histogram over OTLP several, one for each part. */
  readonly signals: readonly SignalName[]
  readonly resource: string
  /** How much one unit of the metric is in the signal's. */
  readonly scale: number
  readonly statusClass: StatusClass | null
  /** How the requests were turned away, where their status tells. */
  readonly refusal: RequestRefusal | null
  /** Null for a series without a tenant: nothing competes. */
  readonly state: 'active' | 'shadowed' | null
}

/** Tells what a series became. Units: as many as it has slots. */
export function meaningOfSeries(
  tables: MetricTables,
  slot: number,
  description: SeriesDescription,
): SeriesMeaning {
  const tenant = tables.series.roles.data[slot * ROLE_STRIDE + TENANT]!
  const { name, labels } = description
  const claim = claimOf(tables, slot, description)
  const because = claim === null ? reasonOf(tables.mappings, description) : undefined
  const isLost = claim === null && because === undefined
  return {
    name,
    labels: labels.filter((label) => label.name !== '__name__'),
    otel: otelNameOf(description),
    tenantId: tenant < FIRST_TENANT ? null : tables.tenants.id(tenant),
    unattributed: tenant < FIRST_TENANT ? NO_TENANT[tenant]! : null,
    claim,
    because: because ?? null,
    nearest: isLost ? (nearestName(name, tables.mappings.names()) ?? null) : null,
  }
}

function otelNameOf({ name, metric, isNative }: SeriesDescription): OtelName | null {
  if (metric === undefined || isNative === true) return null
  return { name, unit: metric.unit, type: translatedType(metric) }
}

const NO_TENANT: Readonly<Record<number, NonNullable<SeriesMeaning['unattributed']>>> = {
  0: 'no-tenant-label',
  1: 'unknown-tenant',
  [MISMATCH]: 'tenant-mismatch',
}

function claimOf(
  { series, sources, cells, facets, mappings }: MetricTables,
  slot: number,
  description: SeriesDescription,
): SeriesClaim | null {
  const mapping = mappingOf(mappings, description)
  if (mapping === undefined) return null
  const { row, scale, part } = mapping
  const roles = series.roles.data
  const slots = Array.from({ length: 1 + Math.max(0, roles[slot * ROLE_STRIDE + PARTS]!) })
  const feeds = slots
    .map((_, index) => roles[(slot + index) * ROLE_STRIDE + FEED]!)
    .filter((feed) => feed >= 0)
  const cell = facets.cellOf(roles[slot * ROLE_STRIDE + CELL]!)
  const signals = part === undefined ? Object.values(row.signals) : [row.signals[part]!]
  return {
    source: row.source,
    signals: [...new Set(signals)],
    resource: row.resource ?? '',
    scale: part === 'count' ? 1 : scale,
    statusClass: cells.list[cell]?.statusClass ?? null,
    refusal: cells.list[cell]?.refusal ?? null,
    state: feeds.length === 0 ? null : sources.isActive(feeds[0]!) ? 'active' : 'shadowed',
  }
}

/** Tells why a metric that is known feeds nothing. */
function reasonOf(mappings: Mappings, { name, metric }: SeriesDescription): string | undefined {
  const shapes = mappings.shapesOf(name)
  const shape = metric === undefined ? undefined : shapeOf(metric)
  if (metric !== undefined && shapes.length > 0 && !shapes.some((known) => known === shape)) {
    return `known as a ${shapes.join(' or ')}, and this is a ${metric.kind}`
  }
  const because = whyUnclaimed(name)
  if (because !== undefined) return because
  return shapes.length > 0 ? 'known, but not with these labels' : undefined
}
