/**
 * `tenantry slo gate`: whether a pipeline may deploy for a tenant. Its exit code is the answer: 0
 * open, 1 closed; 3 says that nobody could be asked, and is no answer.
 */
import type { Command } from 'commander'
import { isoTime } from '../../../core/time.ts'
import type { DeployGate, GateOverride } from '../../../domain/slo/slo.ts'
import { clientOf, withClientOptions, type ClientOptions, type CommandContext } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput, renderTable } from '../output.ts'

interface GateOptions extends ClientOptions {
  readonly slo?: string
}

interface OverrideOptions extends GateOptions {
  readonly reason: string
  readonly for?: string
  readonly until?: string
}

export function registerGate(slo: Command, context: CommandContext): void {
  const gate = slo
    .command('gate')
    .description('whether deploys for a tenant are frozen, and overriding that for a while')
  registerShow(gate, context)
  registerOverride(gate)
  registerOverrides(gate)
  registerRevoke(gate)
}

function registerShow(gate: Command, context: CommandContext): void {
  withClientOptions(gate.command('show <tenant>', { isDefault: true }))
    .description('tells whether to deploy: exits with 0 when the gate is open, with 1 when closed')
    .option('--slo <ID>', 'only as far as one SLO freezes (default all)')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo gate acme && ./deploy.sh' +
        '\n  tenantry slo gate acme --slo error-rate --json',
    )
    .action(async (tenant: string, options: GateOptions) => {
      const output = openOutput(options.json === true)
      const query = options.slo === undefined ? '' : `?slo=${encodeURIComponent(options.slo)}`
      const answer = await clientOf(options).get<DeployGate>(`${pathOf(tenant)}${query}`)
      output.line(`${answer.gate}: ${answer.reason}`)
      output.value(answer)
      if (answer.gate === 'closed') context.exitCode = EXIT.notSo
    })
}

function registerOverride(gate: Command): void {
  withClientOptions(gate.command('override <tenant>'))
    .description('opens a gate for a while, as for a hot fix; it is written to the audit log')
    .requiredOption('--reason <TEXT>', 'why')
    .option('--for <SPAN>', 'how long, such as 2h; at most 7d (default 1h)')
    .option('--until <INSTANT>', 'until when instead: RFC 3339 with an offset')
    .option('--slo <ID>', 'only what one SLO freezes (default all)')
    .addHelpText(
      'after',
      '\nExample:\n  tenantry slo gate override acme --for 2h --reason "fixes the timeouts"',
    )
    .action(async (tenant: string, options: OverrideOptions) => {
      const { slo: sloId, reason, until } = options
      const made = await clientOf(options).post<GateOverride>(`${pathOf(tenant)}/overrides`, {
        reason,
        ...(sloId === undefined ? {} : { sloId }),
        ...(until === undefined ? { for: options.for ?? '1h' } : { expiresAt: until }),
        ...(until === undefined || options.for === undefined ? {} : { for: options.for }),
      })
      const output = openOutput(options.json === true)
      output.line(`${made.overrideId}: open until ${isoTime(made.expiresAtMs)}`)
      output.value(made)
    })
}

function registerOverrides(gate: Command): void {
  withClientOptions(gate.command('overrides <tenant>'))
    .description('lists who opened a gate, and why')
    .addHelpText('after', '\nExample:\n  tenantry slo gate overrides acme')
    .action(async (tenant: string, options: ClientOptions) => {
      const output = openOutput(options.json === true)
      const list = await clientOf(options).get<{ items: GateOverride[] }>(
        `${pathOf(tenant)}/overrides`,
      )
      const rows = list.items.map((each) => [
        each.overrideId,
        each.sloId ?? 'all SLOs',
        isoTime(each.createdAtMs),
        isoTime(each.revokedAtMs ?? each.expiresAtMs),
        each.revokedAtMs === null ? '' : 'revoked',
        each.createdByName,
        each.reason,
      ])
      output.line(renderTable(['OVERRIDE', 'OF', 'FROM', 'TO', 'STATE', 'BY', 'REASON'], rows))
      output.value(list)
    })
}

function registerRevoke(gate: Command): void {
  withClientOptions(gate.command('revoke <tenant> <override>'))
    .description('ends an override')
    .addHelpText('after', '\nExample:\n  tenantry slo gate revoke acme gov_…')
    .action(async (tenant: string, overrideId: string, options: ClientOptions) => {
      await clientOf(options).delete(
        `${pathOf(tenant)}/overrides/${encodeURIComponent(overrideId)}`,
      )
      const output = openOutput(options.json === true)
      output.line(`${overrideId}: revoked`)
      output.value({ overrideId, revoked: true })
    })
}

function pathOf(tenant: string): string {
  return `/api/v1/tenants/${encodeURIComponent(tenant)}/deploy-gate`
}
