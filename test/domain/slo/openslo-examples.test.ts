/**
 * The worked examples that OpenSLO publishes, with their stated inputs, through the engine. Source: github.com/OpenSLO/OpenSLO,
 * examples/budgeting-method/README.md and examples/treat-low-traffic-as-equally-important/README.md.
 */
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { templateOf } from '../../../src/domain/slo/model/template-of.ts'
import { importSlos, type SloStatus } from '../../../src/domain/slo/slo.ts'
import { Desk } from './harness.ts'

const START_MS = Date.UTC(2026, 1, 2)
const TWO_WEEKS_MINUTES = 20_160

interface Example {
  readonly method: 'Timeslices' | 'RatioTimeslices'
  readonly target: number
  readonly timeSliceTarget?: number
  readonly timeWindow: string
}

/** An SLO as the examples write it, over requests that Tenantry counts. */
function documentOf({ method, target, timeSliceTarget, timeWindow }: Example): string {
  const source = (query: string): string =>
    `{ metricSource: { type: Prometheus, spec: { query: '${query}' } } }`
  return `apiVersion: openslo/v1
kind: SLO
metadata: { name: example }
spec:
  service: web-shop
  indicator:
    metadata: { name: responses }
    spec:
      ratioMetric:
        counter: true
        good: ${source('sum by (tenant) (increase(http_requests_total{code!~"5.."}[{{.window}}]))')}
        total: ${source('sum by (tenant) (increase(http_requests_total[{{.window}}]))')}
  timeWindow: [${timeWindow}]
  budgetingMethod: ${method}
  objectives:
    - target: ${target}
      timeSliceWindow: 1m
${timeSliceTarget === undefined ? '' : `      timeSliceTarget: ${timeSliceTarget}\n`}`
}

/** A tenant that is promised one example. */
class Service {
  readonly #desk: Desk
  readonly #cells: { ok: number; failed: number }
  readonly #tenant
  nowMs: number

  constructor(example: Example, startMs = START_MS) {
    const file = { name: 'example.yaml', text: documentOf(example) }
    const { slos, findings } = importSlos([file], { nowMs: startMs })
    const lost = findings.find(({ kind }) => kind !== 'note')
    if (lost !== undefined) throw new Error(lost.message)
    this.#desk = new Desk({ templates: slos.map(({ spec }) => templateOf(spec)) })
    this.#tenant = this.#desk.admit('shop')
    this.#cells = this.#desk.requestCells(this.#tenant)
    this.nowMs = startMs
    this.#desk.evaluate(startMs)
  }

  /** Serves minutes of so many good of so many requests, and looks at the end of the last one. */
  serve(minutes: number, good: number, total: number): SloStatus {
    for (let left = minutes; left > 0;) {
      const toHour = Math.ceil((this.nowMs + 1) / HOUR_MS) * HOUR_MS - this.nowMs
      const now = Math.min(left, toHour / MINUTE_MS)
      const { ok, failed } = this.#cells
      for (let minute = 1; minute <= now; minute += 1) {
        const atMs = this.nowMs + minute * MINUTE_MS
        this.#desk.book([
          { cell: ok, atMs, amount: good },
          { cell: failed, atMs, amount: total - good },
        ])
      }
      this.nowMs += now * MINUTE_MS
      this.#desk.evaluate(this.nowMs)
      left -= now
    }
    return this.#desk.status(this.#tenant, 'example')
  }
}

