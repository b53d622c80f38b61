/** Writes a review as rows for a spreadsheet: a line a tenant and SLO, or a line a day of each SLO.
 *  Ratios are 0 to 1, instants ISO 8601. Pure. */
import { csvOf, type CsvValue } from '../../../machinery/documents/csv.ts'
import type { ReviewCounts, ReviewLine, SloReview } from './review.ts'
import { dayIso } from './review-span.ts'

const COUNTS = ['good', 'bad', 'total', 'may_fail', 'sli_ratio', 'budget_spent_ratio', 'met']

export function reviewCsv(review: SloReview): string {
  const head = [
    'from',
    'to',
    'zone',
    'tenant',
    'tenant_name',
    'tier',
    'slo',
    'objective_ratio',
    ...COUNTS,
    ...COUNTS.map((name) => `uncorrected_${name}`),
    ...COUNTS.map((name) => `before_${name}`),
    'alerts',
  ]
  const { fromMs, toMs, zone } = review
  const range = [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), zone]
  const rows = linesOf(review).map((line) => [
    ...range,
    line.tenantId,
    line.tenantName,
    line.tier,
    line.sloId,
    line.objectivePpm / 1e6,
    ...countCells(line.corrected),
    ...countCells(line.uncorrected),
    ...countCells(line.before),
    line.alerts,
  ])
  return csvOf(head, rows)
}

export function reviewDaysCsv({ slos, zone }: SloReview): string {
  const head = [
    'day',
    'zone',
    'slo',
    'bad',
    'total',
    'excluded_bad',
    'excluded_total',
    'budget_spent_ratio',
    'burn',
  ]
  const rows = slos.flatMap(({ sloId, days }) =>
    days.map((day) => [
      dayIso(zone, day.fromMs),
      zone,
      sloId,
      day.bad,
      day.total,
      day.excludedBad,
      day.excludedTotal,
      day.spentRatio,
      day.burn,
    ]),
  )
  return csvOf(head, rows)
}

type CsvLine = Omit<ReviewLine, 'title' | 'tier'> & { readonly tier: string }

/** A tenant's review has its lines in its SLOs. */
function linesOf({ scope, scopeName, slos, lines, alerts }: SloReview): readonly CsvLine[] {
  if (scope.kind !== 'tenant') return lines
  return slos.map(({ sloId, objectivePpm, corrected, uncorrected, before }) => ({
    tenantId: scope.tenantId,
    tenantName: scopeName,
    tier: '',
    sloId,
    objectivePpm: objectivePpm!,
    corrected,
    uncorrected,
    before,
    alerts: alerts.filter((alert) => alert.sloId === sloId).length,
  }))
}

function countCells(counts: ReviewCounts | null): CsvValue[] {
  if (counts === null) return COUNTS.map(() => null)
  const { good, bad, total, mayFail, sliRatio, spentRatio, isMet } = counts
  return [good, bad, total, mayFail, sliRatio, spentRatio, isMet === null ? null : String(isMet)]
}
