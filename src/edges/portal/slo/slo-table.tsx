import { Link, useNavigate } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'
import { tierWord } from '../fleet/tier.ts'
import { formatBudget, formatCount, formatLatency } from '../format/format.ts'
import { SLO_CONDITIONS } from '../format/slo-condition.ts'
import { kindWord } from '../format/slo-units.ts'
import { Icon } from '../ui/icon.tsx'
import { Mark } from '../ui/state-mark.tsx'
import { objectiveParts, periodText, type Judged, type SloRow } from './slo-list.ts'
import {
  nextSloSort,
  readSloSort,
  withSloFilter,
  writeSloSort,
  type SloSearch,
  type SloSortKey,
} from './slo-search.ts'
import tables from '../ui/table.module.css'
import styles from './slos.module.css'

/** Tenants that a row names. */
const WORST_SHOWN = 2

/** The SLOs, one a row; on narrow screens each becomes a card with the same facts. */
export function SloTable({
  rows,
  search,
  onSearch,
  nowMs,
}: {
  rows: readonly SloRow[]
  search: SloSearch
  onSearch: (search: SloSearch) => void
  nowMs: number
}): ReactNode {
  const sort = readSloSort(search.sort)
  const head = (key: SloSortKey, label: string, isFigure = false): ReactNode => {
    const direction = sort.isDescending ? 'descending' : 'ascending'
    const isSorted = sort.key === key
    return (
      <th
        scope="col"
        aria-sort={isSorted ? direction : 'none'}
        className={isFigure ? tables.amount : undefined}
      >
        <button
          type="button"
          className={styles.sort}
          onClick={() =>
            onSearch(withSloFilter(search, 'sort', writeSloSort(nextSloSort(sort, key))))
          }
        >
          {label}
          {isSorted && <Icon name={sort.isDescending ? 'down' : 'up'} size={12} />}
        </button>
      </th>
    )
  }
  return (
    <table className={`${tables.table} ${styles.table}`} aria-label="SLOs">
      <thead>
        <tr>
          {head('name', 'SLO')}
          <th scope="col">Promised</th>
          {head('tenants', 'Tenants', true)}
          {head('burning', 'Burning', true)}
          {head('exhausted', 'Spent', true)}
          {head('unsure', 'No data', true)}
          {head('least', 'Worst tenants, budget left')}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <SloTableRow key={row.published.sloId} row={row} nowMs={nowMs} />
        ))}
      </tbody>
    </table>
  )
}

function SloTableRow({ row, nowMs }: { row: SloRow; nowMs: number }): ReactNode {
  const navigate = useNavigate()
  const { published, judged, burning, burningBadly, exhausted, unsure } = row
  const { sloId, title, kind, notCounted, thresholdSeconds } = published
  const isJudged = notCounted === null && kind !== 'roll-up'
  const open = (event: MouseEvent): void => {
    const isOnLink = event.target instanceof Element && event.target.closest('a') !== null
    if (isOnLink || window.getSelection()?.type === 'Range') return
    void navigate({ to: '/slos/$sloId', params: { sloId } })
  }
  return (
    <tr className={styles.row} onClick={open}>
      <th scope="row">
        <Link to="/slos/$sloId" params={{ sloId }} className={styles.name}>
          {title}
        </Link>
        <span className={styles.facts}>
          {kindWord(kind)}
          {thresholdSeconds !== null && ` under ${formatLatency(thresholdSeconds)}`}
        </span>
      </th>
      <td data-label="Promised">
        <Objectives row={row} nowMs={nowMs} />
        <span className={styles.facts}>{periodText(published)}</span>
      </td>
      {isJudged ? (
        <>
          <td data-label="Tenants" className={tables.amount}>
            {formatCount(judged.length)}
          </td>
          <td data-label="Burning" className={tables.amount}>
            <Count
              count={burning}
              tone={burningBadly > 0 ? 'bad' : 'warning'}
              icon={burningBadly > 0 ? 'flame' : 'trend'}
            />
          </td>
          <td data-label="Spent" className={tables.amount}>
            <Count count={exhausted} tone="bad" icon="spent" />
          </td>
          <td data-label="No data" className={tables.amount}>
            <Count count={unsure} tone="warning" icon="question" />
          </td>
          <td data-label="Worst tenants, budget left" className={styles.worst}>
            <Worst judged={judged} sloId={sloId} />
          </td>
        </>
      ) : (
        <>
          <td colSpan={4} className={styles.blank} />
          <td className={styles.notCounted}>
            {notCounted === null
              ? 'Its page adds up what the tenants count.'
              : `This server does not count it: ${notCounted}.`}
          </td>
        </>
      )}
    </tr>
  )
}

function Objectives({ row, nowMs }: { row: SloRow; nowMs: number }): ReactNode {
  return (
    <span className={styles.objectives}>
      {objectiveParts(row.published, nowMs).map(({ tier, text }) => (
        <span key={tier ?? 'all'}>
          {text}
          {tier !== null && <small> {tierWord(tier)}</small>}
        </span>
      ))}
    </span>
  )
}

function Count({
  count,
  tone,
  icon,
}: {
  count: number
  tone: 'bad' | 'warning'
  icon: 'flame' | 'trend' | 'spent' | 'question'
}): ReactNode {
  if (count === 0) return <span className={styles.none}>0</span>
  return (
    <Mark tone={tone} icon={icon}>
      {formatCount(count)}
    </Mark>
  )
}

/** The tenants that need attention first, with what they have left. */
function Worst({ judged, sloId }: { judged: readonly Judged[]; sloId: string }): ReactNode {
  const counted = judged.filter(({ slo }) => slo.budgetLeftRatio !== null)
  const told = counted.filter(({ slo }) => slo.budgetLeftRatio! < 1).slice(0, WORST_SHOWN)
  if (told.length === 0) {
    return (
      <span className={styles.none}>
        {counted.length === 0 ? 'Nothing was counted yet' : 'Nobody has spent any'}
      </span>
    )
  }
  return told.map(({ tenantId, name, slo, condition }) => (
    <span key={tenantId} className={styles.worstTenant} title={SLO_CONDITIONS[condition].word}>
      <Link to="/tenants/$tenantId/slos/$sloId" params={{ tenantId, sloId }}>
        {name}
      </Link>
      <span>{formatBudget(slo.budgetLeftRatio)}</span>
    </span>
  ))
}
