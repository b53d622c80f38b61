/**
 * The one port. Raw routes (metrics in and out) are matched first and read the socket themselves;
 * everything else goes through Hono to rows of `api/`, or is the portal. It speaks plain HTTP: for
 * this machine, or behind a proxy that ends TLS.
 */
import { getRequestListener } from '@hono/node-server'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import { TenantryError } from '../../core/errors.ts'
import { HEADERS } from '../../core/names/headers.ts'
import type { Clock, Counters, Log } from '../../core/ports.ts'
import type { Access, Principal } from '../../domain/access/access.ts'
import { randomToken } from '../../machinery/runtime/ids.ts'
import { PORTAL_ASSETS_PATH } from '../../machinery/runtime/paths.ts'
import type { RawRoute } from '../../machinery/runtime/raw-route.ts'
import { openAssets, type Assets } from './assets.ts'
import { HTTP_ERRORS } from './errors.ts'
import { healthRoutes } from './health.ts'
import { makeHonoApp } from './hono-app.ts'
import { HTTP_LIMITS } from './limits.ts'
import { openRawRoutes } from './raw-routes.ts'
import type { Route } from './route.ts'

export interface ServerOptions {
  readonly routes: readonly Route[]
  readonly rawRoutes: readonly RawRoute<Principal>[]
  readonly access: Access
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  /** The built portal; that of this installation by default. */
  readonly assets?: Assets
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
}

export interface Server {
  /**
   * Listens, and answers the address that this machine reaches it at. Throws PORT_TAKEN,
   * PORT_FORBIDDEN, HOST_UNKNOWN.
   */
  start(): Promise<string>
  /**
   * Takes no new connections, ends lines that go on for long, and waits a bounded time for answers
   * under way.
   */
  drain(): Promise<void>
  /** Cuts every connection. */
  close(): void
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/

interface BrokenRequest {
  /** As the counter of refusals has it. */
  readonly code: string
  readonly line: string
  readonly words: string
}

const NOT_HTTP: BrokenRequest = {
  code: 'HTTP_MALFORMED',
  line: '400 Bad Request',
  words: 'this is not a request of HTTP/1.1',
}

/** Requests that end before there is one to route, by the code of Node's error. */
const BROKEN_REQUESTS: Readonly<Record<string, BrokenRequest>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'HEADERS_TOO_LARGE',
    line: '431 Request Header Fields Too Large',
    words: 'the headers are larger than 16 KiB together',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'REQUEST_TIMEOUT',
    line: '408 Request Timeout',
    words: 'the request did not come whole in time',
  },
}

/** Makes a server that does not listen yet. */
export function openServer(options: ServerOptions): Server {
  const { log, clock, counters, host, port } = options
  const drained = new AbortController()
  const assets = options.assets ?? openAssets(PORTAL_ASSETS_PATH)
  const routes = [...healthRoutes(() => !drained.signal.aborted), ...options.routes]
  const hono = makeHonoApp({ ...options, routes, assets, drained: drained.signal })
  const listener = getRequestListener(hono.fetch, { overrideGlobalObjects: false })
  const raw = openRawRoutes(options)
  const underWay = new Set<ServerResponse>()

  const server = createServer(
    {
      headersTimeout: HTTP_LIMITS.headersMs,
      requestTimeout: HTTP_LIMITS.requestMs,
      keepAliveTimeout: HTTP_LIMITS.keepAliveMs,
      connectionsCheckingInterval: HTTP_LIMITS.timeoutLookMs,
    },
    (request, response) => {
      const requestId = requestIdOf(request)
      response.setHeader(HEADERS.requestId, requestId)
      request.headers[HEADERS.requestId] = requestId
      if (drained.signal.aborted) response.setHeader('connection', 'close')
      underWay.add(response)
      response.once('close', () => {
        underWay.delete(response)
        // One that ended only because of the drain, such as a live line, leaves its connection
        // idle.
        if (drained.signal.aborted) server.closeIdleConnections()
      })
      if (raw.handle(request, response)) return
      void listener(request, response)
    },
  )
  server.maxConnections = HTTP_LIMITS.connections
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // One that went away in the middle of its request hears nothing any more.
    if (!socket.writable) return
    const { code, line, words } = BROKEN_REQUESTS[error.code ?? ''] ?? NOT_HTTP
    counters.add('tenantry_http_refused_total', 1, { code })
    const head = `HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8`
    socket.end(`${head}\r\nContent-Length: ${String(words.length + 1)}\r\n\r\n${words}\n`)
  })

  return {
    async start() {
      await listen(server, host, port)
      const address = addressOf(host, (server.address() as AddressInfo).port)
      if (!isLoopback(host)) warnOfPlainHttp(log, host)
      return address
    },
    async drain() {
      drained.abort()
      for (const response of underWay) {
        if (!response.headersSent) response.setHeader('connection', 'close')
      }
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const grace = new AbortController()
      await Promise.race([closed, clock.sleep(HTTP_LIMITS.drainMs, grace.signal)])
      grace.abort()
      server.closeAllConnections()
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Tells at once whether an address can be listened at, for what does long work before it serves.
 *  Throws PORT_TAKEN, PORT_FORBIDDEN, HOST_UNKNOWN. */
export async function probeAddress(host: string, port: number): Promise<void> {
  const probe = createServer()
  await listen(probe, host, port)
  await new Promise((resolve) => probe.close(resolve))
}

function listen(
  server: ReturnType<typeof createServer<typeof IncomingMessage, typeof ServerResponse>>,
  host: string,
  port: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => reject(listenError(cause, host, port))
    server.once('error', fail)
    server.listen({ host, port }, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  const where = `${host}:${String(port)}`
  switch (cause.code) {
    case 'EADDRINUSE':
      return new TenantryError(HTTP_ERRORS.portTaken, `port ${String(port)} is taken at ${host}`, {
        cause,
        details: { host, port },
      })
    case 'EACCES':
      return new TenantryError(HTTP_ERRORS.portForbidden, `not allowed to listen at ${where}`, {
        cause,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new TenantryError(HTTP_ERRORS.hostUnknown, `${host} is no address of this machine`, {
        cause,
      })
    default:
      return cause
  }
}

/**
 * The id that a proxy gave the request, so that its log and ours are of one piece; else one of our
 * own.
 */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[HEADERS.requestId]
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : `req_${randomToken(9)}`
}

function addressOf(host: string, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const name = isIP(reached) === 6 ? `[${reached}]` : reached
  return `http://${name}:${String(port)}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function warnOfPlainHttp(log: Log, host: string): void {
  log.warn(
    { host },
    'listening beyond this machine over plain HTTP: keys and cookies can be read on the way. Put a proxy that speaks TLS in front, or listen at 127.0.0.1.',
  )
}
