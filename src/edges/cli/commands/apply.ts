import { isTenantryError } from '../../../core/errors.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import type { ApiClient } from '../client.ts'
import { readConfigDirectory } from '../config-directory.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput } from '../output.ts'

type Change = 'created' | 'updated' | 'unchanged'

export const register: Register = (program, context) => {
  withClientOptions(program.command('apply'))
    .description(
      'creates or updates the tenants that files describe; changes nothing when a file has a problem',
    )
    .requiredOption('-f, --file <DIR>', 'a directory of YAML files, or one file')
    .addHelpText('after', '\nExample:\n  tenantry apply -f config')
    .action(async (options: ClientOptions & { readonly file: string }) => {
      const output = openOutput(options.json === true)
      const { tenants, problems } = readConfigDirectory(options.file)
      if (problems.length > 0) {
        for (const { file, line, field, message } of problems)
          output.note(`${file}:${String(line)}: ${field}: ${message}`)
        output.note('nothing was applied')
        context.exitCode = EXIT.notSo
        return
      }
      const client = clientOf(options)
      const changes: { tenantId: string; change: Change }[] = []
      for (const { config } of tenants) {
        const change = await applyTenant(client, config)
        changes.push({ tenantId: config.tenantId, change })
        output.line(`${config.tenantId}: ${change}`)
      }
      output.value(changes)
    })
}

async function applyTenant(
  client: ApiClient,
  config: { readonly tenantId: string },
): Promise<Change> {
  const path = `/api/v1/tenants/${encodeURIComponent(config.tenantId)}`
  const before = await client.get<{ generation: number }>(path).catch((error: unknown) => {
    if (isTenantryError(error) && error.details['status'] === 404) return undefined
    throw error
  })
  if (before === undefined) {
    await client.post('/api/v1/tenants', config)
    return 'created'
  }
  const after = await client.put<{ generation: number }>(path, config)
  return after.generation === before.generation ? 'unchanged' : 'updated'
}
