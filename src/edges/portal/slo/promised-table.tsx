import type { ReactNode } from 'react'
import { tierWord } from '../fleet/tier.ts'
import type { PublishedSloBody } from './slo-list.ts'
import { ObjectiveHistory } from './objective-history.tsx'
import styles from './slo.module.css'

/** What is promised to each tier, and what was before. */
export function PromisedTable({ slo, nowMs }: { slo: PublishedSloBody; nowMs: number }): ReactNode {
  return (
    <div className={styles.columns}>
      {slo.objectives.toReversed().map(({ tier, versions }) => (
        <ObjectiveHistory
          key={tier}
          title={`Promised to ${tierWord(tier)}`}
          objectives={versions}
          nowMs={nowMs}
        />
      ))}
    </div>
  )
}
