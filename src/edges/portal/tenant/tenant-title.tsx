import type { ReactNode } from 'react'
import type { FleetRowBody } from '../../http/api/fleet.schema.ts'
import type { SloStatusBody } from '../../http/api/slo.schema.ts'
import { tierWord } from '../fleet/tier.ts'
import { SLO_CONDITIONS, type Tone } from '../format/slo-condition.ts'
import type { IconName } from '../ui/icon-paths.ts'
import { PageTitle } from '../ui/page-title.tsx'
import { mostUrgent, statusCondition } from './slo-verdict.ts'

/** The answer first: the verdict on the SLO that needs attention most; then who the tenant is. */
export function TenantTitle({
  tenantId,
  row,
  slos,
  children,
}: {
  tenantId: string
  row: FleetRowBody | undefined
  slos: readonly SloStatusBody[]
  children: ReactNode
}): ReactNode {
  const worst = mostUrgent(slos)
  const facts = row === undefined ? [tenantId] : [tenantId, tierWord(row.tier), row.region]
  return (
    <PageTitle
      name={row?.name ?? tenantId}
      facts={facts}
      note={children}
      verdict={worst === undefined ? null : { ...looksOf(worst), sentence: worst.verdict }}
    />
  )
}

function looksOf(slo: SloStatusBody): { tone: Tone; icon: IconName } {
  const { tone, icon } = SLO_CONDITIONS[statusCondition(slo)]
  return { tone, icon }
}
