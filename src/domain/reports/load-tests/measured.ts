/**
 * What Tenantry itself measured of a tenant while a load test ran: the other side of what the
 * generator saw. Spans are widened to whole minutes, in which SLOs count.
 */
import type { TenantId } from '../../../core/ids.ts'
import { floorToStep, MINUTE_MS } from '../../../core/time.ts'
import { PPM } from '../../../core/units.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import type { Slo } from '../../slo/slo.ts'

export interface MeasuredSlo {
  readonly sloId: string
  readonly title: string
  readonly noun: string
  readonly objectivePpm: number
  readonly bad: number
  readonly total: number
  /** Multiples of the rate that spends a budget exactly. Null without events. */
  readonly burn: number | null
  /** Of what the SLO's own period may fail so far. Null where that is nothing. */
  readonly spentOfPeriodRatio: number | null
}

export interface Measured {
  /** (fromMs, toMs]. */
  readonly fromMs: number
  readonly toMs: number
  readonly requests: number | null
  readonly errorRatio: number | null
  /** Of the worst step. */
  readonly worstP99Seconds: number | null
  readonly stepSeconds: number
  /** What counted the requests, such as `k6` or `otel`. */
  readonly sources: readonly string[]
  readonly slos: readonly MeasuredSlo[]
}

const POINTS = 240
const SIGNALS = ['requests', 'errors', 'duration_p99_seconds'] as const

export interface MeasuringDeps {
  readonly metrics: Pick<Metrics, 'query'>
  readonly slo: Pick<Slo, 'attainments' | 'status'>
}

/** Reads signals and SLOs of a tenant over a span. Cost: a few rows of the disk an SLO. */
export function measuredIn(
  { metrics, slo }: MeasuringDeps,
  tenantId: TenantId,
  span: { readonly fromMs: number; readonly toMs: number },
  nowMs: number,
): Measured {
  const fromMs = floorToStep(span.fromMs, MINUTE_MS)
  const toMs = Math.ceil(span.toMs / MINUTE_MS) * MINUTE_MS
  const range = { fromMs, toMs, points: POINTS, stepSeconds: undefined }
  const answer = metrics.query(tenantId, { ...range, signals: SIGNALS, group: 'none' }, nowMs)
  const bySource = metrics.query(
    tenantId,
    { ...range, signals: ['requests'], group: 'source' },
    nowMs,
  )
  const valuesOf = (signal: string): number[] =>
    answer.series
      .filter((series) => series.signal === signal)
      .flatMap(({ values }) => values.filter((value) => value !== null))
  const requests = sumOf(valuesOf('requests'))
  const errors = sumOf(valuesOf('errors'))
  const p99s = valuesOf('duration_p99_seconds')
  return {
    fromMs,
    toMs,
    requests,
    errorRatio: requests === null || requests === 0 ? null : (errors ?? 0) / requests,
    worstP99Seconds: p99s.length === 0 ? null : Math.max(...p99s),
    stepSeconds: answer.stepSeconds,
    sources: bySource.series
      .filter(({ values }) => values.some((value) => value !== null && value > 0))
      .map(({ group }) => group ?? ''),
    slos: slosIn(slo, tenantId, { fromMs, toMs }),
  }
}

function slosIn(
  slo: MeasuringDeps['slo'],
  tenantId: TenantId,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): MeasuredSlo[] {
  const now = new Map(slo.status(tenantId).map((status) => [status.sloId, status]))
  const attained = slo.attainments({ fromMs, endsMs: [toMs] })(tenantId)
  return attained.map(({ sloId, title, noun, objectivePpm, corrected: { bad, total }, steps }) => {
    const period = now.get(sloId)
    const mayFail = ((period?.total ?? 0) * (PPM - objectivePpm)) / PPM
    return {
      sloId,
      title,
      noun,
      objectivePpm,
      bad,
      total,
      burn: steps[0]?.burn ?? null,
      spentOfPeriodRatio: mayFail > 0 ? bad / mayFail : null,
    }
  })
}

function sumOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}
