/**
 * Whether every sample is accounted for: received = attributed + unattributed + duplicate +
 * not-elected + discarded, for all together and for each tenant, and the tenants together are all.
 * Pure. What is counted here twice is counted by different code: per write by `Tally`, per tenant
 * by `Shares`.
 * Shape: a sentence for each figure that does not add up; empty when all is well.
 */
import type { Accounts } from './accounts.ts'
import type { TenantTable } from './tenant-table.ts'
import { SAMPLE_OUTCOMES, type TenantAccounts } from './tenant-accounts.ts'

export function imbalances(
  accounts: Accounts,
  tenantAccounts: TenantAccounts,
  tenants: Pick<TenantTable, 'words'>,
): string[] {
  const found: string[] = []
  const compare = (what: string, left: number, right: number): void => {
    if (left !== right) found.push(`${what}: ${left} and ${right}`)
  }
  const sum = SAMPLE_OUTCOMES.reduce((all, outcome) => all + accounts.read(outcome), 0)
  compare('received and its outcomes', accounts.read('received'), sum)
  for (const name of ['received', ...SAMPLE_OUTCOMES] as const) {
    compare(`${name} of all and of the tenants`, accounts.read(name), tenantAccounts.total(name))
  }
  for (let tenant = 0; tenant < tenantAccounts.rows; tenant += 1) {
    const outcomes = SAMPLE_OUTCOMES.reduce(
      (all, outcome) => all + tenantAccounts.read(tenant, outcome),
      0,
    )
    const what = `received and its outcomes of ${tenants.words.word(tenant)?.trim()}`
    compare(what, tenantAccounts.read(tenant, 'received'), outcomes)
  }
  return found
}
