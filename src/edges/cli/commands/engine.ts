/** `tenantry engine`: the distributed engines, and the rules of tenants there. */
import type { Command } from 'commander'
import { isoTime } from '../../../core/time.ts'
import type { ApiClient } from '../client.ts'
import { clientOf, withClientOptions, type ClientOptions, type Register } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { counted, openOutput, renderTable } from '../output.ts'
import {
  changeLine,
  diffLines,
  ownerRow,
  pushSummary,
  type EngineList,
  type Plan,
  type Push,
  type PushDetails,
} from './engine-text.ts'
import { registerForwarding } from './engine-forwarding.ts'
import { registerLimits } from './engine-limits.ts'
import { registerOffboard } from './engine-offboard.ts'
import { followPush } from './engine-push.ts'

const PATH = '/api/v1/engines'

interface EngineOptions extends ClientOptions {
  readonly tenant?: readonly string[]
  readonly check?: boolean
  readonly yes?: boolean
  readonly push?: string
}

export const register: Register = (program, context) => {
  const engine = program
    .command('engine')
    .description('distributed engines that tenants are handed over to, and their rules there')

  withClientOptions(engine.command('list'))
    .description('lists the engines, and how many tenants each serves')
    .addHelpText('after', '\nExample:\n  tenantry engine list')
    .action(async (options: EngineOptions) => {
      const output = openOutput(options.json === true)
      const answer = await clientOf(options).get<EngineList>(PATH)
      const rows = answer.items.map(({ name, type, evaluator, purposes }) => {
        const many = purposes.map(({ purpose, tenants }) => `${purpose} ${tenants}`)
        return [name, type, evaluator, many.join(', ')]
      })
      if (rows.length > 0)
        output.line(renderTable(['ENGINE', 'TYPE', 'EVALUATOR', 'TENANTS'], rows))
      else output.line('there are no engines: see src/edges/engines/README.md for engines.yaml')
      for (const problem of answer.problems) output.note(problem)
      output.value(answer)
    })

  ofEngine(engine, 'plan')
    .description('tells what a push would change, tenant by tenant')
    .option('--check', 'exit with 1 where anything differs')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry engine plan eu-mimir\n  tenantry engine plan eu-mimir --tenant acme --check',
    )
    .action(async (name: string, options: EngineOptions) => {
      const plan = await planOf(name, options, false)
      printPlan(plan, options)
      if (options.check === true && !isSame(plan)) context.exitCode = EXIT.notSo
    })

  ofEngine(engine, 'diff')
    .description('shows the lines that a push would change')
    .addHelpText('after', '\nExample:\n  tenantry engine diff eu-mimir --tenant acme')
    .action(async (name: string, options: EngineOptions) => {
      const output = openOutput(options.json === true)
      const plan = await planOf(name, options, true)
      for (const owner of plan.owners) for (const line of diffLines(owner)) output.line(line)
      output.value(plan)
      if (!isSame(plan)) context.exitCode = EXIT.notSo
    })

  ofEngine(engine, 'push')
    .description('brings rules to what they shall be; without --yes it shows the plan')
    .option('--yes', 'push')
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry engine push eu-mimir\n  tenantry engine push eu-mimir --tenant acme --yes' +
        '\n\nWhat a tenant had is kept: where one of its groups fails it is put back, and' +
        '\n`tenantry engine rollback` puts all of a push back. Namespaces that do not begin with' +
        '\n`tenantry-` are never touched. Exit code 1: not all of it is there.',
    )
    .action(async (name: string, options: EngineOptions) => {
      const plan = await planOf(name, options, false)
      if (options.yes !== true) {
        printPlan(plan, options)
        if (isSame(plan)) return
        openOutput(false).note('nothing was pushed: give --yes')
        context.exitCode = EXIT.notSo
        return
      }
      const client = clientOf(options)
      const { tenant: tenantIds } = options
      const body = { hash: plan.hash, ...(tenantIds === undefined ? {} : { tenantIds }) }
      const push = await client.post<Push>(`${PATH}/${encodeURIComponent(name)}/push`, body)
      if (!(await report(client, push, options))) context.exitCode = EXIT.notSo
    })

  ofEngine(engine, 'verify')
    .description('reads back what an engine has; exit code 1 where it is not as it shall be')
    .addHelpText('after', '\nExample:\n  tenantry engine verify eu-mimir')
    .action(async (name: string, options: EngineOptions) => {
      const plan = await planOf(name, options, false)
      printPlan(plan, options)
      if (!isSame(plan)) context.exitCode = EXIT.notSo
    })

  ofEngine(engine, 'rollback')
    .description('puts back the rules that tenants had before a push')
    .option('--push <ID>', 'which one (default: the last)')
    .option('--yes', 'put them back')
    .addHelpText(
      'after',
      '\nExample:\n  tenantry engine rollback eu-mimir --push 3fQ0lPz8aB1c --yes',
    )
    .action(async (name: string, options: EngineOptions) => {
      const client = clientOf(options)
      const pushId = options.push ?? (await lastPush(client, name))
      if (options.yes !== true) {
        openOutput(false).note(`nothing was put back: give --yes to take back push ${pushId}`)
        context.exitCode = EXIT.notSo
        return
      }
      const { tenant: tenantIds } = options
      const body = { pushId, ...(tenantIds === undefined ? {} : { tenantIds }) }
      const push = await client.post<Push>(`${PATH}/${encodeURIComponent(name)}/rollback`, body)
      if (!(await report(client, push, options))) context.exitCode = EXIT.notSo
    })

  withClientOptions(engine.command('pushes <name>'))
    .description('lists the pushes to an engine, the newest first')
    .option('--push <ID>', 'one of them, with what became of each tenant')
    .addHelpText('after', '\nExample:\n  tenantry engine pushes eu-mimir')
    .action(async (name: string, options: EngineOptions) => {
      const output = openOutput(options.json === true)
      const client = clientOf(options)
      const path = `${PATH}/${encodeURIComponent(name)}/pushes`
      if (options.push !== undefined) {
        const details = await client.get<PushDetails>(`${path}/${encodeURIComponent(options.push)}`)
        for (const line of pushSummary(details)) output.line(line)
        output.value(details)
        return
      }
      const { items } = await client.get<{ items: Push[] }>(path)
      const rows = items.map(({ pushId, kind, begunAtMs, begunBy, outcome, owners }) => [
        pushId,
        kind,
        isoTime(begunAtMs),
        begunBy,
        outcome,
        owners,
      ])
      output.line(renderTable(['PUSH', 'KIND', 'AT', 'BY', 'OUTCOME', 'TENANTS'], rows))
      output.value({ items })
    })

  registerLimits(engine, context)
  registerOffboard(engine, context)
  registerForwarding(engine, context)
}

