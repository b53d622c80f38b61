/** The gains of requests told apart by dimensions: which series share a facet, and that facets and
 *  cells never disagree. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlainLabels } from '../../../src/machinery/wire/plain-labels.ts'
import {
  facetGainsByName,
  gainsByName,
  openBench,
  otlp,
  remoteWrite,
  type Bench,
  type Labels,
} from './writing.ts'

const T = 1_700_000_000_000

const requests = (labels: Labels, ...samples: [number, number][]) => ({
  labels: { __name__: 'http_requests_total', tenant: 'acme', job: 'api', code: '200', ...labels },
  samples,
})

function drained({ metrics }: Bench) {
  const increments = metrics.drain(T)
  const cells = metrics.cells()
  return { byCell: gainsByName(cells, increments), byFacet: facetGainsByName(cells, increments) }
}

describe('facets', () => {
  it('are the series of a cell that share all values', () => {
    const bench = openBench()
    const write = (atMs: number, value: number) => {
      const series = [
        requests({ route: '/a', instance: 'i1' }, [atMs, value]),
        requests({ route: '/a', instance: 'i2' }, [atMs, value]),
        requests({ handler: '/b', version: 'v2' }, [atMs, value]),
        requests({}, [atMs, value]),
      ]
      bench.write(remoteWrite(series), atMs)
    }
    write(T, 0)
    write(T + 1_000, 5)
    expect(drained(bench)).toEqual({
      byCell: { 'acme requests 2xx': 20 },
      byFacet: {
        'acme requests 2xx /a -': 10,
        'acme requests 2xx /b v2': 5,
        'acme requests 2xx - -': 5,
      },
    })
  })

  it('tell durations apart next to a threshold, from attributes of point and resource', () => {
    const bench = openBench()
    const point = (startMs: number, atMs: number) => ({
      attributes: { 'http.response.status_code': '200', 'http.route': '/a' },
      startMs,
      atMs,
      count: 10,
      sum: 3,
      buckets: [1, 2, 3, 4],
      bounds: [0.1, 0.2, 0.5],
    })
    const metric = { name: 'http.server.request.duration', unit: 's', kind: 'histogram' } as const
    const points = [point(T, T + 1_000)]
    const bytes = otlp({ 'tenant.id': 'acme', 'service.version': 'v3' }, [
      { ...metric, temporality: 1, points },
    ])
    bench.writeOtlp(bytes, T + 1_000)
    const { byCell, byFacet } = drained(bench)
    expect(byCell).toMatchObject({ 'acme duration 0.1': 1, 'acme duration 0.2': 3 })
    expect(byFacet).toEqual({
      'acme requests 2xx /a v3': 10,
      'acme duration 0.2 /a v3': 3,
      'acme duration 0.5 /a v3': 6,
      'acme duration Infinity /a v3': 10,
    })
  })

  it('follow the dimensions that are configured, also of series from before a restart', async () => {
    const before = openBench()
    const write = (bench: Bench, atMs: number, value: number) => {
      const bucket = { __name__: 'http_request_duration_seconds_bucket', le: '+Inf' }
      const series = [
        requests({ region: 'eu' }, [atMs, value]),
        requests({ region: 'eu', ...bucket }, [atMs, value]),
      ]
      bench.write(remoteWrite(series), atMs)
    }
    write(before, T, 1)
    write(before, T + 1_000, 3)
    expect(drained(before).byFacet).toMatchObject({ 'acme requests 2xx - -': 2 })
    const { writes } = before.metrics.checkpoint()
    await before.bulk.commit({ file: 'shared', logPosition: 1, writes })
    const after = openBench({ bulk: before.bulk, dimensions: [{ name: 'region' }] })
    after.metrics.restore()
    write(after, T + 2_000, 10)
    expect(drained(after)).toEqual({
      byCell: { 'acme requests 2xx': 7, 'acme duration Infinity': 7 },
      byFacet: { 'acme requests 2xx eu': 7, 'acme duration Infinity eu': 7 },
    })
  })

  it('count series without values where there are too many combinations', () => {
    const bench = openBench({ limits: { dimensionCombinations: 2 } })
    const write = (atMs: number, value: number) => {
      const routes = ['/a', '/b', '/c', '/d']
      bench.write(remoteWrite(routes.map((route) => requests({ route }, [atMs, value]))), atMs)
    }
    write(T, 0)
    write(T + 1_000, 1)
    expect(drained(bench)).toEqual({
      byCell: { 'acme requests 2xx': 4 },
      byFacet: {
        'acme requests 2xx /a -': 1,
        'acme requests 2xx /b -': 1,
        'acme requests 2xx - -': 2,
      },
    })
  })

  it('cut long values, and take an empty one for none', () => {
    const bench = openBench({ limits: { dimensionValueCharacters: 5 } })
    const write = (atMs: number, value: number) => {
      const series = [
        requests({ route: '/abcdefgh' }, [atMs, value]),
        requests({ version: '12345' }, [atMs, value]),
      ]
      bench.write(remoteWrite(series), atMs)
    }
    write(T, 0)
    write(T + 1_000, 1)
    expect(drained(bench).byFacet).toEqual({
      'acme requests 2xx /abc… -': 1,
      'acme requests 2xx - 12345': 1,
    })
  })

  it('of a cell always gain what the cell gains', () => {
    const write = fc.record({
      route: fc.constantFrom('', '/a', '/b', '/c'),
      code: fc.constantFrom('200', '500'),
      secondsLater: fc.nat(40),
      gain: fc.nat(100),
      drains: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(write), fc.integer({ min: 1, max: 4 }), (writes, combinations) => {
        const bench = openBench({ limits: { dimensionCombinations: combinations } })
        const sums: Record<string, number>[] = [{}, {}]
        const values = new Map<string, number>()
        let atMs = T
        const drain = () => {
          const { byCell, byFacet } = drained(bench)
          for (const [name, gain] of Object.entries(byCell)) add(sums[0]!, name, gain)
          for (const [name, gain] of Object.entries(byFacet)) {
            add(sums[1]!, name.split(' ').slice(0, 3).join(' '), gain)
          }
        }
        for (const { route, code, secondsLater, gain, drains } of writes) {
          atMs += 1 + secondsLater * 1_000
          const value = (values.get(route + code) ?? 0) + gain
          values.set(route + code, value)
          bench.write(remoteWrite([requests({ route, code }, [atMs, value])]), atMs)
          if (drains) drain()
        }
        drain()
        expect(sums[1]).toEqual(sums[0])
      }),
    )
  })
})

function add(sums: Record<string, number>, name: string, amount: number): void {
  sums[name] = (sums[name] ?? 0) + amount
}

describe('a label that is asked for', () => {
  it('is found whatever its length, and absent otherwise', () => {
    const labels = new PlainLabels()
    const name = 'a'.repeat(36)
    const message = remoteWrite([{ labels: { [name]: 'long', abcd: 'short' }, samples: [] }])
    expect(labels.read(message, 2, message.length)).toBe(true)
    expect(labels.value(name)).toBe('long')
    expect(labels.value('abcd')).toBe('short')
    expect(labels.value('abce')).toBeUndefined()
    expect(labels.value('abc')).toBeUndefined()
  })
})
