/** A load test as it was run and what it found, and what of it a tenant may see. Pure. */
import { createHash } from 'node:crypto'

/** What was found of one tenant. Units: milliseconds, ratios. */
export interface LoadTestTenant {
  /** As the test named it. */
  readonly tenant: string
  readonly tier: string
  readonly requests: number
  readonly perSecond: number
  readonly failedRatio: number
  readonly medianMs: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** As `loadtests/run.ts` writes it. */
export interface LoadTestRecord {
  /** Without it the record is known by when it ran, and what. */
  readonly runId?: string | undefined
  readonly test: string
  readonly shape: string
  readonly plan: {
    readonly baseUrl: string
    readonly targets: readonly { readonly tenant: string; readonly tier: string }[]
    /** Requests a second for each tenant. */
    readonly rate: number
    readonly durationSeconds: number
    readonly warmUpSeconds: number
    readonly maxVus: number
  }
  readonly startedAtMs: number
  readonly testSeconds: number
  readonly droppedIterations: number
  readonly tenants: readonly LoadTestTenant[]
  /** Thresholds that did not hold, as k6 writes them. */
  readonly missed: readonly string[]
  /** How many there were. */
  readonly thresholds: number
  readonly generator: {
    readonly cpuCores: number
    readonly machine: string
    readonly version: string
  }
}

export interface LoadTest {
  readonly runId: string
  readonly record: LoadTestRecord
  readonly recordedAtMs: number
  readonly recordedBy: string
}

/** Names a run: the same record is the same run, wherever it comes from. */
export function runIdOf({ runId, startedAtMs, test, shape, plan }: LoadTestRecord): string {
  if (runId !== undefined) return runId
  const facts = JSON.stringify([startedAtMs, test, shape, plan.baseUrl, plan.rate])
  return `run_${createHash('sha256').update(facts).digest('hex').slice(0, 24)}`
}

export function endedAtMs({ startedAtMs, testSeconds }: LoadTestRecord): number {
  return startedAtMs + Math.round(1_000 * testSeconds)
}

/** Leaves of a run what concerns one tenant: nobody learns of the others, nor of where it ran. */
export function partOf(test: LoadTest, isOwn: (name: string) => boolean): LoadTest {
  const { plan, tenants, missed } = test.record
  const own = plan.targets.filter(({ tenant }) => isOwn(tenant))
  const record = {
    ...test.record,
    plan: { ...plan, baseUrl: '', targets: own },
    tenants: tenants.filter(({ tenant }) => isOwn(tenant)),
    missed: missed.filter((threshold) => {
      const whose = whoseOf(threshold)
      return whose === null || own.some(({ tenant }) => nameInTags(tenant) === nameInTags(whose))
    }),
  }
  return { ...test, recordedBy: '', record }
}

/** Tells whom a threshold is about. Null: all. Worked: `http_reqs{tenant:acme,phase:measured}
 *  count>0` -> acme. */
export function whoseOf(threshold: string): string | null {
  return /(?:tenant:|scenario:measured_)([^,}]*)/.exec(threshold)?.[1] ?? null
}

/** A scenario's name has `_` where a tenant's has something else. */
function nameInTags(tenant: string): string {
  return tenant.replace(/[^A-Za-z0-9_-]/g, '_')
}
