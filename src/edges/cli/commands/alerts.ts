import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface AlertBody {
  readonly tenantId: string
  readonly key: string
  readonly state: string
  readonly action: string
  readonly summary: string
}

export const register: Register = (program) => {
  const alerts = program.command('alerts').description('what fires and what fired')
  withClientOptions(alerts.command('list'))
    .description('lists alerts, newest first')
    .option('--state <STATE>', 'firing or resolved')
    .option('--tenant <ID>', 'only of this tenant')
    .addHelpText('after', '\nExample:\n  tenantry alerts list --state firing')
    .action(
      async (options: ClientOptions & { readonly state?: string; readonly tenant?: string }) => {
        const query = new URLSearchParams({ limit: '100' })
        if (options.state !== undefined) query.set('state', options.state)
        if (options.tenant !== undefined) query.set('tenantId', options.tenant)
        const { items } = await clientOf(options).get<{ items: AlertBody[] }>(
          `/api/v1/alerts?${query.toString()}`,
        )
        const output = openOutput(options.json === true)
        const rows = items.map((row) => [row.tenantId, row.key, row.state, row.action, row.summary])
        output.line(renderTable(['TENANT', 'KEY', 'STATE', 'ACTION', 'SUMMARY'], rows))
        output.value(items)
      },
    )
}
