/** Groups of tenants as alerts name them: they stand in a tenant's place. Pure. */
import { tierWord } from '../fleet/tier.ts'

const TIERS = ['starter', 'professional', 'enterprise'] as const

/** Says which group is meant. Null where it is a tenant. Worked: `__fleet__` -> "All tenants",
 *  `__enterprise__` -> "Enterprise tenants". */
export function groupName(tenantId: string): string | null {
  if (tenantId === '__fleet__') return 'All tenants'
  const tier = TIERS.find((each) => tenantId === `__${each}__`)
  return tier === undefined ? null : `${tierWord(tier)} tenants`
}
