/** Who acts: what every request is decided on, and whose name stands in the audit log. */
import type { TenantId } from '../../core/ids.ts'
import { grants, type Permission, type Role } from './permissions.ts'

export interface Principal {
  readonly kind: 'key' | 'session' | 'system' | 'anonymous'
  readonly id: string
  readonly role: Role
  /** Null for somebody who sees the whole platform. */
  readonly tenantId: TenantId | null
  readonly name: string
}

export const ANONYMOUS: Principal = {
  kind: 'anonymous',
  id: 'anonymous',
  role: 'anonymous',
  tenantId: null,
  name: 'Anonymous',
}

/** The program itself, as when it applies configuration files at its start. */
export const SYSTEM: Principal = {
  kind: 'system',
  id: 'system',
  role: 'operator',
  tenantId: null,
  name: 'Tenantry',
}

/** Tells whether somebody holds a permission for anything at all. */
export function holds(principal: Principal, permission: Permission): boolean {
  return grants(principal.role, permission, principal.tenantId !== null)
}

/** Tells whether somebody may do something to a tenant, or, with null, to the whole platform. */
export function may(
  principal: Principal,
  permission: Permission,
  tenantId: TenantId | null,
): boolean {
  if (!holds(principal, permission)) return false
  return principal.tenantId === null || principal.tenantId === tenantId
}
