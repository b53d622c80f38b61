import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Problem, unreachable } from '../api/problem.ts'
import { Icon } from './icon.tsx'
import type { IconName } from './icon-paths.ts'
import styles from './notice.module.css'

/** Says why there is nothing to see, and what to do next. */
export function EmptyNotice({
  icon,
  title,
  text,
  children,
}: {
  icon: IconName
  title: string
  text: string
  children?: ReactNode
}): ReactNode {
  return (
    <section className={styles.notice}>
      <span className={styles.icon}>
        <Icon name={icon} size={24} />
      </span>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{text}</p>
      {children}
    </section>
  )
}

/** Says what went wrong, what to do, and the request id to ask about. */
export function ErrorNotice({
  error,
  onRetry,
}: {
  error: unknown
  onRetry: () => void
}): ReactNode {
  const problem = (error instanceof Problem ? error : unreachable()).facts
  return (
    <section className={styles.notice} role="alert">
      <span className={`${styles.icon} ${styles.bad}`}>
        <Icon name="question" size={24} />
      </span>
      <h2 className={styles.title}>{problem.title}</h2>
      {problem.detail !== undefined && <p className={styles.text}>{problem.detail}</p>}
      {problem.hint !== undefined && <p className={styles.text}>{problem.hint}</p>}
      {problem.requestId !== null && (
        <p className={styles.request}>
          Request <code>{problem.requestId}</code>
        </p>
      )}
      <Button className={styles.action ?? ''} size="compact-md" variant="default" onClick={onRetry}>
        Try again
      </Button>
    </section>
  )
}
