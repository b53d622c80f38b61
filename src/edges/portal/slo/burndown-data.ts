/** What the chart of a budget draws, and what is said about it in words. Pure. */
import type { SloBurndownBody } from '../../http/api/slo-burndown.schema.ts'
import type { SloStatusBody } from '../../http/api/slo.schema.ts'
import type { AlertBody } from '../api/bodies.ts'
import { causeOfAlert } from '../explain/pairs-of-cause.ts'
import { formatBudget } from '../format/format.ts'
import { formatMoment } from '../format/time.ts'
import type { SloView } from './slo-view.ts'

/** With what its source counts, where one does. */
export type CountedBurndown = SloBurndownBody & Pick<SloStatusBody, 'counted'>

export interface BurndownLines {
  /** The period's begin, then the end of each step. Units: seconds, as uPlot takes them. */
  readonly atSeconds: number[]
  readonly left: (number | null)[]
  readonly even: (number | null)[]
  /** Null where nothing is corrected. */
  readonly uncorrected: (number | null)[] | null
}

/** A stretch in which an alert fired, as the chart draws it. */
export interface AlertSpan {
  readonly alertId: string
  readonly fromMs: number
  /** The period's end where it goes on. */
  readonly toMs: number
  readonly action: AlertBody['action']
}

/** Puts the whole budget before the first step. */
export function burndownLines(body: SloBurndownBody): BurndownLines {
  const begin = isCounted(body) ? 1 : null
  const { fromMs, endsMs, budgetLeftRatio, evenLeftRatio, uncorrectedLeftRatio } = body
  return {
    atSeconds: [fromMs, ...endsMs].map((atMs) => atMs / 1_000),
    left: [begin, ...budgetLeftRatio],
    even: [begin, ...evenLeftRatio],
    uncorrected: uncorrectedLeftRatio === null ? null : [begin, ...uncorrectedLeftRatio],
  }
}

export function isCounted({ budgetLeftRatio }: SloBurndownBody): boolean {
  return budgetLeftRatio.some((ratio) => ratio !== null)
}

/** Deeper than this the line leaves the chart: what came before would be flat. */
export const DEEPEST = -1

/** Tells the ends of the scale: from the whole budget down to zero, or to what is overspent. */
export function burndownScale({ left, uncorrected }: BurndownLines): readonly [number, number] {
  const least = [...left, ...(uncorrected ?? [])].reduce<number>(
    (low, ratio) => Math.min(low, ratio ?? 0),
    0,
  )
  return [least < 0 ? Math.max(least * 1.05, DEEPEST) : 0, 1.03]
}

/** Tells the part of the period that is drawn: what the address asks for, cut to the period. */
export function drawnRange(
  { fromMs, toMs }: Pick<SloBurndownBody, 'fromMs' | 'toMs'>,
  view: SloView,
): { readonly fromMs: number; readonly toMs: number } {
  const cut = {
    fromMs: Math.max(fromMs, Number(view.from ?? fromMs)),
    toMs: Math.min(toMs, Number(view.to ?? toMs)),
  }
  return cut.fromMs < cut.toMs ? cut : { fromMs, toMs }
}

/**
 * Finds the alerts of a period that are of this SLO's cause, whichever SLO speaks for them, or that
 * tell of silence. Shape: newest first, as they come.
 */
export function alertsOf(
  alerts: readonly AlertBody[],
  { sloId, fromMs, toMs }: Pick<SloBurndownBody, 'sloId' | 'fromMs' | 'toMs'>,
  cause: string | null,
): AlertBody[] {
  return alerts.filter(
    ({ key, source, labels, openedAtMs, resolvedAtMs }) =>
      source === 'slo' &&
      (labels['slo'] === sloId || key === 'no-data' || causeOfAlert({ key }) === cause) &&
      openedAtMs <= toMs &&
      (resolvedAtMs ?? Infinity) > fromMs,
  )
}

