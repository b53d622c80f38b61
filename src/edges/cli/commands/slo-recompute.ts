/** `tenantry slo recompute`: the past of an SLO counted again by the definition that holds now. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { parseTenantId, type TenantId } from '../../../core/ids.ts'
import { isoTime } from '../../../core/time.ts'
import type { LeftStretch, Recompute, SloRecount } from '../../../domain/slo/slo.ts'
import { readPages, type ApiClient } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions, type CommandContext } from '../command.ts'
import { listenForEnd, type Ending } from '../ending.ts'
import { EXIT } from '../exit-codes.ts'
import { counted, openOutput, renderTable, type Output } from '../output.ts'
import { openProgress } from '../progress.ts'

const PATH = '/api/v1/slo/recomputes'
/** Of one request: each is on disk when the next one begins. */
const TENANTS_A_REQUEST = 20

interface RecomputeOptions extends ClientOptions {
  readonly tenant?: readonly TenantId[]
  readonly tier?: string
  readonly from?: string
  readonly to?: string
  readonly reason?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly list?: boolean
}

interface Item {
  readonly tenantId: string
  readonly sloId: string
  readonly outcome: 'planned' | 'changed' | 'same' | 'no-slo'
  readonly recomputeId: string | null
  readonly recount: SloRecount | null
}

export function registerRecompute(slo: Command, context: CommandContext): void {
  withClientOptions(slo.command('recompute [slo]'))
    .description(
      'counts the past again by the threshold and indicator that hold now, out of the stored signals; without --yes it shows what would change',
    )
    .addOption(
      new Option('--tenant <ID>', 'of one tenant, or again for several (default: all)').argParser(
        readTenants,
      ),
    )
    .option('--tier <TIER>', 'of the tenants of one tier')
    .option('--from <INSTANT>', 'RFC 3339 with an offset (default: the period of the SLO)')
    .option('--to <INSTANT>', 'RFC 3339 with an offset (default: as late as can be)')
    .option('--reason <TEXT>', 'why, for the audit log')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--yes', 'replace the counts')
    .option('--list', 'list the pasts that were counted again')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo recompute response-time --dry-run' +
        '\n  tenantry slo recompute response-time --reason "250 ms is what we promise" --yes' +
        '\n  tenantry slo recompute error-rate --tenant acme --tenant globex' +
        ' --from 2026-11-20T00:00:00Z --to 2026-11-22T00:00:00Z --reason "429 is no error" --yes' +
        '\n  tenantry slo recompute --list --tenant acme' +
        '\n\nSignals are stored by the minute for 3 days (starter), 8 (professional) or 15 (enterprise);' +
        '\nwhat is older, was loaded or is of the last hour stays as it is, and is listed. Nothing is' +
        '\nalerted because of it. It may be broken off and started again: what is right already does not' +
        '\nchange. An objective that shall hold for the past as well says `recompute: true` instead.' +
        '\nExit code 1: something would change, and --yes was not given.',
    )
    .action((sloId: string | undefined, options: RecomputeOptions, command: Command) => {
      if (options.list === true) return listRecomputes(options)
      if (sloId === undefined) command.error('error: name an SLO, or give --list')
      if (options.yes === true && options.dryRun === true) {
        command.error('error: give either --dry-run or --yes')
      }
      if (options.yes === true && options.reason === undefined) {
        command.error(
          'error: give a --reason: the audit log keeps it with the counts before and after',
        )
      }
      return recompute(sloId!, options, context)
    })
}

async function recompute(
  sloId: string,
  options: RecomputeOptions,
  context: CommandContext,
): Promise<void> {
  const output = openOutput(options.json === true)
  const ending = listenForEnd()
  try {
    const items = await askAll(sloId, options, ending)
    report(items, output)
    const isPlanned = items.some(({ outcome }) => outcome === 'planned')
    if (isPlanned && options.dryRun !== true) {
      output.note('nothing was changed: give --yes and a --reason to replace the counts')
      context.exitCode = EXIT.notSo
    }
    if (ending.signal.aborted) {
      output.note('broken off: start the same command again, and it goes on where it was')
      context.exitCode = EXIT.operatingFailure
    }
  } finally {
    ending.stop()
  }
}

async function askAll(
  sloId: string,
  options: RecomputeOptions,
  { signal }: Ending,
): Promise<Item[]> {
  const client = clientOf(options)
  const tenantIds = await tenantsOf(client, options)
  const { from, to, reason, yes, tenant } = options
  const progress = openProgress()
  const items: Item[] = []
  try {
    for (let at = 0; at < tenantIds.length && !signal.aborted; at += TENANTS_A_REQUEST) {
      const answer = await client.post<{ items: Item[] }>(PATH, {
        sloId,
        tenantIds: tenantIds.slice(at, at + TENANTS_A_REQUEST),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(reason === undefined ? {} : { reason }),
        dryRun: yes !== true,
      })
      items.push(...answer.items)
      const done = Math.min(at + TENANTS_A_REQUEST, tenantIds.length)
      progress.at(() => `${done} of ${counted(tenantIds.length, 'tenant')}`)
    }
  } finally {
    progress.end()
  }
  return tenant === undefined ? items.filter(({ outcome }) => outcome !== 'no-slo') : items
}

