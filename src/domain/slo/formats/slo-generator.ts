/**
 * SLOs and error budget policies of slo-generator, which are read. Source: its documentation and
 * samples, `sre.google.com/v2`. Pure.
 */
import { z } from 'zod'
import { fieldProblems } from '../../../machinery/runtime/field-problems.ts'
import type { SloSpec } from '../model/slo-spec.ts'
import { spanText } from '../model/span.ts'
import { leftOut, note, refused, type FieldFinding, type Finding } from './finding.ts'
import { compact, idOf, type ReadObject } from './format.ts'
import { ratioOfQueries, ratioOfQuotient, type Recognised } from './query-ratio.ts'
import { placed, type SourceDocument, shownText } from './source-document.ts'

const text = z.string().min(1)

const sloSchema = z.looseObject({
  apiVersion: z.literal('sre.google.com/v2'),
  kind: z.literal('ServiceLevelObjective'),
  metadata: z.looseObject({
    name: text,
    labels: z.record(z.string(), z.coerce.string()).exactOptional(),
  }),
  spec: z.looseObject({
    description: z.string().exactOptional(),
    backend: text,
    method: text,
    error_budget_policy: z.string().exactOptional(),
    service_level_indicator: z.record(z.string(), z.unknown()),
    goal: z.number().gt(0).lt(1),
  }),
})
type GeneratorSlo = z.infer<typeof sloSchema>

const stepSchema = z.looseObject({
  name: text,
  burn_rate_threshold: z.number().positive(),
  window: z.number().int().positive(),
  alert: z.boolean().exactOptional(),
  message_alert: z.string().exactOptional(),
})
const policiesSchema = z
  .record(z.string(), z.looseObject({ steps: z.array(stepSchema).min(1) }))
  .refine((policies) => Object.keys(policies).length > 0, { error: 'holds no policy' })
type Step = z.infer<typeof stepSchema>

/** The longest window of the policy that its documentation begins with. */
const USUAL_WINDOW_SECONDS = 28 * 86_400

/** Tells whether a document is an SLO of slo-generator, or its configuration with policies. */
export function isSloGenerator({ value }: SourceDocument): boolean {
  return shownText(value['apiVersion']).startsWith('sre.google.com/') || isPolicies(value)
}

function isPolicies(value: SourceDocument['value']): boolean {
  return value['error_budget_policies'] !== undefined
}

export interface GeneratorSlos {
  readonly slos: readonly { readonly document: SourceDocument; readonly read: ReadObject }[]
  readonly findings: readonly Finding[]
}

/** Reads SLOs by the policies that stand in the same files. */
export function readSloGenerator(documents: readonly SourceDocument[]): GeneratorSlos {
  const policies = new Map<string, readonly Step[]>()
  const findings: Finding[] = []
  for (const document of documents.filter(({ value }) => isPolicies(value))) {
    const given = document.value['error_budget_policies']
    const parsed = policiesSchema.safeParse(given)
    const path = ['error_budget_policies']
    if (!parsed.success) {
      for (const problem of fieldProblems(parsed.error, given)) {
        findings.push(placed(document, refused([...path, ...problem.path], problem.message)))
      }
      continue
    }
    for (const [name, { steps }] of Object.entries(parsed.data)) {
      policies.set(name, steps)
      const periodSeconds = longestOf(steps)
      steps.forEach((step, i) => {
        const at = [...path, name, 'steps', i]
        findings.push(placed(document, leftOut(at, stepSentence(step, periodSeconds))))
      })
    }
  }
  const slos = documents
    .filter(({ value }) => !isPolicies(value))
    .map((document) => ({ document, read: readSlo(document, policies) }))
  return { slos, findings }
}

function longestOf(steps: readonly Step[]): number {
  return Math.max(...steps.map(({ window }) => window))
}

