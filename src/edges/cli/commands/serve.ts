import { openSystemApp, type App } from '../../../app.ts'
import { enginesFileToCome, findEnginesFile } from '../../../engines.ts'
import { findScrapeFile, scrapeFileToCome } from '../../../scraping.ts'
import { readSettings } from '../../../machinery/runtime/settings.ts'
import { readConfigDirectory } from '../config-directory.ts'
import type { Register } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { untilStopped } from '../signals.ts'

interface ServeOptions {
  readonly data?: string
  readonly host?: string
  readonly port?: string
  readonly config?: string
  readonly logSync?: string
}

export const register: Register = (program, context) => {
  program
    .command('serve')
    .description('runs the server until it is told to stop (Ctrl-C)')
    .option('--data <DIR>', 'where everything is kept (default ./data/main)')
    .option('--host <HOST>', 'the address to listen at (default 127.0.0.1)')
    .option('--port <PORT>', 'the port to listen at (default 7400; 0 takes a free one)')
    .option('--config <DIR>', 'configuration files that are applied at start')
    .option(
      '--log-sync <WHEN>',
      'what a power cut may take of what was acknowledged: always (nothing), ' +
        'interval (the last second, the default), never (what the system had not written yet)',
    )
    .addHelpText('after', '\nExample:\n  tenantry serve --data ./data/main --config ./config')
    .action(async (options: ServeOptions) => {
      const scrapeFile = options.config === undefined ? undefined : findScrapeFile(options.config)
      const enginesFile = options.config === undefined ? undefined : findEnginesFile(options.config)
      const settings = readSettings({
        ...(enginesFile === undefined ? {} : { enginesConfig: enginesFile }),
        ...(scrapeFile === undefined ? {} : { scrapeConfig: scrapeFile }),
        ...(options.data === undefined ? {} : { dataDirectory: options.data }),
        ...(options.host === undefined ? {} : { host: options.host }),
        ...(options.port === undefined ? {} : { port: options.port }),
        ...(options.logSync === undefined ? {} : { logSync: options.logSync }),
      })
      const config = options.config === undefined ? undefined : readConfigDirectory(options.config)
      if (config !== undefined && config.problems.length > 0) {
        for (const { file, line, field, message } of config.problems)
          process.stderr.write(`${file}:${String(line)}: ${field}: ${message}\n`)
        process.stderr.write('not started: mend the configuration first\n')
        context.exitCode = EXIT.notSo
        return
      }
      const app = await openSystemApp(settings, {})
      try {
        app.applyTenants(config?.tenants.map((tenant) => tenant.config) ?? [])
        if (config !== undefined) {
          app.applyRules(config)
          app.applySlos(config.slo)
        }
        if (options.config !== undefined) awaitFiles(app, options.config)
        await app.start()
        process.stdout.write(`Tenantry listens on ${app.url()}\n`)
        await untilStopped()
      } finally {
        await app.stop()
      }
    })
}

/** Files that may come later. */
function awaitFiles(app: App, directory: string): void {
  const scrape = scrapeFileToCome(directory)
  if (scrape !== undefined) app.awaitScrapeFile(scrape)
  const engines = enginesFileToCome(directory)
  if (engines !== undefined) app.awaitEnginesFile(engines)
}
