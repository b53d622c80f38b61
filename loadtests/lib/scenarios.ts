/** The shapes of load: how many requests a second each tenant gets, and when. */
import type { Options, Scenario } from 'k6/options'
import type { Plan, Target } from './plan.ts'
import { MEASURED, promisedThresholds, scenarioOf, steadyThresholds } from './promised.ts'

export const SHAPES = ['steady', 'ramp', 'spike', 'soak', 'neighbour'] as const
export type Shape = (typeof SHAPES)[number]

const PROMISED_SECONDS = 0.2
/** What every script calls its function. */
const SEND_ONE = 'sendOne'
/** A neighbour sends so many times its share. */
const NEIGHBOUR_TIMES = 10
const SPIKE_TIMES = 5

export function isShape(text: string): text is Shape {
  return SHAPES.some((shape) => shape === text)
}

/**
 * Makes the scenarios and thresholds of a shape. Every tenant warms up first, which is tagged
 * `phase:warm-up` and judged by nothing. Of `neighbour` the last tenant is the noisy one: it gets
 * ten times the rate and is promised nothing; the others are judged.
 */
export function optionsOf(shape: Shape, plan: Plan): Options {
  const { targets } = plan
  const noisy = shape === 'neighbour' ? targets.at(-1)! : null
  if (noisy !== null && targets.length < 2) {
    throw new Error('TENANTS: a noisy neighbour needs somebody beside it')
  }
  const judged = targets.filter((target) => target !== noisy)
  const scenarios: Record<string, Scenario> = {}
  for (const target of targets) {
    const rate = target === noisy ? NEIGHBOUR_TIMES * plan.rate : plan.rate
    if (plan.warmUpSeconds > 0) {
      scenarios[`warm-up_${scenarioOf(target)}`] = warmUp(target, { ...plan, rate })
    }
    scenarios[scenarioOf(target)] = measured(shape, target, { ...plan, rate })
  }
  const steady = shape === 'ramp' || shape === 'spike' ? {} : steadyThresholds(judged, plan)
  return {
    scenarios,
    thresholds: { ...promisedThresholds(judged), ...steady },
    summaryTrendStats: ['avg', 'med', 'p(95)', 'p(99)', 'max'],
    discardResponseBodies: true,
    noConnectionReuse: false,
  }
}

/** So many requests are under way while all are answered as late as is promised. Users that are
 *  made while requests are due make these late. */
function usersFor(rate: number, maxVus: number): number {
  return Math.min(maxVus, Math.max(1, Math.ceil(rate * PROMISED_SECONDS)))
}

function warmUp({ tenant }: Target, { rate, warmUpSeconds, maxVus }: Plan): Scenario {
  return {
    executor: 'ramping-arrival-rate',
    startRate: 1,
    timeUnit: '1s',
    stages: [{ target: rate, duration: `${warmUpSeconds}s` }],
    preAllocatedVUs: usersFor(rate, maxVus),
    maxVUs: maxVus,
    tags: { tenant, phase: 'warm-up' },
    env: { TENANT: tenant },
    exec: SEND_ONE,
    gracefulStop: '5s',
  }
}

function measured(shape: Shape, target: Target, plan: Plan): Scenario {
  const { rate, durationSeconds, warmUpSeconds, maxVus } = plan
  const common = {
    timeUnit: '1s',
    preAllocatedVUs: usersFor(rate, maxVus),
    maxVUs: maxVus,
    startTime: `${warmUpSeconds}s`,
    tags: { tenant: target.tenant, phase: MEASURED },
    env: { TENANT: target.tenant },
    exec: SEND_ONE,
    gracefulStop: '5s',
  }
  const part = (share: number): string => `${Math.max(1, Math.round(share * durationSeconds))}s`
  switch (shape) {
    case 'ramp':
      return {
        ...common,
        executor: 'ramping-arrival-rate',
        startRate: Math.max(1, Math.round(rate / 10)),
        stages: [
          { target: rate, duration: part(0.7) },
          { target: rate, duration: part(0.3) },
        ],
      }
    case 'spike':
      return {
        ...common,
        executor: 'ramping-arrival-rate',
        startRate: rate,
        stages: [
          { target: rate, duration: part(0.4) },
          { target: SPIKE_TIMES * rate, duration: '1s' },
          { target: SPIKE_TIMES * rate, duration: part(0.1) },
          { target: rate, duration: '1s' },
          { target: rate, duration: part(0.4) },
        ],
      }
    case 'steady':
    case 'soak':
    case 'neighbour':
      return { ...common, executor: 'constant-arrival-rate', rate, duration: `${durationSeconds}s` }
  }
}