interface TenantRow {
  readonly tenantId: string
  readonly tier: string
}

async function tenantsOf(client: ApiClient, { tenant, tier }: RecomputeOptions): Promise<string[]> {
  if (tenant !== undefined && tier === undefined) return [...tenant]
  const pages = await readPages<TenantRow>(client, '/api/v1/tenants', { state: 'active' })
  const named = new Set<string>(tenant ?? [])
  return pages
    .flatMap(({ items }) => items)
    .filter((each) => tier === undefined || each.tier === tier)
    .filter(({ tenantId }) => named.size === 0 || named.has(tenantId))
    .map(({ tenantId }) => tenantId)
}

const WHY = {
  expired: 'counts are not kept that long',
  'other-unit': 'the SLO counted something else then',
  loaded: 'was loaded, not counted from signals',
  coarse: 'signals are stored by the hour alone',
  gone: 'no signals are stored any more',
  recent: 'windows see it by ten seconds, for an hour: ask again later',
} as const satisfies Record<LeftStretch['reason'], string>

const OUTCOMES = {
  planned: 'would change',
  changed: 'changed',
  same: 'the same',
  'no-slo': 'no such SLO',
} as const satisfies Record<Item['outcome'], string>

function report(items: readonly Item[], output: Output): void {
  if (items.length === 0) {
    output.line('No tenant has it: one that is new, or a new SLO, is counted within seconds.')
    return
  }
  const rows = items.map(({ tenantId, outcome, recount }) => [
    tenantId,
    OUTCOMES[outcome],
    recount?.hours.length ?? '-',
    ...(recount === null ? ['-', '-', '-', '-'] : figures(recount)),
  ])
  const head = ['TENANT', 'OUTCOME', 'HOURS', 'BEFORE', 'AFTER', 'SLI BEFORE', 'SLI AFTER']
  output.line(renderTable(head, rows))
  for (const line of leftLines(items)) output.line(line)
  output.value({ items })
}

function figures({ before, after }: SloRecount): string[] {
  const text = ({ total, bad }: SloRecount['before']): string => `${bad} bad of ${total}`
  const share = ({ total, bad }: SloRecount['before']): string =>
    total > 0 ? `${((100 * (total - bad)) / total).toFixed(3)} %` : '-'
  return [text(before), text(after), share(before), share(after)]
}

/** Says what stays as it is: the same stretch of several tenants once. */
function leftLines(items: readonly Item[]): string[] {
  const stretches = items.flatMap(({ tenantId, recount }) =>
    (recount?.left ?? []).map((left) => ({ tenantId, left })),
  )
  const groups = Map.groupBy(stretches, ({ left: { reason, fromMs, toMs } }) =>
    [reason, fromMs, toMs].join(' '),
  )
  return [...groups.values()].map((group) => {
    const [{ tenantId, left }] = group as [(typeof stretches)[number]]
    const who = group.length === 1 ? tenantId : counted(group.length, 'tenant')
    const sum = (pick: (left: LeftStretch) => number): number =>
      group.reduce((total, each) => total + pick(each.left), 0)
    const span = `${isoTime(left.fromMs)} to ${isoTime(left.toMs)}`
    const counts = `${sum(({ bad }) => bad)} bad of ${sum(({ total }) => total)}`
    return `left as it is, ${who}: ${span} (${counts}): ${WHY[left.reason]}`
  })
}

async function listRecomputes(options: RecomputeOptions): Promise<void> {
  const output = openOutput(options.json === true)
  const [tenantId] = options.tenant ?? []
  const query = tenantId === undefined ? '' : `?tenantId=${encodeURIComponent(tenantId)}`
  const list = await clientOf(options).get<{ items: Recompute[] }>(`${PATH}${query}`)
  const rows = list.items.map((each) => [
    each.recomputeId,
    each.tenantId,
    each.sloId,
    isoTime(each.endedAtMs ?? each.begunAtMs),
    `${isoTime(each.recount.fromMs)} to ${isoTime(each.recount.toMs)}`,
    ...figures(each.recount).slice(0, 2),
    each.endedAtMs === null ? 'not ended' : 'ended',
    each.begunBy,
    each.reason,
  ])
  const head = [
    'RECOMPUTE',
    'TENANT',
    'SLO',
    'AT',
    'RANGE',
    'BEFORE',
    'AFTER',
    'STATE',
    'BY',
    'REASON',
  ]
  output.line(renderTable(head, rows))
  output.value(list)
}

function readTenants(text: string, known: readonly TenantId[] = []): readonly TenantId[] {
  const tenantId = parseTenantId(text)
  if (tenantId !== undefined) return [...known, tenantId]
  throw new InvalidArgumentError('expected 1 to 48 of a-z, 0-9 and inner hyphens')
}
