/**
 * An engine in memory that keeps samples as a Prometheus does: a sample behind the last one of its
 * series is out of order, the same one again is nothing new. Answers as it is told to.
 */
import type { WriteAnswer } from '../../../../src/edges/engines/forward/answer.ts'
import type { Write, WritePoster } from '../../../../src/edges/engines/forward/post-write.ts'
import { readLabels } from '../../../../src/machinery/wire/labels.ts'
import { readWriteRequest2 } from '../../../../src/machinery/wire/remote-write-2.ts'
import { readWriteRequest } from '../../../../src/machinery/wire/remote-write.ts'
import { uncompressSnappy } from '../../../../src/machinery/wire/snappy.ts'

export interface GotSample {
  readonly series: string
  readonly labels: Readonly<Record<string, string>>
  readonly atMs: number
  readonly value: number | 'stale' | 'histogram'
  readonly startMs: number
}

/** Decodes what a request holds. */
export function readWrite({ body, version }: Pick<Write, 'body' | 'version'>): GotSample[] {
  const got: GotSample[] = []
  let labels: Record<string, string> = {}
  const name = (bytes: Uint8Array, start: number, end: number): void => {
    const read = readLabels(bytes, start, end)
    labels = Object.fromEntries(read.map((label) => [label.name, label.value]))
    const sorted = read
      .map((label) => label.name)
      .toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    if (read.some((label, index) => label.name !== sorted[index])) throw new Error('not sorted')
  }
  const note = (atMs: number, value: GotSample['value'], startMs = 0): void => {
    const series = JSON.stringify(labels)
    got.push({ series, labels, atMs, value, startMs })
  }
  const visitor = {
    series: name,
    sample: (value: number, atMs: number) => note(atMs, value),
    sampleSince: (value: number, atMs: number, startMs: number) => note(atMs, value, startMs),
    stale: (atMs: number) => note(atMs, 'stale'),
    nativeHistogram(
      bytes: Uint8Array,
      start: number,
      end: number,
      histogram: { timestampMs: number; startMs: number },
    ): void {
      name(bytes, start, end)
      note(histogram.timestampMs, 'histogram', histogram.startMs)
    },
    holdLabels: () => undefined,
    refuseSeries(why: string) {
      throw new Error(why)
    },
    extras: () => undefined,
    refuseExemplar: () => undefined,
  }
  const message = Uint8Array.from(uncompressSnappy(body, 2 ** 30))
  if (version === '2.0') readWriteRequest2(message, visitor)
  else readWriteRequest(message, visitor)
  return got
}

/** What is answered instead, and whether the request is kept all the same. */
export interface Fault {
  readonly answer: WriteAnswer
  readonly keeps: boolean
}

export class MemoryEngine implements WritePoster {
  /** By tenant header and series: times and values in the order of their first arrival. */
  readonly series = new Map<string, GotSample[]>()
  readonly writes: Write[] = []
  outOfOrder = 0
  repeated = 0
  /** Decides about a request. */
  fault: (write: Write) => Fault | null = () => null
  /** Waits before the answer. */
  pause: () => Promise<void> = () => Promise.resolve()

  async post(write: Write): Promise<WriteAnswer> {
    await this.pause()
    this.writes.push(write)
    const fault = this.fault(write)
    if (fault !== null && !fault.keeps) return fault.answer
    const got = readWrite(write)
    let kept = 0
    for (const sample of got) if (this.keep(write.tenantId, sample)) kept += 1
    if (fault !== null) return fault.answer
    if (write.version === '1.0') return ok()
    const headers = {
      'x-prometheus-remote-write-samples-written': String(kept),
      'x-prometheus-remote-write-histograms-written': '0',
    }
    return kept === got.length
      ? { status: 204, headers, text: '' }
      : { status: 400, headers, text: 'out of order sample' }
  }

  close(): void {}

  keep(tenant: string | null, sample: GotSample): boolean {
    const key = `${tenant ?? ''} ${sample.series}`
    const known = this.series.get(key) ?? []
    this.series.set(key, known)
    const last = known.at(-1)
    if (last !== undefined && sample.atMs <= last.atMs) {
      if (known.some(({ atMs, value }) => atMs === sample.atMs && Object.is(value, sample.value))) {
        this.repeated += 1
        return true
      }
      this.outOfOrder += 1
      return false
    }
    known.push(sample)
    return true
  }

  count(): number {
    return [...this.series.values()].reduce((sum, samples) => sum + samples.length, 0)
  }
}

export function ok(): WriteAnswer {
  return { status: 204, headers: {}, text: '' }
}

export function answer(
  status: number,
  text = '',
  headers: Readonly<Record<string, string>> = {},
): WriteAnswer {
  return { status, text, headers }
}
