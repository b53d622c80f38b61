/**
 * A write request that is refused whole: nothing of it is kept, nothing of it is logged, and the
 * reason is counted.
 */
export const REFUSALS = {
  'media-type': { status: 415 },
  encoding: { status: 415 },
  'tenant-header': { status: 400 },
  malformed: { status: 400 },
  'too-large': { status: 413 },
  overload: { status: 503 },
  'log-write': { status: 503 },
  internal: { status: 500 },
} as const satisfies Record<string, { status: number }>
export type RefusalReason = keyof typeof REFUSALS

export interface Refusal {
  readonly refused: RefusalReason
  readonly message: string
}

export function refuse(refused: RefusalReason, message: string): Refusal {
  return { refused, message }
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value
}
