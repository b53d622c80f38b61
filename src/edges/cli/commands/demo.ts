import { runDemo } from '../../../demo.ts'
import { readSettings } from '../../../machinery/runtime/settings.ts'
import type { Register } from '../command.ts'
import { untilStopped } from '../signals.ts'

interface DemoOptions {
  readonly data?: string
  readonly host?: string
  readonly port?: string
}

export const register: Register = (program) => {
  program
    .command('demo')
    .description(
      'everything with a sample platform: 12 tenants, 30 days of history, live traffic and faults',
    )
    .option('--data <DIR>', 'where the demo is kept (default ./data/demo)')
    .option('--host <HOST>', 'the address to listen at (default 127.0.0.1)')
    .option('--port <PORT>', 'the port to listen at (default 7400)')
    .action(async (options: DemoOptions) => {
      const settings = readSettings({
        dataDirectory: options.data ?? 'data/demo',
        ...(options.host === undefined ? {} : { host: options.host }),
        ...(options.port === undefined ? {} : { port: options.port }),
      })
      const demo = await runDemo(settings, (text) => process.stdout.write(`${text}\n`))
      try {
        await untilStopped()
      } finally {
        await demo.stop()
      }
    })
}
