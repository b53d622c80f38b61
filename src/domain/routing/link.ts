/** Where in the portal an alert is looked into. Pure. */
import type { Alert } from '../incidents/incidents.ts'

/** Tells the address of the page about an alert's tenant. Null where nobody said at which address
 *  people reach the portal: a receiver could not follow this machine's own. */
export function linkOf(
  publicUrl: string | undefined,
  { tenantId }: Pick<Alert, 'tenantId'>,
): string | null {
  if (publicUrl === undefined) return null
  return `${publicUrl.replace(/\/+$/, '')}/tenants/${tenantId}`
}
