import type { ReactNode } from 'react'
import type { Hunk } from './text-lines.ts'
import styles from './artefacts.module.css'

/** Lines that came and went, told by their signs and by what they are to assistive technology. */
export function DiffLines({ label, hunks }: { label: string; hunks: readonly Hunk[] }): ReactNode {
  return (
    <pre className={styles.text} tabIndex={0} aria-label={label}>
      {hunks.map(({ fromLine, toLine, lines }) => (
        <span key={`${fromLine}/${toLine}`}>
          <span className={styles.hunk}>{`from line ${fromLine}, now ${toLine}\n`}</span>
          {lines.map((line, index) => (
            <Line key={index} line={line} />
          ))}
        </span>
      ))}
    </pre>
  )
}

function Line({ line }: { line: string }): ReactNode {
  const text = `${line}\n`
  if (line.startsWith('+')) return <ins className={styles.added}>{text}</ins>
  if (line.startsWith('-')) return <del className={styles.removed}>{text}</del>
  return <span className={styles.context}>{text}</span>
}
