import type { ReactNode } from 'react'
import type { FleetRowBody } from '../../http/api/fleet.schema.ts'
import type { SloStatusBody } from '../../http/api/slo.schema.ts'
import { tierWord } from '../fleet/tier.ts'
import { SLO_CONDITIONS } from '../format/slo-condition.ts'
import { Icon } from '../ui/icon.tsx'
import { mostUrgent, statusCondition } from './slo-verdict.ts'
import styles from './tenant.module.css'

/** The answer first: the verdict on the SLO that needs attention most; then who the tenant is. */
export function TenantTitle({
  tenantId,
  row,
  slos,
  children,
}: {
  tenantId: string
  row: FleetRowBody | undefined
  slos: readonly SloStatusBody[]
  children: ReactNode
}): ReactNode {
  const worst = mostUrgent(slos)
  const look = worst && SLO_CONDITIONS[statusCondition(worst)]
  const facts = row === undefined ? [tenantId] : [tenantId, tierWord(row.tier), row.region]
  return (
    <header className={styles.title}>
      <h1 className={styles.name}>{row?.name ?? tenantId}</h1>
      <div className={styles.who}>
        <p className={styles.facts}>{facts.join(' · ')}</p>
        {children}
      </div>
      {worst !== undefined && look !== undefined && (
        <p className={`${styles.verdict} ${styles[look.tone]}`}>
          <Icon name={look.icon} />
          <span>{worst.verdict}</span>
        </p>
      )}
    </header>
  )
}
