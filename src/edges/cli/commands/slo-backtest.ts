/** `tenantry slo backtest`: what a history would have been evaluated to and alerted. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { openBacktest, type BacktestStep, type BacktestTally } from '../../../backtest.ts'
import { TenantryError } from '../../../core/errors.ts'
import { parseTenantId, type TenantId } from '../../../core/ids.ts'
import { isoTime, SECOND_MS } from '../../../core/time.ts'
import {
  allSlos,
  bookOfSlos,
  IMPORT_FORMATS,
  ownSloOf,
  sloBookOf,
  type ImportFormat,
  type OwnSlo,
  type SloBook,
  type SloSpec,
} from '../../../domain/slo/slo.ts'
import type { CommandContext } from '../command.ts'
import { readConfigDirectory, type ConfigFiles } from '../config-directory.ts'
import { listenForEnd, NOBODY_READS } from '../ending.ts'
import { CLI_ERRORS } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import { replayAsItCame, replayByTime } from '../history-file.ts'
import { counted, openOutput, type Output } from '../output.ts'
import { openProgress } from '../progress.ts'
import { findingLine, readSlos } from './slo-formats.ts'

const TIERS = ['starter', 'professional', 'enterprise'] as const
type Tier = (typeof TIERS)[number]

interface BacktestCommand {
  readonly history?: string
  readonly spec?: readonly string[]
  readonly from: ImportFormat | 'auto'
  readonly config?: string
  readonly tenant?: TenantId
  readonly tier: Tier
  readonly step: number
  readonly settle: number
  readonly everyStep?: boolean
  readonly arrivalOrder?: boolean
  readonly text?: boolean
  readonly json?: boolean
}

export function registerBacktest(slo: Command, context: CommandContext): void {
  slo
    .command('backtest [file]')
    .description(
      'replays OpenMetrics text with timestamps through the engine and prints every change of a state or an alert, a JSON line each; reads stdin without a file',
    )
    .option('--history <FILE>', 'the same as [file]')
    .option('--spec <FILE...>', 'SLOs in any format that `slo import` reads, instead of the usual')
    .addOption(
      new Option('--from <FORMAT>', 'of the SLOs, instead of what each document says')
        .choices(['auto', ...IMPORT_FORMATS])
        .default('auto'),
    )
    .option('--config <DIR>', 'tenants, attribution, mapping, SLOs; without it any tenant is known')
    .addOption(
      new Option('--tenant <ID>', 'whose all samples are, whatever their labels say').argParser(
        readTenant,
      ),
    )
    .addOption(
      new Option('--tier <TIER>', 'of tenants that no configuration describes')
        .choices(TIERS)
        .default('enterprise'),
    )
    .addOption(
      new Option('--step <SECONDS>', 'how often is evaluated: 10, 20, 30 or 60')
        .argParser(readStep)
        .default(10),
    )
    .addOption(
      new Option('--settle <SECONDS>', 'how long a bucket waits for late samples; a server: 15')
        .argParser(readSettle)
        .default(0),
    )
    .option('--every-step', 'print every SLO at every step')
    .option('--arrival-order', 'samples arrived in the order of the lines: an older one was late')
    .option('--text', 'sentences for people instead of JSON')
    .option('--json', 'JSON lines, which is the default')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo backtest history.om' +
        '\n  tenantry slo backtest history.om --spec sloth.yml --every-step --step 60' +
        '\n  promtool tsdb dump-openmetrics ./prometheus | tenantry slo backtest --text' +
        '\n  tenantry slo backtest history.om --config ./config' +
        '\n\nEach line has `at` (epoch seconds), `tenant`, `slo`, `state`, `windows` (name to good, total,' +
        '\nburn, and where the window ends), `budgetRemainingRatio`, `alerts` (speed, action, state: inactive,' +
        '\nsuppressed for too few events, or firing) and `raised`, what the alerts of a cause come to.',
    )
    .action((file: string | undefined, options: BacktestCommand) =>
      backtest(file ?? options.history, options, context),
    )
}

async function backtest(
  file: string | undefined,
  options: BacktestCommand,
  context: CommandContext,
): Promise<void> {
  const output = openOutput(options.text !== true)
  const config = configOf(options)
  const { book, own, isWhole } = slosOf(options, config, output)
  if (!isWhole) context.exitCode = EXIT.notSo
  if (book.templates.length + own.length === 0) {
    output.note('nothing was replayed: there is no SLO to replay')
    return
  }
  const ending = listenForEnd()
  const replay = openBacktest({
    book,
    own,
    tier: options.tier,
    stepSeconds: options.step,
    settleSeconds: options.settle,
    isEveryStepTold: options.everyStep === true,
    signal: ending.signal,
    ...(options.tenant === undefined ? {} : { tenantId: options.tenant }),
    ...(config === undefined
      ? {}
      : {
          config: {
            tenants: config.tenants.map((each) => each.config),
            attribution: config.attribution,
            mapping: config.mapping,
          },
        }),
    onStep(step) {
      if (output.json) process.stdout.write(`${JSON.stringify(lineOf(step))}\n`)
      else output.line(sentenceOf(step))
    },
  })
  const progress = openProgress()
  try {
    const feed = options.arrivalOrder === true ? replayAsItCame : replayByTime
    await feed(file, replay, { progress, signal: ending.signal })
  } catch (error) {
    if (!ending.signal.aborted) throw error
    if (ending.signal.reason !== NOBODY_READS) context.exitCode = EXIT.operatingFailure
    return
  } finally {
    progress.end()
    ending.stop()
    await replay.close()
  }
  if (!noteTally(replay.tally(), output)) context.exitCode = EXIT.notSo
}

/** Throws CLI_NOT_READABLE, CLI_BAD_CONFIG. */
function configOf({ config }: BacktestCommand): ConfigFiles | undefined {
  if (config === undefined) return undefined
  const files = readConfigDirectory(config)
  const [problem] = files.problems
  if (problem === undefined) return files
  const { file, line, field, message } = problem
  const where = [`${file}:${String(line)}`, field, message].filter((part) => part !== '')
  throw new TenantryError(CLI_ERRORS.badConfig, `reading the configuration: ${where.join(': ')}`)
}

