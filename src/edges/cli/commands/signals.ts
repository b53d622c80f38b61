import { InvalidArgumentError, type Command } from 'commander'
import { isoTime, SECOND_MS } from '../../../core/time.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'
import { sparkline } from '../spark.ts'

interface SignalSeriesBody {
  readonly signal: string
  readonly unit: string
  readonly group: string | null
  readonly values: readonly (number | null)[]
}

interface SignalAnswerBody {
  readonly fromMs: number
  readonly toMs: number
  readonly stepSeconds: number
  readonly resolution: string
  readonly settledToMs: number
  readonly endsMs: readonly number[]
  readonly series: readonly SignalSeriesBody[]
}

interface QueryOptions extends ClientOptions {
  readonly signal: string
  readonly from?: string
  readonly to?: string
  readonly last: number
  readonly step?: number
  readonly group?: string
  readonly table?: boolean
}

const SPARK_WIDTH = 60
const SPANS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const

interface UsageBody {
  readonly items: readonly {
    readonly dayEndMs: number
    readonly receivedSamples: number
    readonly receivedBytes: number
    readonly storedBytes: number
    readonly signals: readonly { signal: string; samples: number; bytes: number }[]
  }[]
}

export const register: Register = (program) => {
  const signals = program.command('signals').description('what tenants did over time')
  registerQuery(signals)
  registerUsage(signals)
}

function registerUsage(signals: Command): void {
  withClientOptions(signals.command('usage <tenant>'))
    .description('tells by day what was received by signal, and what is stored')
    .option('--days <COUNT>', 'days of UTC, today included', '30')
    .addHelpText('after', '\nExample:\n  tenantry signals usage acme --days 7 --json')
    .action(async (tenant: string, options: ClientOptions & { readonly days: string }) => {
      const output = openOutput(options.json === true)
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/signals/usage`
      const usage = await clientOf(options).get<UsageBody>(
        `${path}?${new URLSearchParams({ days: options.days }).toString()}`,
      )
      const rows = usage.items.flatMap((day) => [
        [
          dayOf(day.dayEndMs),
          'all',
          day.receivedSamples,
          Math.round(day.receivedBytes),
          day.storedBytes,
        ],
        ...day.signals.map(({ signal, samples, bytes }) => [
          '',
          signal,
          samples,
          Math.round(bytes),
          '',
        ]),
      ])
      output.line(
        rows.length === 0
          ? 'Nothing was received.'
          : renderTable(['DAY', 'SIGNAL', 'SAMPLES', 'BYTES', 'STORED BYTES'], rows),
      )
      output.value(usage)
    })
}

function dayOf(dayEndMs: number): string {
  return isoTime(dayEndMs - 1).slice(0, 10)
}

function registerQuery(signals: Command): void {
  withClientOptions(signals.command('query <tenant>'))
    .description('tells signals of a tenant over time, a line each')
    .requiredOption('--signal <NAMES>', 'separated by commas, such as requests_per_second')
    .option('--last <SPAN>', 'the range up to now: 15m, 24h, 30d', parseSpan, 3_600)
    .option('--from <INSTANT>', 'begin of the range, instead of --last')
    .option('--to <INSTANT>', 'end of the range; now by default')
    .option('--step <SPAN>', 'the step, at least 10s; chosen by default', parseSpan)
    .option('--group <BY>', 'none, status or source', 'none')
    .option('--table', 'print every step instead of a line')
    .addHelpText(
      'after',
      `
Instants are as 2026-11-25T10:00:00Z or epoch milliseconds. A step without data is a gap, not zero.

Examples:
  tenantry signals query acme --signal requests_per_second,error_ratio --last 24h
  tenantry signals query acme --signal duration_p99_seconds --last 30d --step 1d --table
  tenantry signals query acme --signal requests --group status --json`,
    )
    .action(async (tenant: string, options: QueryOptions, command: Command) => {
      const output = openOutput(options.json === true)
      if (options.to !== undefined && options.from === undefined) {
        return command.error('error: --to needs --from')
      }
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/signals/query`
      const answer = await clientOf(options).get<SignalAnswerBody>(
        `${path}?${searchOf(options).toString()}`,
      )
      output.line(headOf(answer))
      output.line(options.table === true ? tableOf(answer) : linesOf(answer))
      output.value(answer)
    })
}

function parseSpan(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined) throw new InvalidArgumentError('expected a span such as 15m, 24h or 30d')
  return Number(count) * SPANS[unit as keyof typeof SPANS]
}

function searchOf({ signal, from, to, last, step, group }: QueryOptions): URLSearchParams {
  const search = new URLSearchParams({ signal, group: group ?? 'none' })
  if (from !== undefined) search.set('from', from)
  if (to !== undefined) search.set('to', to)
  if (from === undefined) search.set('last', String(last))
  if (step !== undefined) search.set('step', String(step))
  return search
}

function headOf({ fromMs, toMs, stepSeconds, resolution }: SignalAnswerBody): string {
  return `${isoTime(fromMs)} to ${isoTime(toMs)} by ${String(stepSeconds)} s (from ${resolution})`
}

function linesOf({ series, endsMs }: SignalAnswerBody): string {
  if (series.length === 0) return 'Nothing of this was ever received.'
  const rows = series.map((each) => {
    const known = each.values.filter((value) => value !== null)
    const told = (value: number | undefined) => (value === undefined ? '-' : brief(value))
    return [
      nameOf(each),
      each.unit,
      told(known.length === 0 ? undefined : Math.min(...known)),
      told(known.length === 0 ? undefined : Math.max(...known)),
      told(known.at(-1)),
      `|${sparkline(each.values, Math.min(SPARK_WIDTH, endsMs.length))}|`,
    ]
  })
  return renderTable(['SIGNAL', 'UNIT', 'MIN', 'MAX', 'LAST', ''], rows)
}

function tableOf({ series, endsMs, settledToMs, stepSeconds }: SignalAnswerBody): string {
  const rows = endsMs.map((endMs, step) => [
    isoTime(endMs - stepSeconds * SECOND_MS),
    ...series.map(({ values }) => {
      const value = values[step] ?? null
      return value === null ? '-' : brief(value)
    }),
    endMs > settledToMs ? 'goes on' : '',
  ])
  const heads = series.map((each) => `${nameOf(each)} (${each.unit})`)
  return renderTable(['FROM', ...heads, ''], rows)
}

function nameOf({ signal, group }: SignalSeriesBody): string {
  return group === null ? signal : `${signal} ${group}`
}

/** Four significant digits; whole numbers in full. */
function brief(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}
