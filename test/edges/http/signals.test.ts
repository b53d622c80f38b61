import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isoTime } from '../../../src/core/time.ts'
import {
  signalAnswerSchema,
  signalUsageSchema,
} from '../../../src/edges/http/api/signals.schema.ts'
import { T0 } from '../../domain/access/harness.ts'
import { openBench, remoteWrite } from '../../domain/metrics/writing.ts'
import { openHttp, type HttpWorld } from './harness.ts'

const MINUTE_MS = 60_000
/** The begin of a minute, so that each sample is alone in its own. */
const END_MS = Math.floor(T0 / MINUTE_MS) * MINUTE_MS
let world: HttpWorld

const requests = (code: string, total: number, atMs: number) =>
  remoteWrite([
    {
      labels: { __name__: 'http_requests_total', code, tenant: 'acme', job: 'api', instance: 'a' },
      samples: [[atMs, total]],
    },
  ])

beforeAll(async () => {
  const { metrics, write } = openBench()
  world = await openHttp({ metrics })
  const startMs = END_MS - 10 * MINUTE_MS
  for (let minute = 0; minute <= 10; minute += 1) {
    const atMs = startMs + minute * MINUTE_MS
    write(requests('200', 60 * minute, atMs), atMs)
    write(requests('500', 6 * minute, atMs), atMs)
    metrics.drain(atMs)
    metrics.closeMinute(atMs)
  }
})
afterAll(() => world.close())

const query = (text: string, key = world.operator) =>
  world.ask(`/api/v1/tenants/acme/signals/query?${text}`, { key })

describe('signals over time', () => {
  it('are told by step, in the shape that the schema says', async () => {
    const { status, body } = await query(
      `signal=requests_per_second,error_ratio&from=${String(END_MS - 5 * MINUTE_MS)}&to=${isoTime(END_MS)}&step=60`,
    )
    expect(status).toBe(200)
    const answer = signalAnswerSchema.parse(body)
    expect(answer.stepSeconds).toBe(60)
    expect(answer.series.map(({ signal, unit }) => [signal, unit])).toEqual([
      ['requests_per_second', 'requests/s'],
      ['error_ratio', 'ratio'],
    ])
    const [rate, errors] = answer.series.map(({ values }) => values.slice(-5))
    expect(rate).toEqual([1.1, 1.1, 1.1, 1.1, 1.1])
    for (const ratio of errors!) expect(ratio).toBeCloseTo(6 / 66, 12)
    expect(answer.lastSampleAtMs).toBe(END_MS)
  })

  it('are grouped by status class, for the last hour by default', async () => {
    const { body } = await query('signal=requests&group=status&step=3600')
    const told = signalAnswerSchema
      .parse(body)
      .series.map(({ group, values }) => [
        group,
        values.reduce<number>((sum, value) => sum + (value ?? 0), 0),
      ])
    expect(told).toEqual([
      ['2xx', 600],
      ['5xx', 60],
    ])
  })

  it('are a tenant its own, and nobody else their', async () => {
    const own = await query('signal=requests', world.key('viewer', 'acme'))
    const other = await query('signal=requests', world.key('viewer', 'bolt'))
    expect([own.status, other.status]).toEqual([200, 404])
  })

  it.each([
    ['', 'signal'],
    ['signal=nonsense', 'signal'],
    ['signal=requests&from=yesterday', 'from'],
    ['signal=requests&from=2000&to=1000', 'from'],
    ['signal=requests&step=7', 'step'],
    ['signal=requests&group=route', 'group'],
    ['signal=error_ratio&group=status', 'group'],
    ['signal=requests&points=9999', 'points'],
    ['signal=requests&colour=red', 'colour'],
  ])('refuses %s, naming %s', async (text, field) => {
    const { status, body } = await query(text)
    expect(status).toBe(400)
    expect(body.errors.map((each: { field: string }) => each.field)).toContain(field)
  })

  it('are told by day: what was received by signal, and what is stored', async () => {
    const { status, body } = await world.ask('/api/v1/tenants/acme/signals/usage?days=2', {
      key: world.operator,
    })
    expect(status).toBe(200)
    const { items } = signalUsageSchema.parse(body)
    const samples = items.map(({ receivedSamples, signals }) => [receivedSamples, signals.length])
    expect(samples).toEqual([[22, 1]])
    const wrong = await world.ask('/api/v1/tenants/acme/signals/usage?days=0', {
      key: world.operator,
    })
    expect(wrong.body.errors[0].field).toBe('days')
  })

  it('are measured', async () => {
    await query('signal=requests&step=60')
    const took = world.counters.observed('tenantry_query_seconds', { resolution: 'minute' })
    expect(took.length).toBeGreaterThan(0)
  })
})
