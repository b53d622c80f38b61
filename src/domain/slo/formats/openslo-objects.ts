/**
 * A set of OpenSLO objects: references are followed, SLOs of several objectives and composites
 * taken apart, and what SLOs refer to is kept for the way back. Pure.
 */
import { fieldProblems } from '../../../machinery/runtime/field-problems.ts'
import { sloSpecSchema, type SloSpec } from '../model/slo-spec.ts'
import { SLO_TIERS } from '../model/tiers.ts'
import { leftOut, note, refused, type FieldFinding, type Finding } from './finding.ts'
import { compact, idOf, isSame, type JsonObject, type SloUnit } from './format.ts'
import { asV1, OPENSLO_VERSIONS } from './openslo-older.ts'
import { objectSchema, OPENSLO_SPECS, type OpenSloKind } from './openslo-schema.ts'
import { isObject, placed, type SourceDocument, shownText } from './source-document.ts'

const OBJECTS_ANNOTATION = 'tenantry.dev/openslo-objects'
/** As long as an annotation of an SLO may be. */
const OBJECTS_CHARACTERS = 10_000

/** Tells whether a document says that it is OpenSLO. */
export function isOpenSlo({ value }: SourceDocument): boolean {
  return /^openslo(\.com)?\//.test(shownText(value['apiVersion']))
}

interface Known {
  readonly kind: OpenSloKind
  readonly name: string
  readonly object: JsonObject
  readonly document: SourceDocument
}

export interface OpenSloUnits {
  readonly units: readonly SloUnit[]
  /** SLOs that are made of others: the composites. */
  readonly made: readonly { readonly spec: SloSpec; readonly document: SourceDocument }[]
  readonly findings: readonly Finding[]
}

/**
 * Takes a set of objects apart. Shape: a unit for every objective, or for the three of the tiers.
 */
export function unitsOf(documents: readonly SourceDocument[]): OpenSloUnits {
  const findings: Finding[] = []
  const known: Known[] = []
  for (const document of documents) {
    const checked = checkedObject(document)
    if ('kind' in checked) {
      const { kind, name } = checked
      if (known.some((one) => one.kind === kind && one.name === name)) {
        const message = `there is another ${kind} called ${name}`
        findings.push(placed(document, refused(['metadata', 'name'], message)))
      } else known.push(checked)
    } else findings.push(...checked.problems.map((problem) => placed(document, problem)))
  }
  const slos = known.filter(({ kind }) => kind === 'SLO')
  const taken = slos.map((slo) => takenApart(slo, known))
  for (const [index, { problems }] of taken.entries()) {
    findings.push(...problems.map((problem) => placed(slos[index]!.document, problem)))
  }
  const used = new Set(taken.flatMap((each) => each.used))
  for (const other of known) {
    if (other.kind === 'SLO' || used.has(other)) continue
    const message = `${other.kind} ${other.name} belongs to no SLO of these files`
    findings.push(placed(other.document, leftOut([], message)))
  }
  return {
    units: taken.flatMap(({ units }) => units),
    made: taken.flatMap(({ made }) => made),
    findings,
  }
}

function checkedObject(document: SourceDocument): Known | { readonly problems: FieldFinding[] } {
  const version = document.value['apiVersion']
  if (!OPENSLO_VERSIONS.some((one) => one === version)) {
    const message = `expected ${OPENSLO_VERSIONS.join(', ')}, not ${shownText(version)}`
    return { problems: [refused(['apiVersion'], message)] }
  }
  const object = asV1(document.value)
  const kind = Object.keys(OPENSLO_SPECS).find((one) => one === object['kind'])
  if (kind === undefined) {
    const message = `expected a kind: ${Object.keys(OPENSLO_SPECS).join(', ')}`
    return { problems: [refused(['kind'], message)] }
  }
  const schema = objectSchema(kind as OpenSloKind)
  const parsed = schema.safeParse(object)
  if (!parsed.success) {
    return {
      problems: fieldProblems(parsed.error, object).map(({ path, message }) =>
        refused(path, message),
      ),
    }
  }
  return { kind: kind as OpenSloKind, name: parsed.data.metadata.name, object, document }
}

