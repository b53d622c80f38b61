/**
 * Matches requests to raw routes and lets in who may; the routes read and answer the socket
 * themselves.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { assert } from '../../core/assert.ts'
import { isTenantryError } from '../../core/errors.ts'
import { HEADERS } from '../../core/names/headers.ts'
import type { Clock, Counters, Log } from '../../core/ports.ts'
import {
  PERMISSIONS,
  type Access,
  type Permission,
  type Principal,
} from '../../domain/access/access.ts'
import type { RawRoute } from '../../machinery/runtime/raw-route.ts'
import { identify, refuseCrossOrigin, type ReadHeader } from './auth.ts'
import { failureAnswer } from './dispatch.ts'
import { HTTP_ERRORS } from './errors.ts'
import type { Answer } from './route.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

export interface RawDeps {
  readonly rawRoutes: readonly RawRoute<Principal>[]
  readonly access: Access
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}

export interface RawRoutes {
  /** Handles a request whose path is a raw route's. Answers false for another. */
  handle(request: IncomingMessage, response: ServerResponse): boolean
}

/**
 * Opens the table of raw routes. Throws when two of them want one path and method, or one wants a
 * permission that there is not.
 */
export function openRawRoutes(deps: RawDeps): RawRoutes {
  const byPath = new Map<string, Map<string, RawRoute<Principal>>>()
  for (const route of deps.rawRoutes) {
    assert(Object.hasOwn(PERMISSIONS, route.permission), `a permission: ${route.permission}`)
    for (const path of route.paths) {
      const byMethod = byPath.get(path) ?? new Map<string, RawRoute<Principal>>()
      assert(!byMethod.has(route.method), `one raw route for ${route.method} ${path}`)
      byPath.set(path, byMethod.set(route.method, route))
    }
  }
  return {
    handle(request, response) {
      const path = pathOf(request)
      const byMethod = byPath.get(path)
      if (byMethod === undefined) return false
      const route = byMethod.get(request.method ?? '')
      if (route === undefined) refuseMethod(deps, request, response, [...byMethod.values()])
      else void run(deps, route, request, response)
      return true
    },
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

async function run(
  deps: RawDeps,
  route: RawRoute<Principal>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('cache-control', 'no-store')
  try {
    const principal = admit(deps, route, request, response)
    if (principal !== undefined) await route.handle(request, response, principal)
  } catch (error) {
    if (response.headersSent) response.destroy()
    else writeAnswer(response, failureAnswer(deps, error, factsOf(request)))
  }
}

/** Tells who asks, or answers the refusal in the route's own way. */
function admit(
  { access, clock, counters }: RawDeps,
  route: RawRoute<Principal>,
  request: IncomingMessage,
  response: ServerResponse,
): Principal | undefined {
  const refuse = (status: 401 | 403, code: string, message: string): undefined => {
    counters.add('tenantry_http_refused_total', 1, { code })
    if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="tenantry"')
    route.refuse(request, response, status, message)
  }
  const header: ReadHeader = (name) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
  try {
    const { principal, by } = identify(access, header, clock.nowMs())
    if (by === 'nothing') return refuse(401, 'UNAUTHENTICATED', HTTP_ERRORS.unauthenticated.hint)
    if (by === 'cookie' && route.method !== 'GET') refuseCrossOrigin(header)
    if (access.holds(principal, route.permission as Permission)) return principal
    const message = `${principal.role} does not hold the permission ${route.permission}`
    return refuse(403, 'FORBIDDEN', message)
  } catch (error) {
    if (!isTenantryError(error)) throw error
    return refuse(error.status === 401 ? 401 : 403, error.code, error.message)
  }
}

/** Answers a method that no route of the path has, in the words of the first one. */
function refuseMethod(
  { counters }: RawDeps,
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly RawRoute<Principal>[],
): void {
  const allow = routes.map(({ method }) => method).join(', ')
  const message = `${request.method ?? ''} is not for ${pathOf(request)}, only ${allow}`
  counters.add('tenantry_http_refused_total', 1, { code: HTTP_ERRORS.methodNotAllowed.code })
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
  response.setHeader('allow', allow)
  routes[0]!.refuse(request, response, 405, message)
  request.resume()
}

function factsOf(request: IncomingMessage): { path: string; requestId: string } {
  return { path: pathOf(request), requestId: String(request.headers[HEADERS.requestId] ?? '') }
}

function writeAnswer(response: ServerResponse, { status, type, text = '', headers }: Answer): void {
  const contentType = type === undefined ? {} : { 'content-type': type }
  response.writeHead(status, { ...SECURITY_HEADERS, ...contentType, ...headers })
  response.end(text)
}
