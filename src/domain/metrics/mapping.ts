/**
 * Tells what a new series is: which signal it feeds, through which source, in which unit. Pure;
 * asked once a series.
 */
import { STATUS_CLASSES, type StatusClass } from './cell.ts'
import {
  NATIVE_ROWS,
  SOURCE_ROWS,
  STATUS_LABELS,
  UNIT_SCALES,
  type MetricShape,
  type Part,
  type SourceRow,
} from './signals.ts'

/** The labels of one series by name: attributes of the point before those of the resource. */
export interface LabelReader {
  (name: string): string | undefined
}

/** A metric that a series belongs to, and the parts of it that have a meaning. */
export interface Mapping {
  readonly row: SourceRow
  /** How much one unit of the series is in the signal's unit. */
  readonly scale: number
}

interface Candidate {
  readonly row: SourceRow
  readonly part: Part
}

const BY_OTLP_NAME = new Map<string, SourceRow[]>()
const BY_PROMETHEUS_NAME = new Map<string, Candidate[]>()
for (const row of SOURCE_ROWS) {
  append(BY_OTLP_NAME, row.metric, row)
  for (const part of Object.keys(row.signals) as Part[]) {
    const name = part === 'value' ? row.metric : `${row.metric}_${part}`
    append(BY_PROMETHEUS_NAME, name, { row, part })
  }
}

/**
 * Finds the meaning of an OTLP metric's series, or undefined. The unit, where it is known, decides
 * the scale.
 */
export function mapOtlp(
  name: string,
  unit: string,
  shape: MetricShape,
  label: LabelReader,
): Mapping | undefined {
  const rows = BY_OTLP_NAME.get(name) ?? []
  const row = rows.find((candidate) => candidate.shape === shape && holds(candidate, label))
  return row && { row, scale: UNIT_SCALES[unit] ?? row.scale ?? 1 }
}

/** Finds the meaning of a remote-write series by its `__name__`, or undefined. */
export function mapPrometheus(
  name: string,
  label: LabelReader,
): (Mapping & { part: Part }) | undefined {
  const found = BY_PROMETHEUS_NAME.get(name)?.find((candidate) => holds(candidate.row, label))
  return found && { row: found.row, part: found.part, scale: found.row.scale ?? 1 }
}

/** Finds the meaning of a series of native histograms by its `__name__`, or undefined. */
export function mapNative(name: string, label: LabelReader): Mapping | undefined {
  const row = NATIVE_ROWS.find(({ metric }) => metric === name)
  return row && holds(row, label) ? { row, scale: row.scale ?? 1 } : undefined
}

/** Reads the class of a status code such as 404 or 4xx. Anything else is `unknown`. */
export function statusClass(label: LabelReader): StatusClass {
  const name = STATUS_LABELS.find((candidate) => label(candidate) !== undefined)
  const match = /^([1-5])(?:\d\d|xx)$/i.exec(name === undefined ? '' : label(name)!)
  return STATUS_CLASSES[match === null ? 5 : Number(match[1]) - 1]!
}

/**
 * Reads the upper bound of a bucket. NaN when it is none. Worked: "0.25" -> 0.25, "+Inf" ->
 * Infinity.
 */
export function bucketBound(text: string | undefined): number {
  if (text === '+Inf' || text === 'Inf') return Infinity
  return text === undefined || text.trim() === '' ? NaN : Number(text)
}

function holds({ where, except }: SourceRow, label: LabelReader): boolean {
  const has = (rule: { labels: readonly string[]; value: string }) =>
    rule.labels.some((name) => label(name) === rule.value)
  return (where === undefined || has(where)) && (except === undefined || !has(except))
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
