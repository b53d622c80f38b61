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
import { Figure, Figures } from '../ui/figures.tsx'
import { Instant } from '../ui/instant.tsx'
import { Sparkline } from '../ui/sparkline.tsx'

/** What the tenant's traffic is like now, or was when it was last heard of. */
export function TenantSignals({ row, stale }: { row: FleetRowBody; stale: boolean }): ReactNode {
  return (
    <Figures isOld={stale}>
      <Figure label="Requests">{formatRate(row.requestsPerSecond)}</Figure>
      <Figure label="Errors">{formatShare(row.errorRatio)}</Figure>
      <Figure label="p99">
        <span title={quantileText('p99', row.p99)}>
          {formatLatency(row.p99?.valueSeconds ?? null)}
        </span>
      </Figure>
      <Figure label="Apdex">
        <span title={apdexText(row.apdex)}>{formatApdex(row.apdex)}</span>
      </Figure>
      {row.users.count !== null && (
        <Figure label="Active users">
          <span title={usersText(row.users)}>{formatCount(row.users.count)}</span>
        </Figure>
      )}
      <Figure label="Burn, last hour">
        {formatBurn(lastBurn(row))}
        <Sparkline values={row.burnSpark} tone={burnTone(row.slos)} />
      </Figure>
      <Figure label="Last sample">
        {row.lastSampleAtMs === null ? 'Never' : <Instant atMs={row.lastSampleAtMs} />}
      </Figure>
    </Figures>
  )
}
