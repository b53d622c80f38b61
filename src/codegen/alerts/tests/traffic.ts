/**
 * What a tenant's users do in a test of rules, minute by minute, and the series that tell of it.
 * The cases are for promtool and for Tenantry's own engine alike.
 */
import { classOfOutcome, type Outcome } from '../../../core/names/status-classes.ts'
import {
  BUCKET_METRICS,
  OWN_CLASS_LABEL,
  REFUSAL_LABEL,
  STATUS_METRICS,
  TURNED_AWAY_METRIC,
} from '../../../domain/slo/formats/signal-of.ts'
import type { SloTier } from '../../../domain/slo/model/tiers.ts'
import { isBucketInput, type SloInput } from '../../../domain/slo/template.ts'

/** A stretch of even traffic. */
export interface Phase {
  readonly minutes: number
  /** Events a minute. */
  readonly good: number
  readonly bad: number
}

export interface TenantTraffic {
  readonly tenantId: string
  readonly tier: SloTier
  /** What Tenantry says that it is promised; null: nothing, so the tier decides. */
  readonly promisedPpm: number | null
  readonly phases: readonly Phase[]
}

export interface InputSeries {
  readonly series: string
  readonly values: string
}

/** How far apart the samples of a test are. */
export const SAMPLE_SECONDS = 15
const SAMPLES_A_MINUTE = 60 / SAMPLE_SECONDS

/** Writes a counter that gains so much a minute in each phase. Worked: 2 minutes of 4 ->
 *  `0 1+1x7`. */
export function counterValues(phases: readonly Phase[], gain: (phase: Phase) => number): string {
  let sum = 0
  const parts = phases.map((phase) => {
    const step = gain(phase) / SAMPLES_A_MINUTE
    const first = sum + step
    sum += step * phase.minutes * SAMPLES_A_MINUTE
    return `${rounded(first)}+${rounded(step)}x${phase.minutes * SAMPLES_A_MINUTE - 1}`
  })
  return ['0', ...parts].join(' ')
}

/** Writes a gauge that stays, for as long as the phases. */
export function steadyValues(minutes: number, value: number): string {
  return `${value}x${minutes * SAMPLES_A_MINUTE}`
}

function rounded(value: number): number {
  return Number(value.toFixed(9))
}

/** Makes the series that Tenantry exposes of a tenant's traffic. Null where an SLO counts something
 *  that is bad by no one class. */
export function exposedSeries(
  { tenantId, phases }: TenantTraffic,
  input: SloInput,
): InputSeries[] | null {
  const labels = (more: string): string => `{tenant="${tenantId}",${more}}`
  const counter = (name: string, more: string, gain: (phase: Phase) => number): InputSeries => {
    return { series: name + labels(more), values: counterValues(phases, gain) }
  }
  const badGain = ({ bad }: Phase): number => bad
  const goodGain = ({ good }: Phase): number => good
  if (isBucketInput(input)) {
    const metric = BUCKET_METRICS[input.signal]
    const all = ({ good, bad }: Phase): number => good + bad
    return [
      { series: `${metric}_count{tenant="${tenantId}"}`, values: counterValues(phases, all) },
      counter(`${metric}_bucket`, `le="${input.thresholdSeconds}"`, goodGain),
    ]
  }
  const metric = STATUS_METRICS[input.signal]
  const failed = input.badOutcomes.find((one) => one === 'other-5xx') ?? input.badOutcomes[0]
  if (failed === undefined || failed === 'quota') return null
  return [
    counter(metric, `${OWN_CLASS_LABEL}="2xx"`, goodGain),
    counter(metric, `${OWN_CLASS_LABEL}="${classOfOutcome(failed)}"`, badGain),
    ...(isTurnedAway(failed)
      ? [counter(TURNED_AWAY_METRIC, `${REFUSAL_LABEL}="${failed}"`, badGain)]
      : []),
  ]
}

function isTurnedAway(outcome: Outcome): boolean {
  return outcome === '429' || outcome === '503'
}
