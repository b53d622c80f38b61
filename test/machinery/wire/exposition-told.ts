import type { ExpositionReader } from '../../../src/machinery/wire/exposition-visitor.ts'
import { openOpenMetricsReader } from '../../../src/machinery/wire/open-metrics.ts'
import { openPrometheusTextReader } from '../../../src/machinery/wire/prometheus-text.ts'

export interface Told {
  readonly samples: readonly (readonly [
    series: string,
    value: number,
    timestampMs: number | null,
  ])[]
  /** Lines that were not recognised. */
  readonly defined: number
  readonly created: number
}

const DEFINED = new WeakMap<ExpositionReader, string[]>()

/** Reads a body and tells what its visitor was told. A reader is handed in to read with what it learnt before. */
export function told(reader: ExpositionReader, body: string | Uint8Array): Told {
  const series = DEFINED.get(reader) ?? []
  DEFINED.set(reader, series)
  const before = series.length
  const samples: [string, number, number | null][] = []
  let created = 0
  reader.read(typeof body === 'string' ? Buffer.from(body) : body, {
    define: (labels) =>
      series.push(labels.map(({ name, value }) => `${name}=${value}`).join(',')) - 1,
    sample: (number, value, timestampMs) =>
      samples.push([series[number] ?? '', value, Number.isNaN(timestampMs) ? null : timestampMs]),
    created: () => (created += 1),
  })
  return { samples, defined: series.length - before, created }
}

export const readText = (body: string | Uint8Array): Told => told(openPrometheusTextReader(), body)
export const readOpenMetrics = (body: string | Uint8Array): Told =>
  told(openOpenMetricsReader(), body)
