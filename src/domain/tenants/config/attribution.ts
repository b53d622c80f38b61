/**
 * Whose series are that name no tenant: rules by what they do name, a namespace, a pod, a database,
 * a service or a scrape job. The first rule that matches decides. Pure.
 */
import { z } from 'zod'
import { TENANT_LIMITS } from '../limits.ts'

/**
 * What a rule may ask for, and the labels that say it, the first that is there: what an exporter
 * calls its own comes second where a scrape had to rename what it reports.
 */
export const ATTRIBUTION_FIELDS = {
  namespace: ['exported_namespace', 'k8s.namespace.name', 'k8s_namespace_name', 'namespace'],
  pod: ['exported_pod', 'k8s.pod.name', 'k8s_pod_name', 'pod'],
  database: ['datname', 'db.namespace', 'db_namespace', 'db.name', 'postgresql.database.name'],
  service: ['service.name', 'exported_service', 'service_name', 'service'],
  job: ['job'],
} as const
export type AttributionField = keyof typeof ATTRIBUTION_FIELDS
const FIELDS = Object.keys(ATTRIBUTION_FIELDS) as AttributionField[]

/** `*` stands for any characters, none included. */
const patternSchema = z
  .string()
  .min(1)
  .max(253)
  .refine((text) => text.split('*').length <= 5, { error: 'expected at most four *' })

const ruleSchema = z
  .strictObject({
    /** The id of a tenant, or a name under which metrics report it. */
    tenant: z.string().min(1).max(200),
    namespace: patternSchema.exactOptional(),
    pod: patternSchema.exactOptional(),
    database: patternSchema.exactOptional(),
    service: patternSchema.exactOptional(),
    job: patternSchema.exactOptional(),
    /** Any other labels, by name. */
    labels: z.record(z.string().min(1).max(200), patternSchema).exactOptional(),
  })
  .superRefine((rule, context) => {
    if (criteriaOf(rule).length > 0) return
    const message = `says of which series: one of ${FIELDS.join(', ')} or labels is missing`
    context.addIssue({ code: 'custom', message })
  })

export const attributionSchema = z
  .strictObject({ rules: z.array(ruleSchema).max(TENANT_LIMITS.attributionRules) })
  .superRefine(({ rules }, context) => {
    const first = new Map<string, number>()
    for (const [index, rule] of rules.entries()) {
      const key = JSON.stringify(criteriaOf(rule).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      const earlier = first.get(key)
      if (earlier === undefined) first.set(key, index)
      else {
        const message = `is never reached: rules.${String(earlier)} asks for the same`
        context.addIssue({ code: 'custom', message, path: ['rules', index] })
      }
    }
  })

export type AttributionRule = z.infer<typeof ruleSchema>

interface Criterion {
  /** The first that is there counts. */
  readonly labels: readonly string[]
  readonly pattern: string
}

/** A rule made ready to be asked. */
interface ReadyRule {
  readonly place: number
  readonly criteria: readonly Criterion[]
  readonly tenant: string
}

export class Attribution {
  /** Rules that ask for one field in full, by field and value. */
  readonly #exact = new Map<string, ReadyRule>()
  readonly #others: ReadyRule[] = []

  constructor(rules: readonly AttributionRule[]) {
    for (const [place, rule] of rules.entries()) {
      const criteria = criteriaOf(rule).map(([name, pattern]) => ({
        labels: name in ATTRIBUTION_FIELDS ? ATTRIBUTION_FIELDS[name as AttributionField] : [name],
        pattern,
      }))
      const ready = { place, criteria, tenant: rule.tenant }
      const field = criteria.length === 1 ? FIELDS.find((name) => rule[name] !== undefined) : null
      const exact = field != null && !rule[field]!.includes('*')
      const key = exact ? `${field}=${rule[field]!}` : ''
      if (!exact) this.#others.push(ready)
      else if (!this.#exact.has(key)) this.#exact.set(key, ready)
    }
  }

  /** Tells the name of the tenant that the first matching rule gives a series. */
  tenantOf(label: (name: string) => string | undefined): string | undefined {
    let found: ReadyRule | undefined
    if (this.#exact.size > 0) {
      for (const field of FIELDS) {
        const value = valueOf(ATTRIBUTION_FIELDS[field], label)
        const rule = value === '' ? undefined : this.#exact.get(`${field}=${value}`)
        if (rule !== undefined && rule.place < (found?.place ?? Infinity)) found = rule
      }
    }
    const other = this.#others.find(({ criteria }) =>
      criteria.every(({ labels, pattern }) => matches(pattern, valueOf(labels, label))),
    )
    if (other !== undefined && other.place < (found?.place ?? Infinity)) found = other
    return found?.tenant
  }
}

/** Tells whether a text is what a pattern describes. Worked: `shop-*-eu` and `shop-a-b-eu`. */
export function matches(pattern: string, text: string): boolean {
  if (text === '') return false
  const parts = pattern.split('*')
  if (parts.length === 1) return text === pattern
  const [head, tail] = [parts[0]!, parts.at(-1)!]
  if (text.length < head.length + tail.length) return false
  if (!text.startsWith(head) || !text.endsWith(tail)) return false
  let at = head.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - tail.length
}

function valueOf(labels: readonly string[], label: (name: string) => string | undefined): string {
  for (const name of labels) {
    const value = label(name)
    if (value !== undefined && value !== '') return value
  }
  return ''
}

/** What a rule asks for, as pairs of a field or label and a pattern. */
function criteriaOf(rule: Omit<AttributionRule, 'tenant'>): [name: string, pattern: string][] {
  const fields = FIELDS.flatMap((field): [string, string][] => {
    const pattern = rule[field]
    return pattern === undefined ? [] : [[field, pattern]]
  })
  return [...fields, ...Object.entries(rule.labels ?? {})]
}
