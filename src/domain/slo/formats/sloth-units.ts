/**
 * Files of Sloth hold several SLOs of a service: takes them apart, and puts them together. Pure.
 */
import { refused, type Finding } from './finding.ts'
import { compact, idOf, isSame, type JsonObject, type SloUnit } from './format.ts'
import { isObject, placed, type SourceDocument, shownText } from './source-document.ts'

/** Takes documents apart. Shape: an object of one SLO for each. */
export function slothUnits(documents: readonly SourceDocument[]): {
  readonly units: readonly SloUnit[]
  readonly findings: readonly Finding[]
} {
  const read = documents.map(unitsOf)
  return {
    units: read.flatMap(({ units }) => units),
    findings: read.flatMap(({ findings }) => findings),
  }
}

function unitsOf(document: SourceDocument): { units: SloUnit[]; findings: Finding[] } {
  const { value } = document
  const isFile = value['version'] !== undefined
  const holder = isFile ? value : value['spec']
  const at = isFile ? [] : ['spec']
  const head = isFile
    ? value['version']
    : `${shownText(value['apiVersion'])} ${shownText(value['kind'])}`
  const expected = isFile ? 'prometheus/v1' : 'sloth.slok.dev/v1 PrometheusServiceLevel'
  const refuse = (path: PropertyKey[], message: string) => {
    return { units: [], findings: [placed(document, refused(path, message))] }
  }
  if (head !== expected) return refuse([], `expected ${expected}, not ${shownText(head)}`)
  const slos = isObject(holder) ? holder['slos'] : undefined
  if (!Array.isArray(slos) || slos.length === 0) {
    return refuse([...at, 'slos'], 'is missing; expected a list of SLOs')
  }
  const units = slos.map((slo: unknown, index): SloUnit => {
    const one = { ...(holder as JsonObject), slos: [slo] }
    return {
      object: isFile ? one : crdOf(value, one, slos.length > 1),
      document,
      pathOf: (path) => {
        const [first, second, ...rest] = path
        if (first === 'slos' && second === 0) return ['slos', index, ...rest]
        if (first === 'spec' && second === 'slos' && rest[0] === 0) {
          return ['spec', 'slos', index, ...rest.slice(1)]
        }
        return path
      },
    }
  })
  return { units, findings: [] }
}

/** Each SLO becomes an object of its own, which needs a name of its own. */
function crdOf(value: JsonObject, spec: JsonObject, isOneOfSeveral: boolean): JsonObject {
  if (!isOneOfSeveral) return { ...value, spec }
  const [slo] = spec['slos'] as unknown[]
  const metadata = isObject(value['metadata']) ? value['metadata'] : {}
  const named = isObject(slo) ? idOf(shownText(slo['name'])) : undefined
  const name = `${shownText(metadata['name'])}-${named ?? 'slo'}`
  return { ...value, metadata: compact({ ...metadata, name }), spec }
}

/** Puts SLOs of one service together whose files are otherwise alike. Shape: a file a service, and
 *  more where labels of the service differ. */
export function joinedFiles(
  objects: readonly JsonObject[],
): { name: string; object: JsonObject }[] {
  const joined: { head: JsonObject; slos: unknown[] }[] = []
  for (const { slos, ...head } of objects) {
    const there = joined.find((one) => isSame(one.head, head))
    if (there === undefined) joined.push({ head, slos: [...(slos as unknown[])] })
    else there.slos.push(...(slos as unknown[]))
  }
  const used = new Set<string>()
  return joined.map(({ head, slos }) => {
    const base = idOf(shownText(head['service'])) ?? 'service'
    const count = [...used].filter((name) => name === base || name.startsWith(`${base}.`)).length
    const name = count === 0 ? base : `${base}.${count + 1}`
    used.add(name)
    return { name: `${name}.yaml`, object: { ...head, slos } }
  })
}
