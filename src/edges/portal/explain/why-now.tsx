import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { SloStatusBody } from '../../http/api/slo.schema.ts'
import { publishedSlosQuery, tenantAlertsQuery } from '../api/queries.ts'
import { causeOf, pairsOfCause } from './pairs-of-cause.ts'
import { PairsTable } from './pairs-table.tsx'
import { Rules } from './rules.tsx'
import styles from './explain.module.css'

/** Why an SLO pages, or does not: every pair that could raise the same. */
export function WhyNow({
  tenantId,
  sloId,
  statuses,
}: {
  tenantId: string
  sloId: string
  statuses: readonly SloStatusBody[]
}): ReactNode {
  const published = useQuery(publishedSlosQuery).data
  const alerts = useQuery(tenantAlertsQuery(tenantId)).data
  if (published === undefined || alerts === undefined) return <Skeleton height={280} my={16} />
  const cause = causeOf(published, sloId)
  if (cause === null) return null
  const firing = alerts.items.filter(({ state }) => state === 'firing')
  const pairs = pairsOfCause(cause, published, { statuses, firing })
  if (pairs.length === 0) return null
  return (
    <section aria-label="Why it pages, or does not" className={styles.section}>
      <h2 className={styles.heading}>Why it pages, or does not</h2>
      <PairsTable tenantId={tenantId} pairs={pairs} />
      <Rules cause={cause} slos={[...new Set(pairs.map(({ title }) => title))]} />
    </section>
  )
}
