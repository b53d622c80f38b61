/**
 * Fills in what a series is: its tenant, its kind, the cells that it and its parts feed. Asked at
 * registration and when its tenant is found later.
 */
import { LABELS } from '../../core/names/labels.ts'
import type { CellSpec } from './cells.ts'
import type { DimensionValues, SignalName } from './cell.ts'
import type { SeriesDescription } from './description.ts'
import { layoutText } from './families.ts'
import { attribute } from './identity.ts'
import type { Refusal } from './label-checks.ts'
import { LabelMemo, NO_CONTEXT } from './label-memo.ts'
import type { MetricLimits } from './limits.ts'
import { bucketBound, type Mapping, type Mappings } from './mapping.ts'
import type { MetricMeaning } from './metric-key.ts'
import { isOwnSource } from './own-rows.ts'
import type { RegistryMemory } from './registry-memory.ts'
import { divisionOf, kindOf, shapeOf } from './series-kind.ts'
import {
  CELL,
  ENDED,
  EXTRA,
  FEED,
  INSTANCE,
  isDeltaKind,
  isPresentKind,
  isSubtractedKind,
  NATIVE_HISTOGRAM,
  KEY,
  KIND,
  LAST_MS,
  LAST_VALUE,
  NO_CELL,
  PARTS,
  POINT_STRIDE,
  REMOTE_WRITE,
  ROLE_STRIDE,
  SERIES_KINDS,
  SPAN_MS,
  TENANT,
} from './series-table.ts'
import type { SourceRow } from './signals/source-row.ts'
import { refusalOf, statusClass, type LabelReader } from './status-class.ts'
import type { MetricTables } from './tables.ts'
import { TenantPlaces } from './tenant-places.ts'
import { FIRST_TENANT, MISMATCH } from './tenant-table.ts'

/** By what a cell is one of several of its signal, where that is the status of requests. */
type Division = Pick<CellSpec, 'statusClass' | 'refusal'>

/** What follows from the labels of a series for its value, or for the count of a histogram. */
interface Meaning {
  readonly mapping: Mapping | undefined
  readonly division: Division
  /** By tenant: feed and cell of a series that is one value, once one was seen. */
  readonly places?: TenantPlaces
}

/** What decides what a series means. */
type Named = Pick<SeriesDescription, 'metric' | 'name' | 'label' | 'isNative'>

/** What a new series is, beside what it says about itself. */
export interface SeriesIdentity {
  readonly tenant: number
  /** Number of the reporting instance, or -1. */
  readonly instance: number
  /** Address of its first key. */
  readonly key: number
  readonly parts: number
}

export class Roles {
  readonly #tables: MetricTables
  readonly #limits: MetricLimits
  readonly #registry: RegistryMemory
  /** Answers for new series of remote write, which are many where pods come and go. */
  readonly #tenantMemo = new LabelMemo<number>()
  readonly #meaningMemo = new LabelMemo<Meaning>()

  constructor(tables: MetricTables, limits: MetricLimits, registry: RegistryMemory) {
    this.#tables = tables
    this.#limits = limits
    this.#registry = registry
  }

