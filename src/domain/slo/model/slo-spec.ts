/**
 * An SLO as configuration and the formats write it: what is promised to whom, over which period, at
 * which objective, and what raises an alert. `templateOf` turns it into what the engine counts by.
 */
import { z } from 'zod'
import { TENANT_ID_PATTERN } from '../../../core/ids.ts'
import { burnThreshold } from '../burn.ts'
import { edgeStepSeconds } from '../edge-steps.ts'
import { sliceMinutes } from '../template.ts'
import { BURN_PAIRS, PAIR_ACTIONS, SPEEDS } from '../windows.ts'
import { indicatorSchema } from './indicator.ts'
import { percentSchema, ppmOfPercent, sharePercentSchema } from './percent.ts'
import { periodOf, periodSchema, periodSecondsOf, type PeriodSpec } from './period.ts'
import { sliceLengthOf } from './slice-length.ts'
import { spanSchema, spanSeconds, spanText } from './span.ts'
import { SLO_TIERS } from './tiers.ts'

export const SLO_LIMITS = {
  /** SLOs of one installation: each takes memory for every tenant. */
  slos: 100,
  /** One objective a tenant of a large installation. */
  overrides: 50_000,
  /** Of one SLO or override. */
  objectives: 50,
} as const

const idSchema = z
  .string()
  .regex(TENANT_ID_PATTERN, 'expected 1 to 48 of a-z, 0-9 and inner hyphens')

/** With its offset from UTC. It counts from the first full hour at or after it. */
export const fromSchema = z.iso.datetime({
  offset: true,
  error: 'expected RFC 3339 with an offset, such as 2026-12-01T00:00:00+01:00',
})

const percentByTier = z.strictObject({
  starter: percentSchema,
  professional: percentSchema,
  enterprise: percentSchema,
})

const objectiveSchema = z
  .strictObject({
    /** Since when. Only the first may be without: it holds from the beginning. */
    from: fromSchema.exactOptional(),
    percent: percentSchema.exactOptional(),
    percentByTier: percentByTier.exactOptional(),
    /** The whole period is judged by this objective once it holds. Without it every hour keeps
     *  what it was promised. */
    recompute: z.boolean().exactOptional(),
  })
  .superRefine(({ percent, percentByTier: byTier }, context) => {
    if ((percent === undefined) !== (byTier === undefined)) return
    const message = 'expected either percent or percentByTier'
    context.addIssue({ code: 'custom', message, path: ['percent'] })
  })
export type ObjectiveSpec = z.infer<typeof objectiveSchema>

/** Dated objectives, oldest first. */
export function datedSchema<Item extends z.ZodType<{ from?: string }>>(item: Item) {
  return z
    .array(item)
    .min(1)
    .max(SLO_LIMITS.objectives)
    .superRefine((items, context) => {
      for (const [index, { from }] of items.entries()) {
        if (index === 0) continue
        const before = items[index - 1]!.from
        const issue = (message: string): void =>
          context.addIssue({ code: 'custom', message, path: [index, 'from'] })
        if (from === undefined) issue('is missing; only the first holds from the beginning')
        else if (before !== undefined && Date.parse(before) >= Date.parse(from)) {
          issue('expected a later instant than that of the one before')
        }
      }
    })
}

export const minimumSchema = z.int().min(1).max(1_000_000)
const minimumByTier = z.strictObject({
  starter: minimumSchema,
  professional: minimumSchema,
  enterprise: minimumSchema,
})

export const pairSchema = z.strictObject({
  speed: z.enum(SPEEDS),
  action: z.enum(PAIR_ACTIONS),
  long: spanSchema,
  short: spanSchema,
  /** The share of the period's budget that is gone when the long window has burned at the
   *  threshold throughout. */
  budgetPercent: sharePercentSchema,
  /** For all tiers; without them what the SLO says. */
  minBadEvents: minimumSchema.exactOptional(),
  minTotalEvents: minimumSchema.exactOptional(),
})
export type PairSpec = z.infer<typeof pairSchema>

/** Tenants by tier, by id or both. */
export const someTenantsSchema = z
  .strictObject({
    tiers: z.array(z.enum(SLO_TIERS)).min(1).exactOptional(),
    ids: z.array(idSchema).min(1).max(SLO_LIMITS.overrides).exactOptional(),
  })
  .exactOptional()

