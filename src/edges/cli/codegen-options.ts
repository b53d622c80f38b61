/** The options of what is generated, as the API takes them by the same names. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { DEFAULT_OPTIONS, READINGS } from '../../codegen/input.ts'
import { OPTION_TEXTS, type OptionName, type SaidOptions } from '../../codegen/options.ts'

export type CodegenFlags = SaidOptions

const { platform } = DEFAULT_OPTIONS
const CAPITAL = /[A-Z]/g

export function withCodegenOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--reads <WHAT>', "what rules count by: Tenantry's series, or the platform's own")
        .choices(READINGS)
        .default(DEFAULT_OPTIONS.reads),
    )
    .option(
      '--anchored',
      'increase(… anchored), exact; Prometheus needs promql-extended-range-selectors',
    )
    .option('--sloth-names', "record under the names of Sloth's dashboards as well")
    .addOption(said('tenantLabel', "the platform's label of the tenant", platform.tenantLabel))
    .addOption(
      said('durationMetric', "the platform's histogram of requests", platform.durationMetric),
    )
    .addOption(said('codeLabel', "the platform's label of the status code", platform.codeLabel))
    .addOption(said('maxRules', 'in one group', DEFAULT_OPTIONS.maxRulesPerGroup))
    .addOption(said('maxGroups', 'of one target', DEFAULT_OPTIONS.maxGroups))
    .addOption(said('runbooks', 'what alerts link to', DEFAULT_OPTIONS.runbooks))
}

function said(name: OptionName, about: string, usual: string | number): Option {
  const flag = name.replaceAll(CAPITAL, (letter) => `-${letter.toLowerCase()}`)
  return new Option(`--${flag} <${typeof usual === 'number' ? 'N' : 'TEXT'}>`, about)
    .argParser((text) => {
      const read = OPTION_TEXTS[name].safeParse(text)
      if (read.success) return read.data
      throw new InvalidArgumentError(`${read.error.issues[0]!.message}.`)
    })
    .default(usual)
}
