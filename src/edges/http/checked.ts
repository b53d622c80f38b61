/** Checks a part of a request against its schema. */
import type { z } from 'zod'
import { TenantryError } from '../../core/errors.ts'
import { fieldProblems } from '../../machinery/runtime/field-problems.ts'
import { HTTP_ERRORS } from './errors.ts'

/**
 * Answers the part as its schema makes it. A part without a schema must be empty. Throws
 * REQUEST_INVALID, naming every field that is wrong.
 */
export function checked<Value>(
  schema: z.ZodType<Value> | undefined,
  input: unknown,
  what: string,
): Value {
  if (schema === undefined) {
    refuseExtra(input, what)
    return {} as Value
  }
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw invalid(what, fieldProblems(parsed.error, input))
}

/** Says which fields of a part are wrong. */
export function invalid(
  what: string,
  problems: readonly { readonly field: string; readonly message: string }[],
): TenantryError {
  const errors = problems.map(({ field, message }) => ({ field, message }))
  const said = errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
  return new TenantryError(HTTP_ERRORS.requestInvalid, `reading ${what}: ${said.join('; ')}`, {
    details: { errors },
  })
}

function refuseExtra(input: unknown, what: string): void {
  const names = typeof input === 'object' && input !== null ? Object.keys(input) : []
  if (names.length === 0) return
  throw invalid(
    what,
    names.map((field) => ({ field, message: 'there is no such field' })),
  )
}
