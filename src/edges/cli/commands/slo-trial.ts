/** `tenantry slo trial`: another promise, tried against what is stored of a tenant. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { isoTime } from '../../../core/time.ts'
import type { JudgedTrial, SloTrial, TriedPromise } from '../../../domain/slo/slo.ts'
import { clientOf, withClientOptions, type ClientOptions } from '../command.ts'
import { counted, openOutput, renderTable } from '../output.ts'
import { percentText, spanText } from './slo-explain.ts'

const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const
/** Raised alerts that are told, the newest. */
const RAISED_TOLD = 10

type Pair = NonNullable<TriedPromise['alerts']>[number]

interface TrialOptions extends ClientOptions {
  readonly objective?: number
  readonly period?: string
  readonly zone?: string
  /** False of `--no-pairs`. */
  readonly pair?: readonly Pair[]
  readonly pairs: boolean
  readonly minBad?: number
  readonly minTotal?: number
  readonly days?: number
}

export function registerTrial(slo: Command): void {
  withClientOptions(slo.command('trial <tenant> <slo>'))
    .description(
      'tells how an SLO would have stood with another objective, period or other pairs, by the counts that are stored; changes nothing',
    )
    .addOption(
      new Option('--objective <PERCENT>', 'instead of the present one').argParser(readNumber),
    )
    .option('--period <SPAN>', 'such as 7d, or day, week, month, quarter, year with --zone')
    .option('--zone <ZONE>', 'whose calendar, such as Europe/Berlin')
    .addOption(
      new Option(
        '--pair <SPEED:ACTION:LONG:SHORT:PERCENT>',
        'instead of all pairs; again for several, fastest first',
      ).argParser(readPairs),
    )
    .option('--no-pairs', 'without any')
    .addOption(
      new Option('--min-bad <N>', 'bad events that a pair asks for at least').argParser(readNumber),
    )
    .addOption(
      new Option('--min-total <N>', 'events that a pair asks for at least').argParser(readNumber),
    )
    .addOption(new Option('--days <DAYS>', 'how far back (default 30)').argParser(readNumber))
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo trial acme error-rate --objective 99.5' +
        '\n  tenantry slo trial acme availability --period month --zone Europe/Berlin --days 14' +
        '\n  tenantry slo trial acme error-rate --pair fast:page:1h:5m:2 --pair slow:ticket:1d:2h:10 --json' +
        '\n\nBoth promises hold throughout and are judged in the same steps: by the minute for eight days,' +
        '\nby five minutes before. To replay a file of samples instead, see `tenantry slo backtest`.',
    )
    .action(async (tenant: string, sloId: string, options: TrialOptions) => {
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/slos/${encodeURIComponent(sloId)}`
      const trial = await clientOf(options).post<SloTrial>(`${path}/backtest`, bodyOf(options))
      const output = openOutput(options.json === true)
      for (const line of linesOf(trial)) output.line(line)
      output.value(trial)
    })
}

function bodyOf(options: TrialOptions): TriedPromise {
  const { objective, period, zone, pair, pairs, minBad, minTotal, days } = options
  return {
    ...(objective === undefined ? {} : { objectivePercent: objective }),
    ...(period === undefined ? {} : { period: periodOf(period, zone) }),
    ...(pairs ? {} : { alerts: [] }),
    ...(pair === undefined ? {} : { alerts: [...pair] }),
    ...(minBad === undefined ? {} : { minBadEvents: minBad }),
    ...(minTotal === undefined ? {} : { minTotalEvents: minTotal }),
    ...(days === undefined ? {} : { days }),
  }
}

function periodOf(text: string, zone: string | undefined): NonNullable<TriedPromise['period']> {
  const calendar = CALENDAR_UNITS.find((unit) => unit === text)
  const inZone = zone === undefined ? {} : { zone }
  return calendar === undefined ? { rolling: text, ...inZone } : { calendar, ...inZone }
}

function linesOf(trial: SloTrial): string[] {
  const { fromMs, toMs, countedFromMs, resolutions, current, tried } = trial
  const steps = resolutions.map(
    (each) => `${spanText(each.stepSeconds)} from ${isoTime(each.fromMs)}`,
  )
  return [
    `${isoTime(fromMs)} to ${isoTime(toMs)}, judged by ${steps.join(', then ')}`,
    countedFromMs === null ? '  nothing was counted' : `  counted since ${isoTime(countedFromMs)}`,
    renderTable(
      ['', 'NOW', 'TRIED'],
      ROWS.map(([name, told]) => [name, told(current), told(tried)]),
    ),
    ...raisedLines('tried', tried),
  ]
}

const ROWS: readonly (readonly [string, (judged: JudgedTrial) => string])[] = [
  ['objective', ({ objectivePpm }) => `${String(objectivePpm / 10_000)} %`],
  ['period', ({ period }) => periodText(period)],
  ['kept', ({ sliRatio }) => percentText(sliRatio)],
  ['bad', ({ bad, total }) => `${bad} of ${total}`],
  ['budget left', ({ budgetLeftRatio }) => percentText(budgetLeftRatio)],
  ['least left', ({ lowestLeftRatio }) => percentText(lowestLeftRatio)],
  ['pages', ({ pages, pageSeconds }) => raisedText(pages, pageSeconds)],
  ['tickets', ({ tickets, ticketSeconds }) => raisedText(tickets, ticketSeconds)],
  [
    'held back',
    ({ pairs }) => {
      const seconds = pairs.reduce((sum, { suppressedSeconds }) => sum + suppressedSeconds, 0)
      return seconds === 0 ? '-' : spanText(seconds)
    },
  ],
]

function periodText(period: JudgedTrial['period']): string {
  return period.kind === 'rolling' ? spanText(period.seconds) : `${period.unit} ${period.zone}`
}

function raisedText(count: number, seconds: number): string {
  return count === 0 ? 'none' : `${count}, ${spanText(seconds)}`
}

function raisedLines(name: string, { raised }: JudgedTrial): string[] {
  const told = raised.slice(-RAISED_TOLD)
  const older = raised.length - told.length
  return [
    ...(older === 0 ? [] : [`  ${name}: ${counted(older, 'alert')} before`]),
    ...told.map(
      ({ action, speed, fromMs, toMs, isOpen }) =>
        `  ${name}: ${action}, ${speed}, ${isoTime(fromMs)} to ${isOpen ? 'the end' : isoTime(toMs)}`,
    ),
  ]
}

function readNumber(text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return number
  throw new InvalidArgumentError('expected a number')
}

/** Worked: `fast:page:1h:5m:2`. What the parts mean is checked by the server. */
function readPairs(text: string, known: readonly Pair[] = []): readonly Pair[] {
  const parts = text.split(':')
  const [speed, action, long, short, percent] = parts
  if (parts.length !== 5) {
    throw new InvalidArgumentError('expected five parts, such as fast:page:1h:5m:2')
  }
  const pair = { speed, action, long, short, budgetPercent: readNumber(percent!) }
  return [...known, pair as Pair]
}
