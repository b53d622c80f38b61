/** A key of a program, without its secret. */
import type { KeyId, TenantId } from '../../core/ids.ts'
import type { KeyRole } from './permissions.ts'
import type { Principal } from './principal.ts'

export interface AccessKey {
  readonly keyId: KeyId
  readonly name: string
  readonly role: KeyRole
  /** Null for a key that is bound to no tenant. */
  readonly tenantId: TenantId | null
  readonly createdAtMs: number
  /** The id of who made it. */
  readonly createdBy: string
  readonly revokedAtMs: number | null
}

export function principalOf({ keyId, role, tenantId, name }: AccessKey): Principal {
  return { kind: 'key', id: keyId, role, tenantId, name }
}
