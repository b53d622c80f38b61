import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { STALE_AFTER_MS, useAge } from '../api/freshness.ts'
import { collectorQuery } from '../api/queries.ts'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { Headline } from '../ui/headline.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { AccountsTable } from './accounts-table.tsx'
import styles from './collector.module.css'
import { CollectorSkeleton } from './collector-skeleton.tsx'
import { Findings } from './findings.tsx'
import { HealthFigures } from './health-figures.tsx'
import { IntakeTable } from './intake-table.tsx'
import { ReplicasTable } from './replicas-table.tsx'
import { ReasonTables } from './reason-tables.tsx'
import { TONE_ICONS } from './tone-icons.ts'

/** How the collector does: in words, then what came in, what became of it, and what keeps it. */
export function HealthPage(): ReactNode {
  useDocumentTitle('Collector · Tenantry')
  const query = useQuery(collectorQuery)
  const failure = useFailure(query)
  const ageMs = useAge(query.data?.asOfMs)
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <CollectorSkeleton what="the collector" />
  const { data } = query
  return (
    <div className={ageMs > STALE_AFTER_MS ? styles.stale : undefined}>
      <Headline
        tone={data.tone}
        icon={TONE_ICONS[data.tone]}
        note={<FreshnessNote asOfMs={data.asOfMs} ageMs={ageMs} />}
      >
        {data.sentence}
      </Headline>
      <Findings findings={data.findings} />
      <HealthFigures body={data} />
      <div className={styles.pair}>
        <IntakeTable intake={data.intake} />
        <AccountsTable accounts={data.accounts} />
      </div>
      <ReplicasTable />
      <ReasonTables reasons={data.accounts.reasons} refused={data.refused} />
    </div>
  )
}
