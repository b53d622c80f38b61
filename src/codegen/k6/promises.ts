/** What a load test measures a tenant by: the promises of its SLOs, tier by tier. Pure. */
import { SECOND_MS } from '../../core/time.ts'
import type { SloTier } from '../../domain/slo/model/tiers.ts'
import type { SloSpec } from '../../domain/slo/model/slo-spec.ts'

/** Null where no SLO promises it to the tier. */
export type LoadPromise = {
  /** Of requests, at most. Worked: 99.9 % may fail 0.001. */
  readonly failedRatio: number | null
  /** So many of a hundred requests answer within so long. */
  readonly response: { readonly percent: number; readonly ms: number } | null
  /** Up to so many requests a second at least this share of them is served. */
  readonly throughput: { readonly perSecond: number; readonly servedRatio: number } | null
}

const SECONDS_A_MINUTE = 60

export function loadPromises(slos: readonly SloSpec[]): Readonly<Record<SloTier, LoadPromise>> {
  const of = (tier: SloTier): LoadPromise => ({
    failedRatio: failedRatio(slos, tier),
    response: response(slos, tier),
    throughput: throughput(slos, tier),
  })
  return { starter: of('starter'), professional: of('professional'), enterprise: of('enterprise') }
}

function failedRatio(slos: readonly SloSpec[], tier: SloTier): number | null {
  const promised = slos.find(({ indicator, ...slo }) => {
    return indicator.kind === 'event-ratio' && isFor(slo, tier) && countsServerErrors(indicator)
  })
  return promised === undefined ? null : shareOf(100 - percentOf(promised, tier))
}

function countsServerErrors(indicator: SloSpec['indicator'] & { kind: 'event-ratio' }): boolean {
  const { bad } = indicator
  return (
    bad !== undefined &&
    'signal' in bad &&
    bad.signal === 'requests' &&
    (bad.classes ?? []).includes('5xx')
  )
}

function response(slos: readonly SloSpec[], tier: SloTier): LoadPromise['response'] {
  for (const slo of slos) {
    const { indicator } = slo
    if (indicator.kind !== 'latency-threshold' || !isFor(slo, tier)) continue
    if (!('signal' in indicator) || indicator.signal !== 'duration') continue
    return { percent: percentOf(slo, tier), ms: indicator.thresholdSeconds * SECOND_MS }
  }
  return null
}

function throughput(slos: readonly SloSpec[], tier: SloTier): LoadPromise['throughput'] {
  for (const slo of slos) {
    const { indicator } = slo
    if (indicator.kind !== 'throughput' || !isFor(slo, tier)) continue
    const perSecond = (indicator.capPerMinute ?? 0) / SECONDS_A_MINUTE
    return { perSecond, servedRatio: shareOf(indicator.servedPercent) }
  }
  return null
}

/** An SLO of single tenants is nobody's promise by tier. */
function isFor({ tenants }: Pick<SloSpec, 'tenants'>, tier: SloTier): boolean {
  if (tenants === undefined) return true
  return tenants.ids === undefined && (tenants.tiers ?? []).includes(tier)
}

/** The newest objective. */
function percentOf({ objectives }: SloSpec, tier: SloTier): number {
  const { percent, percentByTier } = objectives.at(-1)!
  return percent ?? percentByTier![tier]
}

/** Turns a percentage into a share without the noise of binary fractions. Worked: 0.1 -> 0.001. */
function shareOf(percent: number): number {
  return Number((percent / 100).toFixed(8))
}
