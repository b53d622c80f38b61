import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import type { FleetBody } from '../../http/api/fleet.schema.ts'
import { useFailure } from '../api/answer.ts'
import { useAge } from '../api/freshness.ts'
import { fleetQuery, publishedSlosQuery } from '../api/queries.ts'
import { formatLatency } from '../format/format.ts'
import { kindWord } from '../format/slo-units.ts'
import { BackLink } from '../ui/back-link.tsx'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { ClockMarks } from './clock-marks.tsx'
import { ImpactTable } from './impact-table.tsx'
import { JudgedTable } from './judged-table.tsx'
import { PromisedTable } from './promised-table.tsx'
import { RollUpTable } from './roll-up-table.tsx'
import { periodText, sloRows, sloSentence, type PublishedSloBody } from './slo-list.ts'
import { sloMood } from './slo-mood.ts'
import { SloSkeleton } from './slo-skeletons.tsx'
import { TrialOfTenant } from './trial/trial-of-tenant.tsx'
import { WindowsTable } from './windows-table.tsx'

/** One SLO over all tenants: how many burn, who has spent the most, and what is promised. */
export function SloPage(): ReactNode {
  const { sloId } = useParams({ from: '/slos/$sloId' })
  const fleet = useQuery(fleetQuery)
  const published = useQuery(publishedSlosQuery)
  const failures = [useFailure(fleet), useFailure(published)]
  const failure = failures.find((each) => each !== null)
  const ageMs = useAge(fleet.data?.asOfMs)
  const slo = published.data?.slos.find((each) => each.sloId === sloId)
  useDocumentTitle(`${slo?.title ?? sloId} · Tenantry`)
  const retry = (): void => {
    void fleet.refetch()
    void published.refetch()
  }
  const isWaiting = fleet.data === undefined || published.data === undefined
  return (
    <Page ageMs={ageMs}>
      <BackLink to="/slos">SLOs</BackLink>
      {failure !== undefined && <ErrorNotice error={failure} onRetry={retry} />}
      {failure === undefined && isWaiting && <SloSkeleton what="the SLO" />}
      {!isWaiting && slo === undefined && (
        <EmptyNotice
          icon="target"
          title={`The book has no SLO ${sloId}`}
          text="It may have been taken out. The list shows those that there are."
        />
      )}
      {fleet.data !== undefined && slo !== undefined && (
        <SloOfFleet
          slo={slo}
          fleet={fleet.data}
          ageMs={ageMs}
          hasImpacts={countsImpacts(slo, published.data?.slos ?? [])}
        />
      )}
    </Page>
  )
}

function SloOfFleet({
  slo,
  fleet,
  ageMs,
  hasImpacts,
}: {
  slo: PublishedSloBody
  fleet: FleetBody
  ageMs: number
  hasImpacts: boolean
}): ReactNode {
  const row = useMemo(() => sloRows([slo], fleet.rows, [])[0]!, [slo, fleet.rows])
  const isRollUp = slo.kind === 'roll-up'
  const facts = [
    `${kindWord(slo.kind)}${slo.thresholdSeconds === null ? '' : ` under ${formatLatency(slo.thresholdSeconds)}`}`,
    periodText(slo),
    slo.sloId,
  ]
  return (
    <>
      <PageTitle
        name={slo.title}
        facts={facts}
        note={<FreshnessNote asOfMs={fleet.asOfMs} ageMs={ageMs} />}
        verdict={
          isRollUp
            ? null
            : {
                ...sloMood([row]),
                sentence:
                  slo.notCounted === null ? sloSentence(row) : notCountedText(slo.notCounted),
              }
        }
      />
      {isRollUp && <RollUpTable sloId={slo.sloId} />}
      {row.judged.length > 0 && <JudgedTable judged={row.judged} sloId={slo.sloId} />}
      {row.judged.length === 0 && !isRollUp && slo.notCounted === null && (
        <EmptyNotice
          icon="target"
          title="No tenant is judged by it yet"
          text="Its tiers or tenants have none that is active, or the first evaluation is still to come."
        />
      )}
      {hasImpacts && <ImpactTable tenantId={null} />}
      <PromisedTable slo={slo} nowMs={fleet.asOfMs} />
      <ClockMarks slo={slo} />
      {slo.pairs.length > 0 && <WindowsTable slo={slo} />}
      {row.judged.length > 0 && slo.kind !== 'composite' && slo.kind !== 'external' && (
        <TrialOfTenant judged={row.judged} sloId={slo.sloId} />
      )}
    </>
  )
}

/** Tells whether an SLO, or one of its cause that it adds up, is about what runs against a limit. */
function countsImpacts({ cause }: PublishedSloBody, all: readonly PublishedSloBody[]): boolean {
  return all.some((each) => each.cause === cause && each.clockMarks.length > 0)
}

function notCountedText(why: string): string {
  return `This server does not count it: ${why}`
}
