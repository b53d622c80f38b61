/**
 * The way out: one HTTP request, with a deadline over everything, an answer of bounded size, no
 * redirects, and addresses checked after they were resolved. A message never shows more of an
 * address than its origin: the rest may be a secret.
 */
import { lookup, type LookupAddress } from 'node:dns'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isTenantryError, TenantryError } from '../../core/errors.ts'
import { assert } from '../../core/assert.ts'
import type {
  Clock,
  Outbound,
  OutboundRequest,
  OutboundResponse,
  TlsFields,
  Trust,
} from '../../core/ports.ts'
import { KIB } from '../../core/units.ts'
import { RUNTIME_ERRORS } from './errors.ts'
import { isPublicAddress } from './outbound-address.ts'
import { tlsOptions } from './tls-options.ts'

export const OUTBOUND_LIMITS = {
  /** Enough of an answer to say what was wrong. */
  responseBytes: 64 * KIB,
  /** Connections to one receiver at once. */
  socketsPerHost: 16,
} as const

/** Finds every address of a name, as `dns.lookup` does. */
export type ResolveName = (
  name: string,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

interface Agents {
  readonly 'http:': http.Agent
  readonly 'https:': https.Agent
}

/** Opens the way out. Rejects with OUTBOUND_URL, OUTBOUND_ADDRESS_REFUSED, OUTBOUND_TIMEOUT,
 *  OUTBOUND_UNREACHABLE. */
export function openOutbound(options: {
  clock: Clock
  resolve?: ResolveName
}): Outbound & { close(): void } {
  const { clock, resolve = (name, done) => lookup(name, { all: true }, done) } = options
  // A connection made for an operator may lead to a private address: a tenant's request must never
  // find it in a pool.
  const agents: Readonly<Record<Trust, Agents>> = { operator: openAgents(), tenant: openAgents() }
  const withTls = new Map<string, https.Agent>()
  const agentFor = (url: URL, { trust, tls }: OutboundRequest): http.Agent => {
    if (tls === undefined || url.protocol === 'http:')
      return agents[trust][url.protocol as keyof Agents]
    const key = JSON.stringify(tls)
    const agent = withTls.get(key) ?? openTlsAgent(tls)
    withTls.set(key, agent)
    return agent
  }
  return {
    async send(request) {
      const { trust, tls } = request
      assert(tls === undefined || trust === 'operator', 'only an operator says what is trusted')
      const url = parseUrl(request.url)
      const aborter = new AbortController()
      const cancel = clock.after(request.timeoutMs, () => aborter.abort())
      const stop = (): void => aborter.abort()
      if (request.signal?.aborted === true) stop()
      request.signal?.addEventListener('abort', stop, { once: true })
      try {
        refuseLiteral(url, request.trust)
        return await exchange(url, request, {
          agent: agentFor(url, request),
          lookup: checkedLookup(resolve, request.trust, url),
          signal: aborter.signal,
        })
      } catch (cause) {
        if (isTenantryError(cause)) throw cause
        const isLate = aborter.signal.aborted && request.signal?.aborted !== true
        const row = isLate ? RUNTIME_ERRORS.outboundTimeout : RUNTIME_ERRORS.outboundUnreachable
        const what = isLate ? `no answer within ${request.timeoutMs} ms` : 'no answer'
        throw new TenantryError(row, `calling ${url.origin}: ${what}`, { cause })
      } finally {
        cancel()
        request.signal?.removeEventListener('abort', stop)
      }
    },
    close() {
      for (const agent of withTls.values()) agent.destroy()
      for (const { 'http:': plain, 'https:': secure } of Object.values(agents)) {
        plain.destroy()
        secure.destroy()
      }
    },
  }
}

function openAgents(): Agents {
  const settings = { keepAlive: true, maxSockets: OUTBOUND_LIMITS.socketsPerHost }
  return { 'http:': new http.Agent(settings), 'https:': new https.Agent(settings) }
}

function openTlsAgent(tls: TlsFields): https.Agent {
  const maxSockets = OUTBOUND_LIMITS.socketsPerHost
  return new https.Agent({ keepAlive: true, maxSockets, ...tlsOptions(tls) })
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new TenantryError(RUNTIME_ERRORS.outboundUrl, 'calling out: not an http or https address')
  return url
}

/** Node resolves only names; an address that is written out is checked here. */
function refuseLiteral(url: URL, trust: Trust): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (trust === 'tenant' && isIP(host) !== 0 && !isPublicAddress(host)) throw addressRefused(url)
}

/** Resolves a name once and connects only to what was checked, so that a second answer of the
 *  name's server changes nothing. */
function checkedLookup(resolve: ResolveName, trust: Trust, url: URL): LookupFunction {
  return (name, options, done) =>
    resolve(name, (error, addresses) => {
      const [first] = addresses
      if (error !== null || first === undefined)
        return done(error ?? new Error(`${name} has no address`), [])
      if (trust === 'tenant' && !addresses.every(({ address }) => isPublicAddress(address)))
        return done(addressRefused(url), [])
      if (options.all === true) return done(null, addresses)
      return done(null, first.address, first.family)
    })
}

function addressRefused(url: URL): TenantryError {
  return new TenantryError(
    RUNTIME_ERRORS.outboundRefused,
    `calling ${url.origin}: the address is not a public one`,
  )
}

function exchange(
  url: URL,
  { method, headers, body, maxResponseBytes = OUTBOUND_LIMITS.responseBytes }: OutboundRequest,
  options: { agent: http.Agent; lookup: LookupFunction; signal: AbortSignal },
): Promise<OutboundResponse> {
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, ...options }, (response) => {
      readBody(response, maxResponseBytes).then((read) => {
        resolve({ status: response.statusCode ?? 0, headers: flatHeaders(response), ...read })
      }, reject)
    })
    call.on('error', reject)
    call.end(body)
  })
}

/** Reads up to the limit and then hangs up: what was read is the answer. */
async function readBody(
  response: http.IncomingMessage,
  maxBytes: number,
): Promise<Pick<OutboundResponse, 'body' | 'isCut'>> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBytes) break
  }
  return { body: Buffer.concat(chunks).toString('utf8', 0, maxBytes), isCut: bytes > maxBytes }
}

function flatHeaders({ headers }: http.IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}
