/** Which alert of our own record a generated rule's alert is. */
import { ALERTS, type AlertName } from './alert-table.ts'

/**
 * Tells the key of the alert in our own record, so that a cause which the engine and a ruler both
 * see is told of once. Null of an alert that is none of the generated ones, and of those that tell
 * of what no record holds: that Tenantry is down or ails.
 */
export function ownKeyOf(labels: Readonly<Record<string, string>>): string | null {
  const name = labels['alertname'] ?? ''
  if (!(name in ALERTS)) return null
  const kind = KINDS[name as AlertName]
  if (kind !== 'burn') return kind ?? null
  const { cause, action } = labels
  return cause === undefined || action === undefined ? null : `${cause}/${action}`
}

/** The watchdog fires all the time, on purpose. */
const KINDS: Partial<Record<AlertName, string>> = {
  TenantBudgetBurnsFast: 'burn',
  TenantBudgetBurnsMedium: 'burn',
  TenantBudgetBurnsSlow: 'burn',
  TenantBudgetBurnsLong: 'burn',
  TenantBudgetBurnsFallback: 'burn',
  TenantNoData: 'no-data',
  TenantStale: 'no-data',
  TenantryWatchdog: 'watchdog',
}