function ofEngine(engine: Command, verb: string): Command {
  return withClientOptions(engine.command(`${verb} <name>`)).option(
    '--tenant <ID>',
    'of one tenant, or again for several (default: all)',
    (id: string, before: string[] | undefined) => [...(before ?? []), id],
  )
}

async function planOf(name: string, options: EngineOptions, texts: boolean): Promise<Plan> {
  const { tenant } = options
  const query = new URLSearchParams({
    ...(tenant === undefined ? {} : { tenants: tenant.join(',') }),
    ...(texts ? { texts: 'true' } : {}),
  })
  const path = `${PATH}/${encodeURIComponent(name)}/plan`
  return clientOf(options).get<Plan>(`${path}?${query.toString()}`)
}

function isSame({ owners }: Plan): boolean {
  return owners.every(({ state }) => state === 'same')
}

function printPlan(plan: Plan, options: EngineOptions): void {
  const output = openOutput(options.json === true)
  output.value(plan)
  if (plan.owners.length === 0)
    return output.line('no tenant has rules there, and none is to get any')
  output.line(
    renderTable(['TENANT', 'STATE', 'GROUPS', 'RULES', 'CHANGES'], plan.owners.map(ownerRow)),
  )
  for (const { owner, detail } of plan.owners)
    if (detail !== null) output.note(`${owner}: ${detail}`)
  for (const { owner, changes } of options.tenant === undefined ? [] : plan.owners)
    for (const change of changes) output.line(`${owner}: ${changeLine(change)}`)
  const off = plan.owners.filter(({ state }) => state !== 'same').length
  output.line(
    off === 0
      ? 'all as it shall be'
      : `${off} of ${counted(plan.owners.length, 'rule set')} differ`,
  )
}

async function lastPush(client: ApiClient, name: string): Promise<string> {
  const path = `${PATH}/${encodeURIComponent(name)}/pushes`
  const { items } = await client.get<{ items: Push[] }>(path)
  return items.find(({ kind }) => kind === 'push')?.pushId ?? 'none'
}

/** Follows a push to its end and prints it. Tells whether all of it is there. */
async function report(client: ApiClient, push: Push, options: EngineOptions): Promise<boolean> {
  const output = openOutput(options.json === true)
  const details = await followPush(client, push)
  for (const line of pushSummary(details)) output.line(line)
  output.value(details)
  return details.outcome === 'ok'
}
