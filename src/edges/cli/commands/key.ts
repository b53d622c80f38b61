import type { Command } from 'commander'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface KeyBody {
  readonly keyId: string
  readonly name: string
  readonly role: string
  readonly tenantId: string | null
  readonly revokedAtMs: number | null
}

export const register: Register = (program) => {
  const key = program.command('key').description('keys for programs that write or read')
  registerCreate(key)
  registerList(key)
  registerRevoke(key)
}

function registerCreate(key: Command): void {
  withClientOptions(key.command('create'))
    .description('makes a key and prints it once')
    .requiredOption('--role <ROLE>', 'collector, viewer, operator or tenant-admin')
    .option('--tenant <ID>', 'binds the key to one tenant')
    .option('--name <NAME>', 'what it is for', 'made by tenantry key create')
    .addHelpText(
      'after',
      '\nExample:\n  tenantry key create --role collector --tenant acme --name "acme gateway"',
    )
    .action(
      async (
        options: ClientOptions & {
          readonly role: string
          readonly tenant?: string
          readonly name: string
        },
      ) => {
        const output = openOutput(options.json === true)
        const created = await clientOf(options).post<{ key: KeyBody; secret: string }>(
          '/api/v1/keys',
          {
            role: options.role,
            name: options.name,
            ...(options.tenant === undefined ? {} : { tenantId: options.tenant }),
          },
        )
        output.line(created.secret)
        if (!output.json)
          output.note(
            'This key is not shown again. Send it as `Authorization: Bearer KEY` or `X-API-Key: KEY`.',
          )
        output.value(created)
      },
    )
}

function registerList(key: Command): void {
  withClientOptions(key.command('list'))
    .description('lists keys, without their secrets')
    .action(async (options: ClientOptions) => {
      const output = openOutput(options.json === true)
      const { items } = await clientOf(options).get<{ items: KeyBody[] }>('/api/v1/keys')
      const rows = items.map((row) => [
        row.keyId,
        row.name,
        row.role,
        row.tenantId ?? 'all tenants',
        row.revokedAtMs === null ? 'valid' : 'revoked',
      ])
      output.line(renderTable(['KEY', 'NAME', 'ROLE', 'TENANT', 'STATE'], rows))
      output.value(items)
    })
}

function registerRevoke(key: Command): void {
  withClientOptions(key.command('revoke <id>'))
    .description('ends a key at once')
    .action(async (id: string, options: ClientOptions) => {
      await clientOf(options).delete(`/api/v1/keys/${encodeURIComponent(id)}`)
      openOutput(options.json === true).line(`revoked ${id}`)
    })
}
