/** Thresholds of k6 for what tenants are promised, each on the requests that count: after the warm-up. */
import type { Options } from 'k6/options'
import type { Plan, Target } from './plan.ts'
import { PROMISES } from './thresholds.ts'

/** Of what a scenario sends at a steady rate, so much must have been sent. */
const ACHIEVED_RATIO = 0.99

export const MEASURED = 'measured'

/** The tags that pick a tenant's requests. */
export function tagsOf({ tenant }: Target): string {
  return `tenant:${tenant},phase:${MEASURED}`
}

export function scenarioOf({ tenant }: Target): string {
  return `${MEASURED}_${tenant.replace(/[^A-Za-z0-9_-]/g, '_')}`
}

/** Gives each tenant the thresholds of its tier. */
export function promisedThresholds(targets: readonly Target[]): NonNullable<Options['thresholds']> {
  const thresholds: Record<string, string[]> = {}
  for (const target of targets) {
    const { failedRatio, response } = PROMISES[target.tier]
    const tags = tagsOf(target)
    thresholds[`http_reqs{${tags}}`] = ['count>0']
    thresholds[`http_req_failed{${tags}}`] = [`rate<${failedRatio}`]
    thresholds[`http_req_duration{${tags}}`] = [
      `p(95)<${response.ms}`,
      `p(${response.percent})<${response.ms}`,
    ]
  }
  return thresholds
}

/** Adds what a steady rate asks for: nothing was left out, and the rate was reached. Where the
 *  generator could not keep up, the test says nothing of the platform. */
export function steadyThresholds(
  targets: readonly Target[],
  { rate, durationSeconds }: Pick<Plan, 'rate' | 'durationSeconds'>,
): NonNullable<Options['thresholds']> {
  const thresholds: Record<string, string[]> = { dropped_iterations: ['count==0'] }
  const least = Math.floor(ACHIEVED_RATIO * rate * durationSeconds)
  for (const target of targets) {
    thresholds[`iterations{scenario:${scenarioOf(target)}}`] = [`count>=${least}`]
  }
  return thresholds
}
