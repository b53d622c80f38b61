/** What metrics mean: of a file, without a server; and where a tenant's figures come from. */
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { TenantryError } from '../../../core/errors.ts'
import { parseTenantId } from '../../../core/ids.ts'
import {
  TRANSLATION_STRATEGIES,
  type TranslationStrategy,
} from '../../../core/names/translation-strategies.ts'
import {
  openMetrics,
  translateMetricName,
  type Metrics,
  type SeriesMeaning,
} from '../../../domain/metrics/metrics.ts'
import type { TenantFiles } from '../../../domain/tenants/tenants.ts'
import { systemClock } from '../../../machinery/runtime/clock.ts'
import { openLogger } from '../../../machinery/runtime/logger.ts'
import { readSettings } from '../../../machinery/runtime/settings.ts'
import { memoryCounters } from '../../../machinery/runtime/memory-counters.ts'
import { openBulkInline } from '../../../machinery/storage/bulk-writer.ts'
import { WireError } from '../../../machinery/wire/wire-error.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { readConfigDirectory } from '../config-directory.ts'
import { CLI_ERRORS } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import { formatOf, METRIC_FORMATS, readMetrics, type MetricFormat } from '../metrics-file.ts'
import { openOutput, renderTable } from '../output.ts'

interface TestOptions {
  readonly file: string
  readonly format?: MetricFormat
  readonly config?: string
  readonly requireClaimed?: boolean
  /** `true` where the option has no value. */
  readonly inPrometheus?: TranslationStrategy | true
  readonly json?: boolean
}

export const register: Register = (program, context) => {
  const mapping = program.command('mapping').description('what metrics mean, and what counts')
  mapping
    .command('test')
    .description('shows what each series of a file becomes; opens no data and asks no server')
    .requiredOption('--file <FILE>', 'what an exporter serves, or an OTLP export as JSON')
    .addOption(
      new Option('--format <FORMAT>', 'instead of telling by the file').choices(METRIC_FORMATS),
    )
    .option('--config <DIR>', 'tenants, attribution and mapping; without it any tenant is known')
    .option('--require-claimed', 'exit code 1 when nothing claims a series and nobody knows why')
    .addOption(
      new Option(
        '--in-prometheus [STRATEGY]',
        'also what Prometheus calls OpenTelemetry metrics; TENANTRY_OTLP_TRANSLATION sets how',
      ).choices(TRANSLATION_STRATEGIES),
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  curl -s http://127.0.0.1:9187/metrics > page.txt && tenantry mapping test --file page.txt\n' +
        '  tenantry mapping test --file page.txt --config ./config --require-claimed\n' +
        '  tenantry mapping test --file export.json --format otlp-json --in-prometheus --json',
    )
    .action((options: TestOptions) => {
      const output = openOutput(options.json === true)
      const config = options.config === undefined ? undefined : readConfigDirectory(options.config)
      if (config !== undefined && config.problems.length > 0) {
        for (const { file, line, field, message } of config.problems)
          output.note(`${file}:${String(line)}: ${field}: ${message}`)
        output.note('nothing was tested: mend the configuration first')
        context.exitCode = EXIT.notSo
        return
      }
      const { meanings, refused } = testFile(options, config)
      const lost = meanings.filter(({ claim, because }) => claim === null && because === null)
      for (const line of textOf(meanings, refused)) output.line(line)
      const strategy = strategyOf(options)
      if (strategy !== undefined) {
        for (const line of namesIn(strategy, meanings)) output.line(line)
      }
      output.value({
        series: meanings.map(({ otel, ...meaning }) => ({
          ...meaning,
          labels: labelsOf(meaning),
          ...(strategy && { inPrometheus: otel && (translateMetricName(otel, strategy) ?? null) }),
        })),
        claimed: meanings.filter(({ claim }) => claim !== null).length,
        unclaimed: lost.length,
        leftOut: meanings.filter(({ because }) => because !== null).length,
        unattributed: meanings.filter(({ tenantId }) => tenantId === null).length,
        refused,
      })
      if (options.requireClaimed === true && lost.length > 0) context.exitCode = EXIT.notSo
    })
  withClientOptions(mapping.command('sources').argument('<TENANT>', 'its id'))
    .description('lists the sources of a tenant’s signals, and which of them count')
    .addHelpText('after', '\nExample:\n  tenantry mapping sources acme')
    .action(async (tenantId: string, options: ClientOptions) => {
      const path = `/api/v1/tenants/${encodeURIComponent(tenantId)}/sources`
      const { items } = await clientOf(options).get<{ items: SourceBody[] }>(path)
      const output = openOutput(options.json === true)
      const rows = items.map((item) => [
        measure(item),
        item.source,
        item.rank,
        item.state,
        item.series,
        new Date(item.lastSampleAtMs).toISOString(),
        item.says,
      ])
      const head = ['SIGNAL', 'SOURCE', 'RANK', 'STATE', 'SERIES', 'LAST SAMPLE', 'WHAT IT IS']
      output.line(renderTable(head, rows))
      output.value(items)
    })
}

function strategyOf({ inPrometheus }: TestOptions): TranslationStrategy | undefined {
  return inPrometheus === true ? readSettings().otlpTranslation : inPrometheus
}

/**
 * Metrics that came over OTLP, once each. Parts of a histogram have their ending behind the name.
 */