  /**
   * Tells how many part slots an OTLP series needs: sum and buckets of a histogram that has a
   * meaning.
   */
  partsOf(description: SeriesDescription): number {
    const { metric } = description
    if (metric?.kind !== 'histogram' || this.#mappingOf(description) === undefined) return 0
    return metric.hasBuckets ? 2 + metric.bounds.length : 1
  }

  /** Forgets what was remembered of labels: the registry or the rules changed. */
  forget(): void {
    this.#tenantMemo.forget()
    this.#meaningMemo.forget()
  }

  /** Refuses a series of no tenant when there are many of them. */
  checkRoom(tenant: number): Refusal | undefined {
    const { unattributedSeries } = this.#limits
    if (this.#tables.tenants.seriesOf(tenant) < unattributedSeries) return undefined
    const text = `series without a tenant at the limit unattributedSeries of ${unattributedSeries}`
    return { reason: 'series-limit', text }
  }

  /** Fills new slots. */
  assign(slot: number, description: SeriesDescription, identity: SeriesIdentity): void {
    const { series } = this.#tables
    const data = series.roles.data
    const at = slot * ROLE_STRIDE
    const { tenant, instance, key, parts } = identity
    data[at + KEY] = key
    data[at + PARTS] = parts
    data[at + INSTANCE] = instance
    data[at + EXTRA] = -1
    for (let part = 1; part <= parts; part += 1) {
      const partAt = (slot + part) * ROLE_STRIDE
      data[partAt + KIND] = SERIES_KINDS.part
      data[partAt + CELL] = NO_CELL
      data[partAt + FEED] = -1
      data[partAt + INSTANCE] = -1
      data[partAt + EXTRA] = -1
      data[partAt + KEY] = -1
      data[partAt + PARTS] = 0
    }
    this.#tables.instances.join(instance)
    this.#fill(slot, description, tenant)
  }

  /** Takes back all that `assign` gave to a series, but for its keys and slots. */
  release(slot: number): void {
    const { series, tenants, instances, intervals, families } = this.#tables
    const { data } = series.roles
    const at = slot * ROLE_STRIDE
    this.#moveGauge(slot, -1)
    this.#leaveFacets(slot)
    if (this.isFamilyMember(slot)) families.leave(data[at + EXTRA]!, slot)
    if (isDeltaKind(data[at + KIND]!)) intervals.remove(data[at + EXTRA]!)
    instances.leave(data[at + INSTANCE]!)
    tenants.countSeries(data[at + TENANT]!, -1)
  }

  lacksTenant(slot: number): boolean {
    const { data } = this.#tables.series.roles
    const at = slot * ROLE_STRIDE
    return data[at + KIND] !== SERIES_KINDS.part && data[at + TENANT]! < FIRST_TENANT
  }

  /** Tells whether a series is more than a part of another. */
  isWhole(slot: number): boolean {
    return this.#tables.series.roles.data[slot * ROLE_STRIDE + KIND] !== SERIES_KINDS.part
  }

  /**
   * Looks up the tenant of a series again. What it last reported stays: it goes on counting from
   * there.
   */
  reassign(slot: number, description: SeriesDescription): void {
    const before = this.#tables.series.roles.data[slot * ROLE_STRIDE + TENANT]!
    const tenant = this.tenantOf(description)
    if (tenant !== before) this.#refill(slot, description, tenant)
  }

  /**
   * Looks up tenant and meaning of a series again. What it counted stays where it was counted; what
   * it gains from now on goes to where it belongs now.
   */
  review(slot: number, description: SeriesDescription): void {
    const { roles } = this.#tables.series
    const at = slot * ROLE_STRIDE
    const before = [roles.data[at + TENANT]!, this.#sourceAt(slot)]
    const tenant = this.tenantOf(description)
    const source = this.#mappingOf(description)?.row.source
    const isOwn = source !== undefined && isOwnSource(source)
    if (tenant === before[0] && source === before[1] && !isOwn) return
    this.#refill(slot, description, tenant)
  }

  isFamilyMember(slot: number): boolean {
    const { data } = this.#tables.series.roles
    const feed = data[slot * ROLE_STRIDE + FEED]!
    const isWhole = data[slot * ROLE_STRIDE + PARTS] === REMOTE_WRITE
    return isWhole && feed >= 0 && divisionOf(this.#tables.sources.feed(feed).signal) === 'bucket'
  }

  rejoinFamily(slot: number, description: SeriesDescription): void {
    const scale = this.#mappingOf(description)?.scale ?? 1
    const leSeconds = bucketBound(description.label(LABELS.le)) * scale
    const values = () => this.#tables.facets.valuesOf(description)
    this.#tables.families.rejoin(familyKey(description), slot, leSeconds, values)
  }

  /** Puts a series and its parts to their facets, where their cells have some. */
  joinFacets(slot: number, description: SeriesDescription): void {
    const { series, facets } = this.#tables
    const data = series.roles.data
    const tenant = data[slot * ROLE_STRIDE + TENANT]!
    let values: DimensionValues | undefined
    for (let part = 0; part <= Math.max(0, data[slot * ROLE_STRIDE + PARTS]!); part += 1) {
      const at = (slot + part) * ROLE_STRIDE
      const cell = data[at + CELL]!
      if (cell < 0 || !facets.concerns(cell)) continue
      values ??= facets.valuesOf(description)
      data[at + CELL] = facets.join(tenant, values, cell)
    }
  }

  /** Tells whether a series is one that a start puts to a facet. */
  lacksFacet(slot: number): boolean {
    const { series, facets } = this.#tables
    const data = series.roles.data
    if (data[slot * ROLE_STRIDE + KIND] === SERIES_KINDS.part) return false
    for (let part = 0; part <= Math.max(0, data[slot * ROLE_STRIDE + PARTS]!); part += 1) {
      const cell = data[(slot + part) * ROLE_STRIDE + CELL]!
      if (cell >= 0 && facets.concerns(cell)) return true
    }
    return false
  }

  /**
   * Gives a series of requests that were turned away the cell of those, where it has one of before
   * there were such: what it gains from now on is told apart. Asks for a series without facets.
   */
  tellApart(slot: number, description: SeriesDescription): void {
    const { series, cells } = this.#tables
    const { data } = series.roles
    const at = slot * ROLE_STRIDE
    const cell = data[at + CELL]! < 0 ? undefined : cells.list[data[at + CELL]!]
    if (cell?.signal !== 'requests' || cell.refusal !== undefined) return
    if (cell.statusClass !== '4xx' && cell.statusClass !== '5xx') return
    const { refusal } = this.#meaningOf(description).division
    if (refusal === undefined) return
    const { cellId, ...spec } = cell
    const feed = data[at + FEED]!
    data[at + CELL] = cells.number({ ...spec, refusal }, cells.scale(cellId), feed)
    series.roles.mark(slot)
  }

  #leaveFacets(slot: number): void {
    const { series, facets } = this.#tables
    const data = series.roles.data
    for (let part = 0; part <= Math.max(0, data[slot * ROLE_STRIDE + PARTS]!); part += 1) {
      facets.leave(data[(slot + part) * ROLE_STRIDE + CELL]!)
    }
  }

  /** Tells the source that a series or its parts feed. */
  #sourceAt(slot: number): string | undefined {
    const { series, sources } = this.#tables
    for (
      let part = 0;
      part <= Math.max(0, series.roles.data[slot * ROLE_STRIDE + PARTS]!);
      part += 1
    ) {
      const feed = series.roles.data[(slot + part) * ROLE_STRIDE + FEED]!
      if (feed >= 0) return sources.feed(feed).source
    }
    return undefined
  }

  #refill(slot: number, description: SeriesDescription, tenant: number): void {
    const { data } = this.#tables.series.roles
    const at = slot * ROLE_STRIDE
    this.#tables.tenants.countSeries(data[at + TENANT]!, -1)
    this.#moveGauge(slot, -1)
    const wasSubtracted = isSubtractedKind(data[at + KIND]!)
    // A family, or the cell of probes that failed, is of what it was
    const keepsExtra = isDeltaKind(data[at + KIND]!) || data[at + EXTRA] === NATIVE_HISTOGRAM
    if (!keepsExtra) data[at + EXTRA] = -1
    this.#fill(slot, description, tenant)
    if (isSubtractedKind(data[at + KIND]!) !== wasSubtracted) this.#turnSign(slot)
    this.#moveGauge(slot, 1)
  }

  #turnSign(slot: number): void {
    const { points } = this.#tables.series
    const at = slot * POINT_STRIDE + LAST_VALUE
    points.data[at] = -points.data[at]!
    points.mark(slot)
  }

