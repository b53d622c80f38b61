import type { ReactNode } from 'react'
import type { Tone } from '../format/slo-condition.ts'
import styles from './headline.module.css'
import { Icon } from './icon.tsx'
import type { IconName } from './icon-paths.ts'

/** The sentence that answers first, as the page's heading, and how fresh it is. */
export function Headline({
  tone,
  icon,
  note,
  children,
}: {
  tone: Tone
  icon: IconName
  /** What stands under the sentence. */
  note: ReactNode
  children: ReactNode
}): ReactNode {
  return (
    <header className={`${styles.headline} ${styles[tone]}`}>
      <Icon name={icon} size={20} />
      <div>
        <h1 className={styles.sentence}>{children}</h1>
        {note}
      </div>
    </header>
  )
}
