import type { Command } from 'commander'
import { readPages } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { readText } from '../config-directory.ts'
import { openOutput, renderTable } from '../output.ts'

interface TenantBody {
  readonly tenantId: string
  readonly name: string
  readonly tier: string
  readonly region: string
  readonly isolation: string
  readonly status: { readonly state: string }
  readonly generation: number
}

interface CreateOptions extends ClientOptions {
  readonly id: string
  readonly name?: string
  readonly tier: string
  readonly region: string
  readonly isolation: string
  readonly alias?: readonly string[]
}

export const register: Register = (program) => {
  const tenant = program.command('tenant').description('the registry of tenants')
  registerCreate(tenant)
  registerList(tenant)
  registerShow(tenant)
  registerUpdate(tenant)
}

function registerCreate(tenant: Command): void {
  withClientOptions(tenant.command('create'))
    .description('adds a tenant')
    .requiredOption('--id <ID>', 'lower-case letters, digits and inner hyphens; never changes')
    .option('--name <NAME>', 'the display name; the id by default')
    .requiredOption('--tier <TIER>', 'starter, professional or enterprise')
    .requiredOption('--region <REGION>', 'such as eu-central-1')
    .option('--isolation <LEVEL>', 'shared, dedicated or isolated', 'shared')
    .option('--alias <NAME...>', 'other names under which metrics report the tenant')
    .addHelpText(
      'after',
      '\nExample:\n  tenantry tenant create --id acme --name "Acme" --tier enterprise --region eu-central-1',
    )
    .action(async (options: CreateOptions) => {
      const output = openOutput(options.json === true)
      const created = await clientOf(options).post<TenantBody>('/api/v1/tenants', {
        tenantId: options.id,
        name: options.name ?? options.id,
        tier: options.tier,
        region: options.region,
        isolation: options.isolation,
        ...(options.alias === undefined ? {} : { aliases: options.alias }),
      })
      output.line(`created ${created.tenantId} (${created.tier}, ${created.status.state})`)
      output.value(created)
    })
}

function registerList(tenant: Command): void {
  withClientOptions(tenant.command('list'))
    .description('lists tenants')
    .option('--tier <TIER>', 'only this tier')
    .addHelpText('after', '\nExample:\n  tenantry tenant list --tier enterprise --json')
    .action(async (options: ClientOptions & { readonly tier?: string }) => {
      const output = openOutput(options.json === true)
      const tenants = await listTenants(options)
      const rows = tenants.map((row) => [
        row.tenantId,
        row.name,
        row.tier,
        row.region,
        row.status.state,
      ])
      output.line(renderTable(['TENANT', 'NAME', 'TIER', 'REGION', 'STATE'], rows))
      output.value(tenants)
    })
}

async function listTenants(
  options: ClientOptions & { readonly tier?: string },
): Promise<TenantBody[]> {
  const query = { limit: '200', ...(options.tier === undefined ? {} : { tier: options.tier }) }
  const pages = await readPages<TenantBody>(clientOf(options), '/api/v1/tenants', query)
  return pages.flatMap((page) => page.items)
}

function registerShow(tenant: Command): void {
  withClientOptions(tenant.command('show <id>'))
    .description('shows a tenant whole')
    .addHelpText('after', '\nExample:\n  tenantry tenant show acme')
    .action(async (id: string, options: ClientOptions) => {
      const shown = await clientOf(options).get(`/api/v1/tenants/${encodeURIComponent(id)}`)
      openOutput(true).value(shown)
    })
}

function registerUpdate(tenant: Command): void {
  withClientOptions(tenant.command('update <id>'))
    .description('changes a tenant by a JSON merge patch (RFC 7396)')
    .option('--set <PATCH>', 'the patch as JSON')
    .option('--file <FILE>', 'the patch as a JSON file')
    .addHelpText(
      'after',
      `\nExample:\n  tenantry tenant update acme --set '{"tier":"professional"}'`,
    )
    .action(
      async (
        id: string,
        options: ClientOptions & { readonly set?: string; readonly file?: string },
        command: Command,
      ) => {
        const text = options.file === undefined ? options.set : readText(options.file)
        if (text === undefined) return command.error('error: give --set or --file')
        const patch = parsePatch(text, command)
        const output = openOutput(options.json === true)
        const updated = await clientOf(options).patch<TenantBody>(
          `/api/v1/tenants/${encodeURIComponent(id)}`,
          patch,
        )
        output.line(`updated ${updated.tenantId} (generation ${String(updated.generation)})`)
        output.value(updated)
      },
    )
}

function parsePatch(text: string, command: Command): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return command.error(`error: the patch is not JSON: ${(error as Error).message}`)
  }
}