describe('two weeks at 95 %, a service that works with 99 %, and an attack that leaves it 1 %', () => {
  const timeWindow = '{ duration: 2w, isRolling: true }'

  it('as time slices: the budget of 20,160 slices is spent after 16 hours and 48 minutes', () => {
    const service = new Service({
      method: 'Timeslices',
      target: 0.95,
      timeSliceTarget: 0.95,
      timeWindow,
    })
    const attack = 16 * 60 + 48
    service.serve(TWO_WEEKS_MINUTES - attack, 99, 100)
    const before = service.serve(attack - 1, 1, 100)
    expect(before).toMatchObject({ bad: attack - 1, total: TWO_WEEKS_MINUTES - 1 })
    expect(before.budgetLeftRatio).toBeGreaterThan(0)
    const spent = service.serve(1, 1, 100)
    expect(spent).toMatchObject({ bad: attack, total: TWO_WEEKS_MINUTES, budgetLeftEvents: 0 })
    expect(spent.budgetLeftRatio).toBeCloseTo(0, 12)
  })

  it('as ratio time slices: it is spent with slice 823, continuously after 13 h 42 min 51 s', () => {
    const example = { method: 'RatioTimeslices', target: 0.95, timeWindow } as const
    const service = new Service(example)
    service.serve(TWO_WEEKS_MINUTES - 823, 99, 100)
    const before = service.serve(822, 1, 100)
    expect(before.budgetLeftRatio).toBeGreaterThan(0)
    const spent = service.serve(1, 1, 100)
    expect(spent.budgetLeftRatio).toBeLessThan(0)
    expect(spent.total).toBe(TWO_WEEKS_MINUTES)
    expect(spent.bad).toBeCloseTo(823 * 0.99 + (TWO_WEEKS_MINUTES - 823) * 0.01, 9)

    // Of the same fortnight without an attack something is left, and each attacked slice takes the same of it.
    const calm = new Service(example).serve(TWO_WEEKS_MINUTES, 99, 100)
    const budget = calm.bad / (1 - calm.budgetLeftRatio!)
    const ofOneSlice = (spent.bad - calm.bad) / 823
    const seconds = ((budget - calm.bad) / ofOneSlice) * 60
    expect(budget).toBeCloseTo(1_008, 9)
    expect(Math.floor(seconds)).toBe(13 * 3_600 + 42 * 60 + 51)
  })
})

describe('a calendar week at 99.95 % of minutes in which 95 % of requests succeed', () => {
  // A Monday in New York, of a week in which no clock changes.
  const startMs = Date.UTC(2026, 1, 23, 5)
  const example: Example = {
    method: 'Timeslices',
    target: 0.9995,
    timeSliceTarget: 0.95,
    timeWindow:
      '{ duration: 1w, isRolling: false, calendar: { startTime: "2024-01-01 00:00:00", timeZone: America/New_York } }',
  }
  const weekMinutes = (7 * DAY_MS) / MINUTE_MS

  it('bears 5 minutes and 2.4 seconds of bad slices', () => {
    const service = new Service(example, startMs)
    const whole = service.serve(weekMinutes - 6, 40, 40)
    expect(whole).toMatchObject({ bad: 0, total: 10_074, budgetLeftRatio: 1 })
    service.serve(4, 0, 1)
    const five = service.serve(1, 0, 1)
    expect(five.budgetLeftRatio).toBeGreaterThan(0)
    const good = service.serve(1, 40, 40)
    expect(good).toMatchObject({ bad: 5, total: 10_080, budgetLeftEvents: 0 })
    const budgetMinutes = good.bad / (1 - good.budgetLeftRatio!)
    expect(budgetMinutes * 60).toBeCloseTo(5 * 60 + 2.4, 9)

    const sixth = new Service(example, startMs)
    sixth.serve(weekMinutes - 6, 40, 40)
    const violated = sixth.serve(6, 0, 1)
    expect(violated).toMatchObject({ bad: 6, total: 10_080 })
    expect(violated.budgetLeftRatio).toBeLessThan(0)
  })

  it('takes 5 failures for a bad minute where there are fewer than 100 requests, and not of 100', () => {
    const service = new Service(example, startMs)
    expect(service.serve(1, 95, 100)).toMatchObject({ bad: 0, total: 1 })
    expect(service.serve(1, 94, 99)).toMatchObject({ bad: 1, total: 2 })
    expect(service.serve(1, 0, 1)).toMatchObject({ bad: 2, total: 3 })
  })
})
