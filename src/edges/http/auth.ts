/**
 * Who asks: read from the headers, and for changes by cookie, whether the page that asks is ours.
 */
import { TenantryError } from '../../core/errors.ts'
import { COOKIES, HEADERS } from '../../core/names/headers.ts'
import { ANONYMOUS, type Access, type Principal } from '../../domain/access/access.ts'
import { HTTP_ERRORS } from './errors.ts'

export interface Caller {
  readonly principal: Principal
  /** How they showed who they are. */
  readonly by: 'nothing' | 'key' | 'cookie'
  /** What they showed; empty for nothing. */
  readonly secret: string
}

export type ReadHeader = (name: string) => string | undefined

const NOBODY: Caller = { principal: ANONYMOUS, by: 'nothing', secret: '' }

/**
 * Tells who asks. A key comes before a cookie; one that is not right is refused, not passed over.
 * Throws UNAUTHENTICATED.
 */
export function identify(
  access: Pick<Access, 'authenticate' | 'authenticateSession'>,
  header: ReadHeader,
  nowMs: number,
): Caller {
  const key = readKey(header)
  if (key !== undefined) {
    const principal = access.authenticate(key, nowMs)
    if (principal === undefined) throw unauthenticated('the key is not known, or was revoked')
    return { principal, by: 'key', secret: key }
  }
  const secret = readCookie(header('cookie'))
  if (secret === undefined) return NOBODY
  const principal = access.authenticateSession(secret, nowMs)
  return principal === undefined ? NOBODY : { principal, by: 'cookie', secret }
}

export function unauthenticated(reason: string): TenantryError {
  return new TenantryError(HTTP_ERRORS.unauthenticated, reason)
}

/**
 * Refuses a change that another site makes a signed-in browser ask for. Browsers say where a
 * request comes from; one that does not say is refused too. Throws CROSS_ORIGIN.
 */
export function refuseCrossOrigin(header: ReadHeader): void {
  if (originOf(header) === 'same') return
  throw new TenantryError(HTTP_ERRORS.crossOrigin, 'the request did not come from this portal')
}

/**
 * Refuses what comes from another site, where the sender says so. For what needs no cookie but sets
 * one. Throws CROSS_ORIGIN.
 */
export function refuseOtherOrigin(header: ReadHeader): void {
  if (originOf(header) !== 'other') return
  throw new TenantryError(HTTP_ERRORS.crossOrigin, 'the request came from another site')
}

/**
 * Source: Fetch Metadata (Sec-Fetch-Site), which browsers send over https and to this machine;
 * elsewhere the Origin header must do.
 */
function originOf(header: ReadHeader): 'same' | 'other' | 'unknown' {
  const site = header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'same' : 'other'
  const origin = header('origin')
  if (origin === undefined) return 'unknown'
  const host = URL.canParse(origin) ? new URL(origin).host : ''
  return host !== '' && host === header('host') ? 'same' : 'other'
}

function readKey(header: ReadHeader): string | undefined {
  const authorization = header('authorization')
  if (authorization === undefined) return header(HEADERS.apiKey)
  const key = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (key === undefined) throw unauthenticated('the Authorization header is not `Bearer KEY`')
  return key
}

function readCookie(cookies: string | undefined): string | undefined {
  for (const pair of (cookies ?? '').split(';')) {
    const [name = '', value = ''] = pair.split('=')
    if (name.trim() === COOKIES.session && value !== '') return value.trim()
  }
  return undefined
}

/**
 * Writes the cookie of a session. It is not marked Secure: the server speaks plain HTTP, to this
 * machine or behind a proxy.
 */
export function sessionCookie(secret: string, maxAgeSeconds: number): string {
  return `${COOKIES.session}=${secret}; Path=/; Max-Age=${String(maxAgeSeconds)}; HttpOnly; SameSite=Strict`
}
