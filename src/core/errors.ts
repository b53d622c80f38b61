/**
 * An operating failure: something that an operator or a client can do something about. The message
 * says what this layer was doing; the hint says what to do next. Rows of codes stand beside their
 * domain in `errors.ts` files.
 */
export interface ErrorRow {
  readonly code: string
  /** The HTTP status that the edge answers with. */
  readonly status: number
  readonly retryable: boolean
  readonly hint: string
}

export type ErrorRows = Readonly<Record<string, ErrorRow>>

export class TenantryError extends Error {
  readonly code: string
  readonly status: number
  readonly retryable: boolean
  readonly hint: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    row: ErrorRow,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>>; hint?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TenantryError'
    this.code = row.code
    this.status = row.status
    this.retryable = row.retryable
    this.hint = options.hint ?? row.hint
    this.details = options.details ?? {}
  }
}

/** Tells an operating failure from a programmer's error. */
export function isTenantryError(error: unknown): error is TenantryError {
  return error instanceof TenantryError
}
