/** Limits of the registry, and of the deploys and roll-outs beside it. */
import { DAY_MS, MINUTE_MS } from '../../core/time.ts'

export const TENANT_LIMITS = {
  /** What one installation is built for. */
  tenants: 50_000,
  pageSize: 500,
  /** Two a tenant of an installation that is built for. */
  attributionRules: 100_000,
  mappingRows: 1_000,
} as const

export const DEPLOY_LIMITS = {
  /** Deploys are kept this long: longer than any period of an SLO. */
  keptMs: 90 * DAY_MS,
  /** A thousand a day for that long; past it the oldest go first. */
  deploys: 100_000,
  /** How far the clocks of deployment tools may be ahead. */
  aheadMs: 10 * MINUTE_MS,
  pageSize: 500,
} as const

export const ROLL_OUT_LIMITS = {
  /** Of each target; about 30 KiB each, compressed. */
  keptOfTarget: 20,
} as const
