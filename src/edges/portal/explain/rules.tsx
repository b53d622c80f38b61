import type { ReactNode } from 'react'
import styles from './explain.module.css'

/** The rules by which one alert holds back another, in words. */
export function Rules({ cause, slos }: { cause: string; slos: readonly string[] }): ReactNode {
  return (
    <ul className={styles.rules}>
      {slos.length > 1 && (
        <li>
          {slos.slice(0, -1).join(', ')} and {slos.at(-1)} count the same failures (
          {cause.replaceAll('-', ' ')}): they share one page and one ticket. The fastest pair that
          holds speaks for them.
        </li>
      )}
      <li>
        A window ends on the last whole step of its length that has settled: ten seconds, a minute,
        five minutes or an hour. So a short one may already count what a long one does not.
      </li>
      <li>
        While a page is out no new ticket is raised for its cause; one that was there goes on.
      </li>
      <li>
        A page ends when no pair of it holds and all short windows burn half as fast as their
        threshold, or slower.
      </li>
    </ul>
  )
}
