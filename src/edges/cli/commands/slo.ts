import type { SloStatus } from '../../../domain/slo/slo.ts'
import { readPages, type ApiClient } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface Statuses {
  readonly items: readonly SloStatus[]
  readonly asOfMs: number
}

export const register: Register = (program) => {
  const slo = program.command('slo').description('service level objectives')
  withClientOptions(slo.command('status [tenant]'))
    .description('tells how every SLO stands, of one tenant or of all')
    .addHelpText('after', '\nExamples:\n  tenantry slo status\n  tenantry slo status acme --json')
    .action(async (tenant: string | undefined, options: ClientOptions) => {
      const output = openOutput(options.json === true)
      const statuses = await readStatuses(clientOf(options), tenant)
      const rows = statuses.items.map((item) => [
        item.tenantId,
        item.sloId,
        item.state,
        percent(item.sliRatio),
        percent(item.budgetLeftRatio),
        item.verdict,
      ])
      output.line(renderTable(['TENANT', 'SLO', 'STATE', 'SLI', 'BUDGET LEFT', 'VERDICT'], rows))
      output.value(statuses)
    })
}

async function readStatuses(client: ApiClient, tenant: string | undefined): Promise<Statuses> {
  if (tenant !== undefined) {
    return client.get<Statuses>(`/api/v1/tenants/${encodeURIComponent(tenant)}/slo`)
  }
  const pages = await readPages<SloStatus, { readonly asOfMs: number }>(client, '/api/v1/slo')
  // Pages may be of different evaluations: the oldest is what all are at least as new as.
  const asOfMs = Math.min(...pages.map((page) => page.asOfMs))
  return { items: pages.flatMap((page) => page.items), asOfMs }
}

function percent(ratio: number | null): string {
  return ratio === null ? '-' : `${(ratio * 100).toFixed(3)} %`
}
