/** Where in the portal an alert is looked into. Pure. */
import { isGroupId } from '../../core/ids.ts'
import { LABELS } from '../../core/names/labels.ts'
import type { Alert } from '../incidents/incidents.ts'

/**
 * Tells the address of the page about an alert's SLO, or about its tenant; of a group of tenants,
 * of the page about the SLO of all of them. Null where nobody said at which address people reach
 * the portal: a receiver could not follow this machine's own.
 */
export function linkOf(
  publicUrl: string | undefined,
  { tenantId, source, labels }: Pick<Alert, 'tenantId' | 'source' | 'labels'>,
): string | null {
  if (publicUrl === undefined) return null
  const portal = publicUrl.replace(/\/+$/, '')
  const slo = source === 'slo' ? labels[LABELS.slo] : undefined
  if (isGroupId(tenantId)) return slo === undefined ? portal : `${portal}/slos/${slo}`
  const tenant = `${portal}/tenants/${tenantId}`
  return slo === undefined ? tenant : `${tenant}/slos/${slo}`
}
