/**
 * Calls an engine: who asks, what is shown and trusted, and for which tenant. A tenant is named the
 * way the engine wants it: in a header, in the path, or not at all.
 */
import type { TenantId } from '../../core/ids.ts'
import { HEADERS } from '../../core/names/headers.ts'
import type { Outbound, OutboundRequest, OutboundResponse } from '../../core/ports.ts'
import type { Accounts } from './accounts.ts'
import { ENGINE_TYPES } from './config-schema.ts'
import { readAccess } from './engine-access.ts'
import { withAccount } from './engine-address.ts'
import type { Engine } from './engine.ts'

export interface EngineCall {
  readonly method: OutboundRequest['method']
  /** May hold `{account}`. */
  readonly url: string
  /** Undefined for what concerns the engine as a whole. */
  readonly tenantId?: TenantId | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly timeoutMs: number
  readonly maxResponseBytes?: number
  readonly signal?: AbortSignal
}

export interface EngineClient {
  readonly engine: Engine
  /** Rejects with OUTBOUND_* when no answer came, and with ENGINE_SECRET. */
  send(call: EngineCall): Promise<OutboundResponse>
}

/** Opens the way to one engine. */
export function openEngineClient(parts: {
  readonly engine: Engine
  readonly outbound: Outbound
  readonly accounts: Pick<Accounts, 'accountOf'>
}): EngineClient {
  const { engine, outbound, accounts } = parts
  const { tenancy } = ENGINE_TYPES[engine.type]
  return {
    engine,
    async send({ url, tenantId, headers, ...call }) {
      const access = await readAccess(engine)
      const named = tenantId !== undefined && tenancy === 'header'
      const placed = tenantId !== undefined && tenancy === 'account'
      return outbound.send({
        ...call,
        url: placed ? withAccount(url, accounts.accountOf(tenantId)) : url,
        headers: {
          ...access.headers,
          ...headers,
          ...(named ? { [HEADERS.scopeOrgId]: tenantId } : {}),
        },
        trust: 'operator',
        ...(access.tls === undefined ? {} : { tls: access.tls }),
      })
    },
  }
}
