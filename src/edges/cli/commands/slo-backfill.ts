/** `tenantry slo backfill`: loads past counts, so that budgets begin with a full period. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { openCounting, type Counting } from '../../../backfill.ts'
import { TenantryError } from '../../../core/errors.ts'
import { parseTenantId, type TenantId } from '../../../core/ids.ts'
import { HEADERS } from '../../../core/names/headers.ts'
import { DAY_MS, isoTime, MINUTE_MS } from '../../../core/time.ts'
import { seriesNames } from '../../../domain/metrics/metrics.ts'
import { signalsOf, type Backfill, type PastOutcome } from '../../../domain/slo/slo.ts'
import { systemClock } from '../../../machinery/runtime/clock.ts'
import {
  digestOf,
  isBehind,
  LoadLimits,
  MARGIN_MS,
  readServerRules,
  RowSender,
  type ServerRules,
} from '../backfill-run.ts'
import type { ApiClient } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions, type CommandContext } from '../command.ts'
import { listenForEnd, type Ending } from '../ending.ts'
import { CLI_ERRORS } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import { replayByTime, type SampleSink } from '../history-file.ts'
import { counted, openOutput, renderTable, type Output } from '../output.ts'
import { openProgress, type Progress } from '../progress.ts'
import { readPrometheus } from '../prometheus-reader.ts'

/** How often a load is begun again because the server was started anew meanwhile. */
const BEGINNINGS = 5
const MOST_DAYS = 400

interface BackfillOptions extends ClientOptions {
  readonly fromPrometheus?: string
  readonly history?: string
  readonly days?: number
  readonly to?: number
  readonly tenant?: TenantId
  readonly prometheusToken?: string
  readonly prometheusLogin?: string
  readonly prometheusTenant?: string
  readonly list?: boolean
}

export function registerBackfill(slo: Command, context: CommandContext): void {
  withClientOptions(slo.command('backfill'))
    .description(
      'loads past counts into a running server, so that budgets begin with a full period; each count once, and nothing is alerted because of it',
    )
    .addOption(
      new Option('--from-prometheus <URL>', 'read raw samples by remote read').argParser(readUrl),
    )
    .option('--history <FILE>', 'read OpenMetrics text with timestamps; - for stdin')
    .addOption(
      new Option(
        '--days <DAYS>',
        'how far back (default: the longest period of an SLO, at least 30)',
      ).argParser(readDays),
    )
    .addOption(
      new Option('--to <INSTANT>', 'load nothing later, RFC 3339 (default: now)').argParser(
        readInstant,
      ),
    )
    .addOption(
      new Option('--tenant <ID>', 'whose all samples are, whatever their labels say').argParser(
        readTenant,
      ),
    )
    .option('--prometheus-token <FILE>', 'a bearer token that the Prometheus asks for')
    .option('--prometheus-login <FILE>', 'user:password that the Prometheus asks for')
    .option('--prometheus-tenant <ID>', 'sent as X-Scope-OrgID, where it serves several')
    .option('--list', 'list the loads that there were')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo backfill --from-prometheus http://prometheus:9090' +
        '\n  promtool tsdb dump-openmetrics ./prometheus > history.om; tenantry slo backfill --history history.om' +
        '\n  tenantry slo backfill --from-prometheus https://mimir/prometheus --prometheus-token token --days 90' +
        '\n  tenantry slo backfill --list --json' +
        '\n\nIt may be run again, and after it was broken off: what is loaded or was counted as it came' +
        '\nstays as it is. What is loaded shows in windows, budgets and burndown; no alert and no step of' +
        '\na budget policy is made of it. Exit code 1: nothing was loaded, and nothing had been before.',
    )
    .action((options: BackfillOptions, command: Command) => {
      const sources = [options.history, options.fromPrometheus].filter((each) => each !== undefined)
      if (options.list !== true && sources.length !== 1) {
        command.error('error: give either --from-prometheus URL or --history FILE')
      }
      return backfill(options, context)
    })
}

async function backfill(options: BackfillOptions, context: CommandContext): Promise<void> {
  const output = openOutput(options.json === true)
  const client = clientOf(options)
  if (options.list === true) return listLoads(client, output)
  const ending = listenForEnd()
  const progress = openProgress()
  try {
    const done = await untilWhole(options, { client, output, progress, ending })
    report(done, output)
    const isKnown = done.outcome.loadedMinutes > 0 || done.outcome.left.loaded > 0
    if (!isKnown) context.exitCode = EXIT.notSo
  } catch (error) {
    if (!ending.signal.aborted) throw error
    output.note('broken off: start the same command again, and it goes on where it was')
    context.exitCode = EXIT.operatingFailure
  } finally {
    progress.end()
    ending.stop()
  }
}

