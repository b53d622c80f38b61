/** Writes a review down as a report: what was kept, where it went, what should change. Pure. */
import type { Chart, ChartColumn } from '../../../machinery/documents/chart.ts'
import {
  cell,
  type Block,
  type Cell,
  type Figure,
  type Report,
  type Tone,
} from '../../../machinery/documents/report.ts'
import type {
  ReviewAdvice,
  ReviewAlert,
  ReviewCounts,
  ReviewDay,
  ReviewedSlo,
  ReviewExclusion,
  ReviewLine,
  SloReview,
} from './review.ts'
import { dayName, periodName } from './review-span.ts'
import {
  changeText,
  countText,
  durationText,
  objectiveText,
  percent,
  sliText,
} from './review-words.ts'

const LINES_TOLD = 50
const ALERTS_TOLD = 30
const DEAREST_DAYS = 5

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

function sentenceOf({ slos, scope, lines }: SloReview): string {
  const isOne = scope.kind === 'tenant'
  const counted = isOne
    ? slos.filter(({ corrected }) => corrected.isMet !== null)
    : lines.filter(({ corrected }) => corrected.isMet !== null)
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
    lines.filter((line) => line.corrected.isMet === false).map((line) => line.tenantId),
  )
  return `${missed.length} of ${counted.length} objectives were missed, by ${tenants.size} ${tenants.size === 1 ? 'tenant' : 'tenants'}.`
}

function toneOfAll({ slos, lines, scope }: SloReview): Tone {
  const judged = scope.kind === 'tenant' ? slos : lines
  if (judged.some(({ corrected }) => corrected.isMet === false)) return 'bad'
  return judged.some(({ corrected }) => corrected.isMet === true) ? 'good' : 'quiet'
}