interface TakenApart {
  readonly units: readonly SloUnit[]
  readonly made: OpenSloUnits['made']
  readonly problems: readonly FieldFinding[]
  readonly used: readonly Known[]
}

type Objective = JsonObject & { indicator?: unknown; indicatorRef?: unknown }

function takenApart({ object, document, name }: Known, known: readonly Known[]): TakenApart {
  const used: Known[] = []
  const problems: FieldFinding[] = []
  const follow = (kind: OpenSloKind, ref: unknown, path: PropertyKey[]): Known | undefined => {
    const found = known.find((one) => one.kind === kind && one.name === ref)
    if (found !== undefined) used.push(found)
    else {
      const message = `there is no ${kind} called ${shownText(ref)} in these files`
      problems.push(leftOut(path, message))
    }
    return found
  }
  const spec = object['spec'] as JsonObject
  followPolicies(spec['alertPolicies'], follow)
  const service = known.find((one) => one.kind === 'Service' && one.name === spec['service'])
  if (service !== undefined) used.push(service)
  const inline = (holder: Objective, path: PropertyKey[]): JsonObject | undefined => {
    const { indicatorRef, indicator, ...rest } = holder
    if (indicatorRef === undefined) {
      return withSources(holder, indicator, { follow, path: [...path, 'indicator'] })
    }
    const sli = follow('SLI', indicatorRef, [...path, 'indicatorRef'])
    if (sli === undefined) return undefined
    const inlined = { metadata: sli.object['metadata'], spec: sli.object['spec'] }
    return withSources(rest, inlined, { follow, path: [...path, 'indicatorRef'] })
  }
  const objectives = spec['objectives'] as Objective[]
  const whole = inline(spec, ['spec'])
  const parts = objectives.map((one, i) => inline(one, ['spec', 'objectives', i]))
  if (whole === undefined || parts.includes(undefined)) {
    // The file that holds it is not here: nothing is known of what is counted.
    const lost = problems.map((each) => ({ ...each, kind: 'refused' as const }))
    return { units: [], made: [], problems: lost, used }
  }
  const annotations = keptObjects(used, problems)
  const isComposite = objectives.some((one) => (one.indicator ?? one.indicatorRef) !== undefined)
  const isWhole = objectives.length === 1 || isByTier(objectives)
  if (isWhole && !isComposite) {
    const unit: SloUnit = {
      object: { ...object, spec: whole },
      document,
      pathOf: (path) => path,
      annotations,
    }
    return { units: [unit], made: [], problems, used }
  }
  const units = parts.map((part, index) =>
    partUnit({ object, document, whole, part: part!, index, isComposite, annotations }),
  )
  if (!isComposite) {
    const message = `has ${objectives.length} objectives; each is an SLO of its own`
    return { units, made: [], problems: [...problems, note(['spec', 'objectives'], message)], used }
  }
  const composite = compositeOf({ object, name, objectives, units })
  if ('refusal' in composite) {
    problems.push(leftOut(['spec', 'objectives'], composite.refusal))
    return { units, made: [], problems, used }
  }
  const asParts = units.map((unit) => ({ ...unit, isPart: true }))
  return { units: asParts, made: [{ spec: composite.spec, document }], problems, used }
}

function isByTier(objectives: readonly JsonObject[]): boolean {
  if (objectives.length !== SLO_TIERS.length) return false
  return SLO_TIERS.every((tier) => objectives.some((one) => one['displayName'] === tier))
}

type Follow = (kind: OpenSloKind, ref: unknown, path: PropertyKey[]) => Known | undefined

