/** What a load test is asked for, out of the environment that `run.ts` (or `k6 run -e`) gives. */
import { PROMISES } from './thresholds.ts'

export type Tier = keyof typeof PROMISES

export interface Target {
  readonly tenant: string
  readonly tier: Tier
}

export interface Plan {
  readonly baseUrl: string
  readonly targets: readonly Target[]
  /** Requests a second for each tenant. */
  readonly rate: number
  readonly durationSeconds: number
  readonly warmUpSeconds: number
  readonly maxVus: number
}

const DEFAULTS = { rate: 1_000, durationSeconds: 60, warmUpSeconds: 10, maxVus: 200 }

/** Reads the plan. Throws where something is missing or no number. */
export function readPlan(env: Readonly<Record<string, string | undefined>>): Plan {
  const number = (name: string, usual: number): number => {
    const value = env[name] === undefined ? usual : Number(env[name])
    if (Number.isFinite(value) && value >= 0) return value
    throw new Error(`${name}: expected a number, not ${String(env[name])}`)
  }
  const baseUrl = env['BASE_URL']
  if (baseUrl === undefined) throw new Error('BASE_URL is missing: the address to be tested')
  return {
    baseUrl: baseUrl.replace(/\/+$/, ''),
    targets: (env['TENANTS'] ?? 'demo').split(',').map(readTarget),
    rate: number('RATE', DEFAULTS.rate),
    durationSeconds: number('DURATION_SECONDS', DEFAULTS.durationSeconds),
    warmUpSeconds: number('WARM_UP_SECONDS', DEFAULTS.warmUpSeconds),
    maxVus: number('MAX_VUS', DEFAULTS.maxVus),
  }
}

/** Reads `acme` or `acme:starter`; without a tier it is enterprise, which is promised most. */
function readTarget(text: string): Target {
  const [tenant = '', tier = 'enterprise'] = text.trim().split(':')
  if (tenant === '') throw new Error('TENANTS: expected names by commas')
  if (!(tier in PROMISES)) throw new Error(`TENANTS: there is no tier ${tier}`)
  return { tenant, tier: tier as Tier }
}
