import type { SloBreakdown, SloStatus } from '../../../domain/slo/slo.ts'
import type { Command } from 'commander'
import { readPages, type ApiClient } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'
import { registerBackfill } from './slo-backfill.ts'
import { registerBacktest } from './slo-backtest.ts'
import { registerExport, registerImport } from './slo-formats.ts'
import { registerLint } from './slo-lint.ts'
import { registerCorrections } from './slo-corrections.ts'
import { registerBurndown } from './slo-burndown.ts'
import { registerExplain, registerRollUps } from './slo-explain.ts'
import { registerGate } from './slo-gate.ts'
import { registerPolicy, registerReviews } from './slo-policy.ts'
import { registerRecompute } from './slo-recompute.ts'
import { rulerText, type ToldStatus } from './slo-ruler.ts'
import { registerTrial } from './slo-trial.ts'

interface Statuses {
  readonly items: readonly ToldStatus[]
  readonly asOfMs: number
}

export const register: Register = (program, context) => {
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
        item.ruler === undefined ? item.verdict : `${rulerText(item.ruler)}; here: ${item.verdict}`,
      ])
      output.line(renderTable(['TENANT', 'SLO', 'STATE', 'SLI', 'BUDGET LEFT', 'VERDICT'], rows))
      output.value(statuses)
    })
  registerDimensions(slo)
  registerImport(slo, context)
  registerExport(slo, context)
  registerLint(slo, context)
  registerExplain(slo, context)
  registerBurndown(slo)
  registerRollUps(slo)
  registerBacktest(slo, context)
  registerBackfill(slo, context)
  registerRecompute(slo, context)
  registerTrial(slo)
  registerCorrections(slo)
  registerGate(slo, context)
  registerPolicy(slo)
  registerReviews(slo)
}

interface DimensionOptions extends ClientOptions {
  readonly from?: string
  readonly to?: string
}

function registerDimensions(slo: Command): void {
  withClientOptions(slo.command('dimensions <tenant> <slo>'))
    .description('tells which routes, versions … the bad events of an SLO came from')
    .option('--from <INSTANT>', 'epoch milliseconds or RFC 3339 (default one hour before --to)')
    .option('--to <INSTANT>', 'the end of the range (default now); six hours are kept')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo dimensions acme error-rate' +
        '\n  tenantry slo dimensions acme response-time --from 2026-11-24T10:00:00Z --json',
    )
    .action(async (tenant: string, sloId: string, options: DimensionOptions) => {
      const query = new URLSearchParams()
      if (options.from !== undefined) query.set('from', options.from)
      if (options.to !== undefined) query.set('to', options.to)
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/slos/${encodeURIComponent(sloId)}`
      const breakdown = await clientOf(options).get<SloBreakdown>(
        `${path}/dimensions?${query.toString()}`,
      )
      const output = openOutput(options.json === true)
      output.line(`${breakdown.bad} bad of ${breakdown.total} events`)
      const rows = breakdown.dimensions.flatMap(({ dimension, values, other, without }) => [
        ...values.map(({ value, bad, total }) => [dimension, value, bad, total]),
        ...(other.total === 0 ? [] : [[dimension, '(other values)', other.bad, other.total]]),
        ...(without.total === 0 ? [] : [[dimension, '(no value)', without.bad, without.total]]),
      ])
      output.line(renderTable(['DIMENSION', 'VALUE', 'BAD', 'TOTAL'], rows))
      output.value(breakdown)
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
