/**
 * What is allowed to be written of an SLO and is most likely not meant. Each finding says what to
 * do. One rule a row; pure.
 */
import { IDENTITY_LABELS } from '../../core/names/labels.ts'
import { burnThreshold } from './burn.ts'
import type { Events, Indicator, Selector } from './model/indicator.ts'
import { ppmOfPercent } from './model/percent.ts'
import { periodOf, periodSecondsOf } from './model/period.ts'
import { isAlertless, type PairSpec, type SloSpec } from './model/slo-spec.ts'
import { spanSeconds, spanText } from './model/span.ts'
import { SLO_TIERS } from './model/tiers.ts'
import { usualPairs } from './model/usual-pairs.ts'

export interface LintFinding {
  readonly rule: LintRuleName
  readonly sloId: string
  /** Within the SLO, such as `alerts.0.budgetPercent`. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What is known beside the SLOs themselves. */
export interface LintContext {
  /** How often samples come. */
  readonly sampleSeconds: number
  /** The bounds that histograms have. The usual ones without it. */
  readonly boundsSeconds?: readonly number[]
  /** What was counted of an SLO in its present period, by tenant. */
  readonly traffic?: (sloId: string) => readonly SeenTraffic[]
}

export interface SeenTraffic {
  readonly tenantId: string
  readonly targetPpm: number
  readonly total: number
}

/**
 * As the libraries of OpenTelemetry and of Prometheus have them unless told otherwise. Source:
 * OpenTelemetry semantic conventions, `http.server.request.duration`; client_golang, DefBuckets.
 */
export const USUAL_BOUNDS_SECONDS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]
const SAMPLES_OF_A_WINDOW = 4

type Found = Omit<LintFinding, 'rule' | 'sloId'>
type Rule = (spec: SloSpec, context: LintContext) => readonly Found[]

export const LINT_RULES = {
  'never-fires': neverFires,
  'budget-below-one': budgetBelowOne,
  'window-of-few-samples': windowOfFewSamples,
  'threshold-between-buckets': thresholdBetweenBuckets,
  'tenant-label': tenantLabel,
} as const satisfies Readonly<Record<string, Rule>>
export type LintRuleName = keyof typeof LINT_RULES

/** Holds SLOs against every rule. Shape: in the order of the SLOs, then of the rules. */
export function lintSlos(specs: readonly SloSpec[], context: LintContext): LintFinding[] {
  return specs.flatMap((spec) =>
    Object.entries(LINT_RULES).flatMap(([rule, check]) =>
      (check as Rule)(spec, context).map((found) => {
        return { rule: rule as LintRuleName, sloId: spec.sloId, ...found }
      }),
    ),
  )
}

interface GivenPair extends PairSpec {
  readonly path: readonly (string | number)[]
}

function pairsOf(spec: SloSpec): GivenPair[] {
  if (isAlertless(spec)) return []
  if (spec.alerts === undefined) return usualPairs().map((pair) => ({ ...pair, path: ['alerts'] }))
  return spec.alerts.map((pair, index) => ({ ...pair, path: ['alerts', index, 'budgetPercent'] }))
}

/** A pair holds when its share of bad events is above threshold x budget; none is above 1. */
function neverFires(spec: SloSpec): Found[] {
  const periodSeconds = periodSecondsOf(periodOf(spec.period))
  return pairsOf(spec).flatMap((pair) => {
    const longSeconds = spanSeconds(pair.long)
    const sharePpm = ppmOfPercent(pair.budgetPercent)
    const threshold = burnThreshold({ sharePpm, periodSeconds, longSeconds })
    return spec.objectives.flatMap(({ percent, percentByTier }) => {
      const tiers = percentByTier === undefined ? [] : SLO_TIERS
      const given = tiers.map((tier) => ({ percent: percentByTier![tier], of: ` of ${tier}` }))
      const objectives = percent === undefined ? given : [{ percent, of: '' }]
      return objectives.flatMap(({ percent: objective, of }): Found[] => {
        const badPercent = threshold * (100 - objective)
        if (badPercent < 100) return []
        const share = rounded(badPercent)
        const most = rounded((pair.budgetPercent * 100) / badPercent)
        const above = rounded(100 - 100 / threshold)
        const message = `the ${pair.speed} pair never raises anything at ${objective} %${of}: it asks for more than ${share} % bad events; choose an objective above ${above} % or a budgetPercent below ${most}`
        return [{ path: pair.path, message }]
      })
    })
  })
}

