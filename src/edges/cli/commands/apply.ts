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
      'makes tenants, attribution, mapping, SLOs and budget policies what files say; changes nothing when a file has a problem',
    )
    .requiredOption('-f, --file <DIR>', 'a directory of YAML files, or one file')
    .addHelpText('after', '\nExample:\n  tenantry apply -f config')
    .action(async (options: ClientOptions & { readonly file: string }) => {
      const output = openOutput(options.json === true)
      const { tenants, attribution, mapping, slo, problems } = readConfigDirectory(options.file)
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
      const rules: { rules: string; change: Change }[] = []
      const replace = async (what: string, body: unknown): Promise<void> => {
        const { changed } = await client.put<{ changed: boolean }>(`/api/v1/${what}`, body)
        const change = changed ? 'updated' : 'unchanged'
        rules.push({ rules: what, change })
        output.line(`${what}: ${change}`)
      }
      if (attribution !== undefined) await replace('attribution', { rules: attribution })
      if (mapping !== undefined) await replace('mapping', { rows: mapping })
      if (Object.keys(slo).length > 0) await replace('slo/book', slo)
      output.value([...changes, ...rules])
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
