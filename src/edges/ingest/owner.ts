/**
 * Who a write waits, and is refused, on behalf of: the tenant that all of it is of, else the key,
 * which may carry many tenants.
 */
import type { TenantId } from '../../core/ids.ts'
import type { RecordContext } from './record-context.ts'

export interface Owner {
  readonly name: string
  /** The tenant that all of the write is of. Null when the labels tell. */
  readonly tenantId: TenantId | null
}

export function ownerOf({ boundTenant, namedTenant, keyId }: RecordContext): Owner {
  const tenantId = boundTenant ?? namedTenant
  return { name: tenantId === null ? `key/${keyId}` : `tenant/${tenantId}`, tenantId }
}
