/** What reading or writing a format found: where, and what it means for the SLO. */
export const FINDING_KINDS = ['refused', 'left-out', 'note'] as const
/** `refused`: the document or SLO is not carried over. `left-out`: it is, without this part of it.
 *  `note`: it is, and something is to be known about it. */
export type FindingKind = (typeof FINDING_KINDS)[number]

export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Such as `spec.objectives.0.target`; empty for the document as a whole. */
  readonly field: string
}

export interface Finding extends Place {
  readonly kind: FindingKind
  readonly message: string
}

/** A finding by the path of its field; its document knows the place. */
export interface FieldFinding {
  readonly kind: FindingKind
  readonly path: readonly PropertyKey[]
  readonly message: string
}

export function refused(path: readonly PropertyKey[], message: string): FieldFinding {
  return { kind: 'refused', path, message }
}

export function leftOut(path: readonly PropertyKey[], message: string): FieldFinding {
  return { kind: 'left-out', path, message }
}

export function note(path: readonly PropertyKey[], message: string): FieldFinding {
  return { kind: 'note', path, message }
}
