/**
 * Who made a tenant's series: how many each metric has, and which labels take how many values. Read
 * from the series themselves, on demand: the labels are made text again, a stretch at a time, and
 * writes go on in between, so a series that comes meanwhile may be in it or not.
 */
import { LABELS } from '../../core/names/labels.ts'
import type { SeriesDescription } from './description.ts'
import { KIND, ROLE_STRIDE, SERIES_KINDS, TENANT, type SeriesTable } from './series-table.ts'

export interface MetricCount {
  readonly name: string
  readonly series: number
}

export interface LabelCount {
  readonly name: string
  /** Series that have the label. */
  readonly series: number
  readonly values: number
  /** There are more values than were told apart. */
  readonly isAtLeast: boolean
  /** Some of the values, in the order in which they were met. */
  readonly examples: readonly string[]
}

export interface Cardinality {
  readonly series: number
  readonly metricNames: number
  readonly labelNames: number
  /** Those with the most series first, at most twenty. */
  readonly metrics: readonly MetricCount[]
  /** Those with the most values first, at most twenty. */
  readonly labels: readonly LabelCount[]
}

/** Slots that are looked at before other work may have a turn, and series that are described. */
const SLOTS_A_STEP = 65_536
const SERIES_A_STEP = 128
/** Values of one label that are told apart: more make no difference to what is done about it. */
const VALUES = 100_000
/** Labels whose values are told apart. */
const LABEL_NAMES = 1_000
const SHOWN = 20
const EXAMPLES = 3
const EXAMPLE_CHARACTERS = 80

interface LabelTally {
  series: number
  readonly values: Set<string>
}

/** Reads a tenant's series step by step. Cost: about 5 us a series. */
export function* cardinalityOf(
  { roles }: SeriesTable,
  describe: (slot: number) => SeriesDescription,
  tenant: number | undefined,
): Generator<void, Cardinality> {
  const metrics = new Map<string, number>()
  const labels = new Map<string, LabelTally>()
  let series = 0
  for (let slot = 0; slot < roles.rows; slot += 1) {
    if (slot % SLOTS_A_STEP === SLOTS_A_STEP - 1) yield
    const role = slot * ROLE_STRIDE
    if (roles.data[role + TENANT] !== tenant) continue
    const kind = roles.data[role + KIND]
    if (kind === 0 || kind === SERIES_KINDS.part) continue
    count(metrics, labels, describe(slot))
    series += 1
    if (series % SERIES_A_STEP === 0) yield
  }
  return {
    series,
    metricNames: metrics.size,
    labelNames: labels.size,
    metrics: topMetrics(metrics),
    labels: topLabels(labels),
  }
}

function count(
  metrics: Map<string, number>,
  labels: Map<string, LabelTally>,
  { name, labels: own }: SeriesDescription,
): void {
  metrics.set(name, (metrics.get(name) ?? 0) + 1)
  for (const label of own) {
    if (label.name === LABELS.name) continue
    let tally = labels.get(label.name)
    if (tally === undefined) {
      tally = { series: 0, values: new Set() }
      labels.set(label.name, tally)
    }
    tally.series += 1
    if (tally.values.size < VALUES && labels.size <= LABEL_NAMES) tally.values.add(label.value)
  }
}

function topMetrics(metrics: ReadonlyMap<string, number>): MetricCount[] {
  return [...metrics]
    .map(([name, series]) => ({ name, series }))
    .toSorted((left, right) => right.series - left.series || compare(left.name, right.name))
    .slice(0, SHOWN)
}

function topLabels(labels: ReadonlyMap<string, LabelTally>): LabelCount[] {
  return [...labels]
    .map(([name, { series, values }]) => ({ name, series, values }))
    .toSorted(
      (left, right) => right.values.size - left.values.size || compare(left.name, right.name),
    )
    .slice(0, SHOWN)
    .map(({ name, series, values }) => ({
      name,
      series,
      values: values.size,
      isAtLeast: values.size >= VALUES,
      examples: firstOf(values).map(cut),
    }))
}

function firstOf(values: ReadonlySet<string>): string[] {
  const first: string[] = []
  for (const value of values) if (first.push(value) === EXAMPLES) break
  return first
}

function compare(left: string, right: string): number {
  return left < right ? -1 : 1
}

function cut(text: string): string {
  return text.length > EXAMPLE_CHARACTERS ? `${text.slice(0, EXAMPLE_CHARACTERS)}…` : text
}
