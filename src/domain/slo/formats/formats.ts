/**
 * SLOs in the formats of other tools: files in, SLOs of our model and findings out, and the other
 * way round. What cannot be carried over is listed with its place and never guessed. Pure.
 */
import { stringify } from 'yaml'
import { fieldProblems } from '../../../machinery/runtime/field-problems.ts'
import { sloSpecSchema, type SloSpec } from '../model/slo-spec.ts'
import { readCarried, writeCarried } from './carried.ts'
import { leftOut, refused, type Finding, type Place } from './finding.ts'
import type { JsonObject, ObjectFormat, ReadObject, SloUnit } from './format.ts'
import { NO_POLICIES_NOTE, OPENSLO } from './openslo.ts'
import { isOpenSlo, unitsOf, withObjects, withoutObjects } from './openslo-objects.ts'
import { PYRRA } from './pyrra.ts'
import { isSloGenerator, readSloGenerator } from './slo-generator.ts'
import { SLOTH, SLOTH_CRD } from './sloth.ts'
import { joinedFiles, slothUnits } from './sloth-units.ts'
import {
  placed,
  readDocuments,
  type FormatFile,
  type SourceDocument,
  shownText,
} from './source-document.ts'

export type { Finding, FindingKind, Place } from './finding.ts'
export type { FormatFile } from './source-document.ts'

