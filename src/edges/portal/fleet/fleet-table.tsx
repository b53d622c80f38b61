import type { ReactNode } from 'react'
import { WIDTHS, isRowStale, type SloColumn } from './fleet-columns.ts'
import { FleetHead } from './fleet-head.tsx'
import { FleetRow } from './fleet-row.tsx'
import type { FleetView } from './fleet-view.ts'
import styles from './fleet-table.module.css'
import { useWindowRows } from './use-window-rows.ts'

const ROW_PX = 48

/** The ranked table. Only the rows in view are drawn; the ones before and after are empty room. */
export function FleetTable({
  fleet,
  rows,
  search,
  onSearch,
  columns,
  withTier,
}: FleetView & { withTier: boolean }): ReactNode {
  const view = useWindowRows<HTMLTableSectionElement>(rows.length, ROW_PX)
  return (
    <table className={styles.table} aria-label="Tenants" aria-rowcount={rows.length + 1}>
      <Widths columns={columns} withTier={withTier} />
      <FleetHead columns={columns} withTier={withTier} search={search} onSearch={onSearch} />
      <tbody ref={view.box}>
        <Room px={view.beforePx} />
        {view.items.map(({ index }) => {
          const row = rows[index]
          return row === undefined ? null : (
            <FleetRow
              key={row.tenantId}
              row={row}
              index={index}
              columns={columns}
              withTier={withTier}
              stale={isRowStale(row, fleet.asOfMs)}
            />
          )
        })}
        <Room px={view.afterPx} />
      </tbody>
    </table>
  )
}

function Widths({
  columns,
  withTier,
}: {
  columns: readonly SloColumn[]
  withTier: boolean
}): ReactNode {
  const rest = [WIDTHS.burn, WIDTHS.requests, WIDTHS.errors, WIDTHS.p99, WIDTHS.alerts]
  const widths = [...(withTier ? [WIDTHS.tier] : []), ...columns.map(() => WIDTHS.slo), ...rest]
  return (
    <colgroup>
      <col />
      {widths.map((width, index) => (
        <col key={index} style={{ width }} />
      ))}
    </colgroup>
  )
}

function Room({ px }: { px: number }): ReactNode {
  return px > 0 ? <tr className={styles.room} aria-hidden="true" style={{ height: px }} /> : null
}
