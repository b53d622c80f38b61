/**
 * Fetches pages that an operator's configuration names, whole and as bytes: a deadline over
 * everything, a size that a page may have at most, also uncompressed, TLS settings of its own, and
 * redirects where they are wanted. Private addresses are allowed, as for everything that an
 * operator names; an address given by a tenant must never come here.
 */
import * as http from 'node:http'
import * as https from 'node:https'
import { gunzip } from 'node:zlib'
import { isTenantryError, TenantryError } from '../../core/errors.ts'
import type { Clock, TlsFields } from '../../core/ports.ts'
import { RUNTIME_ERRORS } from './errors.ts'
import { tlsOptions } from './tls-options.ts'

export interface PageRequest {
  readonly url: string
  /** `authorization` is not sent on to another host that a redirect leads to. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Of the page, as sent and uncompressed. */
  readonly maxBytes: number
  readonly followRedirects: boolean
  readonly tls?: TlsFields
  readonly signal?: AbortSignal
}

export interface Page {
  readonly status: number
  readonly contentType: string | undefined
  readonly body: Buffer
}

export interface PageFetcher {
  /**
   * Fetches a page. Rejects with OUTBOUND_URL, OUTBOUND_TIMEOUT, OUTBOUND_UNREACHABLE,
   * OUTBOUND_TOO_LARGE.
   */
  fetch(request: PageRequest): Promise<Page>
  /** Ends the connections that are kept. */
  close(): void
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const REDIRECTS_MAX = 10
const SOCKETS_PER_HOST = 16

export function openPageFetcher({ clock }: { clock: Clock }): PageFetcher {
  const settings = { keepAlive: true, maxSockets: SOCKETS_PER_HOST }
  const plain = new http.Agent(settings)
  const secure = new Map<string, https.Agent>()
  const agentFor = (url: URL, tls: TlsFields): http.Agent => {
    if (url.protocol === 'http:') return plain
    const key = JSON.stringify(tls)
    const agent = secure.get(key) ?? new https.Agent({ ...settings, ...tlsOptions(tls) })
    secure.set(key, agent)
    return agent
  }

  const follow = async (request: PageRequest, signal: AbortSignal): Promise<Page> => {
    let url = parseUrl(request.url)
    let { headers } = request
    for (let hops = 0; ; hops += 1) {
      const response = await ask(url, headers, agentFor(url, request.tls ?? {}), signal)
      const status = response.statusCode ?? 0
      const { location } = response.headers
      if (!request.followRedirects || !REDIRECTS.has(status) || location === undefined) {
        return readPage(response, status, request.maxBytes)
      }
      response.resume()
      if (hops === REDIRECTS_MAX) throw unreachable(url, `more than ${REDIRECTS_MAX} redirects`)
      const next = parseUrl(URL.canParse(location, url.href) ? new URL(location, url).href : '')
      if (next.host !== url.host) headers = withoutAuthorization(headers)
      url = next
    }
  }

  return {
    async fetch(request) {
      const aborter = new AbortController()
      const cancel = clock.after(request.timeoutMs, () => aborter.abort())
      const stop = (): void => aborter.abort()
      request.signal?.addEventListener('abort', stop, { once: true })
      try {
        return await follow(request, aborter.signal)
      } catch (cause) {
        if (isTenantryError(cause)) throw cause
        const { origin } = parseUrl(request.url)
        if (!aborter.signal.aborted) throw unreachable(new URL(origin), reasonOf(cause), cause)
        throw new TenantryError(
          RUNTIME_ERRORS.outboundTimeout,
          `fetching from ${origin}: no whole answer within ${request.timeoutMs} ms`,
          { cause },
        )
      } finally {
        cancel()
        request.signal?.removeEventListener('abort', stop)
      }
    },
    close() {
      plain.destroy()
      for (const agent of secure.values()) agent.destroy()
    },
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new TenantryError(RUNTIME_ERRORS.outboundUrl, 'fetching: not an http or https address')
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  )
}

function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  agent: http.Agent,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    request(url, { method: 'GET', headers, agent, signal }, resolve).on('error', reject).end()
  })
}

async function readPage(
  response: http.IncomingMessage,
  status: number,
  maxBytes: number,
): Promise<Page> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
  }
  if (!response.complete) throw new Error('the connection was closed within the answer')
  const raw = Buffer.concat(chunks, bytes)
  const encoding = response.headers['content-encoding'] ?? 'identity'
  const body = encoding === 'gzip' ? await uncompress(raw, maxBytes) : raw
  return { status, contentType: response.headers['content-type'], body }
}

function uncompress(raw: Buffer, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(raw, { maxOutputLength: maxBytes }, (error, body) => {
      if (error === null) resolve(body)
      else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
        reject(tooLarge(maxBytes))
      } else reject(error)
    })
  })
}

function tooLarge(maxBytes: number): TenantryError {
  return new TenantryError(
    RUNTIME_ERRORS.outboundTooLarge,
    `fetching: the answer has more than ${maxBytes} bytes`,
  )
}

function unreachable(url: URL, why: string, cause?: unknown): TenantryError {
  return new TenantryError(
    RUNTIME_ERRORS.outboundUnreachable,
    `fetching from ${url.origin}: ${why}`,
    cause === undefined ? {} : { cause },
  )
}

/** Several addresses tried at once fail with an error that has no message of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0])
  return cause instanceof Error && cause.message !== '' ? cause.message : 'no answer'
}
