import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput } from '../output.ts'

export const register: Register = (program) => {
  withClientOptions(program.command('sign-in'))
    .description('prints a link that signs you in to the portal, once, within 15 minutes')
    .addHelpText('after', '\nExample:\n  tenantry sign-in --data ./data/demo')
    .action(async (options: ClientOptions) => {
      const client = clientOf(options)
      const { path } = await client.post<{ path: string }>('/api/v1/sign-in-links', {})
      const output = openOutput(options.json === true)
      output.line(`${client.url}${path}`)
      output.value({ url: `${client.url}${path}` })
    })
}