export function alertSpans(
  alerts: readonly AlertBody[],
  { fromMs, toMs }: Pick<SloBurndownBody, 'fromMs' | 'toMs'>,
): AlertSpan[] {
  return alerts.map(({ alertId, openedAtMs, resolvedAtMs, action }) => ({
    alertId,
    fromMs: Math.max(fromMs, openedAtMs),
    toMs: Math.min(toMs, resolvedAtMs ?? toMs),
    action,
  }))
}

/** Tells the budget at an instant, on the straight line between two steps. */
export function leftAt({ atSeconds, left }: BurndownLines, atMs: number): number | null {
  const at = atMs / 1_000
  const after = atSeconds.findIndex((seconds) => seconds >= at)
  if (after < 0) return left.at(-1) ?? null
  const [high, low] = [left[after] ?? null, left[after - 1] ?? null]
  if (after === 0 || high === null || low === null) return high
  const [from, to] = [atSeconds[after - 1]!, atSeconds[after]!]
  return low + ((high - low) * (at - from)) / (to - from)
}

export interface DearStep {
  readonly fromMs: number
  readonly toMs: number
  readonly bad: number
  readonly total: number
  /** Of what the whole period spent. */
  readonly shareOfSpent: number
}

/** Finds the steps that spent the most. */
export function dearestSteps(body: SloBurndownBody, count: number): DearStep[] {
  const spent = body.bad.reduce((sum, bad) => sum + bad, 0)
  if (spent <= 0) return []
  return [...body.endsMs.keys()]
    .filter((step) => body.bad[step]! > 0)
    .toSorted((left, right) => body.bad[right]! - body.bad[left]! || left - right)
    .slice(0, count)
    .map((step) => ({
      fromMs: step === 0 ? body.fromMs : body.endsMs[step - 1]!,
      toMs: body.endsMs[step]!,
      bad: body.bad[step]!,
      total: body.total[step]!,
      shareOfSpent: body.bad[step]! / spent,
    }))
}

/** Says what stands for what on the chart, of what is there. Null where there is but the line. */
export function burndownKey(has: {
  readonly excluded: boolean
  readonly alerts: boolean
  readonly deploys: boolean
  readonly loads: boolean
  readonly isCutOff: boolean
}): string | null {
  const parts = [
    ...(has.isCutOff ? [`below ${formatBudget(DEEPEST)} the line leaves the chart`] : []),
    ...(has.excluded ? ['hatched: excluded by a correction'] : []),
    ...(has.alerts ? ['dot on the line, strip at the foot: an alert'] : []),
    ...(has.deploys ? ['dashes: deploys'] : []),
    ...(has.loads ? ['strip at the head: a load test'] : []),
  ]
  const text = parts.join('; ')
  return text === '' ? null : `${text[0]!.toUpperCase()}${text.slice(1)}.`
}

/** Says the line in a sentence, for whoever does not see it. */
export function burndownInWords(body: SloBurndownBody, alerts: number): string {
  if (!isCounted(body)) return 'Budget left: nothing was counted'
  const { budgetLeftRatio, fromMs, toMs, exclusions } = body
  const worst = dearestSteps(body, 1)[0]
  const parts = [
    `Budget left from ${formatMoment(fromMs)} to ${formatMoment(toMs)}: 100 % to ${formatBudget(budgetLeftRatio.at(-1) ?? null)}`,
    ...(worst === undefined
      ? ['nothing was spent']
      : [`most was spent from ${formatMoment(worst.fromMs)} to ${formatMoment(worst.toMs)}`]),
    ...(exclusions.length === 0
      ? []
      : [`${exclusions.length} ${exclusions.length === 1 ? 'correction' : 'corrections'}`]),
    ...(alerts === 0 ? [] : [`${alerts} ${alerts === 1 ? 'alert' : 'alerts'}`]),
  ]
  return parts.join('; ')
}
