/**
 * Everything that configuration says about SLOs, as one: the SLOs, those that are there without any
 * included, and what single tenants are promised otherwise. Pure.
 */
import { z } from 'zod'
import { tenantId, type SloId, type TenantId } from '../../../core/ids.ts'
import type { SloTemplate } from '../template.ts'
import { DEFAULT_SLOS } from './default-slos.ts'
import { effectiveFromMs, versionAt, type ObjectiveHistory } from './objective-history.ts'
import { ppmOfPercent } from './percent.ts'
import { periodOf, type PeriodSpec } from './period.ts'
import { spanSeconds } from './span.ts'
import { COMMON_WINDOWS } from '../window-plan.ts'
import { budgetPolicySchema, POLICY_LIMITS, type BudgetPolicySpec } from './budget-policy.ts'
import { DEFAULT_POLICIES } from './default-policies.ts'
import { sloOverrideSchema, type SloOverrideSpec } from './slo-override.ts'
import { SLO_LIMITS, sloSpecSchema, type SloSpec } from './slo-spec.ts'
import { templateOf } from './template-of.ts'
import type { SloTier } from './tiers.ts'

const slosSchema = z.array(sloSpecSchema).max(SLO_LIMITS.slos)
const overridesSchema = z.array(sloOverrideSchema).max(SLO_LIMITS.overrides)
const policiesSchema = z.array(budgetPolicySchema).max(POLICY_LIMITS.policies)

/** What a change may replace. */
export const sloBookParts = z.strictObject({
  slos: slosSchema.exactOptional(),
  overrides: overridesSchema.exactOptional(),
  policies: policiesSchema.exactOptional(),
})

export const sloBookSchema = z
  .strictObject({
    slos: slosSchema,
    overrides: overridesSchema,
    policies: policiesSchema.exactOptional(),
  })
  .superRefine((book, context) => {
    for (const { list, index, field, message } of bookProblems(book)) {
      context.addIssue({ code: 'custom', message, path: [list, index, ...field] })
    }
  })
/** What configuration holds: SLOs and budget policies that replace those of their id, and
 *  overrides. */
export type SloBookSpec = z.infer<typeof sloBookSchema>

export const EMPTY_BOOK: SloBookSpec = { slos: [], overrides: [] }

/** What is wrong with documents only when they are seen together. */
export interface BookProblem {
  readonly list: 'slos' | 'overrides' | 'policies'
  readonly index: number
  readonly field: readonly (string | number)[]
  readonly message: string
}

/** Finds what refers to nothing, comes twice or goes in circles. */
export function bookProblems(book: SloBookSpec): BookProblem[] {
  const all = allSlos(book)
  const known = new Map(all.map((spec) => [spec.sloId, spec]))
  const slos = book.slos.flatMap((spec, index): BookProblem[] => {
    const at = (field: (string | number)[], message: string): BookProblem => {
      return { list: 'slos', index, field, message }
    }
    const first = book.slos.findIndex(({ sloId }) => sloId === spec.sloId)
    const twice = first < index ? [at(['sloId'], `${spec.sloId} is defined already`)] : []
    return [...twice, ...referenceProblems(spec, known, at)]
  })
  const firstOf = new Map<string, number>()
  const overrides = book.overrides.flatMap(({ tenant, slo }, index): BookProblem[] => {
    const at = (field: string, message: string): BookProblem => {
      return { list: 'overrides', index, field: [field], message }
    }
    const key = `${tenant}/${slo}`
    const isFirst = !firstOf.has(key)
    if (isFirst) firstOf.set(key, index)
    return [
      ...(known.has(slo) ? [] : [at('slo', `there is no SLO ${slo}`)]),
      ...(isFirst ? [] : [at('tenant', `${tenant} has an override of ${slo} already`)]),
    ]
  })
  return [...slos, ...overrides, ...policyProblems(book.policies ?? [], known)]
}

