/**
 * The sample platform's customers: twelve invented companies in three tiers that use an AI code
 * agent. Data only: how much traffic each sends, when its day is, and how fast its completions
 * usually are.
 */
import { MIB, PPM } from '../../core/units.ts'

export interface DemoProfile {
  readonly tenantId: string
  readonly name: string
  readonly tier: 'starter' | 'professional' | 'enterprise'
  readonly region: 'eu-central' | 'us-east' | 'ap-south'
  /** Averaged over a week. All together stay below 70. */
  readonly requestsPerSecond: number
  /** How far traffic swings over the day: 0 not at all, 1 down to nothing at night. */
  readonly swingRatio: number
  /** Traffic on Saturday and Sunday against other days. */
  readonly weekendRatio: number
  /** Half of the requests take less. */
  readonly medianSeconds: number
  /** Share of requests that fail on an ordinary day. */
  readonly errorRatio: number
  /** What the tenant's code index takes at rest. */
  readonly indexBytes: number
}

type ProfileRow = readonly [
  tenantId: string,
  name: string,
  tier: DemoProfile['tier'],
  region: DemoProfile['region'],
  requestsPerSecond: number,
  swingRatio: number,
  weekendRatio: number,
  medianMilliseconds: number,
  errorPpm: number,
  indexMib: number,
]

const ROWS: readonly ProfileRow[] = [
  ['brindlemoor', 'Brindlemoor Group', 'enterprise', 'eu-central', 16, 0.5, 0.4, 62, 60, 6],
  ['corvanta', 'Corvanta Systems', 'enterprise', 'us-east', 12, 0.4, 0.5, 58, 90, 5],
  ['dunfallow', 'Dunfallow Insurance', 'enterprise', 'eu-central', 10, 0.6, 0.3, 66, 40, 4],
  ['eskerlund', 'Eskerlund Studio', 'professional', 'eu-central', 6, 0.5, 0.7, 60, 120, 3],
  ['fennoquill', 'Fennoquill Press', 'professional', 'us-east', 5, 0.4, 0.8, 64, 80, 3],
  ['garnetway', 'Garnetway Retail', 'professional', 'us-east', 4.5, 0.3, 1.1, 70, 100, 2],
  ['hollowkite', 'Hollowkite Games', 'professional', 'ap-south', 4, 0.5, 1.2, 56, 110, 2],
  ['inkwellow', 'Inkwellow', 'starter', 'eu-central', 2.5, 0.4, 0.9, 60, 100, 1],
  ['juniperdash', 'Juniperdash', 'starter', 'us-east', 2, 0.4, 1.1, 62, 100, 1],
  ['kettlebyte', 'Kettlebyte', 'starter', 'ap-south', 1.5, 0.5, 0.8, 58, 100, 1],
  ['lumenfold', 'Lumenfold', 'starter', 'us-east', 1.2, 0.3, 1, 64, 100, 1],
  ['mossgate', 'Mossgate Café', 'starter', 'eu-central', 0.8, 0.7, 1.2, 60, 100, 1],
]

export const DEMO_PROFILES: readonly DemoProfile[] = ROWS.map(
  ([tenantId, name, tier, region, requestsPerSecond, swingRatio, weekendRatio, ms, ppm, mib]) => ({
    tenantId,
    name,
    tier,
    region,
    requestsPerSecond,
    swingRatio,
    weekendRatio,
    medianSeconds: ms / 1_000,
    errorRatio: ppm / PPM,
    indexBytes: mib * MIB,
  }),
)
