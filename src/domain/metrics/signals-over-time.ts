/**
 * The query door: checks a question, chooses step and resolution, reads, answers. Where the range
 * reaches further back than what is kept, the steps without data have no value.
 */
import { TenantryError } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import { bucketEndMs, floorToStep, MINUTE_MS, SECOND_MS, type TimeRange } from '../../core/time.ts'
import { BUCKET_MS, type Cell } from './cell.ts'
import { METRIC_ERRORS } from './errors.ts'
import { Frame } from './frame.ts'
import { QUERY_SIGNALS, type QuerySignal, type SignalGroup } from './query-signals.ts'
import { chooseStep, wholeSteps } from './query-step.ts'
import { cellsOf, seriesOf, type Observed, type SignalSeries } from './query.ts'
import { RESOLUTIONS, type Resolution } from './resolutions.ts'
import { keptFromMs, type KeptDays } from './retention.ts'
import { fillFrame, type ReaderParts } from './rollup-reader.ts'

export const QUERY_LIMITS = {
  /** Points of one series: four screens are not as wide. */
  points: 2_000,
  /** Where neither step nor points are given. */
  defaultPoints: 240,
  rangeMs: 3_700 * 86_400 * SECOND_MS,
} as const

export interface SignalQuery extends TimeRange {
  readonly signals: readonly QuerySignal[]
  readonly group?: SignalGroup | undefined
  /** Seconds, a multiple of ten. Chosen where it is not given. */
  readonly stepSeconds?: number | undefined
  /** The most points of a series where no step is given. */
  readonly points?: number | undefined
}

export interface SignalAnswer {
  /** The range that was asked for, widened to whole steps. */
  readonly fromMs: number
  readonly toMs: number
  /** May be more than was asked for: what is older is kept in longer steps. */
  readonly stepSeconds: number
  readonly resolution: Resolution
  /** Points whose end is later than this may still grow. */
  readonly settledToMs: number
  /** The ends of the steps, which are left-open: a point is of (end - step, end]. */
  readonly endsMs: number[]
  readonly series: SignalSeries[]
}

export interface QueryParts {
  readonly reader: ReaderParts
  readonly cells: readonly Cell[]
  readonly kept: KeptDays
  readonly liveFromMs: number
  readonly firstSampleAtMs: number | null
  readonly lastSampleAtMs: number | null
  readonly settledToMs: number
  /** How long a tenant without samples is still read at its last sample and not at now. */
  readonly staleMs: number
}

/** Answers a question about one tenant. Throws SIGNAL_QUERY, naming the fields. */
export function signalsOverTime(
  parts: QueryParts,
  tenantId: TenantId,
  query: SignalQuery,
  nowMs: number,
): SignalAnswer {
  const { signals, group = 'none' } = query
  refuseWrong(query, group)
  const { stepMs, resolution } = chooseStep({
    fromMs: query.fromMs,
    toMs: query.toMs,
    points: query.points ?? QUERY_LIMITS.defaultPoints,
    stepMs: query.stepSeconds === undefined ? undefined : query.stepSeconds * SECOND_MS,
    wholeFromMs: {
      live: parts.liveFromMs,
      minute: keptFromMs(parts.kept, 'minute', nowMs),
      hour: keptFromMs(parts.kept, 'hour', nowMs),
      day: keptFromMs(parts.kept, 'day', nowMs),
    },
  })
  const range = wholeSteps(query, stepMs)
  const wanted = new Set(
    signals.flatMap((signal) => cellsOf(parts.cells, QUERY_SIGNALS[signal].calculation)),
  )
  const frame = new Frame([...wanted], range, stepMs, resolution === 'live' ? BUCKET_MS : MINUTE_MS)
  const observed = observedOf(parts, nowMs)
  const heardToMs = Math.max(observed.toMs, floorToStep(nowMs, MINUTE_MS))
  fillFrame(parts.reader, tenantId, resolution, frame, heardToMs)
  return {
    ...range,
    stepSeconds: stepMs / SECOND_MS,
    resolution,
    settledToMs: parts.settledToMs,
    endsMs: Array.from({ length: frame.steps }, (_, step) => frame.endMs(step)),
    series: signals.flatMap((signal) => seriesOf(frame, observed, signal, group)),
  }
}

/** As the present rates do: up to the last closed bucket before the tenant's last sample. */
function observedOf(
  { firstSampleAtMs, lastSampleAtMs, staleMs }: QueryParts,
  nowMs: number,
): Observed {
  const lastMs =
    lastSampleAtMs === null || nowMs - lastSampleAtMs > staleMs ? nowMs : lastSampleAtMs
  return {
    fromMs: firstSampleAtMs ?? nowMs,
    toMs: bucketEndMs(Math.min(lastMs, nowMs), BUCKET_MS),
  }
}

function refuseWrong(
  { fromMs, toMs, signals, stepSeconds, points }: SignalQuery,
  group: SignalGroup,
): void {
  const errors: { field: string; message: string }[] = []
  const wrong = (field: string, message: string) => void errors.push({ field, message })
  if (fromMs >= toMs) wrong('from', 'must be before `to`')
  if (toMs - fromMs > QUERY_LIMITS.rangeMs) wrong('from', 'the range is longer than ten years')
  if (points !== undefined && (points < 1 || points > QUERY_LIMITS.points)) {
    wrong('points', `expected 1 to ${String(QUERY_LIMITS.points)}`)
  }
  if (stepSeconds !== undefined) {
    const isStep = stepSeconds > 0 && (stepSeconds * SECOND_MS) % RESOLUTIONS.live === 0
    const count = Math.ceil((toMs - fromMs) / (stepSeconds * SECOND_MS))
    if (!isStep) wrong('step', 'expected a multiple of 10 seconds')
    else if (count > QUERY_LIMITS.points) {
      wrong('step', `gives ${String(count)} points; at most ${String(QUERY_LIMITS.points)}`)
    }
  }
  for (const signal of signals) {
    if (!QUERY_SIGNALS[signal].groups.includes(group)) {
      wrong('group', `${signal} is not told by ${group}`)
    }
  }
  if (errors.length === 0) return
  const said = errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
  throw new TenantryError(METRIC_ERRORS.SIGNAL_QUERY, `reading signals over time: ${said}`, {
    details: { errors },
  })
}
