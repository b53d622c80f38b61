/** `tenantry impacts`: the spans in which tenants had an alert that pages. */
import { isoTime } from '../../../core/time.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface ImpactRow {
  readonly impactId: string
  readonly tenantId: string
  readonly openedAtMs: number
  readonly endedAtMs: number | null
  readonly elapsedSeconds: number
  readonly leftSeconds: number
  readonly outcome: string
}

interface ListOptions extends ClientOptions {
  readonly state?: string
  readonly tenant?: string
}

interface RedateOptions extends ClientOptions {
  readonly from: string
  readonly to: string
  readonly reason: string
}

export const register: Register = (program) => {
  const impacts = program
    .command('impacts')
    .description('spans in which a tenant had an alert that pages, and how long recovery took')
  withClientOptions(impacts.command('list'))
    .description('lists impacts, newest first')
    .option('--state <STATE>', 'open or ended')
    .option('--tenant <ID>', 'only of this tenant')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry impacts list --state open\n  tenantry impacts list --tenant acme --json',
    )
    .action(async (options: ListOptions) => {
      const query = new URLSearchParams({ limit: '100' })
      if (options.state !== undefined) query.set('state', options.state)
      if (options.tenant !== undefined) query.set('tenantId', options.tenant)
      const path = `/api/v1/impacts?${query.toString()}`
      const { items } = await clientOf(options).get<{ items: ImpactRow[] }>(path)
      const output = openOutput(options.json === true)
      const rows = items.map((row) => [
        row.impactId,
        row.tenantId,
        isoTime(row.openedAtMs),
        row.endedAtMs === null ? 'open' : isoTime(row.endedAtMs),
        minutesText(row.elapsedSeconds),
        row.endedAtMs === null ? minutesText(row.leftSeconds) : '-',
        row.outcome,
      ])
      const head = ['IMPACT', 'TENANT', 'FROM', 'TO', 'LASTED', 'LEFT', 'OUTCOME']
      output.line(renderTable(head, rows))
      output.value(items)
    })
  withClientOptions(impacts.command('redate <impact>'))
    .description('corrects when an ended impact was; recovery times are counted by it at once')
    .requiredOption('--from <INSTANT>', 'when it began, RFC 3339 with an offset')
    .requiredOption('--to <INSTANT>', 'when it ended, RFC 3339 with an offset')
    .requiredOption('--reason <TEXT>', 'why')
    .addHelpText(
      'after',
      '\nExample:\n  tenantry impacts redate imp_… --from 2026-11-24T10:00:00Z' +
        ' --to 2026-11-24T12:30:00Z --reason "the last alert resolved late"',
    )
    .action(async (impactId: string, options: RedateOptions) => {
      const { from: openedAt, to: endedAt, reason } = options
      const path = `/api/v1/impacts/${encodeURIComponent(impactId)}`
      const redated = await clientOf(options).patch<ImpactRow>(path, { openedAt, endedAt, reason })
      const output = openOutput(options.json === true)
      output.line(`${impactId}: ${redated.outcome} after ${minutesText(redated.elapsedSeconds)}`)
      output.value(redated)
    })
}

/** Worked: 14_400 -> 4 h, 5_430 -> 1 h 30 min, -90 -> -1 min. */
function minutesText(seconds: number): string {
  const all = Math.trunc(seconds / 60)
  const hours = Math.trunc(all / 60)
  const minutes = Math.abs(all % 60)
  if (hours === 0) return `${all} min`
  return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`
}
