/**
 * Runs one call of a route, the same way for every row: who asks, whether they may, whose tenant it
 * is, what they sent, the handler, and what a failure looks like. What is not allowed here is
 * refused.
 */
import { assert } from '../../core/assert.ts'
import { TenantryError } from '../../core/errors.ts'
import { HEADERS } from '../../core/names/headers.ts'
import type { Clock, Counters, Log } from '../../core/ports.ts'
import { ACCESS_LIMITS, ANONYMOUS, type Access } from '../../domain/access/access.ts'
import { tenantNotFound } from '../../domain/tenants/tenants.ts'
import { identify, refuseCrossOrigin, refuseOtherOrigin, unauthenticated } from './auth.ts'
import type { Caller, ReadHeader } from './auth.ts'
import { invalid } from './checked.ts'
import { HTTP_ERRORS } from './errors.ts'
import { isTellable, problemAnswer, type RequestFacts } from './problem.ts'
import { readRequestBody, type ReadBody } from './read-json.ts'
import type { Answer, Route } from './route.ts'

export interface DispatchDeps {
  readonly access: Access
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}

export interface DispatchCall extends RequestFacts {
  readonly request: Request
  readonly params: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Answers a call of a route. Never rejects. */
export async function dispatch(
  deps: DispatchDeps,
  route: Route,
  call: DispatchCall,
): Promise<Answer> {
  const answer = await attempt(deps, route, call).catch((error: unknown) =>
    failureAnswer(deps, error, call),
  )
  deps.counters.add('tenantry_http_requests_total', 1, {
    route: `${route.method} ${route.path}`,
    code: String(answer.status),
  })
  return answer
}

/**
 * Makes an answer of whatever was thrown. A defect is logged whole and told by its request's id
 * only.
 */
export function failureAnswer(
  { counters, log }: Pick<DispatchDeps, 'counters' | 'log'>,
  error: unknown,
  facts: RequestFacts,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const { path, requestId } = facts
  const told = isTellable(error)
    ? error
    : new TenantryError(HTTP_ERRORS.internal, 'the request could not be handled')
  if (told.status >= 500) log.error({ error, path, requestId }, 'a request failed')
  counters.add('tenantry_http_refused_total', 1, { code: told.code })
  return problemAnswer(told, facts, headers)
}

async function attempt(deps: DispatchDeps, route: Route, call: DispatchCall): Promise<Answer> {
  const { request, params, requestId, signal } = call
  const nowMs = deps.clock.nowMs()
  const header: ReadHeader = (name) => request.headers.get(name) ?? undefined
  const caller = admit(deps, route, header, nowMs)
  const { principal } = caller
  const { tenantId } = params
  if (tenantId !== undefined && principal.tenantId !== null && principal.tenantId !== tenantId) {
    throw tenantNotFound(tenantId)
  }
  const query = readQuery(request.url)
  const body = await readRequestBody(request, route)
  const facts = { principal, nowMs, requestId, header, signal, params, query, body: body.value }
  const handle = (): Answer | Promise<Answer> => route.handle(facts)
  const key = readIdempotencyKey(header)
  if (route.idempotent !== true || key === undefined) return handle()
  return onceOnly(deps.access, route, { caller, key, body, nowMs }, handle)
}

/** Tells who asks, and refuses who may not. Throws UNAUTHENTICATED, FORBIDDEN, CROSS_ORIGIN. */
function admit({ access }: DispatchDeps, route: Route, header: ReadHeader, nowMs: number): Caller {
  const { permission, method } = route
  if (permission === 'public') {
    if (method !== 'GET') refuseOtherOrigin(header)
    return { principal: ANONYMOUS, by: 'nothing', secret: '' }
  }
  const caller = identify(access, header, nowMs)
  if (caller.by === 'nothing') throw unauthenticated('the request names nobody')
  if (caller.by === 'cookie' && method !== 'GET') refuseCrossOrigin(header)
  if (access.holds(caller.principal, permission)) return caller
  const { role, tenantId } = caller.principal
  const bound = tenantId === null ? '' : ` of tenant ${tenantId}`
  const message = `${role}${bound} does not hold the permission ${permission}`
  throw new TenantryError(HTTP_ERRORS.forbidden, message)
}

function readQuery(url: string): Record<string, string> {
  const query = new Map<string, string>()
  for (const [name, value] of new URL(url).searchParams) {
    if (query.has(name)) {
      throw invalid('the query', [{ field: name, message: 'comes more than once' }])
    }
    query.set(name, value)
  }
  return Object.fromEntries(query)
}

/** Source: the draft has a structured-field string, with quotes; many clients send it bare. */
function readIdempotencyKey(header: ReadHeader): string | undefined {
  const given = header(HEADERS.idempotencyKey)
  if (given === undefined) return undefined
  const key = /^"(.*)"$/.exec(given)?.[1] ?? given
  const most = ACCESS_LIMITS.idempotencyKeyCharacters
  if (/^[\x20-\x7e]+$/.test(key) && key.length <= most) return key
  const message = `expected 1 to ${String(most)} printable ASCII characters`
  throw invalid('the headers', [{ field: 'Idempotency-Key', message }])
}

interface OnceCall {
  readonly caller: Caller
  readonly key: string
  readonly body: ReadBody
  readonly nowMs: number
}

function onceOnly(
  access: Access,
  route: Route,
  { caller, key, body, nowMs }: OnceCall,
  handle: () => Answer | Promise<Answer>,
): Answer {
  const { principal, secret } = caller
  const name = `${route.method} ${route.path}`
  const request = { principal, secret, route: name, key, body: body.bytes }
  const { text, isRepeated } = access.once(request, nowMs, () => {
    const answer = handle()
    assert(!(answer instanceof Promise), 'the handler of an idempotent route does not wait')
    return JSON.stringify(answer)
  })
  const answer = JSON.parse(text) as Answer
  if (!isRepeated) return answer
  return { ...answer, headers: { ...answer.headers, [HEADERS.idempotencyReplayed]: 'true' } }
}
