/**
 * Takes in a series that was never seen: reads its labels, checks them and the limits, finds its
 * tenant and its meaning, and gives it slots. The only place where received labels become strings.
 * What it does depends on the bytes, the tables and the resolver alone.
 */
import { LABELS } from '../../core/names/labels.ts'
import { WireError } from '../../machinery/wire/wire-error.ts'
import type { Admission } from './admission.ts'
import type { KeyOwner } from './byte-table.ts'
import { sortedKey } from './canonical-order.ts'
import {
  describeAttributes,
  describeLabels,
  describeNative,
  describeNewLabels,
  seriesText,
  type OtlpPlace,
  type SeriesDescription,
} from './description.ts'
import { checkLabels, type Refusal } from './label-checks.ts'
import type { MetricLimits } from './limits.ts'
import type { NativeKey } from './native-key.ts'
import { DISCARD_REASONS, type DiscardReason } from './reasons.ts'
import type { RegistryMemory } from './registry-memory.ts'
import {
  EXTRA,
  INSTANCE,
  isDeltaKind,
  KEY,
  KIND,
  NATIVE_HISTOGRAM,
  PARTS,
  REMOTE_WRITE,
  ROLE_STRIDE,
} from './series-table.ts'
import { encodeRefused, SeriesNumber } from './refused-series.ts'
import { Roles, type SeriesIdentity } from './roles.ts'
import { ROOM_REASONS } from './ruling.ts'
import { meaningOfSeries, type SeriesMeaning } from './series-meaning.ts'
import type { MetricTables } from './tables.ts'
import { FIRST_TENANT } from './tenant-table.ts'

/** What `find` of a byte table says of an unknown key. Refusals are numbers below it. */
export const UNKNOWN = -1

/** Writes a reason and whose series it is as one number. */
export function refusalCode(reason: DiscardReason, tenant: number): number {
  return UNKNOWN - 1 - (tenant * DISCARD_REASONS.length + DISCARD_REASONS.indexOf(reason))
}

export function refusedReason(code: number): DiscardReason {
  return DISCARD_REASONS[(UNKNOWN - 1 - code) % DISCARD_REASONS.length]!
}

export function refusedTenant(code: number): number {
  return Math.floor((UNKNOWN - 1 - code) / DISCARD_REASONS.length)
}

/**
 * Where the walk of an OTLP request is. Resource and metric are numbered when their first series is
 * taken in.
 */
export type StagedPlace = {
  -readonly [Field in keyof OtlpPlace]: OtlpPlace[Field]
} & { metric: number }

