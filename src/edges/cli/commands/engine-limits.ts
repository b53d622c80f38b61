/** `tenantry engine limits`: what tenants may send to Mimir or Cortex, as its runtime file. */
import type { Command } from 'commander'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { TenantryError } from '../../../core/errors.ts'
import { GENERATED } from '../../../codegen/artefact.ts'
import { clientOf, withClientOptions, type ClientOptions, type CommandContext } from '../command.ts'
import { CLI_ERRORS } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import { counted, openOutput, type Output } from '../output.ts'

interface LimitsOptions extends ClientOptions {
  readonly out?: string
  readonly check?: boolean
}

interface EngineLimits {
  readonly text: string
  readonly source: string | null
  readonly items: readonly {
    readonly tenantId: string
    readonly state: 'same' | 'differs' | 'unknown'
    readonly differences: readonly {
      readonly limit: string
      readonly wanted: string | number | boolean
      readonly is: string | number | boolean | null
    }[]
  }[]
}

export function registerLimits(engine: Command, context: CommandContext): void {
  withClientOptions(engine.command('limits <name>'))
    .description("prints the limits of tenants as Mimir's or Cortex' runtime file, by their quotas")
    .option('--out <FILE>', 'write them there')
    .option(
      '--check',
      'exit with 1 where the file of --out differs, or without it the limits that the engine has',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  tenantry engine limits eu-mimir --out overrides.yaml' +
        '\n  tenantry engine limits eu-mimir --check' +
        '\n\nThe engine reads the file again by itself (-runtime-config.file); it has no call to set limits.' +
        '\nA file that Tenantry did not write is not overwritten.',
    )
    .action(async (name: string, options: LimitsOptions) => {
      const output = openOutput(options.json === true)
      const isLive = options.check === true && options.out === undefined
      const path = `/api/v1/engines/${encodeURIComponent(name)}/limits?drift=${String(isLive)}`
      const limits = await clientOf(options).get<EngineLimits>(path)
      output.value(limits)
      if (isLive) {
        if (!isSame(limits, output)) context.exitCode = EXIT.notSo
      } else if (options.out === undefined) output.text(limits.text)
      else if (!keep(limits, options.out, options.check === true, output))
        context.exitCode = EXIT.notSo
    })
}

/** Tells how the limits that run differ. */
function isSame({ items, source }: EngineLimits, output: Output): boolean {
  for (const { tenantId, differences } of items)
    for (const { limit, wanted, is } of differences)
      output.line(
        `${tenantId}: ${limit}: is ${is === null ? 'not told' : String(is)}, shall be ${String(wanted)}`,
      )
  const off = items.filter(({ state }) => state !== 'same').length
  const tenants = counted(items.length, 'tenant')
  output.line(
    off === 0
      ? `${tenants}, all as they shall be, says ${source ?? ''}`
      : `${off} of ${tenants} differ, says ${source ?? ''}`,
  )
  return off === 0
}

/** Writes the file, or compares it. Tells whether it is as it shall be. Throws CLI_NOT_READABLE. */
function keep(
  { text, items }: EngineLimits,
  out: string,
  isCheck: boolean,
  output: Output,
): boolean {
  const there = existsSync(out) ? readFileSync(out, 'utf8') : null
  const tenants = counted(items.length, 'tenant')
  if (there === text) {
    output.line(`${out}: limits of ${tenants}, as they shall be`)
    return true
  }
  if (isCheck) {
    output.line(`${out}: ${there === null ? 'is missing' : 'differs'}`)
    return false
  }
  if (there !== null && !there.includes(GENERATED)) {
    const message = `${out} is not a file of Tenantry's: it is left as it is`
    throw new TenantryError(CLI_ERRORS.notReadable, message)
  }
  writeFileSync(out, text)
  output.line(`${out}: limits of ${tenants} written`)
  return true
}
