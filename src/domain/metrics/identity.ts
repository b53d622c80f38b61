/**
 * Tells whose a series is. Pure but for the resolver. Source: design.md section 4, "Tenant identity
 * of a write".
 */
import type { TenantId } from '../../core/ids.ts'
import { IDENTITY_LABELS } from '../../core/names/labels.ts'
import type { UnattributedReason } from './reasons.ts'
import type { RegistryMemory } from './registry-memory.ts'
import type { LabelReader } from './status-class.ts'
import type { WriteContext } from './write-context.ts'

export type Attribution =
  | { readonly kind: 'tenant'; readonly tenantId: TenantId }
  | { readonly kind: 'unattributed'; readonly reason: UnattributedReason }
  /** The key is bound to one tenant and the series names another. */
  | { readonly kind: 'mismatch'; readonly observed: string }

/**
 * Tells the tenant of a series: the key's, else the header's, else the one that the first identity
 * label names, else the one that a rule of the operator gives it.
 */
export function attribute(
  { boundTenant, namedTenant }: WriteContext,
  label: LabelReader,
  registry: Pick<RegistryMemory, 'resolve' | 'claim'>,
): Attribution {
  const observed = firstIdentity(label)
  if (boundTenant !== null) {
    const agrees =
      observed === undefined ||
      observed === boundTenant ||
      registry.resolve(observed) === boundTenant
    return agrees ? { kind: 'tenant', tenantId: boundTenant } : { kind: 'mismatch', observed }
  }
  const named = namedTenant ?? observed ?? registry.claim(label)
  if (named === undefined) return { kind: 'unattributed', reason: 'no-tenant-label' }
  const tenantId = registry.resolve(named)
  return tenantId === undefined
    ? { kind: 'unattributed', reason: 'unknown-tenant' }
    : { kind: 'tenant', tenantId }
}

function firstIdentity(label: LabelReader): string | undefined {
  for (const name of IDENTITY_LABELS) {
    const value = label(name)
    if (value !== undefined && value !== '') return value
  }
  return undefined
}