interface RunParts {
  readonly client: ApiClient
  readonly output: Output
  readonly progress: Progress
  readonly ending: Ending
}

interface Done {
  readonly load: Backfill
  readonly outcome: PastOutcome
  readonly slos: number
  readonly tenants: number
  readonly samples: number
  readonly counting: Pick<Counting, 'outcomes'>
}

/** A server that is started anew has lost what no checkpoint had written. */
async function untilWhole(options: BackfillOptions, parts: RunParts): Promise<Done> {
  for (let beginnings = 1; ; beginnings += 1) {
    try {
      return await run(options, parts)
    } catch (error) {
      if (!isBehind(error) || beginnings === BEGINNINGS) throw error
      parts.output.note('the server was started anew: going on from what it has')
    }
  }
}

async function run(options: BackfillOptions, parts: RunParts): Promise<Done> {
  const { client, output, ending } = parts
  const rules = await readServerRules(client)
  if (rules.tenants.length === 0) {
    throw new TenantryError(CLI_ERRORS.noTenants, 'loading past counts: the server has no tenants')
  }
  noteUncounted(rules, output)
  const source = sourceOf(options)
  const nowMs = systemClock().nowMs()
  const toMs = Math.floor((options.to ?? nowMs) / MINUTE_MS) * MINUTE_MS
  const fromMs = toMs - (options.days ?? daysOf(rules)) * DAY_MS
  const digest = digestOf([source, rules.digest, options.tenant ?? null])
  const load = await client.post<Backfill>('/api/v1/slo/backfills', {
    source,
    digest,
    fromMs,
    toMs,
  })
  if (load.readToMs > load.fromMs) {
    output.note(`going on with ${load.backfillId} from ${isoTime(load.readToMs)}`)
  }
  const limits = new LoadLimits(client)
  await limits.refresh()
  const sender = new RowSender({ client, load, limits, signal: ending.signal })
  const isFile = options.history !== undefined
  const wantedFromMs = isFile ? fromMs : Math.max(fromMs, load.readToMs)
  const counting = openCounting({
    book: rules.book,
    config: rules,
    tier: 'starter',
    settleSeconds: 0,
    range: { fromMs: wantedFromMs, toMs },
    beforeMs: (tenantId, sloId) => limits.beforeMs(tenantId, sloId),
    onRows: (rows, readToMs) => sender.send(rows, readToMs),
    signal: ending.signal,
    ...(options.tenant === undefined ? {} : { tenantId: options.tenant }),
  })
  try {
    const samples = isFile
      ? await readFile(options.history, counting, parts)
      : await readServer(options, { counting, rules, fromMs: wantedFromMs, toMs }, parts)
    const ended = await client.post<Backfill>(`/api/v1/slo/backfills/${load.backfillId}/end`, {})
    const { outcome, slos, tenants } = sender
    return { load: ended, outcome, slos: slos.size, tenants: tenants.size, samples, counting }
  } finally {
    await counting.close()
  }
}

async function readFile(
  file: string | undefined,
  counting: Counting,
  { progress, ending }: RunParts,
): Promise<number> {
  let samples = 0
  const sink: SampleSink = {
    define: (labels, metric) => counting.define(labels, metric),
    start: (metric, startMs) => counting.start(metric, startMs),
    sample(atMs, series, timestampMs, value) {
      samples += 1
      return counting.sample(atMs, series, timestampMs, value)
    },
    finish: () => counting.finish(),
  }
  await replayByTime(file, sink, { progress, signal: ending.signal })
  return samples
}

async function readServer(
  options: BackfillOptions,
  wanted: { counting: Counting; rules: ServerRules; fromMs: number; toMs: number },
  { progress, ending, output }: RunParts,
): Promise<number> {
  const { counting, rules, fromMs, toMs } = wanted
  const names = seriesNames(signalsOf(rules.book), rules.mapping)
  const stretches = readPrometheus(
    {
      url: options.fromPrometheus!,
      headers: headersOf(options),
      names,
      stepMs: MINUTE_MS,
      signal: ending.signal,
      onWait: (text) => output.note(text),
    },
    { fromMs: fromMs - MARGIN_MS, toMs },
  )
  let samples = 0
  for await (const stretch of stretches) {
    for (const { message, endMs } of stretch.steps()) await counting.message(message, endMs)
    samples += stretch.samples
    progress.at(() => {
      const share = Math.floor((100 * (stretch.toMs - fromMs)) / Math.max(1, toMs - fromMs))
      return `loaded up to ${isoTime(stretch.toMs)} (${Math.max(0, share)} %), ${samples} samples`
    })
  }
  await counting.finish()
  return samples
}

