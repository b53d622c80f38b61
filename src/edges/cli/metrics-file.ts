/**
 * Reads a file of metrics into a stage, as a scrape or an export of it would come in: the text that
 * exporters serve, or an OTLP export as JSON. What has no time of its own gets the one that is
 * given.
 */
import type { StagedWrite } from '../../domain/metrics/metrics.ts'
import type { ExpositionVisitor } from '../../machinery/wire/exposition-visitor.ts'
import { openOpenMetricsReader } from '../../machinery/wire/open-metrics.ts'
import { otlpJsonToProtobuf } from '../../machinery/wire/otlp-json.ts'
import { readExportMetrics } from '../../machinery/wire/otlp.ts'
import { openPrometheusTextReader } from '../../machinery/wire/prometheus-text.ts'
import { readWriteRequest } from '../../machinery/wire/remote-write.ts'
import { encodeLabels, WriteRequestBuilder } from '../../machinery/wire/write-request.ts'

export const METRIC_FORMATS = ['prometheus', 'openmetrics', 'otlp-json'] as const
export type MetricFormat = (typeof METRIC_FORMATS)[number]

/** Tells by how a file begins and ends what it is. */
export function formatOf(text: string): MetricFormat {
  if (text.trimStart().startsWith('{')) return 'otlp-json'
  return text.trimEnd().endsWith('# EOF') ? 'openmetrics' : 'prometheus'
}

/**
 * Makes one write of a file. Throws WireError, which names line and column of a text, or the field
 * of JSON.
 */
export function readMetrics(
  bytes: Buffer,
  format: MetricFormat,
  nowMs: number,
  stage: (message: Uint8Array) => StagedWrite,
): StagedWrite {
  if (format === 'otlp-json') {
    const message = otlpJsonToProtobuf(bytes)
    const staged = stage(message)
    readExportMetrics(message, staged)
    return staged
  }
  const message = requestOf(bytes, format, nowMs)
  const staged = stage(message)
  readWriteRequest(message, staged)
  return staged
}

function requestOf(bytes: Buffer, format: 'prometheus' | 'openmetrics', nowMs: number): Buffer {
  const builder = new WriteRequestBuilder()
  const labels: Uint8Array[] = []
  const visitor: ExpositionVisitor = {
    define: (exposed) => labels.push(encodeLabels(exposed)) - 1,
    sample(series, value, timestampMs) {
      builder.sample(labels[series]!, value, Number.isNaN(timestampMs) ? nowMs : timestampMs, 0)
    },
    exemplar: () => undefined,
  }
  const reader = format === 'prometheus' ? openPrometheusTextReader() : openOpenMetricsReader()
  reader.read(bytes, visitor)
  return builder.take()
}