function figuresOf(review: SloReview): Figure[] {
  const { slos, lines, scope, alertCounts, alerts, advice } = review
  const judged = (scope.kind === 'tenant' ? slos : lines).filter(
    ({ corrected }) => corrected.isMet !== null,
  )
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

function summaryOf({ slos, scope }: SloReview) {
  const isOne = scope.kind === 'tenant'
  return {
    columns: [
      { title: 'SLO' },
      { title: 'Objective', align: 'right' as const },
      { title: 'Attained', align: 'right' as const },
      { title: 'Without corrections', align: 'right' as const },
      { title: 'Bad', align: 'right' as const },
      { title: 'Budget spent', align: 'right' as const },
      { title: 'Before', align: 'right' as const },
      { title: isOne ? 'Verdict' : 'Tenants that kept it' },
    ],
    rows: slos.map((slo): Cell[] => [
      cell(slo.title),
      cell(objectiveText(slo.objectivePpm)),
      cell(sliText(slo.corrected.sliRatio), verdictTone(slo.corrected)),
      cell(slo.uncorrected === null ? 'the same' : sliText(slo.uncorrected.sliRatio), 'quiet'),
      cell(`${countText(slo.corrected.bad)} of ${countText(slo.corrected.total)}`),
      cell(percent(slo.corrected.spentRatio), spentTone(slo.corrected)),
      cell(slo.before === null ? 'nothing counted' : percent(slo.before.spentRatio), 'quiet'),
      isOne
        ? cell(verdictText(slo.corrected), verdictTone(slo.corrected))
        : cell(`${slo.tenants.met} of ${slo.tenants.counted}`),
    ]),
  }
}

function verdictText({ isMet }: ReviewCounts): string {
  return isMet === null ? 'no events' : isMet ? 'kept' : 'missed'
}

function verdictTone({ isMet }: ReviewCounts): Tone {
  return isMet === null ? 'quiet' : isMet ? 'good' : 'bad'
}

function spentTone({ spentRatio }: ReviewCounts): Tone {
  if (spentRatio === null) return 'quiet'
  return spentRatio > 1 ? 'bad' : spentRatio > 0.75 ? 'poor' : 'plain'
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

/** Lists what was corrected, and of which SLOs. */
function correctionBlocks({ zone, slos }: SloReview): Block[] {
  const byOccurrence = new Map<string, { told: ReviewExclusion; titles: string[] }>()
  for (const { exclusions, title } of slos) {
    for (const told of exclusions) {
      const key = `${told.correctionId} ${told.fromMs}`
      const known = byOccurrence.get(key)
      if (known === undefined) byOccurrence.set(key, { told, titles: [title] })
      else known.titles.push(title)
    }
  }
  const found = [...byOccurrence.values()].toSorted(
    (left, right) => right.told.fromMs - left.told.fromMs,
  )
  if (found.length === 0) return []
  const told = found.slice(0, LINES_TOLD)
  return [
    { kind: 'heading', level: 2, text: 'Corrections' },
    {
      kind: 'table',
      table: {
        ...(told.length < found.length ? { caption: `The newest ${told.length}.` } : {}),
        columns: [
          { title: 'From' },
          { title: 'For', align: 'right' },
          { title: 'Of' },
          { title: 'Why' },
        ],
        rows: told.map(({ told: { fromMs, toMs, reason }, titles }) => [
          cell(`${dayName(zone, fromMs)} ${timeOfDay(zone, fromMs)}`),
          cell(durationText(toMs - fromMs)),
          cell(titles.length === slos.length ? 'all SLOs' : titles.join(', ')),
          cell(reason === '' ? 'a correction of the platform' : reason),
        ]),
      },
    },
  ]
}

function burnChart({ zone }: SloReview, { days, title }: ReviewedSlo): Chart {
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

function leftChart({ zone }: SloReview, { days, title, corrected }: ReviewedSlo): Chart {
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

function dearestBlocks(zone: string, days: readonly ReviewDay[]): Block[] {
  const dearest = days
    .filter(({ bad }) => bad > 0)
    .toSorted((left, right) => right.bad - left.bad)
    .slice(0, DEAREST_DAYS)
  if (dearest.length === 0) return []
  return [
    {
      kind: 'table',
      table: {
        caption: 'The days that cost most',
        columns: [
          { title: 'Day' },
          { title: 'Bad', align: 'right' },
          { title: 'Of the budget', align: 'right' },
          { title: 'Burn', align: 'right' },
        ],
        rows: dearest.map((day) => [
          cell(dayName(zone, day.fromMs)),
          cell(`${countText(day.bad)} of ${countText(day.total)}`),
          cell(percent(day.spentRatio)),
          cell(day.burn === null ? '' : String(Number(day.burn.toFixed(2)))),
        ]),
      },
    },
  ]
}

function adviceBlocks(advice: readonly ReviewAdvice[], isMany: boolean): Block[] {
  if (advice.length === 0) return []
  const told = advice.slice(0, LINES_TOLD)
  const more = advice.length - told.length
  return [
    { kind: 'heading', level: 2, text: 'Objectives to look at' },
    {
      kind: 'list',
      items: [
        ...told.map((each) => `${isMany ? `${each.tenantName}, ` : ''}${adviceText(each)}`),
        ...(more > 0 ? [`and ${more} more`] : []),
      ],
    },
  ]
}

function adviceText(advice: ReviewAdvice): string {
  const { kind, title, objectivePpm, proposedPpm, spentRatio, beforeSpentRatio } = advice
  const seen = `${percent(spentRatio)} of the budget was spent, ${percent(beforeSpentRatio)} in the period before`
  const then = `at ${objectiveText(proposedPpm)} it would have been ${percent(advice.proposedSpentRatio)} and ${percent(advice.proposedBeforeSpentRatio)}`
  switch (kind) {
    case 'tighten':
      return `${title}: ${objectiveText(objectivePpm)} could be ${objectiveText(proposedPpm)}. ${seen}; ${then}.`
    case 'loosen':
      return proposedPpm === null
        ? `${title}: ${objectiveText(objectivePpm)} was missed twice, and no usual objective would have been kept. ${seen}.`
        : `${title}: ${objectiveText(objectivePpm)} was missed twice. ${seen}; ${then}. Mend what fails, or promise ${objectiveText(proposedPpm)}.`
    case 'silent':
      return `${title}: nothing was counted in two periods. Is it measured?`
  }
}

function lineBlocks(lines: readonly ReviewLine[]): Block[] {
  if (lines.length === 0) return []
  const told = lines.slice(0, LINES_TOLD)
  return [
    { kind: 'heading', level: 2, text: 'Tenants' },
    {
      kind: 'table',
      table: {
        caption:
          told.length < lines.length
            ? `The ${told.length} of ${countText(lines.length)} that spent most; all are in the CSV.`
            : 'Those that spent most first.',
        columns: [
          { title: 'Tenant' },
          { title: 'Tier' },
          { title: 'SLO' },
          { title: 'Objective', align: 'right' },
          { title: 'Attained', align: 'right' },
          { title: 'Budget spent', align: 'right' },
          { title: 'Before', align: 'right' },
          { title: 'Alerts', align: 'right' },
        ],
        rows: told.map((line) => [
          cell(line.tenantName),
          cell(line.tier),
          cell(line.title),
          cell(objectiveText(line.objectivePpm)),
          cell(sliText(line.corrected.sliRatio), verdictTone(line.corrected)),
          cell(percent(line.corrected.spentRatio), spentTone(line.corrected)),
          cell(line.before === null ? '' : percent(line.before.spentRatio), 'quiet'),
          cell(line.alerts === 0 ? '' : String(line.alerts)),
        ]),
      },
    },
  ]
}

function alertBlocks({ zone, scope, slos }: SloReview, alerts: readonly ReviewAlert[]): Block[] {
  if (alerts.length === 0) return []
  const told = alerts.slice(0, ALERTS_TOLD)
  const isMany = scope.kind !== 'tenant'
  const titles = new Map(slos.map(({ sloId, title }) => [sloId, title]))
  return [
    { kind: 'heading', level: 2, text: 'Alerts' },
    {
      kind: 'table',
      table: {
        ...(told.length < alerts.length ? { caption: `The newest ${told.length}.` } : {}),
        columns: [
          { title: 'Opened' },
          ...(isMany ? [{ title: 'Tenant' }] : []),
          { title: 'SLO' },
          { title: 'Action' },
          { title: 'Lasted', align: 'right' },
        ],
        rows: told.map(({ openedAtMs, resolvedAtMs, tenantId, sloId, action }) => [
          cell(`${dayName(zone, openedAtMs)} ${timeOfDay(zone, openedAtMs)}`),
          ...(isMany ? [cell(tenantId)] : []),
          cell(titles.get(sloId) ?? (sloId === '' ? 'no data' : sloId)),
          cell(action, action === 'page' ? 'bad' : 'plain'),
          cell(resolvedAtMs === null ? 'fires still' : durationText(resolvedAtMs - openedAtMs)),
        ]),
      },
    },
  ]
}

function timeOfDay(zone: string, atMs: number): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(atMs)
}
