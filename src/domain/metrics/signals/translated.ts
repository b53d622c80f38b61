/**
 * What families with OpenTelemetry's names are called once Prometheus has them: the rows are made
 * from the native ones, never written twice.
 */
import { translateLabelName, translateMetricName } from '../translation.ts'
import type { TranslationStrategy } from '../../../core/names/translation-strategies.ts'
import type { LabelRule, MetricRow, SourceFamily } from './source-row.ts'

/** The fourth, no translation at all, leaves the native name, which the native row has. */
const STRATEGIES: readonly TranslationStrategy[] = [
  'UnderscoreEscapingWithSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
]

/**
 * Makes the family that Prometheus reports of a native one. Shape: a row for each name that a
 * strategy gives, none twice and none that is taken. Worked: `process.network.io` in By, a counter
 * -> `process_network_io_bytes_total`, `process.network.io_bytes_total`, `process_network_io`.
 */
export function translatedFamily(
  { source, says, rows }: SourceFamily,
  taken: ReadonlySet<string>,
): SourceFamily {
  return {
    source: source.replace(/^otel/, 'otel-prometheus'),
    says: `${says}, through Prometheus`,
    rows: rows.flatMap(translatedRows).filter(({ metric }) => !taken.has(metric)),
  }
}

/** Makes rules on attributes hold for the labels that they become as well. */
export function withTranslatedLabels(row: MetricRow): MetricRow {
  const both = ({ labels, values }: LabelRule): LabelRule => {
    const escaped = labels.map((name) => translateLabelName(name, STRATEGIES[0]!) ?? name)
    return { labels: [...new Set([...labels, ...escaped])], values }
  }
  return {
    ...row,
    ...(row.where === undefined ? {} : { where: row.where.map(both) }),
    ...(row.except === undefined ? {} : { except: row.except.map(both) }),
  }
}

function translatedRows(row: MetricRow): MetricRow[] {
  const type = row.shape === 'counter' ? 'counter' : 'other'
  const { metric: name, unit = '' } = row
  const names = STRATEGIES.map((strategy) => translateMetricName({ name, unit, type }, strategy))
  const others = new Set(names.filter((other) => other !== undefined && other !== name))
  return [...others].map((metric) => ({ ...row, metric: metric! }))
}
