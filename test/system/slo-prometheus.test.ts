/**
 * One history in a real Prometheus and through `tenantry slo backtest`: the same numbers.
 *
 * `increase(x[w] anchored)` takes the value at both ends of a range and the resets between, so on the times at which a window ends it is
 * exact: ratios agree within 1e-9, and every pair of windows fires in the same minutes. What Prometheus' plain `increase`, Sloth's and
 * Pyrra's rules make of the same samples is asked of it as well, and by how much each differs stands in a test of its own.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireTool } from '../tools/find-tool.ts'
import { startPrometheus, type QueryRange, type TestPrometheus } from './harness/prometheus.ts'
import { LAUNCHER } from './harness/server.ts'
import {
  agreedSeries,
  DAY,
  disputedSeries,
  END,
  HOUR,
  lateLines,
  linesOf,
  MINUTE,
  openMetrics,
  START,
} from './harness/slo-history.ts'

const program = requireTool('prometheus')
const promtool = requireTool('promtool')

const SLOS = `apiVersion: tenantry/v1
kind: Slo
spec:
  sloId: errors
  title: Errors
  indicator: { kind: event-ratio, bad: { signal: requests, classes: [5xx] }, total: { signal: requests } }
  period: { rolling: 30d }
  objectives: [{ percent: 99.9 }]
  minBadEvents: { starter: 1, professional: 1, enterprise: 1 }
---
apiVersion: tenantry/v1
kind: Slo
spec:
  sloId: day
  title: Errors of a day in Berlin
  indicator: { kind: event-ratio, bad: { signal: requests, classes: [5xx] }, total: { signal: requests } }
  period: { calendar: day, zone: Europe/Berlin }
  objectives: [{ percent: 99 }]
  alerts: []
---
apiVersion: tenantry/v1
kind: Slo
spec:
  sloId: minutes
  title: Good minutes
  indicator: { kind: time-slice, bad: { signal: requests, classes: [5xx] }, total: { signal: requests }, slicePercent: 95 }
  period: { rolling: 30d }
  objectives: [{ percent: 99 }]
  alerts: []
`

/** Every window of the engine: how Prometheus writes it, and on which times it ends. */
const WINDOWS = [
  { name: '5m', range: '5m', step: MINUTE },
  { name: '30m', range: '30m', step: MINUTE },
  { name: '1h', range: '1h', step: MINUTE },
  { name: '2h', range: '2h', step: 5 * MINUTE },
  { name: '6h', range: '6h', step: 5 * MINUTE },
  { name: '1d', range: '1d', step: HOUR },
  { name: '3d', range: '3d', step: HOUR },
  { name: 'period', range: '30d', step: HOUR },
] as const

const PAIRS = [
  { speed: 'fast', long: '1h', longStep: '1m', short: '5m', shortStep: '1m', times: 14.4 },
  { speed: 'medium', long: '6h', longStep: '5m', short: '30m', shortStep: '1m', times: 6 },
  { speed: 'slow', long: '1d', longStep: '1h', short: '2h', shortStep: '5m', times: 3 },
  { speed: 'long', long: '3d', longStep: '1h', short: '6h', shortStep: '5m', times: 1 },
] as const

const AGREED = ['bursts', 'idle', 'resets', 'born', 'jitter'] as const
const TOTAL = 'http_requests_total'
const FAILED = 'http_requests_total{code="500"}'

interface Line {
  readonly at: number
  readonly tenant: string
  readonly slo: string
  readonly state: string
  readonly windows: Readonly<Record<string, Window>>
  readonly budgetRemainingRatio: number | null
  readonly alerts: readonly { readonly speed: string; readonly state: string }[]
}

interface Window {
  readonly good: number
  readonly total: number
  readonly burn: number | null
  readonly endsAt: number
}

/** By tenant, SLO and time. */
class Steps {
  readonly #lines = new Map<string, Line>()

  add(line: Line): void {
    this.#lines.set(keyOf(line.tenant, line.slo, line.at), line)
  }

  at(tenant: string, at: number, slo = 'errors'): Line | undefined {
    return this.#lines.get(keyOf(tenant, slo, at))
  }

  window(tenant: string, at: number, name: string, slo = 'errors'): Window {
    const window = this.at(tenant, at, slo)?.windows[name]
    if (window === undefined) throw new Error(`no ${name} of ${tenant} at ${at}`)
    return window
  }
}

function keyOf(tenant: string, slo: string, at: number): string {
  return `${tenant} ${slo} ${at}`
}

