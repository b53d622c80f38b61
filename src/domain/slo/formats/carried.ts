/**
 * Keeps what a format and our model cannot say of each other, so that both ways give back what was
 * there: what the format lacks stands in annotations of its object, `tenantry.dev/slo-FIELD`, and
 * what the model lacks in an annotation of the SLO, `tenantry.dev/kept-FORMAT`. An annotation never
 * overrules a field: it is taken only where it says no other than the object's own fields. Pure.
 */
import { versionAt } from '../model/objective-history.ts'
import { sloSpecSchema, type SloSpec } from '../model/slo-spec.ts'
import { leftOut, type FieldFinding } from './finding.ts'
import {
  compact,
  isSame,
  type JsonObject,
  type ObjectFormat,
  type WrittenObject,
} from './format.ts'
import { isObject } from './source-document.ts'

const FIELD_PREFIX = 'tenantry.dev/slo-'
const KEPT_PREFIX = 'tenantry.dev/kept-'
/** As long as an annotation of an SLO may be. */
const KEPT_CHARACTERS = 10_000

/** What stands elsewhere in an object than it would be written; without a value it lacks. */
type Piece = readonly [path: readonly string[], value?: unknown]

export interface Written {
  readonly object?: JsonObject
  readonly findings: readonly string[]
}

/** Writes an SLO as an object of a format. Shape: no object where the format cannot say it. */
export function writeCarried(format: ObjectFormat, spec: SloSpec, nowMs: number): Written {
  const { bare, pieces } = withoutKept(format, spec)
  const present = atPresent(bare, nowMs)
  const plain = format.write(present)
  if ('refusal' in plain) return { findings: [plain.refusal] }
  const findings = [...plain.leftOut]
  let { object } = plain
  const before = format.read(object).spec
  const isKept = (mended: JsonObject): boolean => isSame(format.read(mended).spec, before)
  const whole = pieces.reduce(placed, object)
  let lost = 0
  if (isKept(whole)) object = whole
  else {
    for (const piece of pieces) {
      const mended = placed(object, piece)
      if (isKept(mended)) object = mended
      else lost += 1
    }
  }
  if (lost > 0) {
    findings.push(`${lost} parts kept from ${format.name} are left out: the SLO says otherwise now`)
  }
  const lacking = lackingFields(bare, format.read(object).spec)
  if (Object.keys(lacking).length === 0) return { object, findings }
  if (!format.isAnnotated) {
    const fields = Object.keys(lacking).filter((name) => lacking[name] !== undefined)
    if (fields.length > 0) findings.push(`${format.name} has no place for ${fields.join(', ')}`)
    return { object, findings }
  }
  const annotations = Object.fromEntries(
    Object.entries(lacking).map(([name, value]) => [
      `${FIELD_PREFIX}${name}`,
      JSON.stringify(value ?? null),
    ]),
  )
  return { object: withAnnotations(object, { ...annotationsOf(object), ...annotations }), findings }
}

export interface ReadCarried {
  readonly spec?: SloSpec
  readonly findings: readonly FieldFinding[]
}

/** Reads an object of a format, with what annotations carry. */
export function readCarried(format: ObjectFormat, object: JsonObject, nowMs: number): ReadCarried {
  const { stripped, fields } = withoutFields(object)
  const { spec: plain, findings } = format.read(stripped)
  if (plain === undefined) return { findings }
  const found = [...findings]
  const spec = withFields(format, { plain, fields, stripped, nowMs })
  const isLost = (name: string): boolean =>
    !isSame((spec as JsonObject)[name], fields[name] ?? undefined)
  for (const name of Object.keys(fields).filter(isLost)) {
    const path = ['metadata', 'annotations', `${FIELD_PREFIX}${name}`]
    found.push(leftOut(path, 'says otherwise than the fields, which were taken'))
  }
  const written = format.write(atPresent(spec, nowMs))
  if ('refusal' in written) return { spec, findings: found }
  const pieces = differences(stripped, written.object, [])
    .filter(([path]) => !(path[0] === 'metadata' && path[1] === 'annotations'))
    .toSorted(([left], [right]) => (left.join('.') < right.join('.') ? -1 : 1))
  if (pieces.length === 0) return { spec, findings: found }
  const kept = JSON.stringify(pieces)
  const isTooLong = kept.length > KEPT_CHARACTERS
  for (const path of saidOnlyThere(format, pieces)) {
    const says = isTooLong ? 'is too long to be kept' : 'is kept for the way back alone'
    found.push(leftOut(path, `has no counterpart in an SLO of Tenantry and ${says}`))
  }
  if (isTooLong) return { spec, findings: found }
  const annotations = { ...spec.annotations, [`${KEPT_PREFIX}${format.name}`]: kept }
  return { spec: { ...spec, annotations }, findings: found }
}

/** Reduces dated objectives to the one that holds. */
export function atPresent(spec: SloSpec, nowMs: number): SloSpec {
  const dated = spec.objectives.map(({ from }, index) => ({
    fromMs: index === 0 || from === undefined ? 0 : Date.parse(from),
    targetPpm: index,
    recompute: false,
  }))
  const { targetPpm: index } = versionAt(dated, nowMs)
  const { from: _, recompute: __, ...objective } = spec.objectives[index]!
  return { ...spec, objectives: [objective] }
}

