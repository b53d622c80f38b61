/**
 * The rules of tenants whose metrics were handed over to an engine, where nobody else says who
 * they are and what they are promised: both are constants. In an engine that keeps tenants apart
 * each has the whole set among its own data; where all are in one place, one set counts them all,
 * and each tenant adds its constants. Pure.
 */
import { PPM } from '../../core/units.ts'
import type { PromisedSlo } from '../../domain/slo/model/promised-slos.ts'
import type { SloSpec } from '../../domain/slo/model/slo-spec.ts'
import type { SloTier } from '../../domain/slo/model/tiers.ts'
import { templateOf } from '../../domain/slo/model/template-of.ts'
import { NO_DATA_ACTION } from '../../domain/slo/template.ts'
import type { CodegenOptions } from '../input.ts'
import { alertRule } from './alert-rule.ts'
import { packed } from './packed.ts'
import { share } from './promql.ts'
import { readingOf } from './reading.ts'
import { countedSlos, fallbackFiles, referenceOf, sloFile, type CountedSlo } from './rule-files.ts'
import type { RecordingRule, Rule, RuleFile } from './rule.ts'
import { BUDGET, LEAST_BAD, PROMISED, TIER } from './series.ts'
import { STAGES, type Stages } from './stages.ts'
import { goneSilent, promiseRules, SILENCE_LABELS } from './tenant-rules.ts'

export interface HandedOver {
  readonly tenantId: string
  readonly tier: SloTier
  readonly promises: readonly PromisedSlo[]
}

/** What the rules of tenants have in common that are promised the same SLOs. */
export interface CommonRules {
  readonly counted: readonly CountedSlo[]
  readonly files: readonly RuleFile[]
}

/** Tells tenants with the same common rules: they are worked out once for all of them. */
export function commonKey(promises: readonly PromisedSlo[]): string {
  return promises.map(({ spec, minTotalEvents }) => `${spec.sloId}/${minTotalEvents}`).join()
}

/** Makes what does not name a tenant. */
export function commonRules(
  promises: readonly PromisedSlo[],
  options: CodegenOptions,
  stages: Stages = STAGES,
): CommonRules {
  const slos = promises.map(({ spec }) => spec)
  const { counted } = countedSlos(slos, readingOf(options))
  const leastTotals = new Map(promises.map((each) => [each.spec.sloId, each.minTotalEvents]))
  const files = counted.map((slo) => {
    const leastTotal = leastTotals.get(slo.spec.sloId)!
    return sloFile(slo, { options, stages, leastTotal })
  })
  return { counted, files: [...files, ...fallbackFiles({ slos, options }, stages)] }
}

/** Makes what one tenant's set adds to the common rules, to lie before them among its own data.
 */
export function tenantFile(
  tenant: HandedOver,
  { counted }: CommonRules,
  options: CodegenOptions,
  stages: Stages = STAGES,
): RuleFile {
  const promiseOf = new Map(tenant.promises.map((promise) => [promise.spec.sloId, promise]))
  const constants = counted.flatMap(({ spec }) => budgetRules(tenant, promiseOf.get(spec.sloId)!))
  const silent = silence(counted, [tenant.tier], options, stages)
  const rules = [tierRule(tenant), ...constants, ...silent]
  return {
    name: 'tenants',
    about: 'Who the tenant is, what it is promised, and the alert of its silence.',
    groups: grouped('tenantry-tenants', rules, options, stages),
  }
}

/** Makes the set that counts all tenants of one place. Their constants say who they are. */
export function sharedRuleFiles(
  slos: readonly SloSpec[],
  options: CodegenOptions,
  stages: Stages = STAGES,
): RuleFile[] {
  const { counted } = countedSlos(slos, readingOf(options))
  const rules = [
    ...promiseRules(counted.map(({ spec }) => spec)),
    ...silence(counted, ['starter', 'professional', 'enterprise'], options, stages),
  ]
  return [
    {
      name: 'promises',
      about: 'What each tenant is promised, and the alerts of silence.',
      groups: grouped('tenantry-promises', rules, options, stages),
    },
    ...counted.map((slo) => sloFile(slo, { options, stages })),
    ...fallbackFiles({ slos, options }, stages),
  ]
}

/** Makes what one tenant adds to the shared set: its tier, and what it is promised otherwise. */
export function tenantConstants(
  tenant: HandedOver,
  options: CodegenOptions,
  stages: Stages = STAGES,
): RuleFile {
  const promised = tenant.promises
    .filter(({ isOfTier }) => !isOfTier)
    .map(({ spec, targetPpm }) => {
      const labels = { tenant: tenant.tenantId, slo: spec.sloId }
      return constant(PROMISED, share(targetPpm), labels)
    })
  return {
    name: 'tenant',
    about: 'Who the tenant is, and what it is promised otherwise than its tier.',
    groups: grouped('tenantry-tenant', [tierRule(tenant), ...promised], options, stages),
  }
}

/** Tells which SLOs rules decide on, and what goes wrong where they burn. */
export function decidedInRules(
  slos: readonly SloSpec[],
  options: CodegenOptions,
): { readonly sloIds: ReadonlySet<string>; readonly causes: ReadonlySet<string> } {
  const { counted } = countedSlos(slos, readingOf(options))
  return {
    sloIds: new Set(counted.map(({ spec }) => spec.sloId)),
    causes: new Set(counted.map(({ spec }) => templateOf(spec).cause)),
  }
}

function grouped(
  name: string,
  rules: readonly Rule[],
  { maxRulesPerGroup }: CodegenOptions,
  stages: Stages,
): RuleFile['groups'] {
  return packed({ name, intervalSeconds: stages[0]!.everySeconds }, rules, maxRulesPerGroup)
}

function constant(record: string, value: string, labels: Record<string, string>): RecordingRule {
  return { record, expr: `vector(${value})`, labels }
}

function tierRule({ tenantId, tier }: HandedOver): RecordingRule {
  return constant(TIER, '1', { tenant: tenantId, tier })
}

function budgetRules(
  { tenantId, tier }: HandedOver,
  { spec, targetPpm, minBadEvents }: PromisedSlo,
): RecordingRule[] {
  const labels = { tenant: tenantId, tier, slo: spec.sloId }
  return [
    constant(BUDGET, share(PPM - targetPpm), labels),
    constant(LEAST_BAD, String(minBadEvents), labels),
  ]
}

/** A tenant that was heard within a day and is silent, as urgent as its tier has it. */
function silence(
  counted: readonly CountedSlo[],
  tiers: readonly SloTier[],
  { runbooks }: CodegenOptions,
  stages: Stages,
): Rule[] {
  const reference = referenceOf(counted)
  if (reference === undefined) return []
  return tiers.map((tier) =>
    alertRule('TenantNoData', {
      expr: `(${goneSilent(reference, stages)}) * on (tenant) group_left (tier) ${TIER}{tier="${tier}"}`,
      forSeconds: 5 * stages[0]!.everySeconds,
      action: NO_DATA_ACTION[tier],
      labels: SILENCE_LABELS,
      summary: '{{ $labels.tenant }} had traffic within a day and is not heard of any more',
      description: 'Nothing of the tenant has been counted here for five minutes or longer.',
      runbooks,
    }),
  )
}
