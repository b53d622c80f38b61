/**
 * A write request that is refused whole: nothing of it is kept, and the reason is counted.
 */
export const REFUSALS = {
  'media-type': { status: 415 },
  encoding: { status: 415 },
  'tenant-header': { status: 400 },
  malformed: { status: 400 },
  'too-large': { status: 413 },
  // Only where all is one tenant's: a stock Prometheus drops what is answered 429.
  'tenant-rate': { status: 429 },
  'tenant-overload': { status: 429 },
  'key-overload': { status: 503 },
  overload: { status: 503 },
  'log-write': { status: 503 },
  internal: { status: 500 },
} as const satisfies Record<string, { status: number }>
export type RefusalReason = keyof typeof REFUSALS

export interface Refusal {
  readonly refused: RefusalReason
  readonly message: string
  /** When to come back, where that is known. */
  readonly waitMs?: number
}

export function refuse(refused: RefusalReason, message: string, waitMs?: number): Refusal {
  return waitMs === undefined ? { refused, message } : { refused, message, waitMs }
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value
}
