/**
 * The write routes over HTTP with the real metrics stage behind them, and requests of remote write
 * 2.0 made of plain series, for the tests of what a receiver has to do.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { compressSync } from 'snappy'
import { openIngest } from '../../../src/edges/ingest/ingest.ts'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock, type SimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { openBench, type Bench, type Labels } from '../../domain/metrics/writing.ts'
import { openOracle } from '../../machinery/wire/oracle.ts'
import { BOUND, memoryLog, NOW_MS, SILENT, type MemoryLog } from './harness.ts'

export const VERSION_1 = 'application/x-protobuf'
export const VERSION_2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request'
const WRITTEN = ['samples', 'histograms', 'exemplars'] as const

/** A sample whose value is a stale marker: its bits do not survive in a number. */
export const STALE_MARKER = 'stale'
/** Stands for it until the message is encoded. */
const STAND_IN = 1_234.567_890_123
const STALE_BITS = 0x7ff0_0000_0000_0002n

export interface GivenSample {
  readonly value: number | typeof STALE_MARKER
  /** Milliseconds from now. */
  readonly offsetMs?: number
  readonly startMs?: number
}

export interface GivenSeries {
  readonly labels: Labels
  readonly samples?: readonly GivenSample[]
  readonly histograms?: readonly object[]
  readonly exemplars?: readonly { labels: Labels; value: number; offsetMs?: number }[]
  readonly metadata?: { readonly type: number; readonly help: string; readonly unit: string }
  readonly createdMs?: number
}

export interface Answer {
  readonly status: number
  readonly text: string
  /** Undefined for a header that is not there. */
  readonly samples: number | undefined
  readonly histograms: number | undefined
  readonly exemplars: number | undefined
}

export interface Receiver {
  readonly bench: Bench
  readonly clock: SimClock
  readonly log: MemoryLog
  send(body: Uint8Array, headers?: Record<string, string>): Promise<Answer>
  stop(): Promise<void>
}

const version2 = openOracle('remote-write-2.proto', 'Request')
const version1 = openOracle('remote-write.proto', 'WriteRequest')

/** Starts a receiver whose sender has the key of the tenant `acme`. */
export async function startReceiver(): Promise<Receiver> {
  const bench = openBench()
  const log = memoryLog()
  // Requests come over a real socket, so that a turn of the real event loop is what they wait for.
  const sleep = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const clock: SimClock = { ...openSimClock(NOW_MS), sleep }
  const { metrics } = bench
  const ingest = openIngest({ metrics, log, clock, counters: memoryCounters(), logger: SILENT })
  const server = createServer((request, response) => {
    const route = ingest.rawRoutes.find(({ paths }) => paths.includes(request.url ?? ''))!
    void route.handle(request, response, BOUND)
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  const { port } = server.address() as AddressInfo
  return {
    bench,
    clock,
    log,
    async send(body, headers = {}) {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/write`, {
        method: 'POST',
        body: Buffer.from(body),
        headers: { 'content-type': VERSION_2, 'content-encoding': 'snappy', ...headers },
      })
      const [samples, histograms, exemplars] = WRITTEN.map((what) => {
        const header = response.headers.get(`x-prometheus-remote-write-${what}-written`)
        return header === null ? undefined : Number(header)
      })
      const text = await response.text()
      return { status: response.status, text, samples, histograms, exemplars }
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

/** Encodes and compresses a 2.0 request. Labels stay in their order. */
export function request2(...given: readonly GivenSeries[]): Uint8Array {
  const symbols = ['']
  const refOf = (text: string): number => {
    const known = symbols.indexOf(text)
    return known < 0 ? symbols.push(text) - 1 : known
  }
  const refsOf = (labels: Labels) => Object.entries(labels).flat().map(refOf)
  const timeseries = given.map((series) => {
    const { labels, samples = [], histograms = [], exemplars = [], metadata } = series
    return {
      labelsRefs: refsOf(labels),
      samples: samples.map(({ value, offsetMs = 0, startMs = 0 }) => ({
        value: value === STALE_MARKER ? STAND_IN : value,
        timestamp: NOW_MS + offsetMs,
        startTimestamp: startMs,
      })),
      histograms,
      exemplars: exemplars.map(({ labels: own, value, offsetMs = 0 }) => ({
        labelsRefs: refsOf(own),
        value,
        timestamp: NOW_MS + offsetMs,
      })),
      ...(metadata && {
        metadata: {
          type: metadata.type,
          helpRef: refOf(metadata.help),
          unitRef: refOf(metadata.unit),
        },
      }),
      createdTimestamp: series.createdMs ?? 0,
    }
  })
  return compressSync(marked(version2.encode({ symbols, timeseries })))
}

/** Encodes and compresses a 1.0 request. */
export function request1(...given: readonly Pick<GivenSeries, 'labels' | 'samples'>[]): Uint8Array {
  const timeseries = given.map(({ labels, samples = [] }) => ({
    labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
    samples: samples.map(({ value, offsetMs = 0 }) => ({
      value: value === STALE_MARKER ? STAND_IN : value,
      timestamp: NOW_MS + offsetMs,
    })),
  }))
  return compressSync(marked(version1.encode({ timeseries })))
}

function marked(message: Uint8Array): Buffer {
  const bytes = Buffer.from(message)
  const standIn = Buffer.alloc(8)
  standIn.writeDoubleLE(STAND_IN)
  for (let at = bytes.indexOf(standIn); at >= 0; at = bytes.indexOf(standIn, at)) {
    bytes.writeBigUInt64LE(STALE_BITS, at)
  }
  return bytes
}
