import type { ReactNode } from 'react'
import type { ArtefactListBody } from '../../http/api/artefacts.schema.ts'
import styles from './artefacts.module.css'

/** SLOs that no rule counts, and why: who looks for their rules finds out here. */
export function LeftOut({ slos }: { slos: ArtefactListBody['leftOut'] }): ReactNode {
  if (slos.length === 0) return null
  return (
    <section className={styles.leftOut} aria-label="SLOs without rules">
      <h2 className={styles.heading}>SLOs without rules</h2>
      <ul>
        {slos.map(({ sloId, why }) => (
          <li key={sloId}>
            <strong>{sloId}</strong> {why}
          </li>
        ))}
      </ul>
    </section>
  )
}