function withoutKept(
  { name }: ObjectFormat,
  spec: SloSpec,
): { readonly bare: SloSpec; readonly pieces: readonly Piece[] } {
  const key = `${KEPT_PREFIX}${name}`
  const kept = spec.annotations?.[key]
  if (kept === undefined) return { bare: spec, pieces: [] }
  const { [key]: _, ...rest } = spec.annotations!
  const { annotations: __, ...others } = spec
  const bare = Object.keys(rest).length === 0 ? others : { ...others, annotations: rest }
  return { bare, pieces: piecesOf(kept) }
}

/** Anybody may have edited it: what is not of the form is passed over. */
function piecesOf(text: string): Piece[] {
  const value = parsed(text)
  if (!Array.isArray(value)) return []
  return value.filter(
    (piece: unknown): piece is Piece =>
      Array.isArray(piece) &&
      Array.isArray(piece[0]) &&
      piece[0].length > 0 &&
      piece[0].every((part) => typeof part === 'string' && part !== '__proto__'),
  )
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function lackingFields(spec: SloSpec, read: SloSpec | undefined): Record<string, unknown> {
  const wanted = spec as JsonObject
  const there = (read ?? {}) as JsonObject
  const names = new Set([...Object.keys(wanted), ...Object.keys(there)])
  return Object.fromEntries(
    [...names].flatMap((name) => (isSame(wanted[name], there[name]) ? [] : [[name, wanted[name]]])),
  )
}

function withoutFields(object: JsonObject): {
  readonly stripped: JsonObject
  readonly fields: JsonObject
} {
  const annotations = annotationsOf(object)
  const own = Object.keys(annotations).filter((key) => key.startsWith(FIELD_PREFIX))
  if (own.length === 0) return { stripped: object, fields: {} }
  const fields = Object.fromEntries(
    own.map((key) => [key.slice(FIELD_PREFIX.length), parsed(annotations[key]) ?? null]),
  )
  const rest = Object.fromEntries(Object.entries(annotations).filter(([key]) => !own.includes(key)))
  return { stripped: withAnnotations(object, rest), fields }
}

interface Fields {
  readonly plain: SloSpec
  readonly fields: JsonObject
  readonly stripped: JsonObject
  readonly nowMs: number
}

/** Takes all annotated fields where they agree with the object, else those that do alone. */
function withFields(format: ObjectFormat, { plain, fields, stripped, nowMs }: Fields): SloSpec {
  const merged = (base: SloSpec, names: readonly string[]): SloSpec | undefined => {
    const values = Object.fromEntries(names.map((name) => [name, fields[name] ?? undefined]))
    const checked = sloSpecSchema.safeParse(compact({ ...base, ...values }))
    return checked.success ? checked.data : undefined
  }
  const agrees = (base: SloSpec, spec: SloSpec | undefined): spec is SloSpec =>
    spec !== undefined && isAgreed(stripped, writeAt(base), writeAt(spec))
  const writeAt = (spec: SloSpec): WrittenObject => format.write(atPresent(spec, nowMs))
  const names = Object.keys(fields)
  const all = merged(plain, names)
  if (agrees(plain, all)) return all
  return names.reduce((base, name) => {
    const one = merged(base, [name])
    return agrees(base, one) ? one : base
  }, plain)
}

/** A field of the object that an annotation changes must be what the object says. */
function isAgreed(object: JsonObject, before: WrittenObject, after: WrittenObject): boolean {
  if ('refusal' in before || 'refusal' in after) return false
  return differences(after.object, before.object, []).every(([path]) => {
    const place = path.slice(0, 2)
    return isSame(valueAt(after.object, place), valueAt(object, place))
  })
}

/** Lists what the first says otherwise than the second. Lists are compared as a whole. */
function differences(left: unknown, right: unknown, path: readonly string[]): Piece[] {
  if (isSame(left, right)) return []
  if (!isObject(left) || !isObject(right)) return [left === undefined ? [path] : [path, left]]
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].flatMap((name) => differences(left[name], right[name], [...path, name]))
}

function placed(object: JsonObject, [[head, ...rest], ...value]: Piece): JsonObject {
  if (rest.length > 0) {
    const inner = object[head!]
    return { ...object, [head!]: placed(isObject(inner) ? inner : {}, [rest, ...value]) }
  }
  const { [head!]: _, ...others } = object
  return value.length === 0 ? others : { ...object, [head!]: value[0] }
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), object)
}

/** The parts of an object that no field of an SLO says in other words. */
function saidOnlyThere({ sameMeaning }: ObjectFormat, pieces: readonly Piece[]): string[][] {
  const paths = pieces
    .filter(([, ...value]) => value.length > 0)
    .map(([path]) => path.slice(0, 3))
    .filter((path) => !sameMeaning.some((prefix) => `${path.join('.')}.`.startsWith(`${prefix}.`)))
  return [...new Map(paths.map((path) => [path.join('.'), [...path]])).values()]
}

function annotationsOf(object: JsonObject): JsonObject {
  const annotations = valueAt(object, ['metadata', 'annotations'])
  return isObject(annotations) ? annotations : {}
}

function withAnnotations(object: JsonObject, annotations: JsonObject): JsonObject {
  const { annotations: _, ...metadata } = isObject(object['metadata']) ? object['metadata'] : {}
  const isNone = Object.keys(annotations).length === 0
  return { ...object, metadata: isNone ? metadata : { ...metadata, annotations } }
}
