/** Puts the rows of routes, the portal, and what is none of both behind Hono's router. */
import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { TenantryError } from '../../core/errors.ts'
import { HEADERS } from '../../core/names/headers.ts'
import type { Assets } from './assets.ts'
import { dispatch, failureAnswer, type DispatchDeps } from './dispatch.ts'
import { HTTP_ERRORS } from './errors.ts'
import { HTTP_LIMITS } from './limits.ts'
import type { Answer, Route } from './route.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

export interface HonoDeps extends DispatchDeps {
  readonly routes: readonly Route[]
  readonly assets: Assets
  /** Given when the server drains. */
  readonly drained: AbortSignal
}

type Env = { Bindings: HttpBindings }

/** Makes the application. */
export function makeHonoApp(deps: HonoDeps): Hono<Env> {
  const app = new Hono<Env>()
  for (const route of deps.routes) {
    app.on(route.method, route.path, async (context) => {
      const request = context.req.raw
      const signal = AbortSignal.any([request.signal, deps.drained])
      const call = { ...factsOf(context), request, params: context.req.param(), signal }
      return respond(context, await dispatch(deps, route, call))
    })
  }
  for (const [path, methods] of methodsByPath(deps.routes)) {
    app.all(path, (context) => respond(context, methodRefusal(deps, context, methods)))
  }
  app.notFound(async (context) => respond(context, elsewhere(deps, context)))
  app.onError(async (error, context) => {
    return respond(context, failureAnswer(deps, error, factsOf(context)))
  })
  return app
}

function factsOf(context: Context<Env>): { path: string; requestId: string } {
  return { path: context.req.path, requestId: context.req.header(HEADERS.requestId) ?? '' }
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const byPath = new Map<string, string[]>()
  for (const { method, path } of routes) {
    const methods = byPath.get(path) ?? []
    byPath.set(path, [...methods, ...(method === 'GET' ? ['GET', 'HEAD'] : [method])])
  }
  return byPath
}

function methodRefusal(deps: HonoDeps, context: Context<Env>, methods: readonly string[]): Answer {
  const allow = methods.join(', ')
  const { method } = context.req
  if (method === 'OPTIONS') return { status: 204, headers: { allow } }
  const message = `${method} is not for ${context.req.path}, only ${allow}`
  const error = new TenantryError(HTTP_ERRORS.methodNotAllowed, message)
  return failureAnswer(deps, error, factsOf(context), { allow })
}

/** A path that is no route's: a file of the portal, one of its pages, or nothing. */
function elsewhere(deps: HonoDeps, context: Context<Env>): Answer {
  const { method, path } = context.req
  if (method === 'GET' || method === 'HEAD') {
    const file = deps.assets.file(path, (name) => context.req.header(name))
    if (file !== undefined) return file
    if (isPortalPage(path, context.req.header('accept'))) return deps.assets.page()
  }
  const error = new TenantryError(HTTP_ERRORS.notFound, `there is nothing at ${path}`)
  return failureAnswer(deps, error, factsOf(context))
}

/**
 * The portal makes its pages itself: whoever asks for a page, not for a file or an answer, gets the
 * one page it lives in.
 */
function isPortalPage(path: string, accept: string | undefined): boolean {
  if (path === '/') return true
  const isMachinePath = /^\/(?:api|v1|otlp|opentelemetry|metrics)(?:\/|$)/.test(path)
  return !isMachinePath && !path.includes('.') && (accept ?? '').includes('text/html')
}

const compress = promisify(gzip)

async function respond(context: Context<Env>, answer: Answer): Promise<Response> {
  const headers = new Headers(SECURITY_HEADERS)
  if (answer.type !== undefined) headers.set('content-type', answer.type)
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers.set(name, value)
  const { status, stream, bytes, text } = answer
  if (stream !== undefined && context.req.method === 'HEAD') void stream.cancel()
  else if (stream !== undefined) return new Response(stream, { status, headers })
  if (text === undefined) return new Response(bytes ?? null, { status, headers })
  const body = await compressed(text, context.req.header('accept-encoding'), headers)
  return new Response(body, { status, headers })
}

async function compressed(
  text: string,
  accepted: string | undefined,
  headers: Headers,
): Promise<string | Uint8Array<ArrayBuffer>> {
  if (text.length < HTTP_LIMITS.compressFromBytes) return text
  headers.append('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(accepted ?? '')) return text
  headers.set('content-encoding', 'gzip')
  return new Uint8Array(await compress(text, { level: 3 }))
}
