import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { useAge } from '../api/freshness.ts'
import { scrapeTargetsQuery } from '../api/queries.ts'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { Headline } from '../ui/headline.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { CollectorSkeleton } from './collector-skeleton.tsx'
import { Findings } from './findings.tsx'
import { TargetTable } from './target-table.tsx'
import { targetsVerdict } from './targets-verdict.ts'
import { TONE_ICONS } from './tone-icons.ts'

/** What is scraped and how it goes; what is down stands first. */
export function TargetsPage(): ReactNode {
  useDocumentTitle('Targets · Tenantry')
  const query = useQuery(scrapeTargetsQuery)
  const failure = useFailure(query)
  const ageMs = useAge(query.dataUpdatedAt)
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <CollectorSkeleton what="the targets" />
  const { items, problems } = query.data
  if (items.length === 0 && problems.length === 0)
    return (
      <EmptyNotice
        icon="intake"
        title="Nothing is scraped"
        text="Write jobs into scrape.yaml in the directory that --config names, in Prometheus’ syntax. Their targets stand here with their last scrape."
      />
    )
  const { tone, sentence } = targetsVerdict(items, problems.length)
  return (
    <>
      <Headline
        tone={tone}
        icon={TONE_ICONS[tone]}
        note={<FreshnessNote asOfMs={query.dataUpdatedAt} ageMs={ageMs} />}
      >
        {sentence}
      </Headline>
      <Findings findings={problems.map((text) => ({ tone: 'warning', text }))} />
      {items.length > 0 && <TargetTable targets={items} />}
    </>
  )
}
