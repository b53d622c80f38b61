import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openBench, otlp, remoteWrite, type Bench } from './writing.ts'

const T = 1_700_000_000_000
const ACME = tenantId('acme')

function read(bench: Bench, tenant = ACME) {
  const steps = bench.metrics.cardinality(tenant)
  for (let count = 0; ; count += 1) {
    const step = steps.next()
    if (step.done === true) return { ...step.value, steps: count }
  }
}

describe('who made the series of a tenant', () => {
  it('is told by metric and by label, the most first', () => {
    const bench = openBench()
    const series = Array.from({ length: 300 }, (_, index) => ({
      labels: {
        __name__: index < 200 ? 'http_requests_total' : 'queue_depth',
        tenant: 'acme',
        user: `u${index}`,
        code: String(200 + (index % 3)),
      },
      samples: [[T, 1]] as [number, number][],
    }))
    const others = [{ labels: { __name__: 'up', tenant: 'globex' }, samples: [[T, 1]] as const }]
    bench.write(remoteWrite([...series, ...others]), T)
    expect(read(bench)).toEqual({
      series: 300,
      metricNames: 2,
      labelNames: 3,
      metrics: [
        { name: 'http_requests_total', series: 200 },
        { name: 'queue_depth', series: 100 },
      ],
      labels: [
        { name: 'user', series: 300, values: 300, isAtLeast: false, examples: ['u0', 'u1', 'u2'] },
        { name: 'code', series: 300, values: 3, isAtLeast: false, examples: ['200', '201', '202'] },
        { name: 'tenant', series: 300, values: 1, isAtLeast: false, examples: ['acme'] },
      ],
      steps: 2,
    })
    expect(read(bench, tenantId('globex'))).toMatchObject({ series: 1, labelNames: 1 })
    expect(read(bench, tenantId('nobody'))).toMatchObject({ series: 0, metrics: [], labels: [] })
  })

  it('counts a histogram once, whatever its parts, and labels of its resource', () => {
    const bench = openBench()
    const points = [{ atMs: T, count: 3, sum: 1, buckets: [1, 2], bounds: [0.2] }]
    bench.writeOtlp(
      otlp({ 'tenant.id': 'acme', 'host.name': 'h1' }, [
        { name: 'http.server.request.duration', unit: 's', kind: 'histogram', points },
      ]),
      T,
    )
    expect(read(bench)).toMatchObject({
      series: 1,
      metrics: [{ series: 1 }],
      labels: [{ name: 'host.name' }, { name: 'tenant.id' }],
    })
  })

  it('lets series come in while it reads', () => {
    const bench = openBench()
    const write = (from: number) =>
      bench.write(
        remoteWrite(
          Array.from({ length: 200 }, (_, index) => ({
            labels: { __name__: 'up', tenant: 'acme', pod: `p${from + index}` },
            samples: [[T, 1]] as [number, number][],
          })),
        ),
        T,
      )
    write(0)
    const steps = bench.metrics.cardinality(ACME)
    expect(steps.next().done).toBe(false)
    write(200)
    let step = steps.next()
    while (step.done !== true) step = steps.next()
    expect(step.value).toMatchObject({ series: 400, metrics: [{ name: 'up', series: 400 }] })
  })
})