export class Registrar {
  readonly #tables: MetricTables
  readonly #limits: MetricLimits
  readonly #roles: Roles
  readonly #admission: Admission
  #aliases = 0
  #atMs = 0
  /** Remembers the first key of each series. */
  readonly #owner: KeyOwner = {
    firstKeyOf: (slot) => this.#keyOf(slot),
    moved: (slot, address) => {
      const { roles } = this.#tables.series
      roles.data[slot * ROLE_STRIDE + KEY] = address
      roles.mark(slot)
    },
  }
  /** What to tell a person about the last refusal. */
  lastRefusal = ''
  /** The index of the tenant whose key writes, or of no tenant. */
  writer = 0
  readonly #number = new SeriesNumber()
  /** New series of the present write that had no room. */
  readonly #refused = new Set<number>()

  constructor(
    tables: MetricTables,
    limits: MetricLimits,
    registry: RegistryMemory,
    admission: Admission,
  ) {
    this.#tables = tables
    this.#limits = limits
    this.#admission = admission
    this.#roles = new Roles(tables, limits, registry)
  }

  /** Begins a write. `writer` is the tenant whose key writes, or one that is none. */
  begin(writer: number, receivedAtMs: number): void {
    this.writer = writer
    this.#atMs = receivedAtMs
    this.#refused.clear()
  }

  /** Names the new series of the present write that had no room; null for none. */
  refused(): Uint8Array | null {
    return this.#refused.size === 0 ? null : encodeRefused(this.#refused)
  }

  /** Takes in a remote-write series. Returns its slot or a refusal code. */
  takeLabels(context: number, bytes: Uint8Array, start: number, end: number): number {
    const { labels } = this.#tables.keys
    if (end - start > this.#limits.keyBytes) return this.#refuse(this.#tooLong('labels'))
    const description = this.#read(() => describeNewLabels(context, bytes, start, end))
    if ('reason' in description) return this.#refuse(description)
    const sorted =
      description.plain === undefined
        ? sortedKey(bytes, start, end, namesOf(description.labels))
        : undefined
    const known = sorted && labels.find(context, sorted, 0, sorted.length)
    if (known !== undefined && known !== UNKNOWN) {
      if (this.#mayAlias()) labels.add(context, bytes, start, end, known, this.#keyOf(known))
      return known
    }
    const addKeys = (slot: number): Keyed => {
      const key = labels.add(context, bytes, start, end, slot)
      if (sorted !== undefined) labels.add(context, sorted, 0, sorted.length, slot, key)
      return { key, instance: this.#instanceOf(description) }
    }
    return this.#take(description, REMOTE_WRITE, addKeys, (number) => number.add(bytes, start, end))
  }

  /**
   * Takes in a series of native histograms. Returns its slot or a refusal code. Its instance is
   * another one than that of the plain series beside it: when a sender begins to send native
   * histograms of what it has long been counting, their first points are baselines.
   */
  takeNative(context: number, given: NativeKey): number {
    const { labels } = this.#tables.keys
    const { bytes, labelsEnd, end } = given
    if (end > this.#limits.keyBytes) return this.#refuse(this.#tooLong('labels and bounds'))
    const description = this.#read(() => describeNative(context, bytes.subarray(0, end)))
    if ('reason' in description) return this.#refuse(description)
    const names = description.labels.map((label) => label.name)
    if (new Set(names).size < names.length) {
      return this.#refuse({ reason: 'invalid-labels', text: 'a label twice' }, description)
    }
    const sortedLabels = sortedKey(bytes, 0, labelsEnd, names)
    const sorted = sortedLabels && Buffer.concat([sortedLabels, bytes.subarray(labelsEnd, end)])
    const known = sorted && labels.find(context, sorted, 0, sorted.length)
    if (known !== undefined && known !== UNKNOWN) {
      if (this.#mayAlias()) labels.add(context, bytes, 0, end, known, this.#keyOf(known))
      return known
    }
    const addKeys = (taken: number): Keyed => {
      const key = labels.add(context, bytes, 0, end, taken)
      if (sorted !== undefined) labels.add(context, sorted, 0, sorted.length, taken, key)
      return { key, instance: this.#instanceOf(description, '\0native') }
    }
    const parts = this.#roles.partsOf(description)
    const slot = this.#take(description, parts, addKeys, (number) =>
      number.add(bytes, 0, labelsEnd).add(NATIVE, 0, NATIVE.length),
    )
    if (slot >= 0) this.#tables.series.roles.data[slot * ROLE_STRIDE + EXTRA] = NATIVE_HISTOGRAM
    return slot
  }

  /**
   * Takes in an OTLP series, and its resource and metric where it is their first. Returns its slot
   * or a refusal code.
   */
  takeAttributes(place: StagedPlace, bytes: Uint8Array, start: number, end: number): number {
    const { attributes } = this.#tables.keys
    const longest = Math.max(place.resourceBytes.length, place.metricKey.length, end - start)
    if (longest > this.#limits.keyBytes) return this.#refuse(this.#tooLong('attributes'))
    const description = this.#read(() => describeAttributes(place, bytes, start, end))
    if ('reason' in description) return this.#refuse(description)
    const names = namesOf(description.labels).slice(0, description.ownLabels)
    const sorted = sortedKey(bytes, start, end, names)
    if (sorted !== undefined && place.metric !== UNKNOWN) {
      const known = attributes.find(place.metric, sorted, 0, sorted.length)
      if (known !== UNKNOWN && this.#mayAlias()) {
        attributes.add(place.metric, bytes, start, end, known, this.#keyOf(known))
      }
      if (known !== UNKNOWN) return known
    }
    const addKeys = (slot: number): Keyed => {
      const metric = this.#metricOf(place)
      const key = attributes.add(metric, bytes, start, end, slot)
      if (sorted !== undefined) attributes.add(metric, sorted, 0, sorted.length, slot, key)
      this.#tables.keys.joinMetric(metric)
      return { key, instance: this.#tables.instances.ofResource(place.resource) }
    }
    const { resourceBytes, metricKey } = place
    return this.#take(description, this.#roles.partsOf(description), addKeys, (number) =>
      number
        .add(bytes, start, end)
        .add(metricKey, 0, metricKey.length)
        .add(resourceBytes, 0, resourceBytes.length),
    )
  }

  /** Looks up the tenants of all series again that have none: the registry changed. */
  reassignUnattributed(): void {
    this.#roles.forget()
    const { roles } = this.#tables.series
    for (let slot = 0; slot < roles.rows; slot += 1) {
      if (this.#roles.lacksTenant(slot)) this.#roles.reassign(slot, this.describe(slot))
    }
  }

  /** Looks up the tenant and the meaning of every series again: the operator's rules changed. */
  reviewAll(): void {
    this.#roles.forget()
    const { roles } = this.#tables.series
    for (let slot = 0; slot < roles.rows; slot += 1) {
      if (this.#roles.isWhole(slot)) this.#roles.review(slot, this.describe(slot))
    }
  }

  *meanings(): Generator<SeriesMeaning> {
    const { roles } = this.#tables.series
    for (let slot = 0; slot < roles.rows; slot += 1) {
      if (!this.#roles.isWhole(slot)) continue
      yield meaningOfSeries(this.#tables, slot, this.describe(slot))
    }
  }

  describe(slot: number): SeriesDescription {
    const { data } = this.#tables.series.roles
    const at = slot * ROLE_STRIDE
    const isLabels = data[at + PARTS] === REMOTE_WRITE
    const isNative = data[at + EXTRA] === NATIVE_HISTOGRAM
    const { keys } = this.#tables
    const table = isLabels || isNative ? keys.labels : keys.attributes
    const { context, bytes } = table.at(data[at + KEY]!)
    if (isNative) return describeNative(context, bytes)
    return isLabels
      ? describeLabels(context, bytes, 0, bytes.length)
      : describeAttributes(keys.placeOf(context), bytes, 0, bytes.length)
  }

  /**
   * Puts together again after a restart what follows from the series: the families of remote-write
   * buckets, what nobody uses any more, and who uses what.
   */
  restoreSeries(): void {
    const { series, keys, instances, intervals } = this.#tables
    const { data } = series.roles
    const usedIntervals = new Set<number>()
    series.restoreFree()
    for (let slot = 0; slot < series.size(); slot += 1) {
      if (!this.#roles.isWhole(slot)) continue
      const at = slot * ROLE_STRIDE
      instances.join(data[at + INSTANCE]!)
      if (isDeltaKind(data[at + KIND]!)) usedIntervals.add(data[at + EXTRA]!)
      if (!this.#hasLabels(slot)) keys.joinMetric(keys.attributes.at(data[at + KEY]!).context)
      if (this.#roles.isFamilyMember(slot)) this.#roles.rejoinFamily(slot, this.describe(slot))
    }
    intervals.restoreUse(usedIntervals)
  }

  /** Forgets a series: its keys, its meaning, its slots. */
  remove(slot: number): void {
    const { series, keys } = this.#tables
    const { data } = series.roles
    const at = slot * ROLE_STRIDE
    const slots = 1 + Math.max(0, data[at + PARTS]!)
    this.#roles.release(slot)
    if (this.#hasLabels(slot)) keys.removeLabels(data[at + KEY]!, this.#owner)
    else keys.removeAttributes(data[at + KEY]!, this.#owner)
    series.remove(slot, slots)
  }

  /** Puts all series to their facets after a restart, and those of requests that were turned away
   *  to cells of their own, which they did not have before there were such. */
  restoreFacets(): void {
    const { roles } = this.#tables.series
    for (let slot = 0; slot < roles.rows; slot += 1) {
      if (!this.#roles.lacksFacet(slot)) continue
      const description = this.describe(slot)
      this.#roles.tellApart(slot, description)
      this.#roles.joinFacets(slot, description)
    }
  }

  /** Tells how many part slots follow a series. */
  partsAt(slot: number): number {
    return this.#tables.series.roles.data[slot * ROLE_STRIDE + PARTS]!
  }

  /** Tells whether a series is known by labels, as over remote write, or by attributes. */
  #hasLabels(slot: number): boolean {
    const { data } = this.#tables.series.roles
    const at = slot * ROLE_STRIDE
    return data[at + PARTS] === REMOTE_WRITE || data[at + EXTRA] === NATIVE_HISTOGRAM
  }

  #keyOf(slot: number): number {
    return this.#tables.series.roles.data[slot * ROLE_STRIDE + KEY]!
  }

  /** Tells the number of a scraped target, or -1 where nothing tells one from another. */
  #instanceOf({ contextNumber, label }: SeriesDescription, kind = ''): number {
    const job = label(LABELS.job)
    const instance = label(LABELS.instance)
    if (job === undefined && instance === undefined) return -1
    const target = kind === '' ? instance : `${instance ?? ''}${kind}`
    return this.#tables.instances.ofTarget(contextNumber, job, target)
  }

  #metricOf(place: StagedPlace): number {
    const { keys } = this.#tables
    const { contextNumber, resourceBytes, metricKey } = place
    if (place.resource === UNKNOWN) place.resource = keys.addResource(contextNumber, resourceBytes)
    if (place.metric === UNKNOWN) place.metric = keys.addMetric(place.resource, metricKey)
    return place.metric
  }

  #take(
    description: SeriesDescription,
    parts: number,
    addKeys: (slot: number) => Keyed,
    name: (number: SeriesNumber) => SeriesNumber,
  ): number {
    const tenant = this.#roles.tenantOf(description)
    const refusal = this.#check(description, tenant)
    if (refusal !== undefined) {
      if (isForRoom(refusal)) this.#refused.add(name(this.#number.begin()).value())
      return this.#refuse(refusal, description, tenant)
    }
    const slot = this.#tables.series.add(1 + Math.max(0, parts))
    const { key, instance } = addKeys(slot)
    this.#roles.assign(slot, description, { tenant, instance, key, parts })
    this.#tables.newSeries.note(tenant, this.#atMs, 1)
    this.#tables.users.register(slot, description.label)
    return slot
  }

  #check(description: SeriesDescription, tenant: number): Refusal | undefined {
    const unfit = checkLabels(description, this.#admission.labelLimits(tenant))
    if (unfit === undefined) {
      return tenant < FIRST_TENANT
        ? this.#roles.checkRoom(tenant)
        : this.#admission.takeSeries(tenant)
    }
    if (unfit.reason !== 'invalid-labels') this.#admission.noteTooWide(tenant)
    return unfit
  }

  #read(read: () => SeriesDescription): SeriesDescription | Refusal {
    try {
      return read()
    } catch (error) {
      if (error instanceof WireError) return { reason: 'invalid-labels', text: error.message }
      throw error
    }
  }

  /** Where nothing tells whose the series is, it is of who writes. */
  #refuse(
    { reason, text }: Refusal,
    description?: SeriesDescription,
    tenant = this.writer,
  ): number {
    const what = description === undefined ? 'a series' : seriesText(description)
    this.lastRefusal = `${what}: ${text} (${reason})`
    this.#tables.notes.note(tenant, reason, this.#atMs, () => what)
    return refusalCode(reason, tenant)
  }

  #tooLong(what: string): Refusal {
    const text = `${what} over the limit keyBytes of ${this.#limits.keyBytes}`
    return { reason: 'labels-too-long', text }
  }

  /**
   * Other orders of known labels are remembered up to a limit; past it they are sorted at every
   * sample.
   */
  #mayAlias(): boolean {
    if (this.#aliases >= this.#limits.aliases) return false
    this.#aliases += 1
    return true
  }
}

type Keyed = Pick<SeriesIdentity, 'key' | 'instance'>

/** Behind the labels of a native histogram, which has not those of the plain series beside it. */
export const NATIVE = Uint8Array.of(0xff)

function isForRoom({ reason }: Refusal): boolean {
  return ROOM_REASONS.some((each) => each === reason)
}

function namesOf(labels: SeriesDescription['labels']): string[] {
  return labels.map((label) => label.name)
}