describe.skipIf(program === undefined || promtool === undefined)(
  'the numbers of a real Prometheus',
  () => {
    let folder: string
    let prometheus: TestPrometheus
    let steps: Steps
    let lateSteps: Steps

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tenantry-numbers-'))
      const lines = linesOf([...agreedSeries(), ...disputedSeries()])
      const file = (name: string, text: string): string => {
        writeFileSync(join(folder, name), text)
        return join(folder, name)
      }
      const spec = file('slos.yaml', SLOS)
      const history = file('history.om', openMetrics(lines))
      const late = file('late.om', openMetrics(lateLines()))
      const both = file('both.om', openMetrics([...lines, ...lateLines()]))
      prometheus = await startPrometheus(program!, {
        config: () => 'global: {}\n',
        arguments: [
          '--enable-feature=promql-extended-range-selectors',
          '--storage.tsdb.retention.time=100y',
        ],
        fill(dataDirectory) {
          mkdirSync(dataDirectory, { recursive: true })
          const made = spawnSync(
            promtool!,
            ['tsdb', 'create-blocks-from', 'openmetrics', '-q', both, dataDirectory],
            { encoding: 'utf8' },
          )
          if (made.status !== 0) throw new Error(made.stdout + made.stderr)
        },
      })
      steps = await backtest([history, '--spec', spec])
      lateSteps = await backtest([late, '--spec', spec, '--arrival-order'])
    }, 300_000)

    afterAll(async () => {
      await prometheus.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const counts = async (
      range: string,
      span: QueryRange,
      call = (series: string) => `increase(${series}[${range}] anchored)`,
    ) => {
      const total = await prometheus.range(`sum by (tenant) (${call(TOTAL)})`, 'tenant', span)
      const bad = await prometheus.range(`sum by (tenant) (${call(FAILED)})`, 'tenant', span)
      return (tenant: string, at: number) => ({
        total: total.get(tenant)?.get(at) ?? 0,
        bad: bad.get(tenant)?.get(at) ?? 0,
      })
    }

    it.each(WINDOWS)(
      'are those of the $name window at every time at which it ends',
      async ({ name, range, step }) => {
        const span = { start: START + HOUR, end: END, step }
        const counted = await counts(range, span)
        let compared = 0
        for (let at = span.start; at <= span.end; at += step) {
          for (const tenant of AGREED) {
            const step = steps.at(tenant, at)
            if (step === undefined) {
              // Nobody knew of it yet.
              expect(counted(tenant, at)).toEqual({ total: 0, bad: 0 })
              continue
            }
            const window = step.windows[name]!
            const { total, bad } = counted(tenant, at)
            const place = `${tenant} at ${at}`
            expect(window.endsAt, place).toBe(at)
            expect(window.total, place).toBeCloseTo(total, 6)
            if (total < 0.5) expect(window.burn, place).toBeNull()
            else {
              expect(Math.abs(1 - window.good / window.total - bad / total), place).toBeLessThan(
                1e-9,
              )
              expect(Math.abs(window.burn! * 0.001 - bad / total), place).toBeLessThan(1e-9)
              compared += 1
            }
          }
        }
        expect(compared).toBeGreaterThan(100)
      },
    )

    it.each(PAIRS)('fire the $speed pair in the same minutes', async (pair) => {
      const { speed, long, longStep, short, shortStep, times } = pair
      // The engine's windows end on their edges: so do points of a subquery with that step.
      const burns = (range: string, step: string): string => {
        const [bad, total] = [FAILED, TOTAL].map(
          (series) => `sum by (tenant) (increase(${series}[${range}] anchored))`,
        )
        return `last_over_time((${bad!} / ${total!})[${step}:${step}]) > ${times} * 0.001`
      }
      const span = { start: START + HOUR, end: END, step: MINUTE }
      const query = `(${burns(long, longStep)}) and (${burns(short, shortStep)})`
      const firing = await prometheus.range(query, 'tenant', span)
      let minutes = 0
      for (let at = span.start; at <= span.end; at += MINUTE) {
        for (const tenant of AGREED) {
          const alert = steps.at(tenant, at)?.alerts.find((each) => each.speed === speed)
          const expected = firing.get(tenant)?.has(at) === true
          expect(alert?.state === 'firing', `${tenant} at ${at}`).toBe(expected)
          if (expected) minutes += 1
        }
      }
      expect(minutes).toBeGreaterThan(5)
    })

    it('are those of minutes that are good or bad', async () => {
      const span = { start: START + HOUR, end: END, step: MINUTE }
      const [bad, total] = [FAILED, TOTAL].map(
        (series) => `sum by (tenant) (increase(${series}[1m] anchored))`,
      )
      const all = await prometheus.range(`count_over_time((${total!} > 0)[1h:1m])`, 'tenant', span)
      const ill = await prometheus.range(
        `count_over_time((${bad!} / ${total!} > 0.05)[1h:1m])`,
        'tenant',
        span,
      )
      let seen = 0
      for (let at = span.start; at <= span.end; at += MINUTE) {
        for (const tenant of AGREED) {
          const window = steps.at(tenant, at, 'minutes')?.windows['1h']
          if (window === undefined) continue
          const place = `${tenant} at ${at}`
          expect(window.total, place).toBe(all.get(tenant)?.get(at) ?? 0)
          expect(window.total - window.good, place).toBe(ill.get(tenant)?.get(at) ?? 0)
          seen += window.total - window.good
        }
      }
      expect(seen).toBeGreaterThan(100)
    })

    it('are those of a local day of 23 hours, from its midnight to its last minute', async () => {
      const midnight = Date.UTC(2026, 2, 28, 23) / 1_000
      for (const [hours, range] of [
        [1, '1h'],
        [3, '3h'],
        [22, '22h'],
        [23, '23h'],
        [24, '1h'],
        [25, '2h'],
      ] as const) {
        const at = midnight + hours * HOUR
        const counted = await counts(range, { start: at, end: at, step: MINUTE })
        for (const tenant of AGREED) {
          const { good, total } = steps.window(tenant, at, 'period', 'day')
          expect({ total, bad: total - good }, `${tenant} after ${hours} h`).toEqual(
            rounded(counted(tenant, at)),
          )
        }
      }
    })

    it('are those of every window once samples that were an hour late have come', async () => {
      for (const { name, range, step } of WINDOWS) {
        const span = { start: START + 5 * HOUR, end: START + 8 * HOUR, step }
        const counted = await counts(range, span)
        for (let at = span.start; at <= span.end; at += step) {
          const { total, good } = lateSteps.window('late', at, name)
          expect({ total, bad: total - good }, `${name} at ${at}`).toEqual(
            rounded(counted('late', at)),
          )
        }
      }
      // Before they came there was nothing to count.
      const at = START + 3.5 * HOUR
      const { total, good } = lateSteps.window('late', at, '30m')
      expect([total, good]).toEqual([1_200, 1_200])
      const counted = await counts('30m', { start: at, end: at, step: MINUTE })
      expect(counted('late', at)).toEqual({ total: 1_800, bad: 270 })
    })

    describe('and where others count otherwise', () => {
      it('a first error that comes with its series counts here and is a baseline there', async () => {
        const span = { start: START + 31 * HOUR, end: START + 50 * HOUR, step: HOUR }
        const counted = await counts('1d', span)
        for (let at = span.start; at <= span.end; at += HOUR) {
          const { total, good } = steps.window('first', at, '1d')
          const there = rounded(counted('first', at))
          // The value of its first sample, and nothing else.
          expect({ total: total - there.total, bad: total - good - there.bad }).toEqual({
            total: 3,
            bad: 3,
          })
        }
      })

      it('what was counted while no sample was taken counts here, and there in windows that begin before', async () => {
        const back = START + 40 * HOUR + 21 * MINUTE
        const fromInside = await counts('5m', {
          start: back + MINUTE,
          end: back + MINUTE,
          step: MINUTE,
        })
        // 21 minutes at 100 in the bucket of the first sample after them, and one more minute.
        expect(steps.window('gap', back + MINUTE, '5m').total).toBe(2_200)
        expect(rounded(fromInside('gap', back + MINUTE)).total).toBe(100)
        const fromBefore = await counts('1h', {
          start: back,
          end: back + 38 * MINUTE,
          step: MINUTE,
        })
        for (let at = back; at <= back + 38 * MINUTE; at += MINUTE) {
          expect(steps.window('gap', at, '1h').total).toBe(rounded(fromBefore('gap', at)).total)
        }
      })

      it.each([
        // The shorter the window is in samples, and the less even the traffic, the further off.
        { tenant: 'bursts', range: '5m', least: 0.1, most: 0.15 },
        { tenant: 'bursts', range: '1h', least: 0.005, most: 0.01 },
        { tenant: 'bursts', range: '6h', least: 0.0005, most: 0.002 },
        { tenant: 'spikes', range: '5m', least: 0.9, most: 0.95 },
        { tenant: 'spikes', range: '1h', least: 0.2, most: 0.21 },
        { tenant: 'spikes', range: '6h', least: 0.002, most: 0.003 },
      ])(
        'plain increase over $range is up to $most off for $tenant: it extrapolates from the samples in the range',
        async ({ tenant, range, least, most }) => {
          const step = range === '6h' ? 5 * MINUTE : MINUTE
          const span = { start: START + 10 * HOUR, end: START + 70 * HOUR, step }
          const plain = await counts(range, span, (series) => `increase(${series}[${range}])`)
          let worst = 0
          for (let at = span.start; at <= span.end; at += step) {
            const { total } = steps.window(tenant, at, range)
            worst = Math.max(worst, Math.abs(plain(tenant, at).total - total) / total)
          }
          expect(worst).toBeGreaterThan(least)
          expect(worst).toBeLessThan(most)
        },
      )

      it('plain increase sees nothing of a counter with one sample in the range, whatever it gained', async () => {
        const at = START + 10 * HOUR
        const plain = await counts(
          '1m',
          { start: at, end: at, step: MINUTE },
          (series) => `increase(${series}[1m])`,
        )
        const anchored = await counts('1m', { start: at, end: at, step: MINUTE })
        expect(plain('spikes', at).total).toBe(0)
        expect(anchored('spikes', at).total).toBe(900)
        expect(steps.window('spikes', at, '1h', 'minutes').total).toBe(60)
      })

      it('Sloth takes the mean of ratios: 2.5 % where 4.995 % failed, and NaN for an idle tenant', async () => {
        const at = START + DAY
        const [bad, total] = [FAILED, TOTAL].map(
          (series) => `sum by (tenant) (rate(${series}[5m]))`,
        )
        const ratios = `(${bad!} / ${total!})[1d:5m]`
        const span = { start: at, end: at, step: MINUTE }
        const query = `sum_over_time(${ratios}) / count_over_time(${ratios})`
        const mean = await prometheus.range(query, 'tenant', span)
        const here = (tenant: string): number => {
          const { good, total: all } = steps.window(tenant, at, '1d')
          return 1 - good / all
        }
        expect(Math.abs(mean.get('mean')!.get(at)! - 0.025)).toBeLessThan(1e-4)
        expect(Math.abs(here('mean') - 2_160_000 / 43_243_200)).toBeLessThan(1e-9)
        expect(here('mean').toFixed(5)).toBe('0.04995')
        expect(mean.get('idle')!.get(at)).toBeNaN()
        expect(here('idle')).toBeCloseTo(58 / 19_980, 12)
        // What has no series of failures has no ratio.
        expect(mean.has('perfect')).toBe(false)
        expect(here('perfect')).toBe(0)
      })

      it.each([
        { tenant: 'bursts', sums: [0.0005, 0.002], whole: [0.0001, 0.0003] },
        { tenant: 'resets', sums: [0.002, 0.003], whole: [0.0001, 0.0003] },
        { tenant: 'spikes', sums: [0.2, 0.22], whole: [0.0005, 0.001] },
        { tenant: 'gap', sums: [0.01, 0.02], whole: [-1, 1e-9] },
        { tenant: 'idle', sums: [-1, 1e-9], whole: [0.001, 0.002] },
      ])(
        'Pyrra sums five-minute increases, or takes one over the whole: off by $sums and $whole for $tenant',
        async ({ tenant, sums, whole }) => {
          const at = START + 2 * DAY
          const span = { start: at, end: at, step: MINUTE }
          const { total } = steps.window(tenant, at, '1d')
          const off = async (query: string): Promise<number> => {
            const answer = await prometheus.range(`sum by (tenant) (${query})`, 'tenant', span)
            return Math.abs(answer.get(tenant)!.get(at)! - total) / total
          }
          const ofSums = await off(`sum_over_time(increase(${TOTAL}[5m])[1d:5m])`)
          expect(ofSums).toBeGreaterThan(sums[0]!)
          expect(ofSums).toBeLessThan(sums[1]!)
          const ofWhole = await off(`increase(${TOTAL}[1d])`)
          expect(ofWhole).toBeGreaterThan(whole[0]!)
          expect(ofWhole).toBeLessThan(whole[1]!)
        },
      )

      it('Pyrra has no burn rate for what never failed', async () => {
        const at = START + 2 * DAY
        const [bad, total] = [FAILED, TOTAL].map(
          (series) => `sum by (tenant) (rate(${series}[5m]))`,
        )
        const span = { start: at, end: at, step: MINUTE }
        const burn = await prometheus.range(`${bad!} / ${total!}`, 'tenant', span)
        expect(burn.has('gap')).toBe(true)
        expect(burn.has('perfect')).toBe(false)
        expect(steps.window('perfect', at, '5m')).toMatchObject({ total: 250, burn: 0 })
      })
    })
  },
)

/** Sums of floats are whole numbers but for their last bits. */
function rounded({ total, bad }: { total: number; bad: number }): { total: number; bad: number } {
  expect(Math.abs(total - Math.round(total)) + Math.abs(bad - Math.round(bad))).toBeLessThan(1e-6)
  return { total: Math.round(total), bad: Math.round(bad) }
}

/** Runs the command, with a line for every minute. */
async function backtest(options: readonly string[]): Promise<Steps> {
  const steps = new Steps()
  const child = spawn(
    process.execPath,
    [LAUNCHER, 'slo', 'backtest', ...options, '--every-step', '--step', '60'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<number | null>((done) => child.once('close', done))
  for await (const line of createInterface({ input: child.stdout }))
    steps.add(JSON.parse(line) as Line)
  if ((await ended) !== 0) throw new Error(said)
  return steps
}