/** A step has one window; a pair of ours has two, and its threshold is a share of the budget. */
function stepSentence(step: Step, periodSeconds: number): string {
  const share = (step.burn_rate_threshold * step.window) / periodSeconds
  const percent = Number((share * 100).toPrecision(4))
  const says = step.message_alert === undefined ? '' : ` ("${step.message_alert}")`
  const fires = `a burn above ${step.burn_rate_threshold} over ${spanText(step.window)}${says}`
  const advice =
    step.window >= periodSeconds || step.alert === false || percent > 100
      ? 'is no alert of two windows, but a consequence of what is left of the budget'
      : `has one window; as an alert of an SLO it needs a short one beside it, with budgetPercent ${percent}`
  return `${fires} ${advice}`
}

function readSlo(
  document: SourceDocument,
  policies: ReadonlyMap<string, readonly Step[]>,
): ReadObject {
  const parsed = sloSchema.safeParse(document.value)
  if (!parsed.success) {
    const problems = fieldProblems(parsed.error, document.value)
    return { findings: problems.map(({ path, message }) => refused(path, message)) }
  }
  const { metadata, spec } = parsed.data
  const sloId = idOf(metadata.name)
  const path = ['spec', 'service_level_indicator']
  const found = indicatorOf(spec)
  if (sloId === undefined || !found.ok) {
    return { findings: [refused(path, found.ok ? 'has no name' : found.reason)] }
  }
  const named = spec.error_budget_policy ?? 'default'
  const steps = policies.get(named)
  const periodSeconds = steps === undefined ? USUAL_WINDOW_SECONDS : longestOf(steps)
  const period = spanText(periodSeconds)
  const where = steps === undefined ? 'that slo-generator begins with' : named
  const notes: FieldFinding[] = [
    ...found.notes.map((message) => note(path, message)),
    note(['spec'], `has the period of ${period}, the longest window of the policy ${where}`),
  ]
  return {
    findings: notes,
    spec: compact({
      sloId,
      title: metadata.name.slice(0, 100),
      description: spec.description,
      service: metadata.labels?.['service_name']?.slice(0, 63),
      labels: metadata.labels,
      indicator: found.indicator,
      period: { rolling: period },
      objectives: [{ percent: Number((spec.goal * 100).toPrecision(12)) }],
    }) as SloSpec,
  }
}

function indicatorOf({
  backend,
  method,
  service_level_indicator: sli,
}: GeneratorSlo['spec']): Recognised {
  if (!backend.startsWith('prometheus')) {
    return { ok: false, reason: `is of the backend ${backend}; queries of prometheus are read` }
  }
  const field = (name: string): string | undefined => {
    const value = sli[name]
    return typeof value === 'string' ? value : undefined
  }
  const expression = field('expression')
  switch (method) {
    case 'good_bad_ratio': {
      const parts = {
        good: field('filter_good'),
        bad: field('filter_bad'),
        total: field('filter_valid'),
      }
      const given = Object.values(parts).filter((part) => part !== undefined)
      if (given.length !== 2) {
        return { ok: false, reason: 'expected two of filter_good, filter_bad and filter_valid' }
      }
      return ratioOfQueries(compact(parts) as Partial<Record<'good' | 'bad' | 'total', string>>)
    }
    case 'distribution_cut': {
      const bound = sli['threshold_bucket']
      const bucket = /^\s*([a-zA-Z_:][\w:]*)_bucket\s*(?:\{(.*)\})?\s*$/s.exec(expression ?? '')
      if (bucket === null || typeof bound !== 'number') {
        return { ok: false, reason: 'expected expression, a bucket metric, and threshold_bucket' }
      }
      const [, base, where = ''] = bucket
      const inner = where.trim().replace(/,$/, '')
      const bucketWhere = [inner, `le="${bound}"`].filter((part) => part !== '').join(',')
      return ratioOfQueries({
        good: `${base!}_bucket{${bucketWhere}}`,
        total: `${base!}_count{${inner}}`,
      })
    }
    case 'query_sli':
      if (expression === undefined) return { ok: false, reason: 'expected expression' }
      return ratioOfQuotient(expression, 'success')
    default:
      return { ok: false, reason: `counts by the method ${method}, which is not read` }
  }
}
