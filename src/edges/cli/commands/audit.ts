import { readSettings } from '../../../machinery/runtime/settings.ts'
import { verifyAuditLog } from '../../../offline.ts'
import type { Register } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput } from '../output.ts'

export const register: Register = (program, context) => {
  program
    .command('audit')
    .description('the append-only log of administrative actions')
    .command('verify')
    .description(
      'checks every hash chain of the audit log, from the files; a server may be running',
    )
    .option('--data <DIR>', 'the data directory')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  tenantry audit verify --data ./data/main')
    .action((options: { readonly data?: string; readonly json?: boolean }) => {
      const settings = readSettings(
        options.data === undefined ? {} : { dataDirectory: options.data },
      )
      const verdict = verifyAuditLog(settings)
      const output = openOutput(options.json === true)
      output.line(
        verdict.ok
          ? `the audit log holds: ${String(verdict.entries)} entries`
          : `the audit log is broken: ${verdict.reason}`,
      )
      output.value(verdict)
      if (!verdict.ok) context.exitCode = EXIT.notSo
    })
}
