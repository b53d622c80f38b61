import type { SloStatus } from '../../../domain/slo/slo.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface StatusPage {
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
      const path =
        tenant === undefined ? '/api/v1/slo' : `/api/v1/tenants/${encodeURIComponent(tenant)}/slo`
      const page = await clientOf(options).get<StatusPage>(path)
      const rows = page.items.map((item) => [
        item.tenantId,
        item.sloId,
        item.state,
        percent(item.sliRatio),
        percent(item.budgetLeftRatio),
        item.verdict,
      ])
      output.line(renderTable(['TENANT', 'SLO', 'STATE', 'SLI', 'BUDGET LEFT', 'VERDICT'], rows))
      output.value(page)
    })
}

function percent(ratio: number | null): string {
  return ratio === null ? '-' : `${(ratio * 100).toFixed(3)} %`
}
