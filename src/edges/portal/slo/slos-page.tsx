import { Button } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import type { FleetBody } from '../../http/api/fleet.schema.ts'
import type { SloWindowsBody } from '../../http/api/slo-book.schema.ts'
import { useFailure } from '../api/answer.ts'
import { useAge } from '../api/freshness.ts'
import { budgetReviewsQuery, fleetQuery, publishedSlosQuery } from '../api/queries.ts'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { Headline } from '../ui/headline.tsx'
import { CommandLine } from '../ui/command-line.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'
import { filterSlos, sloRows, slosSentence, sortSlos } from './slo-list.ts'
import { sloFilters, readSloSort, type SloSearch } from './slo-search.ts'
import { sloMood } from './slo-mood.ts'
import { SloTable } from './slo-table.tsx'
import { SloToolbar } from './slo-toolbar.tsx'
import { SlosSkeleton } from './slo-skeletons.tsx'
import styles from './slos.module.css'

/** Every SLO of the book: what it promises, and how it stands over the tenants. */
export function SlosPage(): ReactNode {
  useDocumentTitle('SLOs · Tenantry')
  const fleet = useQuery(fleetQuery)
  const published = useQuery(publishedSlosQuery)
  const ageMs = useAge(fleet.data?.asOfMs)
  const failures = [useFailure(fleet), useFailure(published)]
  const failure = failures.find((each) => each !== null)
  if (failure !== undefined) {
    const retry = (): void => {
      void fleet.refetch()
      void published.refetch()
    }
    return <ErrorNotice error={failure} onRetry={retry} />
  }
  if (fleet.data === undefined || published.data === undefined) return <SlosSkeleton />
  const { slos } = published.data
  return (
    <Page ageMs={ageMs}>
      <SlosView
        fleet={fleet.data}
        slos={slos}
        note={
          <>
            <FreshnessNote asOfMs={fleet.data.asOfMs} ageMs={ageMs} />
            <OpenBudgetReviews />
          </>
        }
      />
    </Page>
  )
}

function SlosView({
  fleet,
  slos,
  note,
}: {
  fleet: FleetBody
  slos: SloWindowsBody['slos']
  note: ReactNode
}): ReactNode {
  const search = useSearch({ from: '/slos' })
  const navigate = useNavigate({ from: '/slos' })
  const all = useMemo(() => sloRows(slos, fleet.rows, []), [slos, fleet.rows])
  const rows = useMemo(() => {
    const filters = sloFilters(search)
    const judged = filters.tiers.length === 0 ? all : sloRows(slos, fleet.rows, filters.tiers)
    return sortSlos(filterSlos(judged, filters), readSloSort(search.sort))
  }, [all, slos, fleet.rows, search])
  const onSearch = (next: SloSearch): void =>
    void navigate({ search: next, replace: true, resetScroll: false })
  return (
    <>
      <Headline {...sloMood(all)} note={note}>
        {slosSentence(all)}
      </Headline>
      {all.length === 0 ? (
        <NoSlos />
      ) : (
        <>
          <SloToolbar search={search} shown={rows.length} total={all.length} onSearch={onSearch} />
          {rows.length === 0 ? (
            <NoMatch onClear={() => onSearch({})} />
          ) : (
            <SloTable rows={rows} search={search} onSearch={onSearch} nowMs={fleet.asOfMs} />
          )}
        </>
      )}
    </>
  )
}

/** Leads to the budget reviews that wait for somebody. */
function OpenBudgetReviews(): ReactNode {
  const open = useQuery(budgetReviewsQuery('open', null)).data?.items.length ?? 0
  if (open === 0) return null
  return (
    <Link to="/budget-reviews" className={styles.reviews}>
      {open === 1 ? '1 budget review is open' : `${open} budget reviews are open`}
    </Link>
  )
}

function NoMatch({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <EmptyNotice
      icon="search"
      title="No SLO matches"
      text="None has all that the filters ask for. Take one away, or clear them all."
    >
      <Button size="compact-md" variant="default" onClick={onClear}>
        Clear the filters
      </Button>
    </EmptyNotice>
  )
}

function NoSlos(): ReactNode {
  return (
    <EmptyNotice
      icon="target"
      title="The book has no SLO"
      text="Write one as YAML, or import those of Sloth, Pyrra or OpenSLO; then apply the directory."
    >
      <CommandLine>npx tenantry apply -f config</CommandLine>
    </EmptyNotice>
  )
}
