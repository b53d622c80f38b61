/** `tenantry slo lint`: what is allowed to be written of an SLO and is most likely not meant. */
import { Option, InvalidArgumentError, type Command } from 'commander'
import {
  IMPORT_FORMATS,
  lintSlos,
  spanSeconds,
  type ImportFormat,
  type LintFinding,
  type SeenTraffic,
  type SloStatus,
} from '../../../domain/slo/slo.ts'
import { readPages } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions, type CommandContext } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { counted, openOutput } from '../output.ts'
import { findingLine, readSlos, sloSpecs } from './slo-formats.ts'

/** How often Prometheus scrapes in most installations, and OpenTelemetry's SDKs export at least. */
export const USUAL_SAMPLE_SPAN = '15s'

interface LintOptions extends ClientOptions {
  readonly from: ImportFormat | 'auto'
  readonly sampleInterval: number
  readonly bounds?: readonly number[]
}

export function registerLint(slo: Command, context: CommandContext): void {
  withClientOptions(slo.command('lint [file...]'))
    .description(
      'says which SLOs are most likely not meant as they are written: of files in any format, or of a running server with the traffic that it saw',
    )
    .addOption(
      new Option('--from <FORMAT>', 'instead of what each document says')
        .choices(['auto', ...IMPORT_FORMATS])
        .default('auto'),
    )
    .addOption(
      new Option('--sample-interval <SPAN>', 'how often samples come')
        .argParser(readSpan)
        .default(spanSeconds(USUAL_SAMPLE_SPAN), USUAL_SAMPLE_SPAN),
    )
    .addOption(
      new Option('--bounds <SECONDS>', 'the bounds of your histograms, by commas').argParser(
        readBounds,
      ),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo lint' +
        '\n  tenantry slo lint config sloth.yml --sample-interval 60s' +
        '\n  tenantry slo lint config --bounds 0.1,0.2,0.5,1',
    )
    .action(async (files: string[], options: LintOptions) => {
      const output = openOutput(options.json === true)
      const given = {
        sampleSeconds: options.sampleInterval,
        ...(options.bounds === undefined ? {} : { boundsSeconds: options.bounds }),
      }
      if (files.length === 0) {
        const traffic = await readTraffic(options)
        const findings = lintSlos(await sloSpecs(options), {
          ...given,
          traffic: (sloId) => traffic.get(sloId) ?? [],
        })
        for (const finding of findings) output.line(lintLine(finding))
        finish(findings.length, { findings, imports: [] })
        return
      }
      const imported = readSlos(files, options.from)
      const imports = imported.findings.filter(
        ({ kind, message }) => kind === 'refused' || message.startsWith('names no tenant label'),
      )
      const places = new Map(imported.slos.map(({ spec, place }) => [spec.sloId, place]))
      const findings = lintSlos(
        imported.slos.map(({ spec }) => spec),
        given,
      )
      for (const finding of imports) output.line(findingLine(finding))
      for (const finding of findings) {
        const { file, line, column } = places.get(finding.sloId)!
        output.line(`${file}:${line}:${column}: ${lintLine(finding)}`)
      }
      finish(findings.length + imports.length, { findings, imports })

      function finish(count: number, value: object): void {
        output.line(count === 0 ? 'nothing to say' : counted(count, 'finding'))
        output.value(value)
        if (count > 0) context.exitCode = EXIT.notSo
      }
    })
}

/** Worked: error-rate: alerts.0.budgetPercent: the fast pair never raises anything … */
export function lintLine({ rule, sloId, path, message }: LintFinding): string {
  return `${sloId}: ${path.join('.')}: ${message} (${rule})`
}

async function readTraffic(options: ClientOptions): Promise<Map<string, SeenTraffic[]>> {
  const pages = await readPages<SloStatus>(clientOf(options), '/api/v1/slo')
  const bySlo = new Map<string, SeenTraffic[]>()
  for (const { sloId, tenantId, objectivePpm, total } of pages.flatMap(({ items }) => items)) {
    const seen = bySlo.get(sloId) ?? []
    seen.push({ tenantId, targetPpm: objectivePpm, total })
    bySlo.set(sloId, seen)
  }
  return bySlo
}

function readSpan(text: string): number {
  const seconds = /^(\d{1,6}[wdhms])+$/.test(text) ? spanSeconds(text) : 0
  if (seconds > 0) return seconds
  throw new InvalidArgumentError('expected a span such as 15s')
}

function readBounds(text: string): number[] {
  const bounds = text.split(',').map(Number)
  if (bounds.every((bound) => bound > 0)) return bounds.toSorted((left, right) => left - right)
  throw new InvalidArgumentError('expected seconds, such as 0.1,0.2,0.5')
}
