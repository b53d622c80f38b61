import type { ReactNode } from 'react'
import type { FleetRowBody } from '../../http/api/fleet.schema.ts'
import { formatBurn } from '../format/format.ts'
import { burnTone } from '../format/slo-condition.ts'
import { Sparkline } from '../ui/sparkline.tsx'
import { lastBurn } from './fleet-order.ts'
import styles from './fleet-table.module.css'

/** The burn of the last hour as a line, and its newest value. */
export function BurnCell({ row }: { row: FleetRowBody }): ReactNode {
  const burn = lastBurn(row)
  return (
    <div className={styles.burn} title={burn === null ? 'Nothing counted' : `Burn rate ${burn}`}>
      <Sparkline values={row.burnSpark} tone={burnTone(row.slos)} />
      <span className={styles.burnValue}>{formatBurn(burn)}</span>
    </div>
  )
}
