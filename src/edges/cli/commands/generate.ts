/** `tenantry generate`: artefacts as code, made from configuration files alone. */
import { InvalidArgumentError, Option } from 'commander'
import { TenantryError } from '../../../core/errors.ts'
import { leftOutSlos } from '../../../codegen/alerts/rule-files.ts'
import {
  DEFAULT_OPTIONS,
  READINGS,
  type CodegenInput,
  type ReadingName,
} from '../../../codegen/input.ts'
import { artefactsOf, TARGET_NAMES, TARGETS } from '../../../codegen/targets.ts'
import { driftOf, isDrift, writeArtefacts, type Drift } from '../../../codegen/write.ts'
import { allSlos } from '../../../domain/slo/slo.ts'
import type { Register } from '../command.ts'
import { readConfigDirectory } from '../config-directory.ts'
import { CLI_ERRORS } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import { counted, openOutput } from '../output.ts'

interface GenerateOptions {
  readonly out: string
  readonly target: readonly string[]
  readonly config?: string
  readonly check?: boolean
  readonly json?: boolean
  readonly reads: ReadingName
  readonly anchored?: boolean
  readonly slothNames?: boolean
  readonly tenantLabel: string
  readonly durationMetric: string
  readonly codeLabel: string
  readonly maxRules: number
  readonly maxGroups: number
  readonly runbooks: string
}

const { platform } = DEFAULT_OPTIONS

export const register: Register = (program, context) => {
  program
    .command('generate')
    .description('writes rules, alerts and runbooks for other systems; asks no server')
    .requiredOption('--out <DIR>', 'the folder that holds alerts/')
    .addOption(
      new Option('--target <NAMES>', `by commas: ${TARGET_NAMES.join(', ')}`)
        .argParser(readTargets)
        .default(TARGET_NAMES, 'all'),
    )
    .option('--config <DIR>', 'a directory of YAML files, or one file; without it the usual SLOs')
    .option('--check', 'write nothing; exit with 1 where files differ from what would be written')
    .addOption(
      new Option('--reads <WHAT>', "what rules count by: Tenantry's series, or the platform's own")
        .choices(READINGS)
        .default(DEFAULT_OPTIONS.reads),
    )
    .option(
      '--anchored',
      'increase(… anchored), exact; Prometheus needs promql-extended-range-selectors',
    )
    .option('--sloth-names', "record under the names of Sloth's dashboards as well")
    .option('--tenant-label <NAME>', "the platform's label of the tenant", platform.tenantLabel)
    .option(
      '--duration-metric <NAME>',
      "the platform's histogram of requests",
      platform.durationMetric,
    )
    .option('--code-label <NAME>', "the platform's label of the status code", platform.codeLabel)
    .option('--max-rules <N>', 'in one group', readCount, DEFAULT_OPTIONS.maxRulesPerGroup)
    .option('--max-groups <N>', 'of one target', readCount, DEFAULT_OPTIONS.maxGroups)
    .option('--runbooks <URL>', 'what alerts link to', DEFAULT_OPTIONS.runbooks)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `\nTargets:\n${targetLines()}` +
        '\n\nExamples:\n  tenantry generate --out .' +
        '\n  tenantry generate --out build --target prometheus,operator --config config' +
        '\n  tenantry generate --out . --check',
    )
    .action((options: GenerateOptions) => {
      const output = openOutput(options.json === true)
      const input = inputOf(options)
      const artefacts = artefactsOf(options.target, input)
      const isCheck = options.check === true
      const drift = isCheck
        ? driftOf(options.out, artefacts)
        : writeArtefacts(options.out, artefacts)
      for (const line of driftLines(drift, isCheck)) output.line(line)
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

function inputOf(options: GenerateOptions): CodegenInput {
  const { config, reads, tenantLabel, durationMetric, codeLabel, runbooks } = options
  const files = config === undefined ? undefined : readConfigDirectory(config)
  const problem = files?.problems[0]
  if (problem !== undefined) {
    const { file, line, message } = problem
    throw new TenantryError(CLI_ERRORS.badConfig, `reading ${config!}: ${file}:${line}: ${message}`)
  }
  return {
    slos: allSlos({ slos: files?.slo.slos ?? [] }),
    options: {
      reads,
      anchored: options.anchored === true,
      slothNames: options.slothNames === true,
      platform: { tenantLabel, durationMetric, codeLabel },
      maxRulesPerGroup: options.maxRules,
      maxGroups: options.maxGroups,
      runbooks,
    },
  }
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
  const unknown = names.find((name) => !TARGET_NAMES.includes(name))
  if (unknown === undefined) return names
  throw new InvalidArgumentError(
    `there is no target ${unknown}; there are ${TARGET_NAMES.join(', ')}.`,
  )
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError('expected a number of 1 or more.')
  return Number(text)
}
