/**
 * Brands for what crosses tenants and is never computed with, and the one parser of each.
 * A TenantId is safe as a file name, a Kubernetes namespace, a label value and an HTTP header.
 */
declare const brand: unique symbol
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

export type TenantId = Brand<string, 'TenantId'>
export type SloId = Brand<string, 'SloId'>
export type AlertId = Brand<string, 'AlertId'>
export type KeyId = Brand<string, 'KeyId'>

export const TENANT_ID_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/

/**
 * The named bucket for samples that no tenant claims. It is not a tenant: no SLO, no key, no row in
 * the registry.
 */
export const UNATTRIBUTED = '__unattributed__' as TenantId

/**
 * Names a group of tenants, for the alerts that are about no single one: those of a tier, or all
 * (null). No tenant can be called so. Worked: `__enterprise__`, `__fleet__`.
 */
export function groupId(tier: string | null): TenantId {
  return `__${tier ?? 'fleet'}__` as TenantId
}

/** Tells whether what stands in a tenant's place names a group. */
export function isGroupId(id: string): boolean {
  return id !== UNATTRIBUTED && /^__[a-z]+__$/.test(id)
}

/** Tells the tier that a group is of. Null of the fleet, and of what is no group. */
export function tierOfGroup(id: string): string | null {
  return !isGroupId(id) || id === groupId(null) ? null : id.slice(2, -2)
}

/**
 * Reads a tenant id. Returns undefined when the text is not one: 1 to 48 of a-z, 0-9 and inner
 * hyphens.
 */
export function parseTenantId(text: string): TenantId | undefined {
  return TENANT_ID_PATTERN.test(text) ? (text as TenantId) : undefined
}

/** Reads a tenant id that the code itself wrote before, and crashes when it is none. */
export function tenantId(text: string): TenantId {
  const id = parseTenantId(text)
  if (id === undefined)
    throw new Error(`assertion failed: not a tenant id: ${JSON.stringify(text)}`)
  return id
}

/** Reads an SLO id. Same alphabet as a tenant id. */
export function parseSloId(text: string): SloId | undefined {
  return TENANT_ID_PATTERN.test(text) ? (text as SloId) : undefined
}

export function sloId(text: string): SloId {
  const id = parseSloId(text)
  if (id === undefined) throw new Error(`assertion failed: not an SLO id: ${JSON.stringify(text)}`)
  return id
}
