import type { TenantId } from '../../core/ids.ts'

/** A tenant as the exposition needs it. */
export interface ExposedTenant {
  readonly tenantId: TenantId
  readonly name: string
  readonly tier: string
  readonly region: string
}
