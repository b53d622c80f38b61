import type { ReactNode } from 'react'
import type { Tone } from '../format/slo-condition.ts'
import { Icon } from './icon.tsx'
import type { IconName } from './icon-paths.ts'
import styles from './page-title.module.css'

/** What a page is about, in which state that is, and how fresh the page is. */
export function PageTitle({
  name,
  facts,
  note,
  verdict,
}: {
  name: string
  /** In one line, the shortest first. */
  facts: readonly string[]
  /** How fresh it is. */
  note: ReactNode
  /** The sentence that answers first. Null where there is none. */
  verdict: {
    readonly tone: Tone
    readonly icon: IconName
    /** Before the sentence. */
    readonly word?: string
    readonly sentence: string
  } | null
}): ReactNode {
  return (
    <header className={styles.title}>
      <h1 className={styles.name}>{name}</h1>
      <div className={styles.who}>
        <p className={styles.facts}>{facts.join(' · ')}</p>
        {note}
      </div>
      {verdict !== null && (
        <p className={`${styles.verdict} ${styles[verdict.tone]}`}>
          <Icon name={verdict.icon} />
          <span>
            {verdict.word !== undefined && `${verdict.word}. `}
            {verdict.sentence}
          </span>
        </p>
      )}
    </header>
  )
}