export const sloSpecSchema = z
  .strictObject({
    sloId: idSchema,
    title: z.string().min(1).max(100),
    /** What stands before "budget" in a sentence, such as `error-rate`. The id without it. */
    noun: z.string().min(1).max(60).exactOptional(),
    description: z.string().max(1_050).exactOptional(),
    /** What it is an SLO of. */
    service: z.string().min(1).max(63).exactOptional(),
    labels: z.record(z.string().min(1).max(200), z.string().max(1_000)).exactOptional(),
    /** What other formats said and Tenantry has no field for, kept for the way back. */
    annotations: z.record(z.string().min(1).max(300), z.string().max(10_000)).exactOptional(),
    /** To whom it is promised. Every tenant without it. */
    tenants: someTenantsSchema,
    /** SLOs of one cause count the same failures and share one page. Its own without it. */
    cause: idSchema
      .refine((cause) => cause !== 'no-data', { error: 'is the alert of silence' })
      .exactOptional(),
    indicator: indicatorSchema,
    period: periodSchema,
    objectives: datedSchema(objectiveSchema),
    /** Below them a pair says what it saw and raises nothing. */
    minBadEvents: minimumByTier.exactOptional(),
    minTotalEvents: minimumByTier.exactOptional(),
    /** Fastest first. Those of the SRE Workbook without it; none for an empty list. */
    alerts: z.array(pairSchema).max(SPEEDS.length).exactOptional(),
  })
  .superRefine((spec, context) => {
    const issue = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', message, path })
    checkAlertless(spec, issue)
    if (!isAlertless(spec)) checkPairs(spec, issue)
  })
export type SloSpec = z.infer<typeof sloSpecSchema>

type At = (path: PropertyKey[], message: string) => void

interface PairFields {
  readonly indicator: SloSpec['indicator']
  readonly period: PeriodSpec
  readonly alerts?: readonly PairSpec[]
}

/** The shortest period that the pairs of the SRE Workbook are for. */
const DEFAULT_PAIRS_FROM_SECONDS = 7 * 86_400

function checkPairs({ indicator, period, alerts }: PairFields, issue: At): void {
  const finestSeconds = isSliced(indicator) ? countedSliceSeconds(indicator) : 10
  const periodSeconds = periodSecondsOf(periodOf(period))
  if (alerts === undefined) {
    if (periodSeconds < DEFAULT_PAIRS_FROM_SECONDS) {
      issue(['alerts'], 'is missing: a period of less than 7d has no usual pairs of windows')
    }
    const odd = oddUsualWindow(indicator)
    if (odd !== undefined) {
      issue(['alerts'], `is missing: ${odd} of the usual pairs is no multiple of a slice`)
    }
    return
  }
  alerts.forEach((pair, i) => {
    const at = (field: string, message: string): void => issue(['alerts', i, field], message)
    for (const name of ['long', 'short'] as const) {
      const stepSeconds = Math.max(finestSeconds, edgeStepSeconds(spanSeconds(pair[name])))
      if (spanSeconds(pair[name]) % stepSeconds === 0) continue
      at(name, `ends on steps of ${stepSeconds} s: expected a multiple of that`)
    }
    const longSeconds = spanSeconds(pair.long)
    if (spanSeconds(pair.short) >= longSeconds) at('short', 'expected a shorter span than long')
    if (longSeconds > periodSeconds) at('long', 'expected no longer a span than the period')
    if (spanSeconds(pair.short) < 60) at('short', 'expected at least 1m')
    const earlier = alerts.findIndex(({ speed }) => speed === pair.speed)
    if (earlier < i) at('speed', `alerts.${earlier} is ${pair.speed} already`)
    else if (i > 0 && SPEEDS.indexOf(alerts[i - 1]!.speed) > SPEEDS.indexOf(pair.speed)) {
      at('speed', 'expected the fastest first')
    }
    const sharePpm = ppmOfPercent(pair.budgetPercent)
    const burn = burnThreshold({ sharePpm, periodSeconds, longSeconds })
    if (burn < LEAST_BURN) {
      at('budgetPercent', `asks for a burn of ${burn}: what is below ${LEAST_BURN} never ends`)
    }
  })
}

/** Tells whether minutes are counted. */
function isSliced(indicator: SloSpec['indicator']): boolean {
  if (indicator.kind === 'probe') return indicator.slicePercent !== undefined
  return ['time-slice', 'ratio-time-slice', 'throughput'].includes(indicator.kind)
}

/** Slices that are not counted here ask for no more of a window than minutes do. */
function countedSliceSeconds(indicator: SloSpec['indicator']): number {
  const length = sliceLengthOf('slice' in indicator ? indicator.slice : undefined)
  return 'why' in length ? 60 : sliceMinutes(length) * 60
}

/** Names a window of the usual pairs that holds no whole number of an indicator's slices. */
export function oddUsualWindow(indicator: SloSpec['indicator']): string | undefined {
  if (!isSliced(indicator)) return undefined
  const windows = BURN_PAIRS.flatMap(({ longSeconds, shortSeconds }) => [shortSeconds, longSeconds])
  const odd = windows.find((seconds) => seconds % countedSliceSeconds(indicator) !== 0)
  return odd === undefined ? undefined : spanText(odd)
}

/** A budget that burns this slowly is kept. */
const LEAST_BURN = 0.1

/** Tells whether an SLO can raise nothing, whatever burns: of what a source counts nothing does. */
export function isAlertless({ indicator }: Pick<SloSpec, 'indicator'>): boolean {
  return indicator.kind === 'external'
}

function checkAlertless(spec: Pick<SloSpec, 'indicator' | 'alerts'>, issue: At): void {
  if (!isAlertless(spec) || spec.alerts === undefined || spec.alerts.length === 0) return
  issue(['alerts'], `an SLO of kind ${spec.indicator.kind} raises none`)
}