  #fill(slot: number, description: SeriesDescription, tenant: number): void {
    const { series, tenants, intervals } = this.#tables
    const data = series.roles.data
    const at = slot * ROLE_STRIDE
    tenants.countSeries(tenant, 1)
    this.#leaveFacets(slot)
    for (let part = 1; part <= data[at + PARTS]!; part += 1) {
      data[(slot + part) * ROLE_STRIDE + CELL] = NO_CELL
      data[(slot + part) * ROLE_STRIDE + FEED] = -1
    }
    const meaning = this.#meaningOf(description)
    const mapping = this.#roomFor(slot, description, meaning.mapping)
    const kind = mapping === undefined ? SERIES_KINDS.untyped : kindOf(description, mapping)
    data[at + TENANT] = tenant
    data[at + KIND] = tenant === MISMATCH ? SERIES_KINDS.refused : kind
    data[at + CELL] = NO_CELL
    data[at + FEED] = -1
    if (isDeltaKind(kind) && data[at + EXTRA] === -1) data[at + EXTRA] = intervals.add()
    if (tenant >= FIRST_TENANT && mapping !== undefined) {
      this.#bind(slot, description, mapping, meaning)
      this.joinFacets(slot, description)
    }
    for (let part = 0; part <= Math.max(0, data[at + PARTS]!); part += 1)
      series.roles.mark(slot + part)
  }

  /** Gives a series and its parts their feeds and cells. */
  #bind(slot: number, description: SeriesDescription, mapping: Mapping, meaning: Meaning): void {
    const { metric } = description
    if (metric?.kind === 'histogram') this.#bindHistogram(slot, metric, mapping, meaning.division)
    else if (mapping.part === 'bucket') this.#bindBucket(slot, description, mapping)
    else this.#bindValue(slot, mapping, meaning)
  }

  #bindValue(slot: number, mapping: Mapping, { division, places }: Meaning): void {
    const { row, part = 'value' } = mapping
    const signal = row.signals[part]!
    // What is subtracted has its sign in the series, so that it shares the cell of the rest
    const scale = part === 'count' ? 1 : Math.abs(mapping.scale)
    const { data } = this.#tables.series.roles
    const at = slot * ROLE_STRIDE
    if (data[at + KIND] !== SERIES_KINDS.probe && data[at + KIND] !== SERIES_KINDS.ratio) {
      const tenant = data[at + TENANT]!
      const feed = places?.feedOf(tenant) ?? NO_CELL
      if (feed === NO_CELL) {
        this.#feed(slot, row, signal, scale, division)
        places?.keep(tenant, data[at + FEED]!, data[at + CELL]!)
      } else {
        data[at + FEED] = feed
        data[at + CELL] = places!.cellOf(tenant)
      }
      return
    }
    this.#feed(slot, row, signal, 1, { statusClass: '5xx' })
    data[at + EXTRA] = data[at + CELL]!
    this.#feed(slot, row, signal, 1, { statusClass: '2xx' })
  }

  #bindBucket(slot: number, description: SeriesDescription, { row, scale }: Mapping): void {
    const { series, sources, facets, families } = this.#tables
    const at = slot * ROLE_STRIDE
    const { source, signals, resource = '' } = row
    const tenant = series.roles.data[at + TENANT]!
    series.roles.data[at + FEED] = sources.number(tenant, {
      signal: signals.bucket!,
      source,
      resource,
    })
    const leSeconds = bucketBound(description.label(LABELS.le)) * scale
    const values = () => facets.valuesOf(description)
    families.join(familyKey(description), slot, leSeconds, values)
  }

  #bindHistogram(
    slot: number,
    metric: MetricMeaning,
    { row, scale }: Mapping,
    division: Division,
  ): void {
    const { count, sum, bucket } = row.signals
    if (count !== undefined) this.#feed(slot, row, count, 1, division)
    if (sum !== undefined) this.#feed(slot + 1, row, sum, scale, {}, slot)
    if (bucket === undefined || !metric.hasBuckets) return
    const boundsSeconds = [...metric.bounds, Infinity].map((bound) => bound * scale)
    const layout = layoutText(boundsSeconds)
    boundsSeconds.forEach((leSeconds, index) => {
      this.#feed(slot + 2 + index, row, bucket, 1, { leSeconds, layout }, slot)
    })
  }

  #feed(
    slot: number,
    { source, resource = '' }: SourceRow,
    signal: SignalName,
    scale: number,
    rest: Pick<CellSpec, 'statusClass' | 'refusal' | 'leSeconds' | 'layout'>,
    head = slot,
  ): void {
    const { series, sources, cells, tenants } = this.#tables
    const data = series.roles.data
    const tenant = data[head * ROLE_STRIDE + TENANT]!
    const feed = sources.number(tenant, { signal, source, resource })
    data[slot * ROLE_STRIDE + FEED] = feed
    const spec = { tenantId: tenants.id(tenant), signal, source, ...rest }
    data[slot * ROLE_STRIDE + CELL] = cells.number(spec, scale, feed)
    if (slot !== head) data[slot * ROLE_STRIDE + EXTRA] = -1
  }

  /**
   * The parts of a histogram have slots from when it was first seen, or none: one whose meaning
   * comes later counts when it comes anew.
   */
  #roomFor(
    slot: number,
    { metric }: SeriesDescription,
    mapping: Mapping | undefined,
  ): Mapping | undefined {
    const parts = this.#tables.series.roles.data[slot * ROLE_STRIDE + PARTS]!
    return metric?.kind === 'histogram' && parts <= 0 ? undefined : mapping
  }

  /** Puts the present value of a gauge into its cell, or takes it out. */
  #moveGauge(slot: number, sign: 1 | -1): void {
    const { series, cells } = this.#tables
    const roles = series.roles.data
    const points = series.points.data
    const cell = roles[slot * ROLE_STRIDE + CELL]!
    if (!isPresentKind(roles[slot * ROLE_STRIDE + KIND]!) || cell < 0) return
    const at = slot * POINT_STRIDE
    if (points[at + LAST_MS] === 0 || points[at + SPAN_MS] === ENDED) return
    cells.adjustGauge(cell, sign * points[at + LAST_VALUE]!)
  }

  #mappingOf(description: SeriesDescription): Mapping | undefined {
    return this.#meaningOf(description).mapping
  }

  #meaningOf(description: SeriesDescription): Meaning {
    const { mappings } = this.#tables
    const { plain } = description
    return plain === undefined
      ? meaningOf(mappings, description)
      : this.#meaningMemo.of(NO_CONTEXT, plain, (label) =>
          Object.assign(meaningOf(mappings, { name: label(LABELS.name) ?? '', label }), {
            places: new TenantPlaces(),
          }),
        )
  }

  /** Tells the index of the tenant, or of the reason why there is none. */
  tenantOf({ contextNumber, label, plain }: SeriesDescription): number {
    return plain === undefined
      ? this.#attribute(contextNumber, label)
      : this.#tenantMemo.of(contextNumber, plain, (asked) => this.#attribute(contextNumber, asked))
  }

  #attribute(contextNumber: number, label: LabelReader): number {
    const { keys, tenants } = this.#tables
    const attribution = attribute(keys.context(contextNumber), label, this.#registry)
    if (attribution.kind === 'tenant') return tenants.index(attribution.tenantId)
    return attribution.kind === 'mismatch' ? MISMATCH : tenants.unattributed(attribution.reason)
  }
}