function policyProblems(
  policies: readonly BudgetPolicySpec[],
  known: ReadonlyMap<string, SloSpec>,
): BookProblem[] {
  return policies.flatMap(({ policyId, slos = [] }, index) => {
    const at = (field: (string | number)[], message: string): BookProblem => {
      return { list: 'policies', index, field, message }
    }
    const first = policies.findIndex((policy) => policy.policyId === policyId)
    const twice = first < index ? [at(['policyId'], `${policyId} is defined already`)] : []
    const unknown = slos.flatMap((slo, i) => {
      const kind = known.get(slo)?.indicator.kind
      if (kind === undefined) return [at(['slos', i], `there is no SLO ${slo}`)]
      if (kind !== 'roll-up' && kind !== 'external') return []
      return [at(['slos', i], `${slo} is of kind ${kind}: no tenant has a budget of it`)]
    })
    return [...twice, ...unknown]
  })
}

/** Lists the budget policies that hold: those that are there anyway, replaced in their place, then
 *  those of the book. */
export function allPolicies({
  policies = [],
}: Pick<SloBookSpec, 'policies'>): readonly BudgetPolicySpec[] {
  const own = new Map(policies.map((policy) => [policy.policyId, policy]))
  const isDefault = new Set(DEFAULT_POLICIES.map(({ policyId }) => policyId))
  return [
    ...DEFAULT_POLICIES.map((policy) => own.get(policy.policyId) ?? policy),
    ...policies.filter(({ policyId }) => !isDefault.has(policyId)),
  ]
}

function referenceProblems(
  { indicator, period, alerts }: SloSpec,
  known: ReadonlyMap<string, SloSpec>,
  at: (field: (string | number)[], message: string) => BookProblem,
): BookProblem[] {
  if (indicator.kind === 'roll-up') return rollUpProblem(indicator.of)
  if (indicator.kind !== 'composite') return []
  const parts = indicator.of.flatMap(({ slo }, i) => [
    ...partProblem(slo, ['indicator', 'of', i, 'slo']),
    ...periodProblem(slo, ['indicator', 'of', i, 'slo']),
  ])
  return [...parts, ...windowProblems()]

  function periodProblem(slo: string, field: (string | number)[]): BookProblem[] {
    const part = known.get(slo)
    if (part === undefined || samePeriod(part.period, period)) return []
    return [at(field, `${slo} has another period: expected that of the whole`)]
  }

  function windowProblems(): BookProblem[] {
    return (alerts ?? []).flatMap((pair, i) =>
      (['long', 'short'] as const).flatMap((name) => {
        const seconds = spanSeconds(pair[name])
        if (COMMON_WINDOWS.some((window) => window.seconds === seconds)) return []
        const windows = COMMON_WINDOWS.map((window) => window.name).join(', ')
        return [at(['alerts', i, name], `of a ${indicator.kind}: expected one of ${windows}`)]
      }),
    )
  }

  function rollUpProblem(of: string): BookProblem[] {
    const field = ['indicator', 'of']
    const isSourced = known.get(of)?.indicator.kind === 'external'
    const part = isSourced ? [] : partProblem(of, field)
    const isAlerting = (alerts ?? []).length > 0
    const burns =
      isSourced && isAlerting ? [at(['alerts'], `${of} is counted by a source: nothing burns`)] : []
    return [...part, ...periodProblem(of, field), ...burns, ...windowProblems()]
  }

  function partProblem(slo: string, field: (string | number)[]): BookProblem[] {
    const part = known.get(slo)
    if (part === undefined) return [at(field, `there is no SLO ${slo}`)]
    const { kind } = part.indicator
    if (kind !== 'composite' && kind !== 'roll-up' && kind !== 'external') return []
    return [at(field, `${slo} is itself of kind ${kind}: expected one that counts events`)]
  }
}

function samePeriod(left: PeriodSpec, right: PeriodSpec): boolean {
  return JSON.stringify(periodOf(left)) === JSON.stringify(periodOf(right))
}

/** Lists the SLOs that hold: those of the book, and those that are there anyway and it does not
 *  replace. Shape: the latter first, replaced in their place. */
export function allSlos({ slos }: Pick<SloBookSpec, 'slos'>): readonly SloSpec[] {
  const own = new Map(slos.map((spec) => [spec.sloId, spec]))
  const defaults = DEFAULT_SLOS.map((spec) => own.get(spec.sloId) ?? spec)
  const isDefault = new Set(DEFAULT_SLOS.map(({ sloId }) => sloId))
  return [...defaults, ...slos.filter(({ sloId }) => !isDefault.has(sloId))]
}

