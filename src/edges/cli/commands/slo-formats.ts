/** `tenantry slo import` and `tenantry slo export`: SLOs in the formats of other tools. */
import { Option, type Command } from 'commander'
import {
  allSlos,
  EXPORT_FORMATS,
  exportSlos,
  IMPORT_FORMATS,
  importSlos,
  type ExportFormat,
  type Finding,
  type ImportedSlos,
  type ImportFormat,
  type SloSpec,
} from '../../../domain/slo/slo.ts'
import { systemClock } from '../../../machinery/runtime/clock.ts'
import { clientOf, withClientOptions, type ClientOptions, type CommandContext } from '../command.ts'
import { readConfigDirectory, readTexts } from '../config-directory.ts'
import { EXIT } from '../exit-codes.ts'
import { counted, openOutput, type Output } from '../output.ts'
import { writeFiles } from '../write-files.ts'

interface ImportOptions {
  readonly from: ImportFormat | 'auto'
  readonly out?: string
  readonly force?: boolean
  readonly json?: boolean
}

export function registerImport(slo: Command, context: CommandContext): void {
  slo
    .command('import <file...>')
    .description(
      'turns SLOs of other tools into configuration; what cannot be carried over is listed with its place',
    )
    .addOption(
      new Option('--from <FORMAT>', 'instead of what each document says')
        .choices(['auto', ...IMPORT_FORMATS])
        .default('auto'),
    )
    .option('--out <DIR>', 'write a file for each SLO there instead of printing them')
    .option('--force', 'write over files that are there')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo import slos.yaml' +
        '\n  tenantry slo import services/ alerts/policies.yaml --from openslo --out config/slos' +
        '\n  tenantry slo import sloth.yml --json',
    )
    .action((files: string[], options: ImportOptions) => {
      const output = openOutput(options.json === true)
      const imported = readSlos(files, options.from)
      const { slos, findings } = imported
      const written = exportFiles(slos.map(({ spec }) => spec))
      if (options.out === undefined) output.text(written.map(({ text }) => text).join('---\n'))
      else {
        const paths = writeFiles(options.out, written, { force: options.force === true })
        for (const path of paths) output.line(path)
      }
      noteFindings(output, imported)
      output.value({
        slos: slos.map(({ spec, format, place }) => ({ ...place, format, spec })),
        findings,
      })
      if (findings.some(({ kind }) => kind === 'refused')) context.exitCode = EXIT.notSo
    })
}

/** Reads files of any format, and directories of them. Throws CLI_NOT_READABLE. */
export function readSlos(paths: readonly string[], from: ImportFormat | 'auto'): ImportedSlos {
  const nowMs = systemClock().nowMs()
  return importSlos(paths.flatMap(readTexts), from === 'auto' ? { nowMs } : { from, nowMs })
}

/** One file an SLO, so that a change of one is a change of its file. */
function exportFiles(specs: readonly SloSpec[]): { name: string; text: string }[] {
  const nowMs = systemClock().nowMs()
  return specs.flatMap((spec) =>
    exportSlos([spec], { to: 'tenantry', nowMs }).files.map(({ text }) => {
      return { name: `${spec.sloId}.yaml`, text }
    }),
  )
}

function noteFindings(output: Output, { slos, findings }: ImportedSlos): void {
  for (const finding of findings) output.note(findingLine(finding))
  const counts = (['refused', 'left-out', 'note'] as const).map((kind) => {
    return `${findings.filter((finding) => finding.kind === kind).length} ${WORDS[kind]}`
  })
  output.note(`${counted(slos.length, 'SLO')} carried over: ${counts.join(', ')}`)
}

const WORDS = { refused: 'refused', 'left-out': 'left out', note: 'to know' } as const

/** Worked: slos.yaml:12:5: left out: spec.alertPolicies: has no counterpart … */
export function findingLine({ file, line, column, kind, field, message }: Finding): string {
  return [`${file}:${line}:${column}`, WORDS[kind], field, message]
    .filter((part) => part !== '')
    .join(': ')
}

interface ExportOptions extends ClientOptions {
  readonly to: ExportFormat
  readonly file?: string
  readonly out?: string
  readonly force?: boolean
}

export function registerExport(slo: Command, context: CommandContext): void {
  withClientOptions(slo.command('export [slo...]'))
    .description(
      'writes the SLOs of a running server, or of configuration files, in the format of another tool',
    )
    .addOption(
      new Option('--to <FORMAT>', 'sloth-crd is a PrometheusServiceLevel')
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .option('-f, --file <DIR>', 'a directory of YAML files, or one file, instead of a server')
    .option('--out <DIR>', 'write files there instead of printing them')
    .option('--force', 'write over files that are there')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo export --to openslo' +
        '\n  tenantry slo export error-rate --to sloth -f config' +
        '\n  tenantry slo export --to pyrra --out manifests',
    )
    .action(async (names: string[], options: ExportOptions) => {
      const output = openOutput(options.json === true)
      const all = await sloSpecs(options)
      const specs = names.length === 0 ? all : all.filter(({ sloId }) => names.includes(sloId))
      for (const name of names.filter((one) => all.every(({ sloId }) => sloId !== one))) {
        output.note(`there is no SLO ${name}`)
        context.exitCode = EXIT.notSo
      }
      const nowMs = systemClock().nowMs()
      const { files, leftOut, refused } = exportSlos(specs, { to: options.to, nowMs })
      if (options.out === undefined) output.text(files.map(({ text }) => text).join('---\n'))
      else {
        const paths = writeFiles(options.out, files, { force: options.force === true })
        for (const path of paths) output.line(path)
      }
      for (const { sloId, message } of leftOut) {
        output.note(`${sloId}: ${refused.includes(sloId) ? 'refused' : 'left out'}: ${message}`)
      }
      output.value({ files, leftOut, refused })
      if (refused.length > 0) context.exitCode = EXIT.notSo
    })
}

/** Reads the SLOs that hold: of configuration files, or of a running server. Throws
 *  CLI_NOT_READABLE, CLI_NO_SERVER. */
export async function sloSpecs(
  options: ClientOptions & { readonly file?: string },
): Promise<readonly SloSpec[]> {
  if (options.file !== undefined) {
    return allSlos({ slos: readConfigDirectory(options.file).slo.slos ?? [] })
  }
  const book = await clientOf(options).get<{ slos: SloSpec[] }>('/api/v1/slo/book')
  return allSlos(book)
}
