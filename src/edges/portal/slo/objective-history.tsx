import type { ReactNode } from 'react'
import type { PromisedObjectiveBody } from '../../http/api/slo-burndown.schema.ts'
import { formatObjective } from '../format/format.ts'
import { formatMoment } from '../format/time.ts'
import { Instant } from '../ui/instant.tsx'
import styles from './slo.module.css'

/** What was, is and will be promised, newest first. */
export function ObjectiveHistory({
  title = 'Objective',
  objectives,
  nowMs,
}: {
  title?: string
  objectives: readonly PromisedObjectiveBody[]
  nowMs: number
}): ReactNode {
  const inForce = objectives.findLastIndex(({ fromMs }) => fromMs <= nowMs)
  return (
    <section className={styles.block} aria-label={title}>
      <h2 className={styles.heading}>{title}</h2>
      <ul className={styles.list}>
        {objectives
          .map((objective, index) => ({ ...objective, index }))
          .toReversed()
          .map(({ fromMs, objectivePpm, recompute, index }) => (
            <li key={fromMs}>
              <strong>{formatObjective(objectivePpm)}</strong>
              <span className={styles.when}>
                {fromMs === 0 ? (
                  'from the beginning'
                ) : (
                  <>
                    from <Since atMs={fromMs} />
                  </>
                )}
                {recompute && ', hours before judged by it as well'}
                {index === inForce && objectives.length > 1 && ', in force'}
              </span>
            </li>
          ))}
      </ul>
      {objectives.length === 1 && <p className={styles.none}>It has not changed.</p>}
    </section>
  )
}

function Since({ atMs }: { atMs: number }): ReactNode {
  return (
    <>
      {formatMoment(atMs)} (<Instant atMs={atMs} />)
    </>
  )
}
