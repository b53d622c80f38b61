import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { STALE_AFTER_MS, useAge } from '../api/freshness.ts'
import { fleetCardinalityQuery } from '../api/queries.ts'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { Headline } from '../ui/headline.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import styles from './collector.module.css'
import { CollectorSkeleton } from './collector-skeleton.tsx'
import { RefusalTable } from './refusal-table.tsx'
import { TenantCardinality } from './tenant-cardinality.tsx'
import { TONE_ICONS } from './tone-icons.ts'
import { UseTable } from './use-table.tsx'

/** Who sends how much against what they may, what of it is refused, and who made the series. */
export function CardinalityPage(): ReactNode {
  useDocumentTitle('Cardinality · Tenantry')
  const { tenant } = useSearch({ from: '/collector/cardinality' })
  const query = useQuery(fleetCardinalityQuery)
  const failure = useFailure(query)
  const ageMs = useAge(query.data?.asOfMs)
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <CollectorSkeleton what="the cardinality" />
  const { tone, sentence, asOfMs, rows } = query.data
  return (
    <div className={ageMs > STALE_AFTER_MS ? styles.stale : undefined}>
      <Headline
        tone={tone}
        icon={TONE_ICONS[tone]}
        note={<FreshnessNote asOfMs={asOfMs} ageMs={ageMs} />}
      >
        {sentence}
      </Headline>
      {tenant !== undefined && <TenantCardinality key={tenant} tenantId={tenant} />}
      <UseTable body={query.data} selected={tenant} />
      <RefusalTable rows={rows} />
    </div>
  )
}
