/** All rule files of an installation, as every target of alerts writes them. Pure. */
import type { SloSpec } from '../../domain/slo/model/slo-spec.ts'
import { templateOf } from '../../domain/slo/model/template-of.ts'
import type { BurnPair } from '../../domain/slo/windows.ts'
import type { CodegenInput } from '../input.ts'
import { burnAlert, fallbackAlert } from './burn-alerts.ts'
import { countedOf, type Counted, type CountedEvents, type CountedSlices } from './counted.ts'
import { checkGroups, packed } from './packed.ts'
import { platformReading, readingOf, type Reading } from './reading.ts'
import type { RuleFile } from './rule.ts'
import { selfRules } from './self-rules.ts'
import { FALLBACK_SERIES, SLO_SERIES } from './series.ts'
import { sloGroups } from './slo-rules.ts'
import { slothRules } from './sloth-names.ts'
import { STAGES, stageOf, type Stages } from './stages.ts'
import { tenantGroups } from './tenant-rules.ts'

/** An SLO that rules count, and what. */
export interface CountedSlo {
  readonly spec: SloSpec
  readonly counted: CountedEvents | CountedSlices
}

export interface LeftOutSlo {
  readonly sloId: string
  readonly why: string
}

/** Tells which SLOs rules count, and which only Tenantry does. */
export function countedSlos(
  slos: readonly SloSpec[],
  reading: Reading,
): { readonly counted: readonly CountedSlo[]; readonly leftOut: readonly LeftOutSlo[] } {
  const all = slos.map((spec) => ({ spec, counted: countedOf(spec, reading) }))
  return {
    counted: all.flatMap(({ spec, counted }) => (isCounted(counted) ? [{ spec, counted }] : [])),
    leftOut: all.flatMap(({ spec, counted }) =>
      isCounted(counted) ? [] : [{ sloId: spec.sloId, why: counted.why }],
    ),
  }
}

/** Tells which SLOs have no rules. */
export function leftOutSlos({ slos, options }: CodegenInput): readonly LeftOutSlo[] {
  return countedSlos(slos, readingOf(options)).leftOut
}

function isCounted(counted: Counted): counted is CountedSlo['counted'] {
  return counted.from !== 'left-out'
}

/** Makes every file. Throws CODEGEN_TOO_MANY_RULES. */
export function ruleFiles({ slos, options }: CodegenInput, stages: Stages = STAGES): RuleFile[] {
  const { counted } = countedSlos(slos, readingOf(options))
  const { maxRulesPerGroup: maxRules, runbooks } = options
  const intervalSeconds = stages[0]!.everySeconds
  const files: RuleFile[] = [
    {
      name: 'tenants',
      about: 'Who is a tenant of which tier, what each is promised, and the alerts of silence.',
      groups: tenantGroups({
        slos: counted.map(({ spec }) => spec),
        reference: referenceOf(counted),
        stages,
        maxRules,
        runbooks,
      }),
    },
    ...counted.map((slo) => sloFile(slo, { options, stages })),
    ...fallbackFiles({ slos, options }, stages),
    {
      name: 'tenantry',
      about: 'Tenantry itself: down, refusing, late, short of room; and a watchdog.',
      groups: packed({ name: 'tenantry-self', intervalSeconds }, selfRules(runbooks), maxRules),
    },
  ]
  checkGroups(files, options.maxGroups)
  return files
}

/** Chooses the SLO by which it is told whether a tenant is counted: the first of events. */
export function referenceOf(slos: readonly CountedSlo[]): SloSpec | undefined {
  return slos.find(
    ({ spec, counted: { from } }) => from === 'events' && templateOf(spec).pairs.length > 0,
  )?.spec
}

/** What an SLO's file is made by. */
export interface FileInput {
  readonly options: CodegenInput['options']
  readonly stages: Stages
  readonly leastTotal?: number
}

/** Makes the file of one SLO. */
export function sloFile(
  { spec, counted }: CountedSlo,
  { options, stages, leastTotal }: FileInput,
): RuleFile {
  const { maxRulesPerGroup: maxRules, runbooks, slothNames } = options
  const groups = sloGroups({
    prefix: 'tenantry',
    spec,
    counted,
    stages,
    series: SLO_SERIES,
    pairs: templateOf(spec).pairs,
    alertOf: (pair, expr) => burnAlert({ spec, pair, expr, runbooks }),
    keepsPeriod: true,
    ...(leastTotal === undefined ? {} : { leastTotal }),
    maxRules,
  })
  const sloth = { name: `tenantry-${spec.sloId}-sloth`, intervalSeconds: stages[0]!.everySeconds }
  return {
    name: spec.sloId,
    about: `${spec.title}: what is counted, how fast budgets burn, and the alerts.`,
    groups: slothNames ? [...groups, ...packed(sloth, slothRules(spec), maxRules)] : groups,
  }
}

/** The fastest page of every SLO that counts requests, by the platform's own metrics. Empty where
 *  all rules read them. */
export function fallbackFiles(input: CodegenInput, stages: Stages): RuleFile[] {
  const groups = pagedBeside(input).flatMap(({ spec, counted, pair }) => {
    const { maxRulesPerGroup: maxRules, runbooks } = input.options
    return sloGroups({
      prefix: 'tenantry-fallback',
      spec,
      counted,
      stages,
      series: FALLBACK_SERIES,
      pairs: [pair],
      alertOf: (one, expr) => fallbackAlert({ spec, pair: one, expr, runbooks }),
      keepsPeriod: false,
      maxRules,
    })
  })
  if (groups.length === 0) return []
  const about = "While Tenantry is down: fast burns by the platform's own metrics."
  return [{ name: 'fallback', about, groups }]
}

/** Tells which SLOs page while Tenantry is down. */
export function fallbackSlos(input: CodegenInput): SloSpec[] {
  return pagedBeside(input).map(({ spec }) => spec)
}

function pagedBeside({ slos, options }: CodegenInput): (CountedSlo & { pair: BurnPair })[] {
  if (options.reads === 'platform') return []
  return countedSlos(slos, platformReading(options)).counted.flatMap(({ spec, counted }) => {
    if (counted.from !== 'events') return []
    const pair = templateOf(spec).pairs.find(
      ({ action, longSeconds }) => action === 'page' && stageOf(STAGES, longSeconds) === 0,
    )
    return pair === undefined ? [] : [{ spec, counted, pair }]
  })
}
