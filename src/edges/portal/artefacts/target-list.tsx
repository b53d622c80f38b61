import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ArtefactTargetBody } from '../../http/api/artefacts.schema.ts'
import { Mark } from '../ui/state-mark.tsx'
import { ARTEFACT_TARGETS } from './artefact-search.ts'
import { targetTold } from './artefact-words.ts'
import styles from './artefacts.module.css'

/** The systems that files are made for, and how each stands. */
export function TargetList({
  targets,
  shown,
}: {
  targets: readonly ArtefactTargetBody[]
  shown: string
}): ReactNode {
  return (
    <nav className={styles.targets} aria-label="Targets">
      {targets.map((target) => {
        const { tone, icon, text } = targetTold(target)
        return (
          <Link
            key={target.name}
            from="/artefacts"
            to="/artefacts"
            search={({ file: _, ...now }) => ({ ...now, target: target.name })}
            className={styles.target}
            aria-current={target.name === shown ? 'true' : undefined}
          >
            <span className={styles.targetName}>{ARTEFACT_TARGETS[target.name]}</span>
            <span className={styles.targetState}>
              <Mark tone={tone} icon={icon}>
                {text}
              </Mark>
            </span>
          </Link>
        )
      })}
    </nav>
  )
}
