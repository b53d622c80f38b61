import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNames } from '../api/names.ts'
import styles from './budget.module.css'

/** Names a tenant's SLO, and leads to it. */
export function Whose({ tenantId, sloId }: { tenantId: string; sloId: string }): ReactNode {
  const names = useNames()
  return (
    <>
      <Link
        to="/tenants/$tenantId/slos/$sloId"
        params={{ tenantId, sloId }}
        className={styles.link}
      >
        {names.tenant(tenantId)}
      </Link>
      <small>{names.slo(sloId)}</small>
    </>
  )
}
