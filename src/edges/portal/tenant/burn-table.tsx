import type { ReactNode } from 'react'
import type { BurnBody } from '../../http/api/slo.schema.ts'
import { formatBurn } from '../format/format.ts'
import { formatSpan } from '../format/time.ts'
import { Mark } from '../ui/state-mark.tsx'
import { burnOutcome } from './slo-verdict.ts'
import styles from './tenant.module.css'

/** Burn per window pair against its threshold: both must be above it for the pair to hold. */
export function BurnTable({
  burns,
  title,
}: {
  burns: readonly BurnBody[]
  title: string
}): ReactNode {
  return (
    <table className={styles.burns} aria-label={`Burn rates of ${title}`}>
      <thead>
        <tr>
          <th scope="col">Windows</th>
          <th scope="col">Long</th>
          <th scope="col">Short</th>
          <th scope="col">Limit</th>
          <th scope="col">Asks for</th>
        </tr>
      </thead>
      <tbody>
        {burns.map((burn) => (
          <tr key={burn.speed}>
            <th scope="row">
              {formatSpan(burn.longSeconds)} / {formatSpan(burn.shortSeconds)}
            </th>
            <Burn value={burn.longBurn} threshold={burn.threshold} />
            <Burn value={burn.shortBurn} threshold={burn.threshold} />
            <td>{formatBurn(burn.threshold)}</td>
            <td>
              <Outcome burn={burn} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Burn({ value, threshold }: { value: number | null; threshold: number }): ReactNode {
  const above = value !== null && value >= threshold
  return <td className={above ? styles.above : undefined}>{formatBurn(value)}</td>
}

function Outcome({ burn }: { burn: BurnBody }): ReactNode {
  const outcome = burnOutcome(burn)
  if (outcome === 'page')
    return (
      <Mark tone="bad" icon="bell">
        Page
      </Mark>
    )
  if (outcome === 'ticket')
    return (
      <Mark tone="warning" icon="ticket">
        Ticket
      </Mark>
    )
  if (outcome === 'held-back')
    return (
      <span className={styles.held} title={burn.suppressed ?? ''}>
        {burn.suppressed}
      </span>
    )
  return <span className={styles.calm}>{outcome === 'calm' ? 'Nothing' : 'No events'}</span>
}
