import { basename } from 'node:path'
import { ENGINES_FILE, findEnginesFile, readEnginesFile } from '../../../engines.ts'
import { findScrapeFile, readScrapeFile, SCRAPE_FILE } from '../../../scraping.ts'
import { readConfigDirectory } from '../config-directory.ts'
import { lintSlos, spanSeconds } from '../../../domain/slo/slo.ts'
import { EXIT } from '../exit-codes.ts'
import { openOutput } from '../output.ts'
import type { Register } from '../command.ts'
import { lintLine, USUAL_SAMPLE_SPAN } from './slo-lint.ts'

export const register: Register = (program, context) => {
  program
    .command('validate')
    .description('checks configuration files; opens no data and asks no server')
    .requiredOption('-f, --file <DIR>', 'a directory of YAML files, or one file')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  tenantry validate -f config')
    .action((options: { readonly file: string; readonly json?: boolean }) => {
      const output = openOutput(options.json === true)
      const files = readConfigDirectory(options.file)
      const isNamed = (file: string): boolean => basename(options.file) === file
      const scrapeFile = isNamed(SCRAPE_FILE) ? options.file : findScrapeFile(options.file)
      const scrape = scrapeFile === undefined ? undefined : readScrapeFile(scrapeFile)
      const enginesFile = isNamed(ENGINES_FILE) ? options.file : findEnginesFile(options.file)
      const handOver = enginesFile === undefined ? undefined : readEnginesFile(enginesFile)
      const problems = [
        ...files.problems,
        ...(scrape?.problems ?? []),
        ...(handOver?.problems ?? []),
      ]
      const { tenants, attribution = [], mapping = [], slo } = files
      for (const { file, line, column, field, message } of problems) {
        const where = `${file}:${String(line)}:${String(column)}`
        output.line([where, field, message].filter((part) => part !== '').join(': '))
      }
      const warnings = lintSlos(slo.slos ?? [], { sampleSeconds: spanSeconds(USUAL_SAMPLE_SPAN) })
      for (const warning of warnings) output.line(`warning: ${lintLine(warning)}`)
      const count = (many: number, noun: string): string =>
        `${String(many)} ${noun}${many === 1 ? '' : 's'}`
      const counts = [
        count(tenants.length, 'tenant'),
        ...(files.attribution === undefined ? [] : [count(attribution.length, 'attribution rule')]),
        ...(files.mapping === undefined ? [] : [count(mapping.length, 'mapping row')]),
        ...(slo.slos === undefined ? [] : [count(slo.slos.length, 'SLO')]),
        ...(slo.overrides === undefined ? [] : [count(slo.overrides.length, 'SLO override')]),
        ...(slo.policies === undefined ? [] : [policyCount(slo.policies.length)]),
        ...(scrape === undefined ? [] : [count(scrape.jobs.length, 'scrape job')]),
        ...(handOver === undefined ? [] : [count(handOver.engines.length, 'engine')]),
      ]
      const valid = new Intl.ListFormat('en-GB').format(counts)
      output.line(`${valid} valid, ${count(problems.length, 'problem')}`)
      output.value({
        valid: problems.length === 0,
        tenants: tenants.map(({ config }) => config.tenantId),
        attributionRules: attribution.length,
        mappingRows: mapping.length,
        slos: slo.slos?.map(({ sloId }) => sloId) ?? [],
        sloOverrides: slo.overrides?.length ?? 0,
        budgetPolicies: slo.policies?.map(({ policyId }) => policyId) ?? [],
        scrapeJobs: scrape?.jobs.map(({ job_name: name }) => name) ?? [],
        engines: handOver?.engines.map(({ name }) => name) ?? [],
        problems,
        warnings,
      })
      if (problems.length > 0) context.exitCode = EXIT.notSo
    })
}

function policyCount(many: number): string {
  return `${String(many)} budget ${many === 1 ? 'policy' : 'policies'}`
}
