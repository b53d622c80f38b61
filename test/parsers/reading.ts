/** What our readers make of a body, laid out for comparing. */
import type { ExpositionReader } from '../../src/machinery/wire/exposition-visitor.ts'
import type { WireLabel } from '../../src/machinery/wire/labels.ts'

export interface ReadSample {
  /** `__name__` among them. */
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
  /** NaN where there is none, as below. */
  readonly timestampMs: number
  readonly startMs: number
}

export interface ReadExemplar {
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
  readonly timestampMs: number
}

export interface Reading {
  /** Undefined where the body is accepted. */
  readonly error: string | undefined
  readonly samples: readonly ReadSample[]
  readonly exemplars: readonly ReadExemplar[]
}

/** Reads a body with a reader that knows nothing yet. */
export function readBody(open: () => ExpositionReader, body: string): Reading {
  const series: ReadonlyMap<string, string>[] = []
  const samples: ReadSample[] = []
  const exemplars: ReadExemplar[] = []
  let error: string | undefined
  try {
    open().read(Buffer.from(body), {
      define: (labels) => series.push(mapOf(labels)) - 1,
      sample: (number, value, timestampMs, startMs) =>
        samples.push({ labels: series[number]!, value, timestampMs, startMs }),
      exemplar: (labels, value, timestampMs) =>
        exemplars.push({ labels: mapOf(labels), value, timestampMs }),
    })
  } catch (refusal) {
    error = (refusal as Error).message
  }
  return { error, samples, exemplars }
}

function mapOf(labels: readonly WireLabel[]): ReadonlyMap<string, string> {
  return new Map(labels.map(({ name, value }) => [name, value]))
}
