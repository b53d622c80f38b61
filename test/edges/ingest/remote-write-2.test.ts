import { compressSync } from 'snappy'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openIngest } from '../../../src/edges/ingest/ingest.ts'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { openOracle } from '../../machinery/wire/oracle.ts'
import { NotingMetrics, NOW_MS, SILENT, startIngest, type TestIngest } from './harness.ts'
import { write, writeRequest } from './requests.ts'

const oracle = openOracle('remote-write-2.proto', 'Request')
const TYPE = 'application/x-protobuf;proto=io.prometheus.write.v2.Request'
const SYMBOLS = ['', '__name__', 'up', 'trace_id', 'abc']
const WRITTEN = ['samples', 'histograms', 'exemplars'].map(
  (what) => `x-prometheus-remote-write-${what}-written`,
)

interface Answer {
  readonly status: number
  readonly text: string
  /** Samples, histograms, exemplars, null where the header is absent. */
  readonly written: readonly (string | null)[]
}

async function send(
  test: TestIngest,
  body: Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${test.url}/api/v1/write`, {
    method: 'POST',
    body: Buffer.from(body),
    headers: { 'content-type': TYPE, 'content-encoding': 'snappy', ...headers },
  })
  return {
    status: response.status,
    text: await response.text(),
    written: WRITTEN.map((name) => response.headers.get(name)),
  }
}

function request(series: readonly object[], symbols: readonly string[] = SYMBOLS): Uint8Array {
  const timeseries = series.map((one) => ({ labelsRefs: [1, 2], ...one }))
  return compressSync(oracle.encode({ symbols, timeseries }))
}

const samples = (...values: number[]) => ({
  samples: values.map((value) => ({ value, timestamp: NOW_MS })),
})

describe('remote write 2.0', () => {
  let test: TestIngest
  beforeEach(async () => {
    test = await startIngest({ bodyBytes: 10_000 })
  })
  afterEach(() => test.stop())

  it('keeps a write, answers 204 and says how much of each kind it wrote', async () => {
    const histograms = [{ countInt: 3, sum: 1, timestamp: NOW_MS }]
    const exemplars = [{ labelsRefs: [3, 4], value: 1, timestamp: NOW_MS }]
    const body = request([samples(1, 2), { histograms, exemplars }, { exemplars }])
    expect(await send(test, body)).toEqual({ status: 204, text: '', written: ['2', '1', '2'] })
    expect(test.metrics.applied.map(({ values }) => values)).toEqual([[1, 2, 3]])
    expect(test.log.all[0]).toMatchObject({ kind: 8, receivedAtMs: NOW_MS })
    expect(Buffer.from(test.log.all[0]?.body ?? []).equals(body)).toBe(true)
  })

  it('answers a request with nothing in it', async () => {
    const body = compressSync(oracle.encode({}))
    expect(await send(test, body)).toEqual({ status: 204, text: '', written: ['0', '0', '0'] })
  })

  it('keeps the good part of a write, with 400 and exact counts', async () => {
    const body = request([samples(1, -1), { labelsRefs: [1, 99], ...samples(5, 6) }, samples(2)])
    const answer = await send(test, body)
    expect(answer).toMatchObject({ status: 400, written: ['2', '0', '0'] })
    expect(answer.text).toContain('3 of 5 samples were refused')
    expect(test.log.all).toHaveLength(1)
  })

  it('refuses a bad exemplar with 400 and keeps its series', async () => {
    const exemplars = [{ labelsRefs: [3] }, { labelsRefs: [3, 4] }]
    const answer = await send(test, request([{ ...samples(1), exemplars }]))
    expect(answer).toMatchObject({ status: 400, written: ['1', '0', '1'] })
    expect(answer.text).toContain('1 exemplars or series without samples were refused')
  })

  it('writes nothing of what it cannot read', async () => {
    const none = ['0', '0', '0']
    const cut = compressSync(oracle.encode({ symbols: SYMBOLS }).subarray(0, -1))
    expect(await send(test, cut)).toMatchObject({ status: 400, written: none })
    const noSnappy = await send(test, Buffer.from('garbage'))
    expect(noSnappy).toMatchObject({ status: 400, written: none })
    const first = await send(test, request([], ['up']))
    expect(first).toMatchObject({ status: 400, written: none })
    expect(first.text).toContain('the first symbol is not empty at byte 2')
    const other = await send(test, compressSync(writeRequest(1)))
    expect(other).toMatchObject({ status: 400, written: none })
    expect(other.text).toContain('field 1 of io.prometheus.write.v2.Request is reserved')
    expect(test.log.all).toHaveLength(0)
    expect(test.metrics.applied).toHaveLength(0)
  })

  it('goes by the media type and not by the version header', async () => {
    const version = { 'x-prometheus-remote-write-version': '0.1.0' }
    expect((await send(test, request([samples(1)]), version)).status).toBe(204)
    const first = await send(test, compressSync(writeRequest(1)), {
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '2.0.0',
    })
    expect(first).toEqual({ status: 204, text: '', written: [null, null, null] })
    const quoted = {
      'content-type': 'Application/X-Protobuf; Proto="io.prometheus.write.v2.Request"',
    }
    expect((await send(test, request([samples(1)]), quoted)).status).toBe(204)
  })

  it('sends the headers with 2.0 only', async () => {
    const refused = await send(test, request([]), { 'content-encoding': 'gzip' })
    expect(refused).toMatchObject({ status: 415, written: ['0', '0', '0'] })
    const unknown = await send(test, request([]), { 'content-type': `${TYPE}3` })
    expect(unknown).toMatchObject({ status: 415, written: [null, null, null] })
    const partial = await send(test, compressSync(writeRequest(1, -1)), {
      'content-type': 'application/x-protobuf',
    })
    expect(partial).toMatchObject({ status: 400, written: [null, null, null] })
  })

  it('writes all or nothing with 5xx', async () => {
    test.log.failing = true
    const answer = await send(test, request([samples(1)]))
    expect(answer).toMatchObject({ status: 503, written: ['0', '0', '0'] })
    expect(test.metrics).toMatchObject({ applied: [], abandoned: 1, staged: false })
  })

  it('is replayed as what it was, beside 1.0', async () => {
    await send(test, request([samples(1, -1)]))
    await write(test, writeRequest(2))
    const metrics = new NotingMetrics()
    const again = openIngest({
      metrics,
      log: test.log,
      clock: openSimClock(NOW_MS),
      counters: memoryCounters(),
      logger: SILENT,
    })
    expect(again.replay(0)).toMatchObject({ records: 2, samples: 3 })
    expect(metrics.applied.map(({ values }) => values)).toEqual([[1, -1], [2]])
  })
})