interface Replayed {
  readonly book: SloBook
  readonly own: readonly OwnSlo[]
  /** None is left out. */
  readonly isWhole: boolean
}

/** Puts together the SLOs that are replayed, and says which are not and why. */
function slosOf(
  { spec, from }: BacktestCommand,
  config: ConfigFiles | undefined,
  output: Output,
): Replayed {
  let isWhole = true
  const leave = (line: string): void => {
    output.note(line)
    isWhole = false
  }
  const { slos: given = [], overrides = [] } = config?.slo ?? {}
  const specs =
    spec === undefined ? allSlos({ slos: given }) : importedSlos(spec, from, output, leave)
  const counted: SloSpec[] = []
  const own: OwnSlo[] = []
  const isAskedFor = ({ sloId }: SloSpec): boolean =>
    spec !== undefined || given.some((each) => each.sloId === sloId)
  for (const each of specs) {
    const why = notReplayed(each, specs)
    if (why === null) counted.push(each)
    else if (!isAskedFor(each)) continue
    else if (why === OF_ITS_OWN) {
      const slo = ownSloOf(each)
      if ('why' in slo) leave(`${each.sloId}: is not replayed: ${slo.why}`)
      else own.push(slo)
    } else leave(`${each.sloId}: is not replayed: ${why}`)
  }
  const { templates } = bookOfSlos(counted)
  const { override } = sloBookOf({ slos: [...given], overrides })
  return { book: { templates, override }, own, isWhole }
}

function importedSlos(
  files: readonly string[],
  from: BacktestCommand['from'],
  output: Output,
  leave: (line: string) => void,
): readonly SloSpec[] {
  const { slos, findings } = readSlos(files, from)
  for (const finding of findings) {
    if (finding.kind === 'refused') leave(findingLine(finding))
    else output.note(findingLine(finding))
  }
  return slos.map((each) => each.spec)
}

const OF_ITS_OWN = 'counts metrics of its own'