function followPolicies(policies: unknown, follow: Follow): void {
  if (!Array.isArray(policies)) return
  policies.filter(isObject).forEach((policy, i) => {
    const path = ['spec', 'alertPolicies', i]
    const ref = policy['alertPolicyRef']
    const object = ref === undefined ? policy : follow('AlertPolicy', ref, path)?.object
    const spec = object?.['spec']
    if (!isObject(spec)) return
    for (const condition of listOf(spec['conditions'])) {
      if (condition['conditionRef'] === undefined) continue
      follow('AlertCondition', condition['conditionRef'], path)
    }
    for (const target of listOf(spec['notificationTargets'])) {
      if (target['targetRef'] === undefined) continue
      follow('AlertNotificationTarget', target['targetRef'], path)
    }
  })
}

/** Gives metric sources the type of the data source that they refer to. */
function withSources(
  holder: JsonObject,
  indicator: unknown,
  { follow, path }: { readonly follow: Follow; readonly path: PropertyKey[] },
): JsonObject {
  if (!isObject(indicator)) return holder
  const typed = (value: unknown): unknown => {
    if (!isObject(value)) return value
    const source = value['metricSource']
    if (!isObject(source)) {
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, typed(part)]))
    }
    const ref = source['metricSourceRef']
    const found = ref === undefined ? undefined : follow('DataSource', ref, path)
    const type = source['type'] ?? (found?.object['spec'] as JsonObject | undefined)?.['type']
    return { ...value, metricSource: compact({ ...source, type }) }
  }
  return { ...holder, indicator: { ...indicator, spec: typed(indicator['spec']) } }
}

const SECRET_NAMES = /key|token|secret|password|credential|auth/i

/** Keeps what an SLO refers to, without what looks like a secret. */
function keptObjects(used: readonly Known[], problems: FieldFinding[]): Record<string, string> {
  if (used.length === 0) return {}
  const objects = [...new Set(used)].map(({ kind, name, object }) => {
    const text = JSON.stringify(object, (key, value: unknown) => {
      if (kind !== 'DataSource' || !SECRET_NAMES.test(key)) return value
      problems.push(leftOut([], `${key} of the DataSource ${name} may be a secret`))
      return undefined
    })
    return JSON.parse(text) as JsonObject
  })
  const kept = JSON.stringify(objects)
  if (kept.length <= OBJECTS_CHARACTERS) return { [OBJECTS_ANNOTATION]: kept }
  problems.push(leftOut([], 'refers to more objects than can be kept for the way back'))
  return {}
}

interface Part {
  readonly object: JsonObject
  readonly document: SourceDocument
  readonly whole: JsonObject
  readonly part: JsonObject
  readonly index: number
  readonly isComposite: boolean
  readonly annotations: Readonly<Record<string, string>>
}

function partUnit({
  object,
  document,
  whole,
  part,
  index,
  isComposite,
  annotations,
}: Part): SloUnit {
  const metadata = object['metadata'] as JsonObject
  const { indicator, compositeWeight: _, ...objective } = part
  const title = textOf(metadata['displayName']) ?? shownText(metadata['name'])
  const called = textOf(objective['displayName']) ?? shownText(index + 1)
  const name = `${shownText(metadata['name']).slice(0, 45)}-${shownText(index + 1)}`
  return {
    object: {
      ...object,
      metadata: { ...metadata, name, displayName: `${title}, ${called}`.slice(0, 63) },
      spec: compact({
        ...whole,
        indicator: isComposite ? indicator : whole['indicator'],
        objectives: [objective],
      }),
    },
    document,
    pathOf: (path) => {
      const [head, second, third, ...rest] = path
      if (head !== 'spec') return path
      if (second === 'objectives') return ['spec', 'objectives', index, ...rest]
      if (isComposite && second === 'indicator') {
        return [
          'spec',
          'objectives',
          index,
          'indicator',
          ...(third === undefined ? [] : [third]),
          ...rest,
        ]
      }
      return path
    },
    annotations,
  }
}

interface Composite {
  readonly object: JsonObject
  readonly name: string
  readonly objectives: readonly Objective[]
  readonly units: readonly SloUnit[]
}

