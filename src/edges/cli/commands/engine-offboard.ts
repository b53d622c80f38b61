/** `tenantry engine offboard`: a tenant is got out of an engine, step by step. */
import type { Command } from 'commander'
import { isoTime } from '../../../core/time.ts'
import { clientOf, withClientOptions, type ClientOptions, type CommandContext } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput, renderTable } from '../output.ts'

interface OffboardOptions extends ClientOptions {
  readonly tenant?: string
  readonly yes?: boolean
}

interface Offboard {
  readonly tenantId: string
  readonly begunAtMs: number
  readonly endedAtMs: number | null
  readonly steps: readonly {
    readonly name: string
    readonly state: 'pending' | 'done' | 'waiting' | 'failed'
    readonly detail: string | null
  }[]
}

export function registerOffboard(engine: Command, context: CommandContext): void {
  withClientOptions(engine.command('offboard <name>'))
    .description('deletes what an engine still has of a tenant that it serves no more')
    .option('--tenant <ID>', 'whom; without it those that were, and how far that is')
    .option('--yes', 'delete it')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry engine offboard eu-mimir' +
        '\n  tenantry engine offboard eu-mimir --tenant acme --yes' +
        '\n\nIt may be asked again: what is done is not done twice. The server goes on by itself while the' +
        '\nengine takes its time. Exit code 1: something of it may still be there.',
    )
    .action(async (name: string, options: OffboardOptions) => {
      const output = openOutput(options.json === true)
      const client = clientOf(options)
      const path = `/api/v1/engines/${encodeURIComponent(name)}`
      const { tenant: tenantId, yes } = options
      if (tenantId === undefined) {
        const { items } = await client.get<{ items: Offboard[] }>(`${path}/offboards`)
        const rows = items.map((item) => [
          item.tenantId,
          isoTime(item.begunAtMs),
          item.endedAtMs === null ? 'not yet' : isoTime(item.endedAtMs),
          stepsText(item),
        ])
        output.line(renderTable(['TENANT', 'BEGUN', 'GONE', 'STEPS'], rows))
        output.value({ items })
        return
      }
      if (yes !== true) {
        output.note(`nothing was deleted: give --yes to delete all that ${name} has of ${tenantId}`)
        context.exitCode = EXIT.notSo
        return
      }
      const done = await client.post<Offboard>(`${path}/offboard`, { tenantId })
      const state = done.endedAtMs === null ? 'not gone yet' : 'gone'
      output.line(`${tenantId}: ${state}: ${stepsText(done)}`)
      output.value(done)
      if (done.endedAtMs === null) context.exitCode = EXIT.notSo
    })
}

/** Worked: `rules done, data done, gone waiting`. */
function stepsText({ steps }: Offboard): string {
  return steps
    .map(({ name, state, detail }) => `${name} ${state}${detail === null ? '' : ` (${detail})`}`)
    .join(', ')
}