/** Tells the family of a remote-write bucket: all that names it but its bound. */
export function familyKey({ contextNumber, labels }: SeriesDescription): string {
  const others = labels.filter((label) => label.name !== LABELS.le)
  const sorted = others.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return JSON.stringify([contextNumber, sorted.map(({ name, value }) => [name, value])])
}

/** Tells what a series means: by its metric, and over remote write by its name alone. */
export function mappingOf(
  mappings: Mappings,
  { metric, name, label, isNative }: Named,
): Mapping | undefined {
  if (metric !== undefined) {
    const shape = shapeOf(metric)
    if (isNative) return shape && mappings.native(name, label)
    return shape && mappings.otlp(name, metric.unit, shape, label)
  }
  const mapping = mappings.prometheus(name, label)
  const isBucket = mapping?.part === 'bucket'
  return isBucket && Number.isNaN(bucketBound(label(LABELS.le))) ? undefined : mapping
}

function meaningOf(mappings: Mappings, description: Named): Meaning {
  const mapping = mappingOf(mappings, description)
  const part = description.metric?.kind === 'histogram' ? 'count' : (mapping?.part ?? 'value')
  const signal = mapping?.row.signals[part]
  if (signal === undefined || divisionOf(signal) !== 'status') return { mapping, division: {} }
  return { mapping, division: divisionOfStatus(signal, description.label) }
}

function divisionOfStatus(signal: SignalName, label: LabelReader): Division {
  const division = { statusClass: statusClass(signal, label) }
  const refusal = signal === 'requests' ? refusalOf(label) : undefined
  return refusal === undefined ? division : { ...division, refusal }
}
