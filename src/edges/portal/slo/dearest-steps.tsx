import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatShare } from '../format/format.ts'
import { badOf } from '../format/slo-units.ts'
import { formatMoment } from '../format/time.ts'
import { dearestSteps, type CountedBurndown } from './burndown-data.ts'
import styles from './slo.module.css'

const SHOWN = 5

/** When the most was spent; each stretch leads to the signals of that time. */
export function DearestSteps({ body }: { body: CountedBurndown }): ReactNode {
  const steps = dearestSteps(body, SHOWN)
  return (
    <section className={styles.block} aria-label="When most was spent">
      <h2 className={styles.heading}>When most was spent</h2>
      {steps.length === 0 && <p className={styles.none}>Nothing was spent.</p>}
      <ul className={styles.list}>
        {steps.map(({ fromMs, toMs, bad, total, shareOfSpent }) => (
          <li key={fromMs}>
            <Link
              to="/tenants/$tenantId"
              params={{ tenantId: body.tenantId }}
              search={{ from: String(fromMs), to: String(toMs) }}
              className={styles.link}
              title="Signals at that time"
            >
              {formatMoment(fromMs)}
            </Link>
            <strong>{formatShare(shareOfSpent)}</strong>
            <span className={styles.when}>{badOf(body, bad, total)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