export interface Override {
  readonly objectives: readonly OverrideVersion[]
  readonly minBadEvents: number | null
  readonly minTotalEvents: number | null
}

interface OverrideVersion {
  readonly fromMs: number
  /** Null: what the tier is promised. */
  readonly targetPpm: number | null
  readonly recompute: boolean
}

/** What the engine counts and judges by. */
export interface SloBook {
  readonly templates: readonly SloTemplate[]
  override(tenantId: TenantId, sloId: SloId): Override | undefined
}

/** Makes a book of templates alone. */
export function bookOfTemplates(templates: readonly SloTemplate[]): SloBook {
  return { templates, override: () => undefined }
}

/** Makes a book of these SLOs and no others. Asks that they were checked. */
export function bookOfSlos(specs: readonly SloSpec[]): SloBook {
  return bookOfTemplates(specs.map(templateOf))
}

/** Makes the book of a specification. Asks that it was checked. */
export function sloBookOf(spec: SloBookSpec): SloBook {
  const overrides = new Map(
    spec.overrides.map((override) => [
      keyOf(tenantId(override.tenant), override.slo),
      overrideOf(override),
    ]),
  )
  const specs = allSlos(spec)
  return {
    templates: specs.map((each) => rolledUp(each, templateOf(each), specs)),
    override: (tenant, slo) => overrides.get(keyOf(tenant, slo)),
  }
}

/** Gives an SLO that is added up over tenants what it says nothing of and has from the one that it
 *  adds up: the cause, so that one failure is told of once, and the least minutes. What a source
 *  counts burns in no group. */
function rolledUp(spec: SloSpec, template: SloTemplate, all: readonly SloSpec[]): SloTemplate {
  const { indicator } = spec
  const of = indicator.kind === 'roll-up' && all.find(({ sloId }) => sloId === indicator.of)
  if (of === undefined || of === false) return template
  const { cause, minBadEvents, minTotalEvents } = templateOf(of)
  return {
    ...template,
    cause: spec.cause ?? cause,
    pairs: of.indicator.kind === 'external' ? [] : template.pairs,
    minBadEvents: spec.minBadEvents ?? minBadEvents,
    minTotalEvents: spec.minTotalEvents ?? minTotalEvents,
  }
}

function overrideOf(spec: SloOverrideSpec): Override {
  return {
    objectives: spec.objectives.map(({ from, percent, recompute }) => ({
      fromMs: from === undefined ? 0 : effectiveFromMs(Date.parse(from)),
      targetPpm: percent === null ? null : ppmOfPercent(percent),
      recompute: recompute ?? false,
    })),
    minBadEvents: spec.minBadEvents ?? null,
    minTotalEvents: spec.minTotalEvents ?? null,
  }
}

/** Tells what one tenant is promised over time: its tier's objectives, with its own in between.
 *  Shape: as ObjectiveHistory; neighbours may be alike. */
export function historyFor(
  { objectives }: Pick<SloTemplate, 'objectives'>,
  tier: SloTier,
  override: Override | undefined,
): ObjectiveHistory {
  const tiers = objectives[tier]
  if (override === undefined) return tiers
  const instants = new Set([0, ...tiers.map(fromOf), ...override.objectives.map(fromOf)])
  return [...instants]
    .toSorted((left, right) => left - right)
    .map((fromMs) => {
      const ofTier = versionAt(tiers, fromMs)
      const own = override.objectives.findLast((version) => version.fromMs <= fromMs)
      const recompute =
        (ofTier.recompute && ofTier.fromMs === fromMs) ||
        (own?.recompute === true && own.fromMs === fromMs)
      return { fromMs, targetPpm: own?.targetPpm ?? ofTier.targetPpm, recompute }
    })
}

function fromOf({ fromMs }: { readonly fromMs: number }): number {
  return fromMs
}

function keyOf(tenant: TenantId, slo: string): string {
  return `${tenant}/${slo}`
}
