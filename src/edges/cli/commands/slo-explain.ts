/** `tenantry slo explain`: the numbers behind an SLO's verdict, pair by pair. */
import type { Command } from 'commander'
import { isoTime } from '../../../core/time.ts'
import type { RollUpStatus, SloStatus } from '../../../domain/slo/slo.ts'
import type { ApiClient } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput, renderTable } from '../output.ts'
import { rulerLines, type ToldStatus } from './slo-ruler.ts'

export function registerExplain(slo: Command, context: { exitCode: number }): void {
  withClientOptions(slo.command('explain <tenant> [slo]'))
    .description('tells why an SLO raises something or not: every pair of windows, and corrections')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo explain acme\n  tenantry slo explain acme error-rate --json',
    )
    .action(async (tenant: string, sloId: string | undefined, options: ClientOptions) => {
      const output = openOutput(options.json === true)
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/slo`
      const { items } = await clientOf(options).get<{ items: ToldStatus[] }>(path)
      const told = items.filter((status) => sloId === undefined || status.sloId === sloId)
      if (told.length === 0) {
        output.note(await whyNothing(clientOf(options), tenant, sloId))
        context.exitCode = EXIT.notSo
      }
      for (const status of told) for (const line of explained(status)) output.line(line)
      output.value({ items: told })
    })
}

interface Published {
  readonly slos: readonly {
    readonly sloId: string
    readonly kind: string
    readonly notCounted: string | null
  }[]
}

/** Says why there is nothing to explain: a roll-up is nobody's own. */
async function whyNothing(
  client: ApiClient,
  tenant: string,
  sloId: string | undefined,
): Promise<string> {
  if (sloId === undefined) return `${tenant} has no SLOs`
  const { slos } = await client.get<Published>('/api/v1/slo/windows')
  const found = slos.find((slo) => slo.sloId === sloId)
  if (found?.kind === 'roll-up') {
    return `${sloId} is added up over tenants: see \`tenantry slo roll-ups --pairs\``
  }
  const why = found?.notCounted ?? null
  return why === null ? `${tenant} has no SLO ${sloId}` : `${sloId} is not counted: ${why}`
}

export function registerRollUps(slo: Command): void {
  withClientOptions(slo.command('roll-ups'))
    .description('tells how the SLOs stand that are added up over tenants, and what they raise')
    .option('--pairs', 'every pair of windows as well: why a group raises something or not')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo roll-ups\n  tenantry slo roll-ups --pairs\n  tenantry slo roll-ups --json',
    )
    .action(async (options: ClientOptions & { readonly pairs?: boolean }) => {
      const output = openOutput(options.json === true)
      const list = await clientOf(options).get<{ items: RollUpStatus[] }>('/api/v1/slo/roll-ups')
      const rows = list.items.map((each) => [
        each.sloId,
        each.tier ?? 'fleet',
        each.tenants,
        `${each.bad} of ${each.total}`,
        percentText(each.sliRatio),
        percentText(each.budgetLeftRatio),
        burningText(each.burns),
        each.worst.map(({ tenantId, bad }) => `${tenantId} (${bad})`).join(', '),
      ])
      const head = ['SLO', 'OF', 'TENANTS', 'BAD', 'SLI', 'BUDGET LEFT', 'RAISES', 'MOST BAD']
      output.line(renderTable(head, rows))
      for (const each of options.pairs === true ? list.items : []) {
        if (each.burns.length === 0) continue
        output.line(`${each.title} (${each.sloId}) of ${each.tier ?? 'the fleet'}`)
        output.line(burnTable(burnRows(each.burns)))
      }
      output.value(list)
    })
}

/** Writes an SLO's numbers. Shape: lines. */
export function explained(status: ToldStatus): string[] {
  const { title, verdict, state, uncorrected, exclusions, counted } = status
  return [
    `${title} (${status.sloId}, ${state}): ${verdict}`,
    ...rulerLines(status),
    countsLine('  period', status),
    ...(uncorrected === null ? [] : [countsLine('  without corrections', uncorrected)]),
    ...recomputedLines(status),
    ...exclusions.map(
      ({ fromMs, toMs, reason, correctionId }) =>
        `  excluded ${isoTime(fromMs)} to ${isoTime(toMs)}: ${reason} (${correctionId})`,
    ),
    ...status.clocks.map(clockLine),
    ...(counted === null ? [burnTable(burnRows(status.burns))] : []),
  ]
}

function recomputedLines({ recomputed }: SloStatus): string[] {
  if (recomputed === null) return []
  const { atMs, by, reason, fromMs, toMs } = recomputed
  const span = `${isoTime(fromMs)} to ${isoTime(toMs)}`
  return [`  recomputed at ${isoTime(atMs)} by ${by}, ${span}: ${reason}`]
}

type Burns = SloStatus['burns']

function burnRows(burns: Burns): string[][] {
  return burns.map((burn) => [
    burn.speed,
    burn.action,
    `${spanText(burn.longSeconds)} ${timesText(burn.longBurn)}`,
    `${burn.longBad} of ${burn.longTotal}`,
    `${spanText(burn.shortSeconds)} ${timesText(burn.shortBurn)}`,
    `${burn.shortBad} of ${burn.shortTotal}`,
    timesText(burn.threshold),
    burn.holds ? 'holds' : (burn.suppressed ?? 'does not hold'),
  ])
}

/** Says the most urgent that a group's pairs ask for. */
function burningText(burns: Burns): string {
  const holding = burns.find(({ holds }) => holds)
  if (holding !== undefined) return `${holding.action}, ${holding.speed}`
  return burns.some(({ suppressed }) => suppressed !== null) ? 'held back' : '-'
}

function burnTable(rows: readonly string[][]): string {
  const head = ['  SPEED', 'ACTION', 'LONG', 'BAD', 'SHORT', 'BAD', 'ABOVE', 'VERDICT']
  return renderTable(head, rows.map(indented))
}

/** Says what runs, and which of the marks it has reached. */
function clockLine({ clockId, startedAtMs, elapsedSeconds, limitSeconds, mark }: Clock): string {
  const used = Math.floor((elapsedSeconds / limitSeconds) * 100)
  const asked =
    mark === null
      ? 'no mark reached'
      : `past ${mark.percent} %: ${mark.action}, speed ${mark.speed}`
  return `  ${clockId} open since ${isoTime(startedAtMs)}: ${used} % of ${spanText(limitSeconds)} used, ${asked}`
}

type Clock = SloStatus['clocks'][number]
type Counts = Pick<SloStatus, 'bad' | 'total' | 'sliRatio' | 'budgetLeftRatio' | 'budgetLeftEvents'>

function countsLine(what: string, counts: Counts): string {
  const { bad, total, sliRatio, budgetLeftRatio, budgetLeftEvents } = counts
  if (total === 0) return `${what}: nothing was counted`
  const left = `${percentText(budgetLeftRatio)} of the budget left (${budgetLeftEvents ?? 0})`
  return `${what}: ${bad} bad of ${total}, ${percentText(sliRatio)} good, ${left}`
}

function indented([first, ...rest]: string[]): string[] {
  return [`  ${first ?? ''}`, ...rest]
}

export function percentText(ratio: number | null): string {
  return ratio === null ? '-' : `${(ratio * 100).toFixed(3)} %`
}

function timesText(burn: number | null): string {
  return burn === null ? '-' : `${Number(burn.toFixed(3))}x`
}

export function spanText(seconds: number): string {
  const [size, unit] = SPANS.find(([length]) => seconds % length === 0)!
  return `${seconds / size}${unit}`
}

const SPANS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'm'],
  [1, 's'],
] as const
