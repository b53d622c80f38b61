import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { FleetBody } from '../../http/api/fleet.schema.ts'
import { formatCount, formatRate, formatShare } from '../format/format.ts'
import { Icon } from '../ui/icon.tsx'
import type { IconName } from '../ui/icon-paths.ts'
import { isFiltered, type FleetSearch } from './fleet-search.ts'
import styles from './fleet.module.css'

/** Share of samples that no tenant claims above which the figure is marked. */
const UNATTRIBUTED_NOTABLE = 0.01

/** The fleet in five figures. A figure that has tenants behind it filters the table to them. */
export function FleetCards({
  fleet,
  search,
  onSearch,
}: {
  fleet: FleetBody
  search: FleetSearch
  onSearch: (search: FleetSearch) => void
}): ReactNode {
  const { cards } = fleet
  const navigate = useNavigate()
  const only = (state: string) => (): void =>
    onSearch(isFiltered(search) && search.state === state ? {} : { state })
  const of = `of ${formatCount(cards.tenants)} tenants`
  const unattributed = cards.unattributedRatio ?? 0
  return (
    <section className={styles.cards} aria-label="The fleet in figures">
      <Card
        label="Burning fast"
        value={formatCount(cards.burningFast)}
        note={of}
        mark={cards.burningFast > 0 ? 'flame' : undefined}
        tone="bad"
        pressed={search.state === 'burning-fast'}
        onClick={only('burning-fast')}
      />
      <Card
        label="Budgets spent"
        value={formatCount(cards.budgetsExhausted)}
        note={of}
        mark={cards.budgetsExhausted > 0 ? 'spent' : undefined}
        tone="bad"
        pressed={search.state === 'exhausted'}
        onClick={only('exhausted')}
      />
      <Card
        label="Open alerts"
        value={formatCount(cards.openAlerts)}
        note="firing now"
        mark={cards.openAlerts > 0 ? 'bell' : undefined}
        tone="warning"
        onClick={() => void navigate({ to: '/alerts' })}
      />
      <Card
        label="Unattributed"
        value={formatShare(cards.unattributedRatio)}
        note="of samples, last hour"
        mark={unattributed > UNATTRIBUTED_NOTABLE ? 'question' : undefined}
        tone="warning"
      />
      <Card label="Samples" value={formatRate(cards.samplesPerSecond)} note="received" />
    </section>
  )
}

interface CardProps {
  readonly label: string
  readonly value: string
  readonly note: string
  readonly mark?: IconName | undefined
  readonly tone?: 'bad' | 'warning'
  readonly pressed?: boolean
  readonly onClick?: () => void
}

function Card({ label, value, note, mark, tone = 'bad', pressed, onClick }: CardProps): ReactNode {
  const content = (
    <>
      <span className={styles.cardLabel}>
        {mark !== undefined && (
          <span className={styles[tone]}>
            <Icon name={mark} size={14} />
          </span>
        )}
        {label}
      </span>
      <span className={styles.cardValue}>{value}</span>
      <span className={styles.cardNote}>{note}</span>
    </>
  )
  if (onClick === undefined) return <div className={styles.card}>{content}</div>
  return (
    <button type="button" className={styles.card} aria-pressed={pressed} onClick={onClick}>
      {content}
    </button>
  )
}
