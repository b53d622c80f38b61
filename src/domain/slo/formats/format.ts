/** What every format is: how an SLO stands in one object, and how objects become SLOs. */
import type { SloSpec } from '../model/slo-spec.ts'
import type { FieldFinding } from './finding.ts'
import type { SourceDocument } from './source-document.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export type WrittenObject =
  | { readonly object: JsonObject; readonly leftOut: readonly string[] }
  | { readonly refusal: string }

export interface ReadObject {
  /** Undefined where the findings refuse it. */
  readonly spec?: SloSpec
  readonly findings: readonly FieldFinding[]
}

/**
 * How a format says one SLO in one object. Both ways are plain: `carried.ts` keeps what they lose.
 */
export interface ObjectFormat {
  readonly name: string
  /** Whether `metadata.annotations` may hold what the format has no field for. */
  readonly isAnnotated: boolean
  /** Paths whose other wording means the same, and is kept without a word. */
  readonly sameMeaning: readonly string[]
  write(spec: SloSpec): WrittenObject
  read(object: JsonObject): ReadObject
}

/** An SLO as an object of a format, with its place. */
export interface SloUnit {
  readonly object: JsonObject
  readonly document: SourceDocument
  /** Where the object's parts stand in the document. */
  pathOf(path: readonly PropertyKey[]): readonly PropertyKey[]
  /** What was found before it was read. */
  readonly findings?: readonly FieldFinding[]
  /** It is a part of a composite, which raises alerts for it. */
  readonly isPart?: boolean
  /** Annotations that it gets besides. */
  readonly annotations?: Readonly<Record<string, string>>
}

/** Builds an object without the fields that are undefined. */
export function compact<T extends Readonly<Record<string, unknown>>>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

/**
 * Turns a name of another system into an id: lower case, with hyphens for all else. Undefined where
 * nothing is left. Worked: `My_Service.API` -> `my-service-api`.
 */
export function idOf(name: string): string | undefined {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replaceAll(/^-+|-+$/g, '')
  return id === '' ? undefined : id
}

/** Compares values as JSON has them; the order of fields says nothing. */
export function isSame(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right)
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? 'undefined'
  )
}