/** Our composite has one objective and whole weights; OpenSLO's has a target for each part. */
function compositeOf({ object, name, objectives, units }: Composite) {
  const spec = object['spec'] as JsonObject
  if (spec['budgetingMethod'] !== 'Occurrences') {
    const method = shownText(spec['budgetingMethod'])
    return { refusal: `a composite of ${method} is left out; its parts are not` }
  }
  const targets = objectives.map((one) => one['target'] ?? Number(one['targetPercent']) / 100)
  if (targets.some((target) => target !== targets[0])) {
    return {
      refusal: 'a composite whose parts have several targets is left out; its parts are not',
    }
  }
  const weights = objectives.map((one) => Number(one['compositeWeight'] ?? 1))
  const scale = [1, 10, 100].find((each) =>
    weights.every((weight) => Number.isInteger(Number((weight * each).toFixed(9)))),
  )
  const ids = units.map((unit) => idOf(shownText((unit.object['metadata'] as JsonObject)['name'])))
  const metadata = object['metadata'] as JsonObject
  const [window] = listOf(spec['timeWindow'])
  if (scale === undefined || window?.['isRolling'] !== true) {
    return {
      refusal: 'a composite of such weights or of a calendar is left out; its parts are not',
    }
  }
  const parsed = sloSpecSchema.safeParse(
    compact({
      sloId: idOf(name),
      title: textOf(metadata['displayName']) ?? name,
      description: spec['description'],
      service: spec['service'],
      indicator: {
        kind: 'composite',
        of: ids.map((slo, i) => ({ slo, weight: Math.round(weights[i]! * scale) })),
      },
      period: { rolling: rollingOf(shownText(window['duration'])) },
      objectives: [{ percent: Number((Number(targets[0]) * 100).toPrecision(12)) }],
    }),
  )
  if (parsed.success) return { spec: parsed.data }
  const [problem] = fieldProblems(parsed.error, {})
  return { refusal: `the composite is left out: ${problem!.field} ${problem!.message}` }
}

function rollingOf(duration: string): string {
  const days: Readonly<Record<string, number>> = { M: 30, Q: 90, Y: 365 }
  const unit = days[duration.at(-1)!]
  return unit === undefined ? duration : `${Number(duration.slice(0, -1)) * unit}d`
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/**
 * Puts back what SLOs referred to: an SLI that is as it was stands as a reference again. Shape:
 * other objects first, each once.
 */
export function withObjects(
  written: readonly { readonly object: JsonObject; readonly annotation: string | undefined }[],
): JsonObject[] {
  const others = new Map<string, JsonObject>()
  const slos = written.map(({ object, annotation }) => {
    const objects = annotation === undefined ? [] : objectsOf(annotation)
    for (const each of objects) {
      const { kind, metadata } = each as { kind: string; metadata: { name: string } }
      others.set(`${kind}/${metadata.name}`, each)
    }
    return withReference(object, objects)
  })
  return [...others.values(), ...slos]
}

function withReference(object: JsonObject, objects: readonly JsonObject[]): JsonObject {
  const { indicator, ...spec } = object['spec'] as JsonObject
  const sli = objects.find(
    (one) =>
      one['kind'] === 'SLI' &&
      isObject(indicator) &&
      isSame({ metadata: one['metadata'], spec: one['spec'] }, indicator),
  )
  if (sli === undefined) return object
  const { name } = sli['metadata'] as { name: string }
  return { ...object, spec: { ...spec, indicatorRef: name } }
}

function objectsOf(annotation: string): JsonObject[] {
  try {
    const objects = JSON.parse(annotation) as unknown
    return listOf(objects).filter(
      (one) => isObject(one['metadata']) && typeof one['metadata']['name'] === 'string',
    )
  } catch {
    return []
  }
}

/** Takes the annotation with what an SLO refers to off it. */
export function withoutObjects(spec: SloSpec): {
  readonly spec: SloSpec
  readonly annotation: string | undefined
} {
  const { [OBJECTS_ANNOTATION]: annotation, ...annotations } = spec.annotations ?? {}
  if (annotation === undefined) return { spec, annotation }
  const { annotations: _, ...rest } = spec
  const isNone = Object.keys(annotations).length === 0
  return { spec: isNone ? rest : { ...rest, annotations }, annotation }
}