function* namesIn(
  strategy: TranslationStrategy,
  meanings: readonly SeriesMeaning[],
): Generator<string> {
  const names = new Map<string, string>()
  for (const { otel } of meanings) {
    if (otel === null) continue
    names.set(otel.name, translateMetricName(otel, strategy) ?? '(no name that Prometheus takes)')
  }
  if (names.size === 0) return
  yield `\nIn Prometheus, by ${strategy}:`
  for (const [name, translated] of names) yield `  ${name}: ${translated}`
}

interface SourceBody {
  readonly signal: string
  readonly resource: string
  readonly source: string
  readonly says: string
  readonly rank: number
  readonly state: string
  readonly lastSampleAtMs: number
  readonly series: number
}

/** Nothing is too old or too early for a file. */
const ANY_TIME = { ageSeconds: 1e11, futureSeconds: 1e11 }

interface Tested {
  readonly meanings: readonly SeriesMeaning[]
  /** What was wrong with samples that no series was made of. */
  readonly refused: readonly string[]
}

/** Runs a file through a stage of its own, with the rules and limits of a server. */
function testFile({ file, format }: TestOptions, config: TenantFiles | undefined): Tested {
  const bytes = read(file)
  const bulk = openBulkInline({ directory: ':memory:' })
  const metrics = openMetrics({
    ...attributionOf(config),
    bulk,
    counters: memoryCounters(),
    log: openLogger({ level: 'error' }),
    limits: ANY_TIME,
  })
  try {
    const { messages } = write(metrics, bytes, format ?? formatOf(bytes.toString('utf8')), file)
    return { meanings: [...metrics.meanings()], refused: messages }
  } finally {
    void bulk.close()
  }
}

function write(metrics: Metrics, bytes: Buffer, format: MetricFormat, file: string) {
  const nowMs = systemClock().nowMs()
  const context = { boundTenant: null, namedTenant: null }
  try {
    const stage = (message: Uint8Array) => metrics.stage(context, message)
    return readMetrics(bytes, format, nowMs, stage).apply(nowMs)
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause
    throw new TenantryError(
      CLI_ERRORS.notMetrics,
      `could not read ${file} as ${format}: ${cause.message}`,
    )
  }
}

function attributionOf(config: TenantFiles | undefined) {
  const known = new Map(
    config?.tenants.flatMap(({ config: { tenantId, aliases } }) =>
      [tenantId, ...aliases].map((name) => [name as string, tenantId] as const),
    ),
  )
  const resolve = (name: string) => (config === undefined ? parseTenantId(name) : known.get(name))
  return {
    resolver: { resolve, generation: () => 1 },
    rules: {
      attribution: () => config?.attribution ?? [],
      mapping: () => config?.mapping ?? [],
      digest: () => 'file',
    },
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new TenantryError(CLI_ERRORS.notReadable, `could not read ${path}`, { cause })
  }
}

const HEAD = ['SERIES', 'TENANT', 'BECOMES', 'SOURCE', 'SCALE', 'STATE']

function* textOf(
  meanings: readonly SeriesMeaning[],
  refused: readonly string[],
): Generator<string> {
  const claimed = meanings.filter(({ claim }) => claim !== null)
  const rows = claimed.map((meaning) => {
    const { claim, tenantId, unattributed } = meaning
    const { source, scale, state, statusClass, refusal } = claim!
    const becomes = claim!.signals
      .map((signal) => measure({ signal, resource: claim!.resource }))
      .join(', ')
    return [
      seriesText(meaning),
      tenantId ?? `(${unattributed ?? ''})`,
      [becomes, statusClass, refusal].filter((word) => word !== null).join(' '),
      source,
      String(scale),
      state ?? '-',
    ]
  })
  if (rows.length > 0) yield renderTable(HEAD, rows)
  const others = meanings.filter(({ claim }) => claim === null)
  const lost = others.filter(({ because }) => because === null)
  if (lost.length > 0) yield '\nNothing claims:'
  for (const [name, ofName] of Map.groupBy(lost, ({ name }) => name)) {
    const nearest = ofName[0]!.nearest
    const hint = nearest === null ? '' : `: was ${nearest} meant?`
    yield `  ${name}${ofName.length === 1 ? '' : ` (${String(ofName.length)} series)`}${hint}`
  }
  const known = others.filter(({ because }) => because !== null)
  if (known.length > 0) yield '\nLeft out on purpose:'
  for (const [because, ofReason] of Map.groupBy(known, (meaning) => meaning.because!)) {
    const names = [...new Set(ofReason.map(({ name }) => name))]
    const such = names.length > 3 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', ')
    yield `  ${because}: ${String(ofReason.length)} series of ${such}`
  }
  for (const message of refused) yield `refused: ${message}`
  yield (
    `\n${count(meanings.length, 'series')}: ${String(claimed.length)} claimed, ` +
      `${String(known.length)} left out on purpose, ${String(lost.length)} that nothing claims`
  )
}

function measure({ signal, resource }: { signal: string; resource: string }): string {
  return resource === '' ? signal : `${signal} (${resource})`
}

/** Names a series by what tells it from others. */
function seriesText({ name, labels }: SeriesMeaning): string {
  const texts = labels.map((label) => `${label.name}=${JSON.stringify(label.value)}`)
  return texts.length === 0 ? name : `${name}{${texts.join(',')}}`
}

function labelsOf({ labels }: Pick<SeriesMeaning, 'labels'>): Record<string, string> {
  return Object.fromEntries(labels.map(({ name, value }) => [name, value]))
}

function count(many: number, noun: string): string {
  return `${String(many)} ${noun}`
}
