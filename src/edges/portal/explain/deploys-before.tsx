import { useQuery } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'
import type { AlertDetailBody } from '../api/bodies.ts'
import { tenantDeploysQuery } from '../api/queries.ts'
import { formatMoment, formatSpan } from '../format/time.ts'
import styles from './explain.module.css'

/** How far before an alert a deploy is told. */
const BEFORE_MS = 6 * 3_600_000
const SHOWN = 6

/** What was deployed for the tenant in the hours before: the first suspects. */
export function DeploysBefore({
  alert: { tenantId, openedAtMs },
}: {
  alert: AlertDetailBody
}): ReactNode {
  const range = useMemo(() => ({ fromMs: openedAtMs - BEFORE_MS, toMs: openedAtMs }), [openedAtMs])
  const deploys = useQuery(tenantDeploysQuery(tenantId, range)).data?.items
  return (
    <section className={styles.block} aria-label="Deployed before it">
      <h2 className={styles.heading}>Deployed in the six hours before</h2>
      {deploys?.length === 0 && <p className={styles.soft}>Nothing that was told.</p>}
      <ul className={styles.events}>
        {deploys?.slice(0, SHOWN).map(({ deployId, service, version, atMs }) => (
          <li key={deployId}>
            <span>
              {service} {version}
            </span>
            <span className={styles.soft}>
              {formatMoment(atMs)}, {formatSpan((openedAtMs - atMs) / 1_000)} before
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
