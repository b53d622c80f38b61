import type { ReactNode } from 'react'
import { Icon } from '../ui/icon.tsx'
import styles from './collector.module.css'
import { TONE_ICONS } from './tone-icons.ts'

interface Finding {
  readonly tone: 'warning' | 'bad'
  readonly text: string
  readonly action?: string
}

/** What is wrong, each with what to do about it. Nothing where all is well. */
export function Findings({ findings }: { findings: readonly Finding[] }): ReactNode {
  if (findings.length === 0) return null
  return (
    <ul className={styles.findings} aria-label="What is wrong">
      {findings.map(({ tone, text, action }) => (
        <li key={text} className={`${styles.finding} ${styles[tone]}`}>
          <Icon name={TONE_ICONS[tone]} />
          <div>
            <p className={styles.findingText}>{text}</p>
            {action !== undefined && <p className={styles.findingAction}>{action}</p>}
          </div>
        </li>
      ))}
    </ul>
  )
}
