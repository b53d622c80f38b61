/** `tenantry artefacts`: what the running server makes for other systems, against what was rolled
 *  out. */
import { Option, type Command } from 'commander'
import { writeFileSync } from 'node:fs'
import { isoTime } from '../../../core/time.ts'
import { TARGET_NAMES } from '../../../codegen/targets.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { withCodegenOptions, type CodegenFlags } from '../codegen-options.ts'
import { EXIT } from '../exit-codes.ts'
import { counted, openOutput, renderTable } from '../output.ts'

interface TargetOptions extends ClientOptions, CodegenFlags {
  readonly target: string
}

interface DiffOptions extends TargetOptions {
  readonly against?: string
  readonly names?: boolean
}

interface RollOut {
  readonly rollOutId: string
  readonly atMs: number
  readonly rolledOutBy: string
  readonly note: string
  readonly files: number
}

interface Listed {
  readonly targets: readonly {
    readonly name: string
    readonly title: string
    readonly files: readonly { readonly path: string; readonly change: string | null }[]
    readonly rolledOut: RollOut | null
    readonly removed: readonly string[]
  }[]
  readonly leftOut: readonly { readonly sloId: string; readonly why: string }[]
}

interface Diff {
  readonly rolledOut: RollOut
  readonly files: readonly {
    readonly path: string
    readonly change: 'added' | 'removed' | 'changed'
    readonly addedLines: number
    readonly removedLines: number
    readonly hunks:
      | readonly {
          readonly fromLine: number
          readonly toLine: number
          readonly lines: readonly string[]
        }[]
      | null
  }[]
  readonly same: number
}

export const register: Register = (program, context) => {
  const artefacts = program
    .command('artefacts')
    .description('what the running server makes for other systems, against what was rolled out')
  registerList(artefacts)
  registerDiff(artefacts, context)
  registerDownload(artefacts)
  registerRollOut(artefacts)
}

function registerList(artefacts: Command): void {
  withCodegenOptions(withClientOptions(artefacts.command('list', { isDefault: true })))
    .description('lists targets, and how they differ from what was rolled out')
    .addHelpText('after', '\nExamples:\n  tenantry artefacts\n  tenantry artefacts --json')
    .action(async (options: ClientOptions & CodegenFlags) => {
      const search = searchOf(options)
      const listed = await clientOf(options).get<Listed>(`/api/v1/artefacts?${search}`)
      const output = openOutput(options.json === true)
      const rows = listed.targets.map(({ name, files, rolledOut, removed }) => [
        name,
        files.length,
        rolledOut === null ? 'never' : isoTime(rolledOut.atMs),
        rolledOut === null ? '' : changesIn(files, removed),
      ])
      output.line(renderTable(['TARGET', 'FILES', 'ROLLED OUT', 'SINCE THEN'], rows))
      for (const { sloId, why } of listed.leftOut) output.note(`${sloId}: left out: ${why}`)
      output.value(listed)
    })
}

function registerDiff(artefacts: Command, context: Parameters<Register>[1]): void {
  withTarget(artefacts.command('diff'))
    .description('shows what would change, line by line; exits with 1 where something would')
    .option('--against <ROLL-OUT>', 'another one than the last')
    .option('--names', 'only which files differ, and by how many lines')
    .addHelpText('after', '\nExamples:\n  tenantry artefacts diff --target prometheus')
    .action(async (options: DiffOptions) => {
      const { target, against } = options
      const more = { target, ...(against === undefined ? {} : { against }) }
      const search = searchOf(options, more)
      const diff = await clientOf(options).get<Diff>(`/api/v1/artefacts/diff?${search}`)
      const output = openOutput(options.json === true)
      for (const file of diff.files) {
        output.text(options.names === true ? namedDiff(file) : patchOf(file))
      }
      const since = `since ${isoTime(diff.rolledOut.atMs)}`
      output.note(`${counted(diff.files.length, 'file')} differ ${since}, ${diff.same} do not`)
      output.value(diff)
      if (diff.files.length > 0) context.exitCode = EXIT.notSo
    })
}

function registerDownload(artefacts: Command): void {
  withTarget(artefacts.command('download'))
    .description('writes the files of a target as one .tar.gz')
    .requiredOption('--out <FILE>', 'where to')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry artefacts download --target mimir --out mimir.tar.gz',
    )
    .action(async (options: TargetOptions & { readonly out: string }) => {
      const search = searchOf(options, { target: options.target })
      const bytes = await clientOf(options).download(`/api/v1/artefacts/archive?${search}`)
      writeFileSync(options.out, bytes)
      const output = openOutput(options.json === true)
      output.line(`${options.out}: written`)
      output.value({ file: options.out, bytes: bytes.length })
    })
}

function registerRollOut(artefacts: Command): void {
  withTarget(artefacts.command('roll-out'))
    .description('keeps what a target makes now as what was rolled out')
    .option('--note <TEXT>', 'what to remember of it', '')
    .addHelpText(
      'after',
      "\nExamples:\n  tenantry artefacts roll-out --target prometheus --note 'release 12'",
    )
    .action(async (options: TargetOptions & { readonly note: string }) => {
      const { target, note } = options
      const said = Object.fromEntries(new URLSearchParams(searchOf(options)))
      const made = await clientOf(options).post<RollOut>('/api/v1/artefacts/roll-outs', {
        target,
        note,
        options: said,
      })
      const output = openOutput(options.json === true)
      output.line(`${made.rollOutId}: ${target}, ${counted(made.files, 'file')}`)
      output.value(made)
    })
}

function withTarget(command: Command): Command {
  return withCodegenOptions(withClientOptions(command)).addOption(
    new Option('--target <NAME>', 'for which system').choices(TARGET_NAMES).makeOptionMandatory(),
  )
}

function searchOf(flags: CodegenFlags, more: Readonly<Record<string, string>> = {}): string {
  const { reads, anchored, slothNames, tenantLabel, durationMetric, codeLabel } = flags
  const { maxRules, maxGroups, runbooks } = flags
  const names = { reads, anchored, slothNames, tenantLabel, durationMetric, codeLabel }
  const said = Object.entries({ ...names, maxRules, maxGroups, runbooks })
  const texts = said.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, `${value}`] as const],
  )
  return new URLSearchParams({ ...Object.fromEntries(texts), ...more }).toString()
}

function changesIn(files: Listed['targets'][number]['files'], removed: readonly string[]): string {
  const many = (change: string): number => files.filter((file) => file.change === change).length
  const parts = [
    [many('changed'), 'changed'],
    [many('added'), 'added'],
    [removed.length, 'removed'],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return said.length === 0 ? 'nothing changed' : said.join(', ')
}

function namedDiff({ path, change, addedLines, removedLines }: Diff['files'][number]): string {
  return `${path}: ${change}, +${addedLines} -${removedLines}\n`
}

function patchOf({ path, change, hunks, addedLines, removedLines }: Diff['files'][number]): string {
  const head = [
    `--- ${change === 'added' ? '/dev/null' : `a/${path}`}`,
    `+++ ${change === 'removed' ? '/dev/null' : `b/${path}`}`,
  ]
  const body = (hunks ?? []).flatMap(({ fromLine, toLine, lines }) => {
    const many = (mark: string): number =>
      lines.filter((line) => line[0] === mark || line[0] === ' ').length
    return [`@@ -${fromLine},${many('-')} +${toLine},${many('+')} @@`, ...lines]
  })
  const much = hunks === null ? [`# ${removedLines} lines before, ${addedLines} now`] : []
  return `${[...head, ...body, ...much].join('\n')}\n`
}
