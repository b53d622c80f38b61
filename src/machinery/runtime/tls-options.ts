import type { TLSSocketOptions } from 'node:tls'
import type { TlsFields } from '../../core/ports.ts'

/** Says what a connection shows and trusts, as Node's agents take it. */
export function tlsOptions({
  ca,
  cert,
  key,
  serverName,
  insecureSkipVerify,
}: TlsFields): TLSSocketOptions & { servername?: string } {
  return {
    rejectUnauthorized: insecureSkipVerify !== true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
}
