/** Writes a review down as a report: what was kept, where it went, what should change. Pure. */
import type { Block, Figure, Report, Tone } from '../../../machinery/documents/report.ts'
import { adviceBlocks } from './advice-text.ts'
import { judgedOf, type ReviewedSlo, type SloReview } from './review.ts'
import { burnChart, leftChart } from './review-charts.ts'
import { dayName, periodName } from './review-span.ts'
import {
  alertBlocks,
  correctionBlocks,
  dearestBlocks,
  lineBlocks,
  spentTone,
  summaryOf,
} from './review-tables.ts'
import { changeText, countText, objectiveText, percent, sliText } from './review-words.ts'

export function reviewTitle({ scope, scopeName, span, zone, fromMs, toMs }: SloReview): string {
  const when = periodName(span, zone, { fromMs, toMs })
  const whom = { tenant: scopeName, tier: `tier ${scopeName}`, fleet: 'all tenants' }[scope.kind]
  return `SLO review of ${whom}, ${when}`
}

export function reviewReport(review: SloReview): Report {
  const { zone, fromMs, toMs, slos, lines, alerts, advice, scope } = review
  const last = dayName(zone, toMs - 1)
  return {
    title: reviewTitle(review),
    subtitle: [
      `${dayName(zone, fromMs)} to ${last}, days of ${zone}`,
      ...(review.isComplete ? [] : ['The period is not over: these are its figures so far.']),
      ...firstCounted(review),
    ],
    blocks: [
      { kind: 'paragraph', text: sentenceOf(review), tone: toneOfAll(review) },
      { kind: 'figures', figures: figuresOf(review) },
      { kind: 'table', table: summaryOf(review) },
      ...adviceBlocks(advice, scope.kind !== 'tenant'),
      ...slos.flatMap((slo) => sloBlocks(review, slo)),
      ...lineBlocks(lines),
      ...correctionBlocks(review),
      ...alertBlocks(review, alerts),
    ],
    notes: [
      'Budget spent is bad events as a share of those that may fail of all that were counted in the period, by the objectives of its hours. It stands for the period of this review, whatever period the SLO itself has.',
      'Burn is how many times as fast as sustainable a day spent its own share of the budget: at 1 all days together spend it exactly.',
      'Corrections are left out of all figures unless they say otherwise, rounded outwards to quarters of an hour.',
    ],
    madeAtMs: review.madeAtMs,
  }
}

/** Says since when there are counts where that is not the whole period. */
function firstCounted({ slos, zone, fromMs }: SloReview): string[] {
  const firsts = slos.flatMap(({ days }) => {
    return days.find(({ total, excludedTotal }) => total + excludedTotal > 0)?.fromMs ?? []
  })
  const first = Math.min(...firsts)
  if (firsts.length === 0 || first <= fromMs) return []
  return [`Nothing was counted before ${dayName(zone, first)}.`]
}

function sentenceOf(review: SloReview): string {
  const isOne = review.scope.kind === 'tenant'
  const counted = judgedOf(review)
  if (counted.length === 0) return 'Nothing was counted in this period.'
  const missed = counted.filter(({ corrected }) => corrected.isMet === false)
  if (missed.length === 0) {
    return isOne
      ? `All ${counted.length} objectives were kept.`
      : `All ${counted.length} objectives of all tenants were kept.`
  }
  if (isOne) {
    const names = missed.map(({ title }) => title).join(', ')
    return `${missed.length} of ${counted.length} objectives ${missed.length === 1 ? 'was' : 'were'} missed: ${names}.`
  }
  const tenants = new Set(
    review.lines.filter((line) => line.corrected.isMet === false).map((line) => line.tenantId),
  )
  return `${missed.length} of ${counted.length} objectives were missed, by ${tenants.size} ${tenants.size === 1 ? 'tenant' : 'tenants'}.`
}

function toneOfAll(review: SloReview): Tone {
  const judged = judgedOf(review)
  if (judged.some(({ corrected }) => corrected.isMet === false)) return 'bad'
  return judged.length > 0 ? 'good' : 'quiet'
}

function figuresOf(review: SloReview): Figure[] {
  const { slos, scope, alertCounts, alerts, advice } = review
  const judged = judgedOf(review)
  const met = judged.filter(({ corrected }) => corrected.isMet === true).length
  const worst = slos.reduce<ReviewedSlo | null>((most, slo) => {
    return (slo.corrected.spentRatio ?? -1) > (most?.corrected.spentRatio ?? -1) ? slo : most
  }, null)
  return [
    {
      label: 'Objectives kept',
      value: judged.length === 0 ? 'none counted' : `${met} of ${judged.length}`,
      tone: judged.length === 0 ? 'quiet' : met === judged.length ? 'good' : 'bad',
    },
    ...(worst === null
      ? []
      : [
          {
            label: 'Most of a budget spent',
            value: percent(worst.corrected.spentRatio),
            note: worst.title,
            tone: spentTone(worst.corrected),
          },
        ]),
    {
      label: 'Alerts',
      value: String(alertCounts.page + alertCounts.ticket + alertCounts.report),
      note: `${alertCounts.page} paged${alerts.some(({ resolvedAtMs }) => resolvedAtMs === null) ? ', some fire still' : ''}`,
    },
    ...(scope.kind === 'tenant' ? [] : [{ label: 'Tenants', value: countText(review.tenants) }]),
    {
      label: 'Objectives to look at',
      value: String(advice.filter(({ kind }) => kind !== 'silent').length),
      note: 'too tight or too loose',
    },
  ]
}

function sloBlocks(review: SloReview, slo: ReviewedSlo): Block[] {
  const { corrected, uncorrected, before, days } = slo
  if (corrected.total === 0 && (uncorrected?.total ?? 0) === 0) {
    return [
      { kind: 'heading', level: 2, text: slo.title },
      { kind: 'paragraph', text: 'Nothing was counted.', tone: 'quiet' },
    ]
  }
  const { zone } = review
  return [
    { kind: 'heading', level: 2, text: slo.title },
    {
      kind: 'paragraph',
      text: `Attained ${sliText(corrected.sliRatio)} of ${objectiveText(slo.objectivePpm)}: ${countText(corrected.bad)} of ${countText(corrected.total)} were bad, ${countText(corrected.mayFail)} may be. ${percent(corrected.spentRatio)} of the budget was spent, ${changeText(corrected.spentRatio, before?.spentRatio ?? null)}.`,
    },
    ...(uncorrected === null || uncorrected.total === corrected.total
      ? []
      : [
          {
            kind: 'paragraph' as const,
            text: `Without corrections it would be ${sliText(uncorrected.sliRatio)}, and ${percent(uncorrected.spentRatio)} of the budget.`,
            tone: 'quiet' as const,
          },
        ]),
    { kind: 'chart', chart: burnChart(review, slo) },
    { kind: 'chart', chart: leftChart(review, slo) },
    ...dearestBlocks(zone, days),
  ]
}
