import { describe, expect, it } from 'vitest'
import type { SignalAnswerBody } from '../../../src/edges/http/api/signals.schema.ts'
import {
  chartData,
  hasValues,
  inWords,
  isKnown,
  lastStep,
  lonelySteps,
  scaleTop,
  settledData,
} from '../../../src/edges/portal/signals/chart-data.ts'
import { CHART_GROUPS } from '../../../src/edges/portal/signals/signal-charts.ts'

const charts = CHART_GROUPS.flatMap((group) => group.charts)
const duration = charts.find(({ chart }) => chart === 'duration')!

const answer = (values: Readonly<Record<string, (number | null)[]>>): SignalAnswerBody => ({
  tenantId: 'acme',
  fromMs: 0,
  toMs: 180_000,
  stepSeconds: 60,
  resolution: 'minute',
  settledToMs: 120_000,
  endsMs: [60_000, 120_000, 180_000],
  series: Object.entries(values).map(([signal, list]) => ({
    signal,
    unit: 'seconds',
    group: null,
    values: list,
  })),
  firstSampleAtMs: 0,
  lastSampleAtMs: 180_000,
  asOfMs: 180_000,
})

describe('what a chart draws', () => {
  const told = answer({
    duration_p99_seconds: [0.2, null, 0.4],
    duration_p50_seconds: [0.1, 0.1, null],
  })
  const data = chartData(duration, told)

  it('is each line at the middle of its steps, gaps kept', () => {
    expect(data.atSeconds).toEqual([30, 90, 150])
    expect(data.values).toEqual([
      [0.2, null, 0.4],
      [null, null, null],
      [0.1, 0.1, null],
    ])
  })

  it('is told by its newest step that is over', () => {
    expect(lastStep(data, told)).toBe(1)
    const open = answer({ duration_p99_seconds: [null, null, 0.4] })
    expect(lastStep(chartData(duration, open), open)).toBe(2)
    const early = answer({ duration_p99_seconds: [0.2, null, 0.4] })
    expect(lastStep(chartData(duration, early), early)).toBe(0)
  })

  it('is drawn without the step that goes on, unless there is no other', () => {
    expect(settledData(data, told).values).toEqual([
      [0.2, null, null],
      [null, null, null],
      [0.1, 0.1, null],
    ])
    const open = answer({ duration_p99_seconds: [null, null, 0.4] })
    expect(settledData(chartData(duration, open), open).values[0]).toEqual([null, null, 0.4])
  })

  it('begins at zero and holds the threshold', () => {
    expect(scaleTop(data, null)).toBeCloseTo(0.432, 12)
    expect(scaleTop(data, 1)).toBeCloseTo(1.08, 12)
    expect(scaleTop({ atSeconds: [], values: [[0, 0]] }, null)).toBe(1)
  })

  it('is said in words', () => {
    expect(inWords(duration, data)).toBe(
      'Duration: p99 last 400\u202fms, 200\u202fms to 400\u202fms; p90 –; p50 last 100\u202fms, 100\u202fms to 100\u202fms',
    )
  })

  it('tells what never came from what did not come now', () => {
    const empty = answer({ duration_p99_seconds: [null, null, null] })
    expect(isKnown(duration, empty)).toBe(true)
    expect(hasValues(chartData(duration, empty))).toBe(false)
    expect(lastStep(chartData(duration, empty), empty)).toBeNull()
    expect(isKnown(duration, answer({}))).toBe(false)
  })
})

describe('steps that stand alone', () => {
  it.each([
    [
      [1, null, 2, 3, null, 4],
      [0, 5],
    ],
    [[null, null], []],
    [[1, 2], []],
    [[1], [0]],
  ])('of %j are %j', (values, lonely) => {
    expect(lonelySteps(values)).toEqual(lonely)
  })
})

describe('the charts', () => {
  it('have names of their own, and no line twice', () => {
    const names = charts.map(({ chart }) => chart)
    const signals = charts.flatMap(({ lines }) => lines.map(({ signal }) => signal))
    expect(new Set(names).size).toBe(names.length)
    expect(new Set(signals).size).toBe(signals.length)
  })

  it('tell lines of one chart apart by more than colour', () => {
    for (const { lines } of charts) {
      const looks = lines.map(({ colour, dash }) => `${String(colour)} ${String(dash)}`)
      const dashes = lines.map(({ dash }) => String(dash))
      expect(new Set(looks).size).toBe(lines.length)
      expect(new Set(dashes).size).toBe(lines.length)
    }
  })
})
