/**
 * Where engines take what they are sent: the paths of their documentation, filled in where an
 * address is only that of a server, and the place in it that names a tenant. Pure. Source: Grafana
 * Mimir and Cortex, "HTTP API"; VictoriaMetrics, "Cluster version: URL format".
 */
import { ENGINE_TYPES, type EngineType } from './config-schema.ts'

/** Stands in an address for the account id of a tenant. */
export const ACCOUNT = '{account}'
/** In an address that takes samples of all tenants, which say by labels whose they are. */
const MULTITENANT = '/insert/multitenant/'

type Addressed = 'write' | 'query'

/** The query path is that to which `/api/v1/query` is added. */
const USUAL_PATHS: Readonly<Record<EngineType, Readonly<Record<Addressed, string>>>> = {
  mimir: { write: '/api/v1/push', query: '/prometheus' },
  cortex: { write: '/api/v1/push', query: '/prometheus' },
  'victoriametrics-cluster': {
    write: `${MULTITENANT}prometheus/api/v1/write`,
    query: `/select/${ACCOUNT}/prometheus`,
  },
  victoriametrics: { write: '/api/v1/write', query: '' },
  prometheus: { write: '/api/v1/write', query: '' },
}

/** Fills in the path where an address has none. Shape: without a slash at its end. */
export function withUsualPath(type: EngineType, purpose: Addressed, address: string): string {
  const bare = address.replace(/\/+$/, '')
  const { origin } = new URL(address)
  return bare === origin ? origin + USUAL_PATHS[type][purpose] : bare
}

/** Tells what is wrong with an address for a kind of engine. */
export function addressProblem(
  type: EngineType,
  purpose: Addressed,
  address: string,
): string | undefined {
  const path = withUsualPath(type, purpose, address)
  const names = path.includes(ACCOUNT)
  if (ENGINE_TYPES[type].tenancy === 'account') {
    if (names || (purpose === 'write' && path.includes(MULTITENANT))) return undefined
    return `names no tenant: leave the path out, or put ${ACCOUNT} where the account id stands`
  }
  return names ? `${type} has no accounts: ${ACCOUNT} stands for nothing there` : undefined
}

/** Puts a tenant's account id into an address. */
export function withAccount(address: string, accountId: number): string {
  return address.replaceAll(ACCOUNT, String(accountId))
}
