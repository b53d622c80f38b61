import type { ReactNode } from 'react'
import { Problem, unreachable } from '../api/problem.ts'
import styles from './fault.module.css'

/** Says beside a form why the server refused it, and what to do. */
export function Fault({ error }: { error: Error }): ReactNode {
  const { title, detail, hint } = (error instanceof Problem ? error : unreachable()).facts
  return (
    <p className={styles.fault} role="alert">
      {detail ?? title} {hint}
    </p>
  )
}
