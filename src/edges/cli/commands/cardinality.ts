import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable, type Output } from '../output.ts'

interface FleetBody {
  readonly sentence: string
  readonly rows: readonly {
    readonly tenantId: string
    readonly activeSeries: number
    readonly activeSeriesLimit: number
    readonly newSeriesLastMinute: number
    readonly newSeriesLastHour: number
    readonly samplesPerSecond: number
    readonly samplesPerSecondLimit: number
    readonly discarded: number
    readonly requestsRefused: number
  }[]
}

interface IntakeBody {
  readonly uses: readonly {
    readonly limit: string
    readonly allowed: number
    readonly used: number
    readonly usedRatio: number
  }[]
  readonly refusals: readonly {
    readonly reason: string
    readonly samples: number
    readonly requests: number
    readonly lastAtMs: number | null
    readonly examples: readonly string[]
  }[]
}

interface CardinalityBody {
  readonly series: number
  readonly metrics: readonly { readonly name: string; readonly series: number }[]
  readonly labels: readonly {
    readonly name: string
    readonly series: number
    readonly values: number
    readonly isAtLeast: boolean
    readonly examples: readonly string[]
  }[]
}

interface Options extends ClientOptions {
  readonly tenant?: string
}

export const register: Register = (program) => {
  withClientOptions(program.command('cardinality'))
    .description('tells who made the series: tenants by their limits, or a tenant’s own')
    .option('--tenant <id>', 'one tenant: its limits, refusals, metrics and labels')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry cardinality\n  tenantry cardinality --tenant acme --json',
    )
    .action(async (options: Options) => {
      const output = openOutput(options.json === true)
      if (options.tenant === undefined) await showFleet(options, output)
      else await showTenant(options, options.tenant, output)
    })
}

async function showFleet(options: Options, output: Output): Promise<void> {
  const fleet = await clientOf(options).get<FleetBody>('/api/v1/collector/cardinality')
  output.line(fleet.sentence)
  output.line('')
  const rows = fleet.rows.map((row) => [
    row.tenantId,
    `${row.activeSeries} of ${row.activeSeriesLimit}`,
    String(row.newSeriesLastMinute),
    String(row.newSeriesLastHour),
    `${row.samplesPerSecond.toFixed(1)} of ${row.samplesPerSecondLimit}`,
    String(row.discarded),
    String(row.requestsRefused),
  ])
  const columns = ['TENANT', 'SERIES', 'NEW A MINUTE', 'NEW IN AN HOUR', 'SAMPLES A SECOND']
  output.line(renderTable([...columns, 'DISCARDED', 'REFUSED'], rows))
  output.value(fleet)
}

async function showTenant(options: Options, tenantId: string, output: Output): Promise<void> {
  const client = clientOf(options)
  const path = `/api/v1/tenants/${encodeURIComponent(tenantId)}`
  const intake = await client.get<IntakeBody>(`${path}/ingest`)
  const cardinality = await client.get<CardinalityBody>(`${path}/cardinality`)
  const uses = intake.uses.map((row) => [
    row.limit,
    row.used.toFixed(0),
    String(row.allowed),
    `${(100 * row.usedRatio).toFixed(1)} %`,
  ])
  output.line(renderTable(['LIMIT', 'USED', 'ALLOWED', 'SHARE'], uses))
  if (intake.refusals.length > 0) {
    const refusals = intake.refusals.map((row) => [
      row.reason,
      String(row.samples),
      String(row.requests),
      row.lastAtMs === null ? '' : new Date(row.lastAtMs).toISOString(),
      row.examples[0] ?? '',
    ])
    output.line('')
    output.line(renderTable(['REFUSED FOR', 'SAMPLES', 'REQUESTS', 'LAST', 'SUCH AS'], refusals))
  }
  output.line('')
  const metrics = cardinality.metrics.map(({ name, series }) => [name, String(series)])
  output.line(renderTable(['METRIC', 'SERIES'], metrics))
  output.line('')
  const labels = cardinality.labels.map((row) => [
    row.name,
    `${row.isAtLeast ? 'at least ' : ''}${row.values}`,
    String(row.series),
    row.examples.join(', '),
  ])
  output.line(renderTable(['LABEL', 'VALUES', 'SERIES', 'SUCH AS'], labels))
  output.value({ intake, cardinality })
}
