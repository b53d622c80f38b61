/** What the tables of a review list: its SLOs, dear days, tenants, corrections and alerts. Pure. */
import {
  cell,
  type Block,
  type Cell,
  type Table,
  type Tone,
} from '../../../machinery/documents/report.ts'
import type {
  ReviewAlert,
  ReviewCounts,
  ReviewDay,
  ReviewExclusion,
  ReviewLine,
  SloReview,
} from './review.ts'
import { dayName } from './review-span.ts'
import { countText, durationText, objectiveText, percent, sliText } from './review-words.ts'

const ROWS_TOLD = 50
const ALERTS_TOLD = 30
const DEAREST_DAYS = 5

export function summaryOf({ slos, scope }: SloReview): Table {
  const isOne = scope.kind === 'tenant'
  return {
    columns: [
      { title: 'SLO' },
      { title: 'Objective', align: 'right' },
      { title: 'Attained', align: 'right' },
      { title: 'Without corrections', align: 'right' },
      { title: 'Bad', align: 'right' },
      { title: 'Budget spent', align: 'right' },
      { title: 'Before', align: 'right' },
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

export function spentTone({ spentRatio }: ReviewCounts): Tone {
  if (spentRatio === null) return 'quiet'
  return spentRatio > 1 ? 'bad' : spentRatio > 0.75 ? 'poor' : 'plain'
}

export function dearestBlocks(zone: string, days: readonly ReviewDay[]): Block[] {
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

/** Lists what was corrected, and of which SLOs. */
export function correctionBlocks({ zone, slos }: SloReview): Block[] {
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
  const told = found.slice(0, ROWS_TOLD)
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

export function lineBlocks(lines: readonly ReviewLine[]): Block[] {
  if (lines.length === 0) return []
  const told = lines.slice(0, ROWS_TOLD)
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

export function alertBlocks(
  { zone, scope, slos }: SloReview,
  alerts: readonly ReviewAlert[],
): Block[] {
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
