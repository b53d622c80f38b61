import type { Command } from 'commander'
import { clientOf, withClientOptions, type ClientOptions, type CommandContext } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput, renderTable, type Output } from '../output.ts'

type Counts = Readonly<Record<string, number>>

interface TargetBody {
  readonly target: string
  readonly type: string
  readonly lagBytes: number
  readonly lagSeconds: number
  readonly maxLagBytes: number
  readonly maxLagSeconds: number
  readonly lastError: { readonly atMs: number; readonly text: string } | null
  readonly totals: {
    readonly outcomes: Counts
    readonly left: Counts
    readonly retried: number
    readonly lostBytes: number
    readonly dropped: readonly { readonly tenantId: string; readonly samples: number }[]
  }
}

/** More than this share of what a target may lag is a reason to look. */
const MUCH_LAG_RATIO = 0.5

/** Adds `engine forwarding`. */
export function registerForwarding(engine: Command, context: CommandContext): void {
  withClientOptions(engine.command('forwarding'))
    .description(
      'tells how far accepted series have come on their way to each engine; ' +
        'exit code 1 when one is more than halfway to what it may lag, or samples were dropped',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry engine forwarding\n  tenantry engine forwarding --json',
    )
    .action(async (options: ClientOptions) => {
      const body = await clientOf(options).get<{ items: readonly TargetBody[] }>(
        '/api/v1/engines/forwarding',
      )
      const output = openOutput(options.json === true)
      show(output, body.items)
      output.value(body)
      if (body.items.some(isInTrouble)) context.exitCode = EXIT.notSo
    })
}

function show(output: Output, items: readonly TargetBody[]): void {
  const rows = items.map(({ target, type, lagBytes, lagSeconds, totals }) => [
    target,
    type,
    String(lagBytes),
    lagSeconds.toFixed(1),
    ...['sent', 'uncertain', 'refused', 'dropped'].map((name) =>
      String(totals.outcomes[name] ?? 0),
    ),
    String(totals.retried),
  ])
  const head = ['TARGET', 'TYPE', 'LAG BYTES', 'LAG SECONDS', 'SENT', 'UNCERTAIN', 'REFUSED']
  output.line(renderTable([...head, 'DROPPED', 'RETRIED'], rows))
  for (const { target, lastError, totals } of items) {
    if (lastError !== null) {
      output.line(`${target}: ${new Date(lastError.atMs).toISOString()} ${lastError.text}`)
    }
    for (const { tenantId, samples } of totals.dropped) {
      output.line(`${target}: ${samples} samples of ${tenantId} were dropped: it lagged too far`)
    }
    if (totals.lostBytes > 0) {
      output.line(`${target}: ${totals.lostBytes} bytes of the log were deleted unread`)
    }
  }
}

function isInTrouble(item: TargetBody): boolean {
  const { lagBytes, lagSeconds, maxLagBytes, maxLagSeconds, totals } = item
  const isLate =
    lagBytes > MUCH_LAG_RATIO * maxLagBytes || lagSeconds > MUCH_LAG_RATIO * maxLagSeconds
  return isLate || (totals.outcomes['dropped'] ?? 0) + totals.lostBytes > 0
}
