import type { ExpositionReader } from '../../../src/machinery/wire/exposition-visitor.ts'
import type { WireLabel } from '../../../src/machinery/wire/labels.ts'
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
  /** What was told of samples that say when they began: the start of each in milliseconds. */
  readonly starts: Readonly<Record<string, number>>
  /** Labels, value and time of each exemplar. */
  readonly exemplars: readonly (readonly [
    labels: string,
    value: number,
    timestampMs: number | null,
  ])[]
}

const DEFINED = new WeakMap<ExpositionReader, string[]>()

/** Reads a body and tells what its visitor was told. A reader is handed in to read with what it learnt before. */
export function told(reader: ExpositionReader, body: string | Uint8Array): Told {
  const series = DEFINED.get(reader) ?? []
  DEFINED.set(reader, series)
  const before = series.length
  const samples: [string, number, number | null][] = []
  const starts: Record<string, number> = {}
  const exemplars: [string, number, number | null][] = []
  const text = (labels: readonly WireLabel[]): string =>
    labels.map(({ name, value }) => `${name}=${value}`).join(',')
  reader.read(typeof body === 'string' ? Buffer.from(body) : body, {
    define: (labels) => series.push(text(labels)) - 1,
    sample(number, value, timestampMs, startMs) {
      const name = series[number] ?? ''
      samples.push([name, value, Number.isNaN(timestampMs) ? null : timestampMs])
      if (!Number.isNaN(startMs)) starts[name] = startMs
    },
    exemplar: (labels, value, timestampMs) =>
      exemplars.push([text(labels), value, Number.isNaN(timestampMs) ? null : timestampMs]),
  })
  return { samples, defined: series.length - before, starts, exemplars }
}

export const readText = (body: string | Uint8Array): Told => told(openPrometheusTextReader(), body)
export const readOpenMetrics = (body: string | Uint8Array): Told =>
  told(openOpenMetricsReader(), body)
