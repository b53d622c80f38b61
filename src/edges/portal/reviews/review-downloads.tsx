import type { ReactNode } from 'react'
import { documentPath } from './review-words.ts'
import styles from './reviews.module.css'

const FORMATS = [
  ['pdf', 'PDF'],
  ['html', 'HTML'],
  ['markdown', 'Markdown'],
  ['csv', 'CSV'],
  ['csv-days', 'CSV by day'],
  ['json', 'JSON'],
] as const

/** The forms in which a review is saved. */
export function ReviewDownloads({ reviewId, whom }: { reviewId: string; whom: string }): ReactNode {
  return (
    <ul className={styles.downloads}>
      {FORMATS.map(([format, word]) => (
        <li key={format}>
          <a
            href={documentPath(reviewId, { format, download: 'true' })}
            aria-label={`${word} of ${whom}`}
            download
          >
            {word}
          </a>
        </li>
      ))}
    </ul>
  )
}
