import type { Command } from 'commander'
import { isoTime } from '../../../core/time.ts'
import { readPages } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface AlertBody {
  readonly tenantId: string
  readonly key: string
  readonly state: string
  readonly action: string
  readonly summary: string
}

interface ToldBody extends AlertBody {
  readonly ownKey: string | null
  readonly endsAtMs: number
  readonly toldAtMs: number
  readonly endReason: string | null
}

interface ListOptions extends ClientOptions {
  readonly state?: string
  readonly tenant?: string
}

export const register: Register = (program) => {
  const alerts = program.command('alerts').description('what fires and what fired')
  registerList(alerts)
  registerTold(alerts)
}

function registerList(alerts: Command): void {
  withClientOptions(alerts.command('list'))
    .description('lists alerts, newest first')
    .option('--state <STATE>', 'firing or resolved')
    .option('--tenant <ID>', 'only of this tenant')
    .addHelpText('after', '\nExample:\n  tenantry alerts list --state firing')
    .action(async (options: ListOptions) => {
      const query = new URLSearchParams({ limit: '100', ...queryOf(options) })
      const { items } = await clientOf(options).get<{ items: AlertBody[] }>(
        `/api/v1/alerts?${query.toString()}`,
      )
      const output = openOutput(options.json === true)
      const rows = items.map((row) => [row.tenantId, row.key, row.state, row.action, row.summary])
      output.line(renderTable(['TENANT', 'KEY', 'STATE', 'ACTION', 'SUMMARY'], rows))
      output.value(items)
    })
}

function registerTold(alerts: Command): void {
  withClientOptions(alerts.command('told'))
    .description('lists alerts that an Alertmanager or Prometheus told of, told last first')
    .option('--state <STATE>', 'firing, silent (its source says nothing any more) or resolved')
    .option('--tenant <ID>', 'only of this tenant')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry alerts told\n  tenantry alerts told --state silent',
    )
    .action(async (options: ListOptions) => {
      const query = { limit: '500', ...queryOf(options) }
      const pages = await readPages<ToldBody>(clientOf(options), '/api/v1/alerts/told', query)
      const items = pages.flatMap((page) => page.items)
      const output = openOutput(options.json === true)
      const rows = items.map((row) => [
        row.tenantId,
        row.key,
        stateOf(row),
        row.action,
        isoTime(row.toldAtMs),
        row.ownKey === null ? row.summary : `is ${row.ownKey} of our own record`,
      ])
      output.line(renderTable(['TENANT', 'KEY', 'STATE', 'ACTION', 'TOLD', 'SUMMARY'], rows))
      output.value(items)
    })
}

function stateOf({ state, endReason }: ToldBody): string {
  return endReason === 'source-silent' ? 'resolved (source silent)' : state
}

function queryOf({ state, tenant }: ListOptions): Record<string, string> {
  return {
    ...(state === undefined ? {} : { state }),
    ...(tenant === undefined ? {} : { tenantId: tenant }),
  }
}
