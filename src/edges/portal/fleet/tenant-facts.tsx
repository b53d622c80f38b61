import type { ReactNode } from 'react'
import type { FleetRowBody } from '../../http/api/fleet.schema.ts'
import { Icon } from '../ui/icon.tsx'
import { Instant } from '../ui/instant.tsx'
import styles from './fleet-table.module.css'
import { tierWord } from './tier.ts'

/** What stands under a tenant's name: where and what it is, or that nothing has been heard from
 *  it. */
export function TenantFacts({
  row,
  stale,
  withTier,
}: {
  row: FleetRowBody
  stale: boolean
  withTier: boolean
}): ReactNode {
  if (stale && row.lastSampleAtMs !== null)
    return (
      <span className={`${styles.facts} ${styles.silent}`}>
        <Icon name="clock" size={12} />
        Silent for <Instant atMs={row.lastSampleAtMs} span />
      </span>
    )
  const first = withTier ? tierWord(row.tier) : row.tenantId
  return (
    <span className={styles.facts} title={row.tenantId}>
      {first} · {row.region}
    </span>
  )
}