export const IMPORT_FORMATS = ['openslo', 'sloth', 'pyrra', 'slo-generator', 'tenantry'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

export const EXPORT_FORMATS = ['openslo', 'sloth', 'sloth-crd', 'pyrra', 'tenantry'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ImportedSlo {
  readonly spec: SloSpec
  readonly format: ImportFormat
  readonly place: Place
}

export interface ImportedSlos {
  readonly slos: readonly ImportedSlo[]
  readonly findings: readonly Finding[]
}

export interface ImportOptions {
  /** Undefined: as each document says. */
  readonly from?: ImportFormat
  /** Which of dated objectives an object of another format shows. */
  readonly nowMs: number
}

/** Reads the SLOs of files. Shape: in the order of the files; ids are unique. */
export function importSlos(
  files: readonly FormatFile[],
  { from, nowMs }: ImportOptions,
): ImportedSlos {
  const { documents, findings } = readDocuments(files)
  const byFormat = new Map<ImportFormat, SourceDocument[]>()
  const found: Finding[] = [...findings]
  for (const document of documents) {
    const format = formatOf(document)
    if (format === undefined || (from !== undefined && from !== format)) {
      const expected = from ?? IMPORT_FORMATS.join(', ')
      const message = `is no document of ${expected}: expected an apiVersion or version of it`
      found.push(placed(document, refused([], message)))
    } else byFormat.set(format, [...(byFormat.get(format) ?? []), document])
  }
  const read = [...byFormat].map(([format, some]) => READERS[format](some, nowMs))
  const { kept, problems } = withUniqueIds(read.flatMap(({ slos }) => slos))
  return {
    slos: kept,
    findings: [...found, ...read.flatMap((each) => each.findings), ...problems],
  }
}

function formatOf(document: SourceDocument): ImportFormat | undefined {
  const { value } = document
  if (isOpenSlo(document)) return 'openslo'
  if (shownText(value['version']).startsWith('prometheus/')) return 'sloth'
  if (shownText(value['apiVersion']).startsWith('sloth.slok.dev/')) return 'sloth'
  if (shownText(value['apiVersion']).startsWith('pyrra.dev/')) return 'pyrra'
  if (isSloGenerator(document)) return 'slo-generator'
  return shownText(value['apiVersion']).startsWith('tenantry/') ? 'tenantry' : undefined
}

type Reader = (documents: readonly SourceDocument[], nowMs: number) => ImportedSlos

const READERS: Readonly<Record<ImportFormat, Reader>> = {
  openslo(documents, nowMs) {
    const { units, made, findings } = unitsOf(documents)
    const read = readUnits(OPENSLO, units, { format: 'openslo', nowMs })
    const composites = made.map(({ spec, document }): ImportedSlo => {
      return { spec, format: 'openslo', place: document.place([]) }
    })
    const parts = new Set(read.slos.map(({ spec }) => spec.sloId))
    const isWhole = ({ spec: { indicator } }: ImportedSlo): boolean =>
      indicator.kind === 'composite' && indicator.of.every(({ slo }) => parts.has(slo))
    return {
      slos: [...read.slos, ...composites.filter(isWhole)],
      findings: [...findings, ...read.findings],
    }
  },
  sloth(documents, nowMs) {
    const { units, findings } = slothUnits(documents)
    const files = units.filter(({ object }) => object['version'] !== undefined)
    const crds = units.filter(({ object }) => object['version'] === undefined)
    const read = [
      readUnits(SLOTH, files, { format: 'sloth', nowMs }),
      readUnits(SLOTH_CRD, crds, { format: 'sloth', nowMs }),
    ]
    return {
      slos: read.flatMap(({ slos }) => slos),
      findings: [...findings, ...read.flatMap((each) => each.findings)],
    }
  },
  pyrra(documents, nowMs) {
    const units = documents.map((document): SloUnit => {
      return { object: document.value, document, pathOf: (path) => path }
    })
    return readUnits(PYRRA, units, { format: 'pyrra', nowMs })
  },
  'slo-generator': (documents) => {
    const { slos, findings } = readSloGenerator(documents)
    const read = slos.map(({ document, read: one }) =>
      checked(one, { document, pathOf: (path) => path, format: 'slo-generator' }),
    )
    return {
      slos: read.flatMap((each) => each.slos),
      findings: [...findings, ...read.flatMap((each) => each.findings)],
    }
  },
  tenantry(documents) {
    const read = documents.map((document): ImportedSlos => {
      const { kind, spec } = document.value
      if (kind !== 'Slo') {
        const message = `${shownText(kind)} is no SLO and stays where it is`
        return { slos: [], findings: [placed(document, leftOut(['kind'], message))] }
      }
      const one = { spec: spec as SloSpec, findings: [] }
      return checked(one, { document, pathOf: (path) => ['spec', ...path], format: 'tenantry' })
    })
    return {
      slos: read.flatMap((each) => each.slos),
      findings: read.flatMap((each) => each.findings),
    }
  },
}

function readUnits(
  objectFormat: ObjectFormat,
  units: readonly SloUnit[],
  { format, nowMs }: { readonly format: ImportFormat; readonly nowMs: number },
): ImportedSlos {
  const imported = units.map((unit): ImportedSlos => {
    const read = readCarried(objectFormat, unit.object, nowMs)
    const { spec, findings } = unit.isPart === true ? silenced(read) : read
    const all = [...(unit.findings ?? []), ...findings].map((each) => {
      return { ...each, path: unit.pathOf(each.path) }
    })
    if (spec === undefined) return checked({ findings: all }, { ...unit, pathOf: same, format })
    const annotations = { ...spec.annotations, ...unit.annotations }
    const whole = Object.keys(annotations).length === 0 ? spec : { ...spec, annotations }
    return checked({ spec: whole, findings: all }, { ...unit, pathOf: same, format })
  })
  return {
    slos: imported.flatMap(({ slos }) => slos),
    findings: imported.flatMap(({ findings }) => findings),
  }
}

/** The composite raises alerts for its parts. */
function silenced({ spec, findings }: ReadObject): ReadObject {
  const rest = findings.filter(({ message }) => message !== NO_POLICIES_NOTE)
  return spec === undefined ? { findings: rest } : { spec: { ...spec, alerts: [] }, findings: rest }
}

function same(path: readonly PropertyKey[]): readonly PropertyKey[] {
  return path
}

interface Checking extends Pick<SloUnit, 'document' | 'pathOf'> {
  readonly format: ImportFormat
}

/** Holds what was read against our own schema. */
function checked(
  { spec, findings }: ReadObject,
  { document, pathOf, format }: Checking,
): ImportedSlos {
  const found = findings.map((each) => placed(document, { ...each, path: pathOf(each.path) }))
  if (spec === undefined) return { slos: [], findings: found }
  const parsed = sloSpecSchema.safeParse(spec)
  if (parsed.success) {
    return { slos: [{ spec: parsed.data, format, place: document.place([]) }], findings: found }
  }
  const problems = fieldProblems(parsed.error, spec).map(({ path, field, message }) => {
    if (format === 'tenantry') return placed(document, refused(pathOf(path), message))
    return placed(document, refused([], `as an SLO of Tenantry: ${field} ${message}`))
  })
  return { slos: [], findings: [...found, ...problems] }
}

/** Puts the service before an id that is taken. */
function withUniqueIds(slos: readonly ImportedSlo[]): {
  readonly kept: readonly ImportedSlo[]
  readonly problems: readonly Finding[]
} {
  const kept = new Map<string, ImportedSlo>()
  const problems: Finding[] = []
  for (const slo of slos) {
    const { spec, place } = slo
    const longer = `${spec.service ?? ''}-${spec.sloId}`
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
    const isUsable = spec.service !== undefined && longer.length <= 48 && !longer.startsWith('-')
    const id = kept.has(spec.sloId) && isUsable ? longer : spec.sloId
    if (kept.has(id)) {
      problems.push({ kind: 'refused', ...place, message: `there is another SLO called ${id}` })
      continue
    }
    if (id !== spec.sloId) {
      const message = `there is another SLO called ${spec.sloId}; this one is called ${id}`
      problems.push({ kind: 'note', ...place, message })
    }
    kept.set(id, id === spec.sloId ? slo : { ...slo, spec: { ...spec, sloId: id } })
  }
  return { kept: [...kept.values()], problems }
}

export interface ExportedSlos {
  /** One file each. */
  readonly files: readonly FormatFile[]
  /** What does not stand in the files. */
  readonly leftOut: readonly { readonly sloId: string; readonly message: string }[]
  /** SLOs that the format cannot say at all. */
  readonly refused: readonly string[]
}

const OBJECT_FORMATS: Readonly<Record<Exclude<ExportFormat, 'tenantry'>, ObjectFormat>> = {
  openslo: OPENSLO,
  sloth: SLOTH,
  'sloth-crd': SLOTH_CRD,
  pyrra: PYRRA,
}

/** Writes SLOs in a format. Shape: `slos.yaml`, a document an object; of Sloth a file a service,
 *  because its command line reads one document a service. */
export function exportSlos(
  specs: readonly SloSpec[],
  { to, nowMs }: { readonly to: ExportFormat; readonly nowMs: number },
): ExportedSlos {
  if (to === 'tenantry') {
    const objects = specs.map((spec) => ({ apiVersion: 'tenantry/v1', kind: 'Slo', spec }))
    return { files: [fileOf('slos.yaml', objects)], leftOut: [], refused: [] }
  }
  const written = specs.map((spec) => {
    const { spec: bare, annotation } =
      to === 'openslo' ? withoutObjects(spec) : { spec, annotation: undefined }
    const { object, findings } = writeCarried(OBJECT_FORMATS[to], bare, nowMs)
    return { sloId: spec.sloId, object, annotation, findings }
  })
  const whole = written.flatMap(({ object, annotation }) =>
    object === undefined ? [] : [{ object, annotation }],
  )
  return {
    files: filesOf(to, whole),
    leftOut: written.flatMap(({ sloId, findings }) =>
      findings.map((message) => ({ sloId, message })),
    ),
    refused: written.flatMap(({ sloId, object }) => (object === undefined ? [sloId] : [])),
  }
}

function filesOf(
  to: ExportFormat,
  written: readonly { readonly object: JsonObject; readonly annotation: string | undefined }[],
): FormatFile[] {
  if (written.length === 0) return []
  if (to === 'openslo') return [fileOf('slos.yaml', withObjects(written))]
  const objects = written.map(({ object }) => object)
  if (to !== 'sloth') return [fileOf('slos.yaml', objects)]
  return joinedFiles(objects).map(({ name, object }) => fileOf(name, [object]))
}

/** Other tools read `yes` as true unless it is quoted, as YAML 1.1 had it. */
const YAML_OF_OTHERS = { lineWidth: 0, version: '1.1' } as const

function fileOf(name: string, objects: readonly JsonObject[]): FormatFile {
  const text = objects.map((object) => stringify(object, YAML_OF_OTHERS)).join('---\n')
  return { name, text }
}
