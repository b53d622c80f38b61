import type { ReactNode } from 'react'
import { isRowStale } from './fleet-columns.ts'
import { FleetItem } from './fleet-item.tsx'
import styles from './fleet-list.module.css'
import type { FleetView } from './fleet-view.ts'
import { useWindowRows } from './use-window-rows.ts'

const CARD_PX = 340
const GUESSED_HEIGHT_PX = 240

/** The tenants as cards, as many side by side as fit, with the facts of the table. */
export function FleetList({
  fleet,
  rows,
  columns,
  width,
}: FleetView & { width: number }): ReactNode {
  const abreast = Math.max(1, Math.floor(width / CARD_PX))
  const view = useWindowRows<HTMLDivElement>(Math.ceil(rows.length / abreast), GUESSED_HEIGHT_PX)
  return (
    <div ref={view.box} role="list" aria-label="Tenants">
      <div style={{ height: view.beforePx }} />
      {view.items.map(({ index, key }) => (
        <div
          key={key}
          ref={view.measure}
          className={styles.line}
          role="presentation"
          data-index={index}
          data-row={index}
          style={{ gridTemplateColumns: `repeat(${abreast}, minmax(0, 1fr))` }}
        >
          {rows.slice(index * abreast, (index + 1) * abreast).map((row, offset) => (
            <FleetItem
              key={row.tenantId}
              row={row}
              position={index * abreast + offset + 1}
              count={rows.length}
              columns={columns}
              stale={isRowStale(row, fleet.asOfMs)}
            />
          ))}
        </div>
      ))}
      <div style={{ height: view.afterPx }} />
    </div>
  )
}
