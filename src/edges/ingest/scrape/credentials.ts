/**
 * Reads what a request shows of itself and trusts: basic or bearer authentication, certificates.
 * Files are read at each request, so that a secret can be changed without a restart.
 */
import { readFile } from 'node:fs/promises'
import type { TlsFields } from '../../../core/ports.ts'
import type { AccessFields } from './config-schema.ts'
import { ScrapeFault } from './scrape-fault.ts'

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsFields
}

/** Reads them. Rejects with a ScrapeFault that names the file, never what is in it. */
export async function readCredentials(fields: AccessFields): Promise<Credentials> {
  const authorization = await authorizationOf(fields)
  return {
    headers: authorization === undefined ? {} : { authorization },
    tls: fields.tls_config === undefined ? {} : await tlsOf(fields.tls_config),
  }
}

async function authorizationOf(fields: AccessFields): Promise<string | undefined> {
  const { basic_auth: basic, authorization: given } = fields
  if (basic !== undefined) {
    const name = (await textOf(basic.username, basic.username_file)) ?? ''
    const password = (await textOf(basic.password, basic.password_file)) ?? ''
    return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
  }
  if (given !== undefined) {
    const secret = (await textOf(given.credentials, given.credentials_file)) ?? ''
    return `${given.type} ${secret}`
  }
  const token = await textOf(fields.bearer_token, fields.bearer_token_file)
  return token === undefined ? undefined : `Bearer ${token}`
}

async function tlsOf(fields: NonNullable<AccessFields['tls_config']>): Promise<TlsFields> {
  const ca = await textOf(fields.ca, fields.ca_file)
  const cert = await textOf(undefined, fields.cert_file)
  const key = await textOf(undefined, fields.key_file)
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(fields.server_name === undefined ? {} : { serverName: fields.server_name }),
    insecureSkipVerify: fields.insecure_skip_verify,
  }
}

async function textOf(
  text: string | undefined,
  file: string | undefined,
): Promise<string | undefined> {
  if (text !== undefined || file === undefined) return text
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch {
    throw new ScrapeFault('secret', `cannot read ${file}`)
  }
}