/** Says why an SLO is not among those that count signals. */
function notReplayed(spec: SloSpec, all: readonly SloSpec[]): string | null {
  const { counting } = bookOfSlos([spec]).templates[0]!
  switch (counting.from) {
    case 'elsewhere':
      return OF_ITS_OWN
    case 'source':
      return `it counts what ${counting.source} tells, and no samples`
    case 'tenants':
      return `it is added up over tenants; replay ${counting.of}`
    case 'parts': {
      const lacking = counting.parts.find(({ sloId }) => {
        const part = all.find((other) => other.sloId === sloId)
        return part === undefined || notReplayed(part, all) !== null
      })
      return lacking === undefined ? null : `its part ${lacking.sloId} counts no signal`
    }
    default:
      return null
  }
}

interface BacktestLine {
  readonly at: number
  readonly tenant: string
  readonly slo: string
  readonly state: string
  readonly windows: Readonly<Record<string, LineWindow>>
  readonly budgetRemainingRatio: number | null
  readonly alerts: BacktestStep['alerts']
  readonly raised: BacktestStep['raised']
}

interface LineWindow {
  readonly good: number
  readonly total: number
  readonly burn: number | null
  readonly endsAt: number
}

function lineOf(step: BacktestStep): BacktestLine {
  const windows = Object.entries(step.windows).map(([name, { endsAtMs, ...counts }]) => {
    return [name, { ...counts, endsAt: endsAtMs / SECOND_MS }] as const
  })
  return {
    at: step.atMs / SECOND_MS,
    tenant: step.tenantId,
    slo: step.sloId,
    state: step.state,
    windows: Object.fromEntries(windows),
    budgetRemainingRatio: step.budgetLeftRatio,
    alerts: step.alerts,
    raised: step.raised,
  }
}

/**
 * Worked: 2026-11-24T10:05:00.000Z acme error-rate: ok, 82.1 % of the budget left; fast page firing
 */
function sentenceOf(step: BacktestStep): string {
  const { atMs, tenantId, sloId, state, budgetLeftRatio, alerts, raised } = step
  const left = budgetLeftRatio === null ? '' : `, ${shareText(budgetLeftRatio)} of the budget left`
  const loud = alerts.filter((alert) => alert.state !== 'inactive')
  const said = [
    ...loud.map((alert) => `${alert.speed} ${alert.action} ${alert.state}`),
    ...raised.map(({ action, summary }) => `${action} raised: ${summary}`),
  ]
  return [`${isoTime(atMs)} ${tenantId} ${sloId}: ${state}${left}`, ...said].join('; ')
}

function shareText(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`
}

/** Says what became of the samples. Tells whether any was counted. */
function noteTally(tally: BacktestTally, output: Output): boolean {
  const { samples, attributed, own, duplicate, unmapped, shadowed } = tally
  const lost = [
    ...Object.entries(tally.unattributed).map(([reason, n]) => `${n} of no tenant (${reason})`),
    ...Object.entries(tally.discarded).map(([reason, n]) => `${n} discarded (${reason})`),
    ...(duplicate > 0 ? [`${duplicate} twice`] : []),
    ...(unmapped > 0 ? [`${unmapped} of metrics without a meaning`] : []),
    ...(own > 0 ? [`${own} counted by SLOs of their own`] : []),
    ...(shadowed > 0 ? [`${shadowed} of sources behind a better one`] : []),
  ]
  output.note([`${counted(samples, 'sample')} replayed`, ...lost].join(', '))
  for (const message of tally.messages) output.note(`  ${message}`)
  if (attributed > 0 && (own > 0 || attributed > unmapped)) return true
  output.note('nothing was counted: see `tenantry mapping test` for what each series becomes')
  return false
}

function readTenant(text: string): TenantId {
  const tenantId = parseTenantId(text)
  if (tenantId !== undefined) return tenantId
  throw new InvalidArgumentError('expected 1 to 48 of a-z, 0-9 and inner hyphens')
}

function readStep(text: string): number {
  if (['10', '20', '30', '60'].includes(text)) return Number(text)
  throw new InvalidArgumentError('expected 10, 20, 30 or 60')
}

function readSettle(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= LONGEST_SETTLE_SECONDS) return Number(text)
  throw new InvalidArgumentError(`expected 0 to ${LONGEST_SETTLE_SECONDS}`)
}

/** As for a server. */
const LONGEST_SETTLE_SECONDS = 30
