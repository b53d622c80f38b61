/** `tenantry slo correction`: what budgets are not charged for. */
import type { Command } from 'commander'
import { isoTime } from '../../../core/time.ts'
import type { Correction } from '../../../domain/slo/slo.ts'
import { clientOf, withClientOptions, type ClientOptions } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

const PATH = '/api/v1/slo/corrections'

interface AddOptions extends ClientOptions {
  readonly tenant?: string
  readonly tier?: string
  readonly slo?: string
  readonly from: string
  readonly to: string
  readonly rrule?: string
  readonly zone?: string
  readonly reason: string
}

export function registerCorrections(slo: Command): void {
  const correction = slo
    .command('correction')
    .description('stretches of time that no budget is charged for')
  withClientOptions(correction.command('list [tenant]'))
    .description('lists the corrections, or those that concern a tenant')
    .addHelpText('after', '\nExample:\n  tenantry slo correction list acme')
    .action(async (tenant: string | undefined, options: ClientOptions) => {
      const output = openOutput(options.json === true)
      const query = tenant === undefined ? '' : `?tenantId=${encodeURIComponent(tenant)}`
      const list = await clientOf(options).get<{ items: Correction[] }>(`${PATH}${query}`)
      const rows = list.items.map((each) => [
        each.correctionId,
        scopeText(each),
        isoTime(each.startsAtMs),
        isoTime(each.endsAtMs),
        each.rrule === null ? 'once' : `${each.rrule} ${each.zone ?? ''}`,
        each.revokedAtMs === null ? 'in force' : 'revoked',
        each.createdBy,
        each.reason,
      ])
      const head = ['CORRECTION', 'OF', 'FROM', 'TO', 'REPEATS', 'STATE', 'BY', 'REASON']
      output.line(renderTable(head, rows))
      output.value(list)
    })
  withClientOptions(correction.command('add'))
    .description('excludes a stretch of time, past or to come, from budgets')
    .option('--tenant <ID>', 'of one tenant (default all)')
    .option('--tier <TIER>', 'of the tenants of one tier')
    .option('--slo <ID>', 'of one SLO (default all)')
    .requiredOption('--from <INSTANT>', 'RFC 3339 with an offset')
    .requiredOption('--to <INSTANT>', 'RFC 3339 with an offset')
    .option('--rrule <RULE>', 'how it repeats (RFC 5545), such as FREQ=WEEKLY;BYDAY=SU')
    .option('--zone <ZONE>', 'whose wall clock the rule repeats by, such as Europe/Berlin')
    .requiredOption('--reason <TEXT>', 'why')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry slo correction add --tenant acme --slo availability' +
        ' --from 2026-11-24T10:00:00Z --to 2026-11-24T11:00:00Z --reason "their own load test"' +
        '\n  tenantry slo correction add --tier starter --from 2026-11-29T02:00:00+01:00' +
        ' --to 2026-11-29T04:00:00+01:00 --rrule "FREQ=WEEKLY;BYDAY=SU" --zone Europe/Berlin' +
        ' --reason maintenance',
    )
    .action(async (options: AddOptions) => {
      const { tenant, tier, slo: sloId, from, to, rrule, zone, reason } = options
      const made = await clientOf(options).post<Correction>(PATH, {
        ...(tenant === undefined ? {} : { tenantId: tenant }),
        ...(tier === undefined ? {} : { tier }),
        ...(sloId === undefined ? {} : { sloId }),
        startsAt: from,
        endsAt: to,
        ...(rrule === undefined ? {} : { rrule }),
        ...(zone === undefined ? {} : { zone }),
        reason,
      })
      const output = openOutput(options.json === true)
      output.line(`${made.correctionId}: corrects ${scopeText(made)}`)
      output.value(made)
    })
  withClientOptions(correction.command('revoke <correction>'))
    .description('charges budgets for its time again')
    .addHelpText('after', '\nExample:\n  tenantry slo correction revoke cor_…')
    .action(async (correctionId: string, options: ClientOptions) => {
      const path = `${PATH}/${encodeURIComponent(correctionId)}`
      await clientOf(options).delete(path)
      const output = openOutput(options.json === true)
      output.line(`${correctionId}: revoked`)
      output.value({ correctionId, revoked: true })
    })
}

function scopeText({ tenantId, tier, sloId }: Correction): string {
  const whose = tenantId ?? (tier === null ? 'all tenants' : `${tier} tenants`)
  return `${sloId ?? 'all SLOs'} of ${whose}`
}
