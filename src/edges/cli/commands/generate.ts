/** `tenantry generate`: artefacts as code, made from configuration files alone. */
import { InvalidArgumentError, Option } from 'commander'
import { TenantryError } from '../../../core/errors.ts'
import type { CodegenInput } from '../../../codegen/input.ts'
import { optionsOf } from '../../../codegen/options.ts'
import { artefactsOf, TARGET_NAMES, TARGETS } from '../../../codegen/targets.ts'
import { driftOf, isDrift, writeArtefacts, type Drift } from '../../../codegen/write.ts'
import { allSlos, type SloBookSpec } from '../../../domain/slo/slo.ts'
import { clientOf, type ClientOptions, type Register } from '../command.ts'
import { withCodegenOptions, type CodegenFlags } from '../codegen-options.ts'
import { readConfigDirectory } from '../config-directory.ts'
import { CLI_ERRORS } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import { counted, openOutput } from '../output.ts'

interface GenerateOptions extends CodegenFlags, ClientOptions {
  readonly out: string
  readonly target: readonly string[]
  readonly config?: string
  readonly running?: boolean
  readonly check?: boolean
}

export const register: Register = (program, context) => {
  withCodegenOptions(
    program
      .command('generate')
      .description('writes rules, alerts, dashboards and runbooks for other systems')
      .requiredOption('--out <DIR>', 'the folder that holds alerts/')
      .addOption(
        new Option('--target <NAMES>', `by commas: ${TARGET_NAMES.join(', ')}`)
          .argParser(readTargets)
          .default(TARGET_NAMES, 'all'),
      )
      .addOption(
        new Option(
          '--config <DIR>',
          'a directory of YAML files, or one file; without it the usual SLOs',
        ).conflicts('running'),
      )
      .option('--check', 'write nothing; exit with 1 where files differ from what would be written')
      .option('--running', 'the SLOs of the running server, in place of --config')
      .option('--data <DIR>', 'with --running: its data directory')
      .option('--url <URL>', 'with --running: another server; its key is taken from TENANTRY_KEY'),
  )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `\nTargets:\n${targetLines()}` +
        '\n\nExamples:\n  tenantry generate --out .' +
        '\n  tenantry generate --out build --target prometheus,operator --config config' +
        '\n  tenantry generate --out . --running --check',
    )
    .action(async (options: GenerateOptions) => {
      const output = openOutput(options.json === true)
      const input = { slos: await slosOf(options), options: optionsOf(options) }
      const artefacts = await artefactsOf(options.target, input)
      const isCheck = options.check === true
      const drift = isCheck
        ? driftOf(options.out, artefacts)
        : writeArtefacts(options.out, artefacts)
      for (const line of driftLines(drift, isCheck)) output.line(line)
      const { leftOutSlos } = await import('../../../codegen/alerts/rule-files.ts')
      const leftOut = leftOutSlos(input)
      for (const { sloId, why } of isCheck ? [] : leftOut) {
        output.note(`${sloId}: left out: ${why}`)
      }
      output.line(summary(artefacts.length, drift, isCheck))
      output.value({ files: artefacts.map(({ path }) => path), ...drift, leftOut })
      if (isCheck && isDrift(drift)) context.exitCode = EXIT.notSo
    })
}

function targetLines(): string {
  return TARGETS.map(({ name, title }) => `  ${name.padEnd(11)} ${title}`).join('\n')
}

async function slosOf(options: GenerateOptions): Promise<CodegenInput['slos']> {
  const { config, running = false } = options
  if (running) {
    const book = await clientOf(options).get<Pick<SloBookSpec, 'slos'>>('/api/v1/slo/book')
    return allSlos(book)
  }
  const files = config === undefined ? undefined : readConfigDirectory(config)
  const problem = files?.problems[0]
  if (problem !== undefined) {
    const { file, line, message } = problem
    throw new TenantryError(CLI_ERRORS.badConfig, `reading ${config!}: ${file}:${line}: ${message}`)
  }
  return allSlos({ slos: files?.slo.slos ?? [] })
}

function driftLines({ missing, changed, extra }: Drift, isCheck: boolean): string[] {
  const [is, was, gone] = isCheck
    ? ['is missing', 'differs', 'is made no more']
    : ['written', 'written anew', 'deleted']
  return [
    ...missing.map((path) => `${path}: ${is}`),
    ...changed.map((path) => `${path}: ${was}`),
    ...extra.map((path) => `${path}: ${gone}`),
  ]
}

function summary(files: number, drift: Drift, isCheck: boolean): string {
  if (!isDrift(drift)) return `${counted(files, 'file')}, all as they are to be`
  const { missing, changed, extra } = drift
  const many = missing.length + changed.length + extra.length
  return isCheck
    ? `${many} of ${counted(files, 'file')} differ: run it without --check`
    : `${counted(files, 'file')}, ${many} changed`
}

function readTargets(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  const known: readonly string[] = TARGET_NAMES
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return names
  throw new InvalidArgumentError(
    `there is no target ${unknown}; there are ${TARGET_NAMES.join(', ')}.`,
  )
}
