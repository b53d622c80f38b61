/** `tenantry slo burndown`: how a budget was spent over its period. */
import type { Command } from 'commander'
import { isoTime, SECOND_MS } from '../../../core/time.ts'
import type { SloBurndown } from '../../../domain/slo/slo.ts'
import { clientOf, withClientOptions, type ClientOptions } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'
import { sparkline } from '../spark.ts'
import { percentText, spanText } from './slo-explain.ts'

const SPARK_WIDTH = 60
/** The steps that spent the most. */
const STEPS_TOLD = 5

interface BurndownOptions extends ClientOptions {
  readonly table?: boolean
}

export function registerBurndown(slo: Command): void {
  withClientOptions(slo.command('burndown <tenant> <slo>'))
    .description('tells how the budget of the present period was spent, and when the most of it')
    .option('--table', 'print every step instead of a line')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo burndown acme error-rate' +
        '\n  tenantry slo burndown acme availability --table' +
        '\n  tenantry slo burndown acme error-rate --json',
    )
    .action(async (tenant: string, sloId: string, options: BurndownOptions) => {
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/slos/${encodeURIComponent(sloId)}`
      const burndown = await clientOf(options).get<SloBurndown>(`${path}/burndown`)
      const output = openOutput(options.json === true)
      output.line(headOf(burndown))
      if (options.table === true) output.line(tableOf(burndown, burndown.endsMs.keys()))
      else for (const line of linesOf(burndown)) output.line(line)
      output.value(burndown)
    })
}

function headOf({ title, sloId, fromMs, toMs, stepSeconds }: SloBurndown): string {
  return `${title} (${sloId}), ${isoTime(fromMs)} to ${isoTime(toMs)} by ${spanText(stepSeconds)}`
}

function linesOf(burndown: SloBurndown): string[] {
  const { budgetLeftRatio, uncorrectedLeftRatio, evenLeftRatio, exclusions } = burndown
  if (budgetLeftRatio.every((ratio) => ratio === null)) return ['  nothing was counted']
  const worst = [...burndown.endsMs.keys()]
    .filter((step) => burndown.bad[step]! > 0)
    .toSorted((left, right) => burndown.bad[right]! - burndown.bad[left]! || left - right)
    .slice(0, STEPS_TOLD)
  return [
    lineOf('budget left', budgetLeftRatio),
    ...(uncorrectedLeftRatio === null ? [] : [lineOf('uncorrected', uncorrectedLeftRatio)]),
    lineOf('even', evenLeftRatio),
    ...exclusions.map(
      ({ fromMs, toMs, reason, bad, total }) =>
        `  excluded ${isoTime(fromMs)} to ${isoTime(toMs)}: ${reason}` +
        (bad === null || total === null ? '' : ` (${bad} bad of ${total})`),
    ),
    ...(worst.length === 0 ? [] : ['  most was spent in', tableOf(burndown, worst)]),
  ]
}

/** A line from the whole budget down: what is overspent stands at the bottom. */
function lineOf(name: string, ratios: readonly (number | null)[]): string {
  return `  ${name.padEnd(12)} |${sparkline([1, ...ratios], SPARK_WIDTH)}| ${percentText(ratios.at(-1) ?? null)}`
}

function tableOf(burndown: SloBurndown, steps: Iterable<number>): string {
  const { endsMs, fromMs, bad, total, excludedTotal, budgetLeftRatio } = burndown
  const rows = [...steps].map((step) => [
    `  ${isoTime(step === 0 ? fromMs : endsMs[step - 1]!)}`,
    spanText((endsMs[step]! - (step === 0 ? fromMs : endsMs[step - 1]!)) / SECOND_MS),
    `${bad[step]!} of ${total[step]!}`,
    excludedTotal[step]! > 0 ? `${burndown.excludedBad[step]!} of ${excludedTotal[step]!}` : '-',
    percentText(budgetLeftRatio[step]!),
  ])
  return renderTable(['  FROM', 'FOR', 'BAD', 'EXCLUDED', 'LEFT'], rows)
}