function budgetBelowOne(spec: SloSpec, { traffic }: LintContext): Found[] {
  return (traffic?.(spec.sloId) ?? []).flatMap(({ tenantId, targetPpm, total }): Found[] => {
    const allowed = (total * (1_000_000 - targetPpm)) / 1_000_000
    if (total === 0 || allowed >= 1) return []
    const message = `${tenantId} had ${total} events or slices in the period, so that its budget is ${rounded(allowed)} of one: a single failure spends it; lower its objective to ${rounded(100 - 100 / total)} % or less, count slices of time, or lengthen the period`
    return [{ path: ['objectives'], message }]
  })
}

function windowOfFewSamples(spec: SloSpec, { sampleSeconds }: LintContext): Found[] {
  return pairsOf(spec).flatMap(({ path, short, speed }): Found[] => {
    const least = SAMPLES_OF_A_WINDOW * sampleSeconds
    if (spanSeconds(short) >= least) return []
    const message = `the ${speed} pair's short window of ${short} holds fewer than ${SAMPLES_OF_A_WINDOW} samples, which come every ${spanText(sampleSeconds)}: take ${spanText(least)} or more, or sample more often`
    return [{ path: [...path.slice(0, 2), ...(path.length > 1 ? ['short'] : [])], message }]
  })
}

function thresholdBetweenBuckets({ indicator }: SloSpec, { boundsSeconds }: LintContext): Found[] {
  if (indicator.kind !== 'latency-threshold') return []
  const { thresholdSeconds } = indicator
  const bounds = boundsSeconds ?? USUAL_BOUNDS_SECONDS
  if (bounds.includes(thresholdSeconds)) return []
  const below = bounds.findLast((bound) => bound < thresholdSeconds)
  const above = bounds.find((bound) => bound > thresholdSeconds)
  const near = [below, above].filter((bound) => bound !== undefined).join(' and ')
  const whose = boundsSeconds === undefined ? 'usual bucket bound' : 'bucket bound that was named'
  const message = `${thresholdSeconds} s is no ${whose} (near it: ${near}): unless your histograms have it, counts are estimates; add the bound to them or choose another threshold`
  return [{ path: ['indicator', 'thresholdSeconds'], message }]
}

function tenantLabel({ indicator }: SloSpec): Found[] {
  return selectorsOf(indicator).flatMap(({ path, where = [] }) =>
    where.flatMap(({ label, op, value }, index): Found[] => {
      if (!IDENTITY_LABELS.some((one) => one === label)) return []
      const message = `${label}${op}"${value}" counts some tenants only, while the SLO is promised to each: remove the matcher and name them under tenants.ids`
      return [{ path: [...path, 'where', index], message }]
    }),
  )
}

type Located = Pick<Selector, 'where'> & { readonly path: readonly string[] }

function selectorsOf(indicator: Indicator): Located[] {
  const parts: Readonly<Record<string, Events | Selector | undefined>> =
    indicator.kind === 'latency-threshold'
      ? { histogram: indicator.histogram }
      : 'total' in indicator ||
          'raw' in indicator ||
          'good' in indicator ||
          'condition' in indicator
        ? {
            good: indicator.good,
            bad: indicator.bad,
            total: indicator.total,
            raw: indicator.raw,
            condition: 'condition' in indicator ? indicator.condition : undefined,
          }
        : {}
  return Object.entries(parts).flatMap(([name, part]) =>
    part?.where === undefined ? [] : [{ path: ['indicator', name], where: part.where }],
  )
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
