/** `tenantry report`: reviews of SLOs over a week, a month or a quarter. */
import { Option, type Command } from 'commander'
import { writeFileSync } from 'node:fs'
import { isoTime } from '../../../core/time.ts'
import {
  REVIEW_FORMATS,
  REVIEW_SPANS,
  type ArchivedReview,
  type ReviewFormat,
  type ReviewSpan,
} from '../../../domain/reports/reports.ts'
import { clientOf, withClientOptions, type ClientOptions } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface MakeOptions extends ClientOptions {
  readonly every: ReviewSpan
  readonly tenant?: string
  readonly tier?: string
  readonly zone?: string
  readonly at?: string
}

interface ListOptions extends ClientOptions {
  readonly tenant?: string
  readonly every?: ReviewSpan
  readonly scope?: string
  readonly limit?: string
}

interface ShowOptions extends ClientOptions {
  readonly format: ReviewFormat
  readonly out?: string
}

export function register(program: Command): void {
  const report = program
    .command('report')
    .description('reviews of SLOs over a week, a month or a quarter')
  registerMake(report)
  registerList(report)
  registerShow(report)
}

function registerMake(report: Command): void {
  withClientOptions(report.command('make'))
    .description('makes a review and archives it, in place of an earlier one of the same period')
    .addOption(everyOption().makeOptionMandatory())
    .option('--tenant <ID>', 'of one tenant')
    .option('--tier <TIER>', 'of the tenants of a tier; of all without both')
    .option('--zone <ZONE>', "whose days and months (default: the server's)")
    .option('--at <TIME>', 'an instant within the period (default: the last one that is over)')
    .addHelpText(
      'after',
      `
Examples:
  tenantry report make --every month
  tenantry report make --every quarter --tenant acme --zone Europe/Berlin
  tenantry report make --every week --tier enterprise --at 2026-11-10T00:00:00Z`,
    )
    .action(async (options: MakeOptions) => {
      const { every, tenant, tier, zone, at } = options
      const made = await clientOf(options).post<ArchivedReview>('/api/v1/reports', {
        span: every,
        ...(tenant === undefined ? {} : { tenantId: tenant }),
        ...(tier === undefined ? {} : { tier }),
        ...(zone === undefined ? {} : { zone }),
        ...(at === undefined ? {} : { at }),
      })
      const output = openOutput(options.json === true)
      output.line(`${made.reviewId}: ${whomOf(made)}, ${rangeOf(made)}, ${keptOf(made)}`)
      output.line(`read it with: tenantry report show ${made.reviewId}`)
      output.value(made)
    })
}

function registerList(report: Command): void {
  withClientOptions(report.command('list', { isDefault: true }))
    .description('lists the reviews that were made, newest period first')
    .option('--tenant <ID>', "only one tenant's")
    .option('--scope <SCOPE>', 'tenant, tier or fleet')
    .addOption(everyOption())
    .option('--limit <N>', 'how many (default 50)')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry report list\n  tenantry report list --every quarter --scope fleet',
    )
    .action(async (options: ListOptions) => {
      const { tenant, scope, every, limit } = options
      const query = new URLSearchParams({
        ...(tenant === undefined ? {} : { tenantId: tenant }),
        ...(scope === undefined ? {} : { scope }),
        ...(every === undefined ? {} : { span: every }),
        ...(limit === undefined ? {} : { limit }),
      })
      const list = await clientOf(options).get<{ items: ArchivedReview[] }>(
        `/api/v1/reports?${query.toString()}`,
      )
      const output = openOutput(options.json === true)
      const rows = list.items.map((each) => [
        each.reviewId,
        whomOf(each),
        each.span,
        rangeOf(each),
        each.zone,
        keptOf(each),
        isoTime(each.madeAtMs),
      ])
      const head = ['REVIEW', 'OF', 'SPAN', 'PERIOD', 'ZONE', 'OBJECTIVES', 'MADE']
      output.line(renderTable(head, rows))
      output.value(list)
    })
}

function registerShow(report: Command): void {
  withClientOptions(report.command('show <review>'))
    .description('writes a review in a form that people or programs read')
    .addOption(
      new Option('--format <FORMAT>', 'how it is written')
        .choices(REVIEW_FORMATS)
        .default('markdown'),
    )
    .option('--out <FILE>', 'into a file')
    .addHelpText(
      'after',
      `
Examples:
  tenantry report show rvw_…
  tenantry report show rvw_… --format pdf --out review.pdf
  tenantry report show rvw_… --format csv > review.csv`,
    )
    .action(async (reviewId: string, options: ShowOptions) => {
      const format = options.json === true ? 'json' : options.format
      const path = `/api/v1/reports/${encodeURIComponent(reviewId)}/document?format=${format}`
      const bytes = await clientOf(options).download(path)
      if (options.out === undefined) {
        process.stdout.write(bytes)
        if (format === 'json') process.stdout.write('\n')
        return
      }
      writeFileSync(options.out, bytes)
      openOutput(false).line(`${options.out}: written`)
    })
}

function everyOption(): Option {
  return new Option('--every <SPAN>', 'which span').choices(REVIEW_SPANS)
}

function whomOf({ scope, scopeKey }: ArchivedReview): string {
  return { tenant: scopeKey, tier: `tier ${scopeKey}`, fleet: 'all tenants' }[scope]
}

/** The last instant of a period is the first of the next: its day is the one before. */
function rangeOf({ fromMs, toMs, zone, isComplete }: ArchivedReview): string {
  const day = (atMs: number): string => {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(atMs)
  }
  return `${day(fromMs)} to ${day(toMs - 1)}${isComplete ? '' : ' (so far)'}`
}

function keptOf({ kept, counted }: ArchivedReview): string {
  return counted === 0 ? 'nothing counted' : `${kept} of ${counted} kept`
}
