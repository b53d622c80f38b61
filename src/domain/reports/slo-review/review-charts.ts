/** What the charts of a review show: an SLO's burn by day, and what its budget had left. Pure. */
import type { Chart, ChartColumn } from '../../../machinery/documents/chart.ts'
import type { ReviewDay, ReviewedSlo, SloReview } from './review.ts'
import { dayName } from './review-span.ts'
import { countText, percent } from './review-words.ts'

export function burnChart({ zone }: SloReview, { days, title }: ReviewedSlo): Chart {
  return {
    kind: 'columns',
    title: 'Burn of each day',
    description: `Burn of ${title} by day. ${highest(zone, days)}`,
    columns: days.map((day) => columnOf(zone, day, day.burn, burnInk(day.burn))),
    reference: { value: 1, label: '1 spends the budget exactly' },
    format: (value) => String(Number(value.toFixed(2))),
  }
}

function burnInk(burn: number | null): ChartColumn['ink'] {
  return burn === null ? 'quiet' : burn > 1 ? 'bad' : 'accent'
}

export function leftChart({ zone }: SloReview, { days, title, corrected }: ReviewedSlo): Chart {
  let spent = 0
  const columns = days.map((day) => {
    spent += day.spentRatio ?? 0
    const left = day.spentRatio === null || isAhead(day, days) ? null : 1 - spent
    return columnOf(zone, day, left, 'accent')
  })
  return {
    kind: 'line',
    title: 'Budget left',
    description: `Budget of ${title} that was left after each day; ${percent(corrected.spentRatio === null ? null : 1 - corrected.spentRatio)} at the end.`,
    columns,
    reference: { value: 0, label: '0: the budget is spent' },
    format: (value) => `${String(Number((value * 100).toFixed(1)))} %`,
  }
}

/** Days that have not come are no days on which nothing was spent. */
function isAhead(day: ReviewDay, days: readonly ReviewDay[]): boolean {
  const last = days.findLast(({ total, excludedTotal }) => total + excludedTotal > 0)
  return last === undefined || day.fromMs > last.fromMs
}

function columnOf(
  zone: string,
  day: ReviewDay,
  value: number | null,
  ink: ChartColumn['ink'],
): ChartColumn {
  const label = dayName(zone, day.fromMs)
  const burn = day.burn === null ? 'no events' : `burn ${String(Number(day.burn.toFixed(2)))}`
  const excluded = day.excludedTotal > 0 ? `, ${countText(day.excludedTotal)} corrected` : ''
  return {
    label,
    value,
    ink,
    shaded: day.excludedTotal > 0,
    hint: `${label}: ${countText(day.bad)} of ${countText(day.total)} bad, ${burn}${excluded}`,
  }
}

function highest(zone: string, days: readonly ReviewDay[]): string {
  const [most] = days.toSorted((left, right) => (right.burn ?? -1) - (left.burn ?? -1))
  if (most === undefined || most.burn === null) return 'Nothing was counted.'
  return `Highest on ${dayName(zone, most.fromMs)} with ${String(Number(most.burn.toFixed(2)))}.`
}
