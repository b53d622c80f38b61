/**
 * Tells what a new series is: which signal it feeds, through which source, in which unit. Asked
 * once a series. Rows of the operator come before those that are built in.
 */
import { TRANSLATION_STRATEGIES } from '../../core/names/translation-strategies.ts'
import type { SignalName } from './cell.ts'
import { NATIVE_SUFFIX, nativeRow, SOURCE_ROWS, UNIT_SCALES } from './signals.ts'
import type { LabelRule, MetricShape, Part, SourceRow } from './signals/source-row.ts'
import type { LabelReader } from './status-class.ts'
import { translateMetricName } from './translation.ts'

/** A metric that a series belongs to, and the parts of it that have a meaning. */
export interface Mapping {
  readonly row: SourceRow
  /** How much one unit of the series is in the signal's unit; negative where it is subtracted. */
  readonly scale: number
  /** Which part of the metric a remote-write series is. */
  readonly part?: Part
}

interface Candidate {
  readonly row: SourceRow
  readonly part: Part
}

export class Mappings {
  readonly #builtIn = new RowIndex(SOURCE_ROWS)
  #own = new RowIndex([])

  /** Replaces the rows of the operator. */
  setOwn(rows: readonly SourceRow[]): void {
    this.#own = new RowIndex(rows)
  }

  /**
   * Finds the meaning of an OTLP metric's series: by its own name, else by what Prometheus calls
   * it. A unit that is known decides the scale.
   */
  otlp(name: string, unit: string, shape: MetricShape, label: LabelReader): Mapping | undefined {
    const row = this.#metric(name, shape, label) ?? this.#spelled(name, unit, shape, label)
    return row && { row, scale: row.scale ?? UNIT_SCALES[unit] ?? scaleOf(row) }
  }

  /** Finds the meaning of a remote-write series by its `__name__`. */
  prometheus(name: string, label: LabelReader): Mapping | undefined {
    const found = this.#own.series(name, label) ?? this.#builtIn.series(name, label)
    return found && { ...found, scale: scaleOf(found.row) }
  }

  /** Finds the meaning of a series of native histograms by its `__name__`. */
  native(name: string, label: LabelReader): Mapping | undefined {
    const row = this.#metric(name, 'histogram', label)
    return row && { row: nativeRow(row), scale: scaleOf(row) }
  }

  #metric(name: string, shape: MetricShape, label: LabelReader): SourceRow | undefined {
    return this.#own.metric(name, shape, label) ?? this.#builtIn.metric(name, shape, label)
  }

  /** Prometheus' default comes first; which of the spellings a sender would choose is not known. */
  #spelled(name: string, unit: string, shape: MetricShape, label: LabelReader) {
    const metric = { name, unit, type: shape === 'histogram' ? 'other' : shape } as const
    for (const strategy of TRANSLATION_STRATEGIES) {
      const spelled = translateMetricName(metric, strategy)
      if (spelled === undefined || spelled === name) continue
      const row = this.#metric(spelled, shape, label)
      if (row !== undefined) return row
    }
    return undefined
  }

  /** Tells as what a metric or a series of this name is known, whatever its labels. */
  shapesOf(name: string): readonly MetricShape[] {
    return [...new Set([...this.#own.shapes(name), ...this.#builtIn.shapes(name)])]
  }

  /** Lists all names that have a meaning: of metrics, and of series of histograms. */
  names(): readonly string[] {
    return [...new Set([...this.#own.names(), ...this.#builtIn.names()])]
  }
}

class RowIndex {
  readonly #byMetric = new Map<string, SourceRow[]>()
  readonly #bySeries = new Map<string, Candidate[]>()

  constructor(rows: readonly SourceRow[]) {
    for (const row of rows) {
      append(this.#byMetric, row.metric, row)
      for (const part of Object.keys(row.signals) as Part[]) {
        const name = part === 'value' ? row.metric : `${row.metric}_${part}`
        append(this.#bySeries, name, { row, part })
      }
    }
  }

  metric(name: string, shape: MetricShape, label: LabelReader): SourceRow | undefined {
    const rows = this.#byMetric.get(name)
    return rows?.find((row) => row.shape === shape && holds(row, label))
  }

  series(name: string, label: LabelReader): Candidate | undefined {
    return this.#bySeries.get(name)?.find(({ row }) => holds(row, label))
  }

  shapes(name: string): MetricShape[] {
    const ofSeries = this.#bySeries.get(name)?.map(({ row }) => row) ?? []
    return [...ofSeries, ...(this.#byMetric.get(name) ?? [])].map(({ shape }) => shape)
  }

  names(): string[] {
    return [...this.#byMetric.keys(), ...this.#bySeries.keys()]
  }
}

/** Tells the rank of each source that rows have, native histograms included. */
export function ranksOf(rows: readonly SourceRow[]): ReadonlyMap<string, number> {
  const all = rows.flatMap((row) => [row, nativeRow(row)])
  return new Map(all.map(({ source, rank }) => [source, rank]))
}

/** Tells the family that a source is of: a native histogram is of the family of its metric. */
export function familyOf(source: string): string {
  return source.endsWith(NATIVE_SUFFIX) ? source.slice(0, -NATIVE_SUFFIX.length) : source
}

/**
 * Reads the upper bound of a bucket. NaN when it is none. Worked: "0.25" -> 0.25, "+Inf" ->
 * Infinity.
 */
export function bucketBound(text: string | undefined): number {
  if (text === '+Inf' || text === 'Inf') return Infinity
  return text === undefined || text.trim() === '' ? NaN : Number(text)
}

function scaleOf({ scale, unit }: SourceRow): number {
  return scale ?? (unit === undefined ? 1 : (UNIT_SCALES[unit] ?? 1))
}

function holds({ where = [], except = [] }: SourceRow, label: LabelReader): boolean {
  return where.every((rule) => isMet(rule, label)) && !except.some((rule) => isMet(rule, label))
}

function isMet({ labels, values }: LabelRule, label: LabelReader): boolean {
  const named = labels.find((name) => (label(name) ?? '') !== '')
  const value = named === undefined ? '' : label(named)!
  return values.some((pattern) => matches(pattern, value))
}

function matches(pattern: string, value: string): boolean {
  if (pattern === '\\*') return value === '*'
  if (!pattern.endsWith('*')) return value === pattern
  return value !== '' && value.startsWith(pattern.slice(0, -1))
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

const BUILT_IN = new Mappings()

/** Tells which signal a series of a name feeds without any configuration, whatever its labels.
 *  Undefined where that depends on them. */
export function builtInSeries(name: string): SignalName | undefined {
  const found = BUILT_IN.prometheus(name, () => undefined)
  return found?.part === undefined ? undefined : found.row.signals[found.part]
}
