/** A history of several tenants' request counters, each with what makes counting hard, as OpenMetrics text. */
import { openPrng } from '../../../src/core/prng.ts'

export const MINUTE = 60
export const HOUR = 3_600
export const DAY = 86_400
/** Two days before the clocks of Berlin go forward, at 01:00 UTC on the 29th. */
export const START = Date.UTC(2026, 2, 27) / 1_000
export const END = START + 3 * DAY + 6 * HOUR

export interface Series {
  readonly tenant: string
  readonly code: string
  readonly instance: string
  /** Shape: by time. Units: seconds. */
  readonly points: readonly (readonly [at: number, value: number])[]
}

interface Shape {
  readonly instance?: string
  readonly from?: number
  readonly to?: number
  readonly everySeconds?: number
  /** By how much samples miss the full minute. */
  readonly offset?: number
  /** What is served in an interval that ends with a time, and how much of it fails. */
  readonly served: (at: number) => readonly [total: number, failed: number]
  /** The process begins anew. */
  readonly resets?: readonly number[]
  /** Its failures have no series before the first one. */
  readonly isLazy?: boolean
  /** No sample is taken. */
  readonly isDown?: (at: number) => boolean
}

/** Makes the two counters of one instance. */
function instanceOf(tenant: string, shape: Shape): Series[] {
  const { instance = `${tenant}-1`, from = START, to = END, everySeconds = MINUTE } = shape
  const { offset = 0, resets = [], isLazy = false, isDown = () => false } = shape
  const ok: [number, number][] = []
  const failed: [number, number][] = []
  let [good, bad] = [0, 0]
  for (let at = from + offset; at <= to; at += everySeconds) {
    if (resets.some((reset) => reset <= at && reset > at - everySeconds)) [good, bad] = [0, 0]
    const [total, failures] = shape.served(at)
    good += total - failures
    bad += failures
    if (isDown(at)) continue
    ok.push([at, good])
    if (!isLazy || bad > 0) failed.push([at, bad])
  }
  return [
    { tenant, code: '200', instance, points: ok },
    { tenant, code: '500', instance, points: failed },
  ]
}

const hoursIn = (at: number): number => (at - START) / HOUR

/** Serves a little more or less in each interval, so that no two windows are alike. */
function steady(seed: number, perMinute: number, failing: (at: number) => number): Shape['served'] {
  const prng = openPrng(seed)
  return (at) => {
    const total = perMinute + prng.below(perMinute)
    return [total, Math.round(total * failing(at))]
  }
}

/** Fails by a share between two hours. */
const between = (fromHour: number, toHour: number, share: number) => (at: number) =>
  hoursIn(at) > fromHour && hoursIn(at) <= toHour ? share : 0

/** What both count alike. */
export function agreedSeries(): Series[] {
  const burst = (at: number): number =>
    between(20, 20.5, 0.3)(at) + between(40, 47, 0.013)(at) + between(60, 76, 0.004)(at)
  return [
    ...instanceOf('bursts', { served: steady(1, 400, burst) }),
    // Night and day, and days of which nothing came: an idle tenant is no reason for NaN.
    ...instanceOf('idle', {
      served: (at) => (hoursIn(at) % 24 < 9 ? [37, hoursIn(at) % 24 > 8.5 ? 2 : 0] : [0, 0]),
    }),
    ...instanceOf('resets', {
      served: steady(2, 90, between(30, 31, 0.2)),
      resets: [START + 7 * HOUR + 30, START + 30.5 * HOUR + 1, START + 53 * HOUR + 12],
    }),
    ...instanceOf('born', {
      from: START + 26 * HOUR + 7 * MINUTE,
      served: steady(3, 60, between(27, 27.2, 0.5)),
    }),
    // Two instances, sampled beside the minute and beside each other.
    ...instanceOf('jitter', {
      offset: 7,
      everySeconds: 30,
      served: steady(4, 50, between(50, 50.4, 0.4)),
    }),
    ...instanceOf('jitter', {
      instance: 'jitter-2',
      offset: 23,
      served: steady(5, 20, between(50, 50.4, 0.9)),
    }),
  ]
}

/** What Prometheus counts otherwise. */
export function disputedSeries(): Series[] {
  return [
    // Nothing failed before: the first failures come with their series.
    ...instanceOf('first', {
      served: (at) => (hoursIn(at) > 30 ? [100, 3] : [100, 0]),
      isLazy: true,
    }),
    // 20 minutes without a sample.
    ...instanceOf('gap', {
      served: () => [100, 1],
      isDown: (at) => hoursIn(at) > 40 && hoursIn(at) <= 40 + 1 / 3,
    }),
    // Half a day at 1000 a second and 5 % bad, half a day at 1 a second without.
    ...instanceOf('mean', {
      from: START,
      to: START + DAY,
      served: (at) => (at === START ? [0, 0] : hoursIn(at) <= 12 ? [60_000, 3_000] : [60, 0]),
    }),
    // A minute's burst every quarter of an hour.
    ...instanceOf('spikes', {
      served: (at) => (at % 900 === 0 ? [900, 90] : [10, 0]),
    }),
    { ...instanceOf('perfect', { served: () => [50, 0] })[0]! },
  ]
}

/** One instance is heard in time, the other an hour late for an hour. Shape: as the samples came. */
export function lateLines(): string[] {
  const to = START + 8 * HOUR
  const prompt = instanceOf('late', { to, served: () => [40, 0] })
  const held = instanceOf('late', {
    instance: 'late-2',
    to,
    served: (at) => [20, hoursIn(at) > 3.2 && hoursIn(at) <= 3.5 ? 15 : 0],
  })
  const arrival = (at: number): number =>
    hoursIn(at) > 3 && hoursIn(at) <= 4 ? START + 4 * HOUR + 1 : at
  const timed = [
    ...prompt.flatMap((series) => pointsOf(series).map((point) => ({ ...point, from: point.at }))),
    ...held.flatMap((series) =>
      pointsOf(series).map((point) => ({ ...point, from: arrival(point.at) })),
    ),
  ]
  return timed.toSorted((left, right) => left.from - right.from).map(({ line }) => line)
}

export function linesOf(series: readonly Series[]): string[] {
  return series.flatMap((each) => pointsOf(each).map(({ line }) => line))
}

export function openMetrics(lines: readonly string[]): string {
  return ['# TYPE http_requests counter', ...lines, '# EOF', ''].join('\n')
}

function pointsOf({ tenant, code, instance, points }: Series): { at: number; line: string }[] {
  const labels = `code="${code}",instance="${instance}",tenant="${tenant}"`
  return points.map(([at, value]) => ({
    at,
    line: `http_requests_total{${labels}} ${String(value)} ${String(at)}`,
  }))
}
