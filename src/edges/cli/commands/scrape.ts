import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput, renderTable } from '../output.ts'

interface TargetBody {
  readonly job: string
  readonly url: string
  readonly health: string
  readonly samplesScraped: number
  readonly lastDurationSeconds: number | null
  readonly lastError: string | null
}

export const register: Register = (program, context) => {
  const scrape = program.command('scrape').description('what is pulled from exporters')
  withClientOptions(scrape.command('targets'))
    .description(
      'lists targets with their last scrape; exit code 1 when one is down or not as configured',
    )
    .addHelpText('after', '\nExample:\n  tenantry scrape targets')
    .action(async (options: ClientOptions) => {
      const { items, problems } = await clientOf(options).get<{
        items: TargetBody[]
        problems: string[]
      }>('/api/v1/scrape/targets')
      const output = openOutput(options.json === true)
      const rows = items.map((row) => [
        row.job,
        row.url,
        row.health,
        String(row.samplesScraped),
        row.lastDurationSeconds === null ? '' : `${row.lastDurationSeconds.toFixed(3)} s`,
        row.lastError ?? '',
      ])
      output.line(renderTable(['JOB', 'TARGET', 'HEALTH', 'SAMPLES', 'TOOK', 'ERROR'], rows))
      for (const problem of problems) output.note(`problem: ${problem}`)
      output.value({ items, problems })
      if (problems.length > 0 || items.some(({ health }) => health === 'down'))
        context.exitCode = EXIT.notSo
    })
}
