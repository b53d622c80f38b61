import { Skeleton } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { SloStatusBody } from '../../http/api/slo.schema.ts'
import { useFailure } from '../api/answer.ts'
import { useAge } from '../api/freshness.ts'
import { fleetQuery, tenantSloQuery } from '../api/queries.ts'
import { PolicyOfSlo } from '../budget/policy-of-slo.tsx'
import { WhyNow } from '../explain/why-now.tsx'
import { tierWord } from '../fleet/tier.ts'
import { formatObjective } from '../format/format.ts'
import { SLO_CONDITIONS } from '../format/slo-condition.ts'
import { formatSpan } from '../format/time.ts'
import { SloDimensions } from '../tenant/slo-dimensions.tsx'
import { statusCondition } from '../tenant/slo-verdict.ts'
import { BackLink } from '../ui/back-link.tsx'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { BurndownSection } from './burndown-section.tsx'
import { BurnWindows } from './burn-windows.tsx'
import { Clocks } from './clocks.tsx'
import { ImpactTable } from './impact-table.tsx'
import { SloFigures } from './slo-figures.tsx'
import { SloSkeleton } from './slo-skeletons.tsx'
import styles from './slo.module.css'
import { TrialSection } from './trial/trial-section.tsx'

/** One SLO of one tenant: the verdict, where the budget went and when, and what it raises. */
export function TenantSloPage(): ReactNode {
  const { tenantId, sloId } = useParams({ from: '/tenants/$tenantId/slos/$sloId' })
  const slos = useQuery(tenantSloQuery(tenantId))
  const failure = useFailure(slos)
  const ageMs = useAge(slos.data?.asOfMs)
  const row = useQuery(fleetQuery).data?.rows.find((each) => each.tenantId === tenantId)
  const slo = slos.data?.items.find((each) => each.sloId === sloId)
  const name = row?.name ?? tenantId
  useDocumentTitle(`${slo?.title ?? sloId} of ${name} · Tenantry`)
  return (
    <Page ageMs={ageMs}>
      <nav className={styles.trail} aria-label="Above this page">
        <BackLink to="/tenants/$tenantId" params={{ tenantId }}>
          {name}
        </BackLink>
        <BackLink to="/slos/$sloId" params={{ sloId }}>
          {slo?.title ?? sloId} of all tenants
        </BackLink>
      </nav>
      {failure !== null && <ErrorNotice error={failure} onRetry={() => void slos.refetch()} />}
      {failure === null && slos.data === undefined && <SloSkeleton what="the SLO" />}
      {slos.data !== undefined && slo === undefined && (
        <EmptyNotice
          icon="target"
          title={`${name} has no SLO ${sloId}`}
          text="It may be gone from the book, or be promised to other tenants. The tenant's page shows those that there are."
        />
      )}
      {slos.data !== undefined && slo !== undefined && (
        <>
          <PageTitle
            name={slo.title}
            facts={factsOf(slo, name, row?.tier)}
            note={<FreshnessNote asOfMs={slos.data.asOfMs} ageMs={ageMs} />}
            verdict={{ ...SLO_CONDITIONS[statusCondition(slo)], sentence: slo.verdict }}
          />
          <SloFigures slo={slo} />
          <Clocks slo={slo} />
          <BurndownSection slo={slo} />
          <BurnWindows slo={slo} />
          {slo.counted === null && <PolicyOfSlo tenantId={tenantId} sloId={sloId} />}
          {slo.counted === null && <TrialSection tenantId={tenantId} sloId={sloId} />}
          {slo.counted === null ? <WhereItGoes slo={slo} /> : <Counted slo={slo} />}
          <WhyNow tenantId={tenantId} sloId={sloId} statuses={slos.data.items} />
        </>
      )}
    </Page>
  )
}

function factsOf(
  slo: SloStatusBody,
  name: string,
  tier: Parameters<typeof tierWord>[0] | undefined,
): string[] {
  const promised = `${formatObjective(slo.objectivePpm)} over ${formatSpan(slo.periodSeconds)}`
  return [name, ...(tier === undefined ? [] : [tierWord(tier)]), promised]
}

function WhereItGoes({ slo }: { slo: SloStatusBody }): ReactNode {
  return (
    <section aria-label="Where the budget goes" className={styles.where}>
      <h2 className={styles.heading}>Where the budget goes</h2>
      <SloDimensions
        slo={slo}
        whenNothing={<NothingBad />}
        whileWaiting={<Skeleton height={160} />}
      />
    </section>
  )
}

/** What a source counted, as far as the portal knows it. */
function Counted({ slo }: { slo: SloStatusBody }): ReactNode {
  return slo.counted?.one === 'impact' ? <ImpactTable tenantId={slo.tenantId} /> : null
}

function NothingBad(): ReactNode {
  return (
    <p className={styles.none}>
      Nothing was bad in the last hour, or nothing tells the requests apart: routes, versions or
      labels of your own.
    </p>
  )
}
