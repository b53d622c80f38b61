import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { SloStatusBody } from '../../http/api/slo.schema.ts'
import { useFailure } from '../api/answer.ts'
import { useAge } from '../api/freshness.ts'
import { isRowStale } from '../fleet/fleet-columns.ts'
import { formatLatency } from '../format/format.ts'
import { fleetQuery, tenantSloQuery } from '../api/queries.ts'
import { BackLink } from '../ui/back-link.tsx'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'
import { TenantCharts } from '../signals/tenant-charts.tsx'
import type { Threshold } from '../signals/plot-scene.ts'
import { DeployGateMark } from './deploy-gate.tsx'
import { SloCard } from './slo-card.tsx'
import styles from './tenant.module.css'
import { TenantSignals } from './tenant-signals.tsx'
import { TenantSources } from './tenant-sources.tsx'
import { TenantSkeleton } from './tenant-skeleton.tsx'
import { TenantTitle } from './tenant-title.tsx'

/** One tenant: the verdict in words, its signals, and the numbers behind every SLO. */
export function TenantPage(): ReactNode {
  const { tenantId } = useParams({ from: '/tenants/$tenantId' })
  const slos = useQuery(tenantSloQuery(tenantId))
  const fleet = useQuery(fleetQuery)
  const row = fleet.data?.rows.find((each) => each.tenantId === tenantId)
  const failure = useFailure(slos)
  const ageMs = useAge(slos.data?.asOfMs)
  useDocumentTitle(`${row?.name ?? tenantId} · Tenantry`)
  return (
    <Page ageMs={ageMs}>
      <BackLink to="/">Fleet</BackLink>
      {failure !== null && <ErrorNotice error={failure} onRetry={() => void slos.refetch()} />}
      {failure === null && slos.data === undefined && <TenantSkeleton />}
      {slos.data !== undefined && (
        <>
          <TenantTitle tenantId={tenantId} row={row} slos={slos.data.items}>
            <FreshnessNote asOfMs={slos.data.asOfMs} ageMs={ageMs} />
          </TenantTitle>
          <DeployGateMark tenantId={tenantId} name={row?.name ?? tenantId} />
          {row !== undefined && (
            <TenantSignals row={row} stale={isRowStale(row, slos.data.asOfMs)} />
          )}
          <SloCards slos={slos.data.items} />
          <TenantCharts tenantId={tenantId} durationThreshold={thresholdOf(slos.data.items)} />
          <TenantSources tenantId={tenantId} />
        </>
      )}
    </Page>
  )
}

/** The response time that the tenant's SLO asks for. */
function thresholdOf(slos: readonly SloStatusBody[]): Threshold | null {
  const slo = slos.find(({ thresholdSeconds }) => thresholdSeconds !== null)
  if (slo?.thresholdSeconds === undefined || slo.thresholdSeconds === null) return null
  return { value: slo.thresholdSeconds, name: `SLO ${formatLatency(slo.thresholdSeconds)}` }
}

function SloCards({ slos }: { slos: readonly SloStatusBody[] }): ReactNode {
  if (slos.length === 0)
    return (
      <EmptyNotice
        icon="fleet"
        title="No SLO yet"
        text="The first evaluation after a tenant is created gives it the SLOs of its tier. That takes a few seconds."
      />
    )
  return (
    <div className={styles.slos}>
      {slos.map((slo) => (
        <SloCard key={slo.sloId} slo={slo} />
      ))}
    </div>
  )
}
