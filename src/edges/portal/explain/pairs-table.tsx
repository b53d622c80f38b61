import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatBurn } from '../format/format.ts'
import { badOf } from '../format/slo-units.ts'
import { formatSpan } from '../format/time.ts'
import { SPEED_WORDS } from '../slo/burn-words.ts'
import { Mark } from '../ui/state-mark.tsx'
import { roleText, type PairOfCause } from './pairs-of-cause.ts'
import styles from './explain.module.css'

/** Every pair of windows that could raise the same page or ticket, and which holds back which. */
export function PairsTable({
  tenantId,
  pairs,
}: {
  tenantId: string
  pairs: readonly PairOfCause[]
}): ReactNode {
  return (
    <table className={styles.pairs} aria-label="Pairs of windows of the same cause">
      <thead>
        <tr>
          <th scope="col">SLO and pair</th>
          <th scope="col">Long window</th>
          <th scope="col">Short window</th>
          <th scope="col">Above</th>
          <th scope="col">What it does</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(({ sloId, title, unit, burn, role }) => (
          <tr key={`${sloId} ${burn.speed}`} data-role={role}>
            <th scope="row">
              <Link
                to="/tenants/$tenantId/slos/$sloId"
                params={{ tenantId, sloId }}
                className={styles.link}
              >
                {title}
              </Link>
              <small>
                {SPEED_WORDS[burn.speed]}, {burn.action}
              </small>
            </th>
            <Window
              label="Long window"
              seconds={burn.longSeconds}
              burn={burn.longBurn}
              threshold={burn.threshold}
              counts={badOf({ unit }, burn.longBad, burn.longTotal)}
            />
            <Window
              label="Short window"
              seconds={burn.shortSeconds}
              burn={burn.shortBurn}
              threshold={burn.threshold}
              counts={badOf({ unit }, burn.shortBad, burn.shortTotal)}
            />
            <td data-label="Above">{formatBurn(burn.threshold)}</td>
            <td className={styles.role}>
              <Role pair={{ burn, role }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Window({
  label,
  seconds,
  burn,
  threshold,
  counts,
}: {
  label: string
  seconds: number
  burn: number | null
  threshold: number
  counts: string
}): ReactNode {
  const isAbove = burn !== null && burn >= threshold
  return (
    <td data-label={label}>
      <span className={isAbove ? styles.above : undefined}>{formatBurn(burn)}</span>{' '}
      <span className={styles.soft}>over {formatSpan(seconds)}</span>
      <small>{counts}</small>
    </td>
  )
}

function Role({ pair: { burn, role } }: { pair: Pick<PairOfCause, 'burn' | 'role'> }): ReactNode {
  const text = roleText(role, burn)
  if (role === 'speaks' || role === 'recovers')
    return (
      <Mark tone={burn.action === 'page' ? 'bad' : 'warning'} icon="bell">
        {text}
      </Mark>
    )
  if (role === 'below' || role === 'no-events') return <span className={styles.soft}>{text}</span>
  return (
    <Mark tone="warning" icon="pause">
      {text}
    </Mark>
  )
}
