/**
 * The command line: argv in, exit code out. Each command is a file in `commands/` that exports
 * `register`.
 */
import { Command, CommanderError } from 'commander'
import { isTenantryError } from '../../core/errors.ts'
import { readVersion } from '../../machinery/runtime/paths.ts'
import { register as alerts } from './commands/alerts.ts'
import { register as impacts } from './commands/impacts.ts'
import { register as apply } from './commands/apply.ts'
import { register as artefacts } from './commands/artefacts.ts'
import { register as audit } from './commands/audit.ts'
import { register as cardinality } from './commands/cardinality.ts'
import { register as collector } from './commands/collector.ts'
import { register as demo } from './commands/demo.ts'
import { register as deploy } from './commands/deploy.ts'
import { register as doctor } from './commands/doctor.ts'
import { register as engine } from './commands/engine.ts'
import { register as generate } from './commands/generate.ts'
import { register as key } from './commands/key.ts'
import { register as loadTests } from './commands/load-tests.ts'
import { register as mapping } from './commands/mapping.ts'
import { register as report } from './commands/report.ts'
import { register as scrape } from './commands/scrape.ts'
import { register as serve } from './commands/serve.ts'
import { register as signals } from './commands/signals.ts'
import { register as signIn } from './commands/sign-in.ts'
import { register as slo } from './commands/slo.ts'
import { register as tenant } from './commands/tenant.ts'
import { register as validate } from './commands/validate.ts'
import type { CommandContext } from './command.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'

const COMMANDS = [
  demo,
  serve,
  validate,
  generate,
  artefacts,
  apply,
  tenant,
  key,
  signIn,
  slo,
  report,
  signals,
  loadTests,
  alerts,
  impacts,
  deploy,
  collector,
  cardinality,
  scrape,
  engine,
  mapping,
  audit,
  doctor,
]

/** Runs one command line and tells the exit code. Never throws; what failed is said on stderr. */
export async function runCli(argv: readonly string[]): Promise<ExitCode> {
  const context: CommandContext = { exitCode: EXIT.ok }
  const program = new Command('tenantry')
    .description('The operations desk of a multi-tenant platform.')
    .version(readVersion())
    .showHelpAfterError('Run with --help for usage and examples.')
    .exitOverride()
  for (const register of COMMANDS) register(program, context)
  try {
    await program.parseAsync(['node', 'tenantry', ...argv])
    return context.exitCode
  } catch (error) {
    return explain(error)
  }
}

function explain(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (!isTenantryError(error)) {
    process.stderr.write(defectText(error))
    return EXIT.operatingFailure
  }
  process.stderr.write(`error: ${error.message} (${error.code})\n`)
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    process.stderr.write(`  because: ${cause.message}\n`)
  }
  process.stderr.write(`hint: ${error.hint}\n`)
  return EXIT.operatingFailure
}

/**
 * What the machine refuses says enough by its name; anything else is a defect, which its stack
 * explains to whoever mends it.
 */
function defectText(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return `error: ${error.message} (${error.code})\nhint: The machine refused it: check paths, permissions and free space.\n`
  }
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `error: this is a defect of Tenantry (INTERNAL)\nhint: Report it with these lines:\n${told}\n`
}
