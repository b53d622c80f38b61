/**
 * The shape of a row that says what an incoming metric is, and of the families that rows come in. A
 * family is one source: its rows add up, and as a whole it is better or worse than another family
 * that measures the same. What measures the same only sometimes is a family of its own.
 */
import type { SignalName } from '../cell.ts'

export type MetricShape = 'histogram' | 'counter' | 'gauge'
export type Part = 'value' | 'count' | 'sum' | 'bucket'

/** The first of the labels that is there and not empty counts; without one the value is empty. */
export interface LabelRule {
  readonly labels: readonly string[]
  /**
   * One of them must be the value. `''` is a label that is absent, `abc*` a beginning, `*` anything
   * but absent, `\*` the star itself.
   */
  readonly values: readonly string[]
}

export interface MetricRow {
  /** As the metric is called: dotted where OpenTelemetry names it. */
  readonly metric: string
  readonly shape: MetricShape
  /**
   * What each part of the metric is. A gauge that feeds a counter is a probe: each of its samples
   * is one event, good at 1 and bad below.
   */
  readonly signals: Partial<Readonly<Record<Part, SignalName>>>
  /** As UCUM writes it: how the value is brought to the unit of the signal. None is taken as is. */
  readonly unit?: string
  /**
   * Instead of a unit: how much one unit of the metric is in the signal's. Negative only for a
   * gauge: it is subtracted from what else its source reports, as what is free is from the whole.
   */
  readonly scale?: number
  /**
   * What is measured, where a signal has several things that add up: a database and a volume are
   * both storage. Sources compete only within one.
   */
  readonly resource?: string
  /** All of them hold for the series that are meant. */
  readonly where?: readonly LabelRule[]
  /** None of them holds. */
  readonly except?: readonly LabelRule[]
}

export interface SourceFamily {
  readonly source: string
  /** Where the figures come from, for a person. */
  readonly says: string
  readonly rows: readonly MetricRow[]
}

export interface SourceRow extends MetricRow {
  readonly source: string
  /** The lowest of the sources that report a signal counts. */
  readonly rank: number
}

export const HTTP_PARTS = { count: 'requests', sum: 'duration_sum', bucket: 'duration' } as const
export const USER_PARTS = { sum: 'user_duration_sum', bucket: 'user_duration' } as const
export const CALL_PARTS = { count: 'dependency_calls', sum: 'dependency_duration_sum' } as const

/** Makes a row of a histogram. */
export function histogram(
  metric: string,
  signals: MetricRow['signals'],
  rest: Omit<MetricRow, 'metric' | 'shape' | 'signals'> = {},
): MetricRow {
  return { metric, shape: 'histogram', signals, ...rest }
}

/** Makes a row of a counter. */
export function counter(
  metric: string,
  signal: SignalName,
  rest: Omit<MetricRow, 'metric' | 'shape' | 'signals'> = {},
): MetricRow {
  return { metric, shape: 'counter', signals: { value: signal }, ...rest }
}

/** Makes a row of a gauge. */
export function gauge(
  metric: string,
  signal: SignalName,
  rest: Omit<MetricRow, 'metric' | 'shape' | 'signals'> = {},
): MetricRow {
  return { metric, shape: 'gauge', signals: { value: signal }, ...rest }
}
