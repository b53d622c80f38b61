/**
 * Reads what a request to an engine shows of itself and trusts. Files are read at each request, so
 * that a secret can be changed without a restart.
 */
import { readFile } from 'node:fs/promises'
import { TenantryError } from '../../core/errors.ts'
import type { TlsFields } from '../../core/ports.ts'
import type { Engine, EngineAuth, EngineTls } from './engine.ts'
import { ENGINE_ERRORS } from './errors.ts'

export interface EngineAccess {
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsFields | undefined
}

/** Reads them. Rejects with ENGINE_SECRET, which names the file and never what is in it. */
export async function readAccess(
  engine: Pick<Engine, 'auth' | 'headers' | 'tls'>,
): Promise<EngineAccess> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(engine.headers))
    headers[name] = typeof value === 'string' ? value : await lineOf(value.file)
  if (engine.auth !== undefined) headers['authorization'] = await authorizationOf(engine.auth)
  return { headers, tls: engine.tls === undefined ? undefined : await tlsOf(engine.tls) }
}

async function authorizationOf(auth: EngineAuth): Promise<string> {
  if (auth.bearerTokenFile !== undefined) return `Bearer ${await lineOf(auth.bearerTokenFile)}`
  const password = auth.passwordFile === undefined ? '' : await lineOf(auth.passwordFile)
  return `Basic ${Buffer.from(`${auth.username ?? ''}:${password}`).toString('base64')}`
}

async function tlsOf(tls: EngineTls): Promise<TlsFields> {
  return {
    ...(tls.caFile === undefined ? {} : { ca: await textOf(tls.caFile) }),
    ...(tls.certFile === undefined ? {} : { cert: await textOf(tls.certFile) }),
    ...(tls.keyFile === undefined ? {} : { key: await textOf(tls.keyFile) }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
    insecureSkipVerify: tls.insecureSkipVerify,
  }
}

/** A secret that goes into a header: one line, as editors leave it with a newline behind. */
async function lineOf(file: string): Promise<string> {
  const text = (await textOf(file)).trim()
  if (/^[\t\x20-\x7e]+$/.test(text)) return text
  throw new TenantryError(ENGINE_ERRORS.secret, `${file} is empty or more than a line of ASCII`)
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new TenantryError(ENGINE_ERRORS.secret, `cannot read ${file}: ${code}`)
  }
}
