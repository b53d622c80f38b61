/**
 * Failures on the wire: RFC 9457 problem documents with a code, a hint, the request's id, and the
 * fields that are wrong.
 */
import { z } from 'zod'
import { isTenantryError, type TenantryError } from '../../core/errors.ts'
import type { Answer } from './route.ts'

export const problemSchema = z.object({
  /** `urn:tenantry:error:` and the code in lower case. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** The path that was asked for. */
  instance: z.string(),
  code: z.string(),
  hint: z.string(),
  requestId: z.string(),
  retryable: z.boolean(),
  /** The fields that are wrong, each by its path. Absent where none is. */
  errors: z.array(z.object({ field: z.string(), message: z.string() })).exactOptional(),
})
export type ProblemBody = z.infer<typeof problemSchema>

export const PROBLEM_TYPE = 'application/problem+json'

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not right',
  401: 'Sign in or send a key',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not with this method',
  409: 'In conflict with what is there',
  413: 'Too large',
  415: 'Not in this format',
  422: 'Cannot be done',
  500: 'Something failed',
  503: 'Not now',
}

export interface RequestFacts {
  readonly path: string
  readonly requestId: string
}

/** Writes a failure as an answer. */
export function problemAnswer(
  error: TenantryError,
  { path, requestId }: RequestFacts,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const { code, status, retryable, hint, message, details } = error
  const { errors } = details
  const body: ProblemBody = {
    type: `urn:tenantry:error:${code.toLowerCase().replaceAll('_', '-')}`,
    title: TITLES[status] ?? 'Something failed',
    status,
    detail: message,
    instance: path,
    code,
    hint,
    requestId,
    retryable,
    ...(Array.isArray(errors) ? { errors: errors as ProblemBody['errors'] & {} } : {}),
  }
  return {
    status,
    type: PROBLEM_TYPE,
    text: JSON.stringify(body),
    headers: { ...standardHeaders(status), ...headers },
  }
}

/**
 * Tells an operating failure, which a client may be told of whole, from a defect, of which it
 * learns only the request's id.
 */
export function isTellable(error: unknown): error is TenantryError {
  return isTenantryError(error)
}

function standardHeaders(status: number): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer realm="tenantry"' }
  return status === 503 ? { 'retry-after': '5' } : {}
}
