import { readConfigDirectory } from '../config-directory.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput } from '../output.ts'
import type { Register } from '../command.ts'

export const register: Register = (program, context) => {
  program
    .command('validate')
    .description('checks configuration files; opens no data and asks no server')
    .requiredOption('-f, --file <DIR>', 'a directory of YAML files, or one file')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  tenantry validate -f config')
    .action((options: { readonly file: string; readonly json?: boolean }) => {
      const output = openOutput(options.json === true)
      const { tenants, problems } = readConfigDirectory(options.file)
      for (const { file, line, column, field, message } of problems) {
        const where = `${file}:${String(line)}:${String(column)}`
        output.line([where, field, message].filter((part) => part !== '').join(': '))
      }
      const count = (many: number, noun: string): string =>
        `${String(many)} ${noun}${many === 1 ? '' : 's'}`
      output.line(`${count(tenants.length, 'tenant')} valid, ${count(problems.length, 'problem')}`)
      output.value({
        valid: problems.length === 0,
        tenants: tenants.map(({ config }) => config.tenantId),
        problems,
      })
      if (problems.length > 0) context.exitCode = EXIT.notSo
    })
}
