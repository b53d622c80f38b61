import type { Command } from 'commander'
import { clientOf, withClientOptions, type ClientOptions } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface ReplicaBody {
  readonly replica: string
  readonly isElected: boolean
  readonly heardAtMs: number
  readonly receivedSamples: number
  readonly notElectedSamples: number
}

interface HaBody {
  readonly items: readonly {
    readonly tenantId: string | null
    readonly cluster: string
    readonly failovers: number
    readonly replicas: readonly ReplicaBody[]
  }[]
}

/** Adds `collector ha`. */
export function registerHa(collector: Command): void {
  withClientOptions(collector.command('ha'))
    .description('lists clusters of replicas that send the same, and which of them counts')
    .addHelpText('after', '\nExamples:\n  tenantry collector ha\n  tenantry collector ha --json')
    .action(async (options: ClientOptions) => {
      const ha = await clientOf(options).get<HaBody>('/api/v1/collector/ha')
      const output = openOutput(options.json === true)
      const rows = ha.items.flatMap(({ tenantId, cluster, failovers, replicas }) =>
        replicas.map((replica) => [
          cluster,
          tenantId ?? '-',
          replica.replica,
          replica.isElected ? 'elected' : 'standby',
          new Date(replica.heardAtMs).toISOString(),
          String(replica.receivedSamples),
          String(replica.notElectedSamples),
          String(failovers),
        ]),
      )
      output.line(
        renderTable(
          [
            'CLUSTER',
            'TENANT',
            'REPLICA',
            'STATE',
            'LAST WRITE',
            'SAMPLES',
            'NOT ELECTED',
            'FAILOVERS',
          ],
          rows,
        ),
      )
      output.value(ha)
    })
}
