/** Tells by which rules the points of a series are counted. Pure. */
import { isRatioSignal, SIGNALS, type SignalName, type SignalRow } from './cell.ts'
import type { SeriesDescription } from './description.ts'
import type { Mapping } from './mapping.ts'
import type { MetricMeaning } from './metric-key.ts'
import { SERIES_KINDS } from './series-table.ts'
import type { MetricShape } from './signals/source-row.ts'

const DELTA = 1
const CUMULATIVE = 2

/** Tells which mapping rows an OTLP metric may match. Undefined for what has no meaning here. */
export function shapeOf({ kind, temporality, monotonic }: MetricMeaning): MetricShape | undefined {
  const isSummed = temporality === DELTA || temporality === CUMULATIVE
  switch (kind) {
    case 'gauge':
      return 'gauge'
    case 'sum':
      if (!isSummed) return undefined
      return monotonic ? 'counter' : 'gauge'
    case 'histogram':
      return isSummed ? 'histogram' : undefined
  }
}

/** Tells the kind of a series that has a meaning. */
export function kindOf({ metric }: SeriesDescription, { row, scale }: Mapping): number {
  const isDelta = metric?.temporality === DELTA
  if (isRatioSignal(row.signals.value)) return SERIES_KINDS.ratio
  if (isProbe(row)) return SERIES_KINDS.probe
  if (row.shape === 'gauge') {
    if (scale < 0) return isDelta ? SERIES_KINDS.subtractedChanges : SERIES_KINDS.subtracted
    return isDelta ? SERIES_KINDS.accumulated : SERIES_KINDS.gauge
  }
  return isDelta ? SERIES_KINDS.delta : SERIES_KINDS.counter
}

/** Tells whether a signal is a present value and not a count. */
export function isGauge(signal: SignalName): boolean {
  return SIGNALS[signal].kind === 'gauge'
}

/** Tells whether each sample of a gauge is an event of its own. */
function isProbe({ shape, signals: { value } }: Mapping['row']): boolean {
  return shape === 'gauge' && value !== undefined && !isGauge(value)
}

/** Tells what beside tenant and source tells the cells of a signal apart. */
export function divisionOf(signal: SignalName): SignalRow['by'] {
  const row: SignalRow = SIGNALS[signal]
  return row.by
}
