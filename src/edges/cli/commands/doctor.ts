import { examineInstallation } from '../../../offline.ts'
import { readSettings } from '../../../machinery/runtime/settings.ts'
import type { Register } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput } from '../output.ts'

export const register: Register = (program, context) => {
  program
    .command('doctor')
    .description(
      'checks that this installation can run: Node, SQLite, the bulk worker, the portal, the data directory',
    )
    .option('--data <DIR>', 'the data directory')
    .option('--json', 'print one JSON document')
    .action(async (options: { readonly data?: string; readonly json?: boolean }) => {
      const settings = readSettings(
        options.data === undefined ? {} : { dataDirectory: options.data },
      )
      const findings = await examineInstallation(settings)
      const output = openOutput(options.json === true)
      for (const { ok, what, detail } of findings)
        output.line(`${ok ? 'ok  ' : 'BAD '} ${what}: ${detail}`)
      output.value(findings)
      if (findings.some((finding) => !finding.ok)) context.exitCode = EXIT.notSo
    })
}
