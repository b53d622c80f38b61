import type { ReactNode } from 'react'
import type { FleetRowBody } from '../../http/api/fleet.schema.ts'
import { lastBurn } from '../fleet/fleet-order.ts'
import {
  apdexText,
  formatApdex,
  formatBurn,
  formatCount,
  formatLatency,
  formatRate,
  formatShare,
  quantileText,
  usersText,
} from '../format/format.ts'
import { burnTone } from '../format/slo-condition.ts'
import { Instant } from '../ui/instant.tsx'
import { Sparkline } from '../ui/sparkline.tsx'
import styles from './tenant.module.css'

/** What the tenant's traffic is like now, or was when it was last heard of. */
export function TenantSignals({ row, stale }: { row: FleetRowBody; stale: boolean }): ReactNode {
  return (
    <dl className={stale ? `${styles.signals} ${styles.old}` : styles.signals}>
      <Signal label="Requests">{formatRate(row.requestsPerSecond)}</Signal>
      <Signal label="Errors">{formatShare(row.errorRatio)}</Signal>
      <Signal label="p99">
        <span title={quantileText('p99', row.p99)}>
          {formatLatency(row.p99?.valueSeconds ?? null)}
        </span>
      </Signal>
      <Signal label="Apdex">
        <span title={apdexText(row.apdex)}>{formatApdex(row.apdex)}</span>
      </Signal>
      {row.users.count !== null && (
        <Signal label="Active users">
          <span title={usersText(row.users)}>{formatCount(row.users.count)}</span>
        </Signal>
      )}
      <Signal label="Burn, last hour">
        {formatBurn(lastBurn(row))}
        <Sparkline values={row.burnSpark} tone={burnTone(row.slos)} />
      </Signal>
      <Signal label="Last sample">
        {row.lastSampleAtMs === null ? 'Never' : <Instant atMs={row.lastSampleAtMs} />}
      </Signal>
    </dl>
  )
}

function Signal({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div className={styles.signal}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