function headersOf(options: BackfillOptions): Record<string, string> {
  const { prometheusToken: token, prometheusLogin: login, prometheusTenant: tenant } = options
  const basic = (text: string): string => Buffer.from(text).toString('base64')
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${secretIn(token)}` }),
    ...(login === undefined ? {} : { authorization: `Basic ${basic(secretIn(login))}` }),
    ...(tenant === undefined ? {} : { [HEADERS.scopeOrgId]: tenant }),
  }
}

/** Throws CLI_NOT_READABLE. */
function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new TenantryError(CLI_ERRORS.notReadable, `could not read ${file}`, { cause })
  }
}

/** Says what is read, without what an address may hold of secrets. */
function sourceOf({ history, fromPrometheus }: BackfillOptions): string {
  if (history !== undefined) return history === '-' ? 'stdin' : `file ${resolve(history)}`
  const url = new URL(fromPrometheus!)
  return `Prometheus ${url.origin}${url.pathname.replace(/\/$/, '')}`
}

function daysOf({ book }: ServerRules): number {
  const days = book.templates.map(({ periodSeconds }) =>
    Math.ceil((periodSeconds * 1_000) / DAY_MS),
  )
  return Math.min(MOST_DAYS, Math.max(30, ...days))
}

/** Says which SLOs no samples are loaded for. */
function noteUncounted({ book }: ServerRules, output: Output): void {
  for (const { sloId, counting } of book.templates) {
    if (counting.from === 'elsewhere') output.note(`${sloId}: is not loaded: ${counting.why}`)
    if (counting.from === 'source') output.note(`${sloId}: is not loaded: it counts no samples`)
  }
}

const WHY = {
  loaded: 'were loaded before',
  counted: 'are counted as they come',
  expired: 'are older than is kept',
  'no-slo': 'are of tenants without the SLO',
  'other-unit': 'are of a time in which the SLO counted otherwise',
} as const satisfies Record<keyof PastOutcome['left'], string>

function report({ load, outcome, slos, tenants, samples, counting }: Done, output: Output): void {
  const { loadedMinutes, total, bad, left } = outcome
  const { unattributed, discarded, sums } = counting.outcomes
  output.line(
    `${load.backfillId}: loaded ${counted(loadedMinutes, 'minute')} of ${counted(slos, 'SLO')} of ${counted(tenants, 'tenant')}, ${isoTime(load.fromMs)} to ${isoTime(load.readToMs)}: ${counted(total, 'event')}, ${bad} bad`,
  )
  for (const [reason, minutes] of Object.entries(left)) {
    const why = WHY[reason as keyof typeof WHY]
    if (minutes > 0) output.line(`  ${counted(minutes, 'minute')} left as they are: they ${why}`)
  }
  const lost = [
    ...Object.entries(unattributed).map(([reason, n]) => `${n} of no tenant (${reason})`),
    ...Object.entries(discarded).map(([reason, n]) => `${n} discarded (${reason})`),
    ...(sums.unmapped > 0 ? [`${sums.unmapped} of metrics without a meaning`] : []),
    ...(sums.shadowed > 0 ? [`${sums.shadowed} of sources behind a better one`] : []),
  ]
  output.note([`${counted(samples, 'sample')} read`, ...lost].join(', '))
  output.value({ ...load, run: { ...outcome, samples, unattributed, discarded, ...sums } })
}

async function listLoads(client: ApiClient, output: Output): Promise<void> {
  const { items } = await client.get<{ items: Backfill[] }>('/api/v1/slo/backfills')
  const rows = items.map((load) => [
    load.backfillId,
    isoTime(load.begunAtMs),
    load.begunBy,
    load.source,
    `${isoTime(load.fromMs)} to ${isoTime(load.readToMs)}`,
    load.outcome.loadedMinutes,
    load.outcome.total,
    load.endedAtMs === null ? 'not ended' : 'ended',
  ])
  const head = ['LOAD', 'BEGUN', 'BY', 'SOURCE', 'RANGE', 'MINUTES', 'EVENTS', 'STATE']
  output.line(renderTable(head, rows))
  output.value({ items })
}

function readUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new InvalidArgumentError('expected an address such as http://prometheus:9090')
}

function readDays(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_DAYS) return Number(text)
  throw new InvalidArgumentError(`expected 1 to ${MOST_DAYS}`)
}

function readInstant(text: string): number {
  const atMs = Date.parse(text)
  if (Number.isFinite(atMs)) return atMs
  throw new InvalidArgumentError('expected RFC 3339, such as 2026-11-24T10:00:00Z')
}

function readTenant(text: string): TenantId {
  const tenantId = parseTenantId(text)
  if (tenantId !== undefined) return tenantId
  throw new InvalidArgumentError('expected 1 to 48 of a-z, 0-9 and inner hyphens')
}
