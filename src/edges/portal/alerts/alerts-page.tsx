import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import type { AlertBody } from '../api/bodies.ts'
import { useAge } from '../api/freshness.ts'
import { alertsQuery } from '../api/queries.ts'
import { formatCount } from '../format/format.ts'
import type { Tone } from '../format/slo-condition.ts'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { Headline } from '../ui/headline.tsx'
import type { IconName } from '../ui/icon-paths.ts'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { AlertTable } from './alert-table.tsx'
import { AlertsSkeleton } from './alerts-skeleton.tsx'

/** What fires now, then what has resolved lately. */
export function AlertsPage(): ReactNode {
  useDocumentTitle('Alerts · Tenantry')
  const firing = useQuery(alertsQuery('firing'))
  const resolved = useQuery(alertsQuery('resolved'))
  const ageMs = useAge(firing.dataUpdatedAt)
  const failures = [useFailure(firing), useFailure(resolved)]
  const failure = failures.find((each) => each !== null)
  const retry = (): void => {
    void firing.refetch()
    void resolved.refetch()
  }
  if (failure !== undefined) return <ErrorNotice error={failure} onRetry={retry} />
  if (firing.data === undefined || resolved.data === undefined) return <AlertsSkeleton />
  const count = firing.data.items.length
  const more = firing.data.nextCursor !== null
  return (
    <>
      <Headline
        {...mood(firing.data.items)}
        note={<FreshnessNote asOfMs={firing.dataUpdatedAt} ageMs={ageMs} />}
      >
        {sentence(firing.data.items, more)}
      </Headline>
      {count > 0 && <AlertTable title="Firing" alerts={firing.data.items} />}
      {resolved.data.items.length > 0 && (
        <AlertTable title="Resolved lately" alerts={resolved.data.items} />
      )}
      {count === 0 && resolved.data.items.length === 0 && (
        <EmptyNotice
          icon="bell"
          title="No alert has fired yet"
          text="When a tenant burns a budget too fast, or its data stops, the alert stands here with the numbers behind it."
        />
      )}
    </>
  )
}

function sentence(firing: readonly AlertBody[], more: boolean): string {
  if (firing.length === 0) return 'No alert fires'
  const pages = firing.filter((alert) => alert.action === 'page').length
  const count = `${more ? 'More than ' : ''}${formatCount(firing.length)}`
  const fire = firing.length === 1 ? `${count} alert fires` : `${count} alerts fire`
  if (pages === 0) return `${fire}; none asks for a page`
  return `${fire}; ${formatCount(pages)} ${pages === 1 ? 'asks' : 'ask'} for a page`
}

function mood(firing: readonly AlertBody[]): { tone: Tone; icon: IconName } {
  if (firing.length === 0) return { tone: 'good', icon: 'check' }
  return { tone: firing.some((alert) => alert.action === 'page') ? 'bad' : 'warning', icon: 'bell' }
}
