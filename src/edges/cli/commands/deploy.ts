import type { Command } from 'commander'
import { isoTime } from '../../../core/time.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { readPages } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface DeployBody {
  readonly deployId: string
  readonly service: string
  readonly version: string
  readonly atMs: number
  readonly tenants: 'all' | readonly string[]
}

interface RecordOptions extends ClientOptions {
  readonly service: string
  readonly deployed: string
  readonly tenants?: string
  readonly time?: string
  readonly id?: string
  readonly source: string
}

interface ListOptions extends ClientOptions {
  readonly tenant?: string
  readonly service?: string
  readonly from?: string
  readonly to?: string
}

const PATH = '/api/v1/events/deploy'

export const register: Register = (program) => {
  const deploy = program.command('deploy').description('what was put into service when')
  registerRecord(deploy)
  registerList(deploy)
}

function registerRecord(deploy: Command): void {
  withClientOptions(deploy.command('record'))
    .description('records that a version of a service was put into service')
    .requiredOption('--service <NAME>', 'the service')
    .requiredOption('--deployed <VERSION>', 'the version that it has now')
    .option('--tenants <IDS>', 'only for these tenants, with commas (default all)')
    .option('--time <INSTANT>', 'when, as RFC 3339 (default now)')
    .option('--id <ID>', 'names the deploy, so that it is recorded once however often it is told')
    .option('--source <URI>', 'who tells it', 'tenantry-cli')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry deploy record --service api --deployed 2026.11.3 --id "$CI_PIPELINE_ID"' +
        '\n  tenantry deploy record --service api --deployed 2026.11.4 --tenants acme,bolt',
    )
    .action(async (options: RecordOptions) => {
      const { service, deployed: version, tenants, time, id, source } = options
      const data = {
        service,
        version,
        ...(tenants === undefined ? {} : { tenants: split(tenants) }),
      }
      const event = {
        specversion: '1.0',
        id: id ?? randomToken(12),
        source,
        type: 'dev.tenantry.deploy',
        ...(time === undefined ? {} : { time }),
        data,
      }
      const type = 'application/cloudevents+json'
      const recorded = await clientOf(options).post<DeployBody>(PATH, event, type)
      const output = openOutput(options.json === true)
      output.line(`recorded ${service} ${version} at ${isoTime(recorded.atMs)}`)
      output.value(recorded)
    })
}

function registerList(deploy: Command): void {
  withClientOptions(deploy.command('list'))
    .description('lists deploys, newest first')
    .option('--tenant <ID>', 'only those that concern this tenant')
    .option('--service <NAME>', 'only of this service')
    .option('--from <INSTANT>', 'epoch milliseconds or RFC 3339')
    .option('--to <INSTANT>', 'before this instant')
    .addHelpText(
      'after',
      '\nExample:\n  tenantry deploy list --tenant acme --from 2026-11-24T00:00:00Z',
    )
    .action(async ({ tenant, service, from, to, ...options }: ListOptions) => {
      const asked = { tenantId: tenant, service, from, to, limit: '500' }
      const query = Object.fromEntries(
        Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined),
      )
      const pages = await readPages<DeployBody>(clientOf(options), PATH, query)
      const deploys = pages.flatMap(({ items }) => items)
      const output = openOutput(options.json === true)
      const rows = deploys.map((each) => [
        isoTime(each.atMs),
        each.service,
        each.version,
        each.tenants === 'all' ? 'all' : each.tenants.join(','),
      ])
      output.line(renderTable(['TIME', 'SERVICE', 'VERSION', 'TENANTS'], rows))
      output.value(deploys)
    })
}

function split(text: string): string[] {
  return text.split(',').map((part) => part.trim())
}
