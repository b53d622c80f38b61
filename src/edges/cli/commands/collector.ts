import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { registerHa } from './collector-ha.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput, renderTable, type Output } from '../output.ts'

interface Amount {
  readonly samples: number
  readonly samplesPerSecond: number
}

interface CollectorBody {
  readonly sentence: string
  readonly findings: readonly { readonly text: string; readonly action: string }[]
  readonly intake: { readonly protocols: readonly (Amount & { readonly protocol: string })[] }
  readonly accounts: {
    readonly outcomes: readonly (Amount & { readonly outcome: string })[]
    readonly reasons: readonly (Amount & { readonly reason: string; readonly meaning: string })[]
  }
  readonly refused: readonly {
    readonly reason: string
    readonly requests: number
    readonly meaning: string
  }[]
}

export const register: Register = (program, context) => {
  const collector = program.command('collector').description('what takes metrics in')
  withClientOptions(collector.command('status'))
    .description('tells how it does and what to do; exit code 1 when something is wrong')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry collector status\n  tenantry collector status --json',
    )
    .action(async (options: ClientOptions) => {
      const status = await clientOf(options).get<CollectorBody>('/api/v1/collector')
      const output = openOutput(options.json === true)
      output.line(status.sentence)
      for (const { text, action } of status.findings) output.line(`- ${text}. ${action}`)
      showIntake(output, status)
      showReasons(output, status)
      output.value(status)
      if (status.findings.length > 0) context.exitCode = EXIT.notSo
    })
  registerHa(collector)
}

function showIntake(output: Output, { intake, accounts }: CollectorBody): void {
  const protocols = intake.protocols.map((row) => [
    `in by ${row.protocol}`,
    row.samples,
    perSecond(row.samplesPerSecond),
  ])
  const outcomes = accounts.outcomes.map((row) => [
    row.outcome,
    row.samples,
    perSecond(row.samplesPerSecond),
  ])
  output.line('')
  output.line(renderTable(['SAMPLES', 'ALL', 'A SECOND'], [...protocols, ...outcomes]))
}

function showReasons(output: Output, { accounts, refused }: CollectorBody): void {
  const samples = accounts.reasons.map((row) => [row.reason, row.samples, row.meaning])
  const requests = refused.map((row) => [row.reason, row.requests, row.meaning])
  if (samples.length + requests.length === 0) return
  output.line('')
  output.line(renderTable(['REASON', 'COUNT', 'MEANING'], [...samples, ...requests]))
}

function perSecond(rate: number): string {
  return rate.toFixed(1)
}
