/**
 * The counters of one tenant over the history: grown step by step by what its service condition
 * makes likely. Integers throughout; what a step's expectation leaves over is rounded by chance, so
 * that slow tenants come out right over the day.
 */
import type { Prng } from '../../core/prng.ts'
import type { DemoProfile } from './profiles.ts'
import type { ServiceCondition } from './service-condition.ts'
import {
  DIGESTS_A_COMPLETION,
  DURATION_BOUNDS,
  meanSeconds,
  PROMPT_BYTES,
  shareBelowBounds,
  storedBytes,
} from './shape.ts'

/** CPU that an ordinary request takes: about what the live platform measures. */
const CPU_SECONDS_PER_REQUEST = 0.000_3
/** A request that fails, fails fast. */
const FAILED_MEDIAN_SECONDS = 0.02
/** One that is turned away, at once. */
const TURNED_AWAY_MEDIAN_SECONDS = 0.002

/** A digest of 64 characters, as often as an answer has it, in its JSON. */
const COMPLETION_BYTES = 64 * DIGESTS_A_COMPLETION + 17
const FAILED_BYTES = 2

/** Cumulative, as an OpenTelemetry histogram point. */
export interface DurationTotals {
  count: number
  sumSeconds: number
  readonly bucketCounts: number[]
}

export interface TenantTotals {
  readonly profile: DemoProfile
  readonly served: DurationTotals
  readonly failed: DurationTotals
  readonly turnedAway: DurationTotals
  readonly overQuota: DurationTotals
  cpuSeconds: number
  activeRequests: number
  memoryBytes: number
  receivedBytes: number
  sentBytes: number
  storedBytes: number
}

export function emptyTotals(profile: DemoProfile): TenantTotals {
  const { indexBytes: memoryBytes } = profile
  return {
    profile,
    served: emptyDuration(),
    failed: emptyDuration(),
    turnedAway: emptyDuration(),
    overQuota: emptyDuration(),
    cpuSeconds: 0,
    activeRequests: 0,
    memoryBytes,
    receivedBytes: 0,
    sentBytes: 0,
    storedBytes: 0,
  }
}

/** Adds one step of traffic. */
export function addStep(
  totals: TenantTotals,
  condition: ServiceCondition,
  atMs: number,
  stepSeconds: number,
  prng: Prng,
): void {
  const { requestsPerSecond, errorRatio, medianSeconds, workFactor } = condition
  const wobble = 0.9 + 0.2 * prng.next()
  const requests = roundByChance(requestsPerSecond * stepSeconds * wobble, prng)
  const failures = Math.min(requests, roundByChance(requests * errorRatio, prng))
  const refused = drawShare(requests - failures, condition.refusalRatio, prng)
  const overQuota = drawShare(requests - failures - refused, condition.quotaRatio, prng)
  const worked = requests - refused - overQuota
  addRequests(totals.failed, failures, FAILED_MEDIAN_SECONDS, prng)
  addRequests(totals.turnedAway, refused, TURNED_AWAY_MEDIAN_SECONDS, prng)
  addRequests(totals.overQuota, overQuota, TURNED_AWAY_MEDIAN_SECONDS, prng)
  addRequests(totals.served, worked - failures, medianSeconds, prng)
  totals.cpuSeconds += worked * CPU_SECONDS_PER_REQUEST * workFactor
  totals.activeRequests = Math.round(requestsPerSecond * meanSeconds(medianSeconds))
  totals.memoryBytes = totals.profile.indexBytes * workFactor
  totals.receivedBytes += requests * PROMPT_BYTES
  totals.sentBytes +=
    (worked - failures) * COMPLETION_BYTES + (requests - worked + failures) * FAILED_BYTES
  totals.storedBytes = storedBytes(totals.profile, atMs)
}

function emptyDuration(): DurationTotals {
  return {
    count: 0,
    sumSeconds: 0,
    bucketCounts: Array<number>(DURATION_BOUNDS.length + 1).fill(0),
  }
}

/** Spreads requests over the buckets as the distribution says: one chance for all bounds keeps the
 *  parts adding up to the whole. */
function addRequests(
  totals: DurationTotals,
  requests: number,
  medianSeconds: number,
  prng: Prng,
): void {
  if (requests === 0) return
  const chance = prng.next()
  const shares = sharesFor(medianSeconds)
  let below = 0
  for (const [bucket, share] of shares.entries()) {
    const belowBound = Math.min(requests, Math.floor(requests * share + chance))
    totals.bucketCounts[bucket] = (totals.bucketCounts[bucket] ?? 0) + belowBound - below
    below = belowBound
  }
  const last = shares.length
  totals.bucketCounts[last] = (totals.bucketCounts[last] ?? 0) + requests - below
  totals.count += requests
  totals.sumSeconds += requests * meanSeconds(medianSeconds)
}

/** Draws nothing where nothing is shared. */
function drawShare(requests: number, ratio: number, prng: Prng): number {
  return ratio === 0 ? 0 : Math.min(requests, roundByChance(requests * ratio, prng))
}

function roundByChance(value: number, prng: Prng): number {
  return Math.floor(value + prng.next())
}

const knownShares = new Map<number, readonly number[]>()

/** There are as many medians as tenants and faults: few. */
function sharesFor(medianSeconds: number): readonly number[] {
  const known = knownShares.get(medianSeconds)
  if (known !== undefined) return known
  const shares = shareBelowBounds(medianSeconds)
  knownShares.set(medianSeconds, shares)
  return shares
}
