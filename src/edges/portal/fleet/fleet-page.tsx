import { Button } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useRef, type ReactNode } from 'react'
import type { FleetBody } from '../../http/api/fleet.schema.ts'
import { useFailure } from '../api/answer.ts'
import { STALE_AFTER_MS, useAge } from '../api/freshness.ts'
import { fleetQuery } from '../api/queries.ts'
import { CommandLine } from '../ui/command-line.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { FleetCards } from './fleet-cards.tsx'
import { fleetLayout, sloColumns } from './fleet-columns.ts'
import { FleetHeadline } from './fleet-headline.tsx'
import { FleetList } from './fleet-list.tsx'
import { filterRows, readSort, sortRows } from './fleet-order.ts'
import { fleetFilters, type FleetSearch } from './fleet-search.ts'
import { FleetSkeleton } from './fleet-skeleton.tsx'
import { FleetTable } from './fleet-table.tsx'
import { FleetToolbar } from './fleet-toolbar.tsx'
import styles from './fleet.module.css'
import { OrderMenu } from './order-menu.tsx'
import { useWidth } from './use-width.ts'

/** Every tenant, those that need attention first: in words, in numbers, then one by one. */
export function FleetPage(): ReactNode {
  const fleet = useQuery(fleetQuery)
  const failure = useFailure(fleet)
  const ageMs = useAge(fleet.data?.asOfMs)
  const burning = fleet.data?.cards.burningFast ?? 0
  useDocumentTitle(burning > 0 ? `(${burning}) Fleet · Tenantry` : 'Fleet · Tenantry')
  if (fleet.data === undefined) {
    if (failure === null) return <FleetSkeleton />
    return <ErrorNotice error={failure} onRetry={() => void fleet.refetch()} />
  }
  const stale = ageMs > STALE_AFTER_MS
  return (
    <div className={stale ? `${styles.page} ${styles.stale}` : styles.page}>
      <FleetHeadline fleet={fleet.data} ageMs={ageMs} />
      {fleet.data.rows.length === 0 ? <NoTenants /> : <FleetView fleet={fleet.data} />}
    </div>
  )
}

function FleetView({ fleet }: { fleet: FleetBody }): ReactNode {
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const columns = useMemo(() => sloColumns(fleet.rows), [fleet.rows])
  const rows = useMemo(
    () => sortRows(filterRows(fleet.rows, fleetFilters(search)), readSort(search.sort)),
    [fleet.rows, search],
  )
  const onSearch = (next: FleetSearch): void => {
    void navigate({ search: next, replace: true, resetScroll: false })
    if (box.current !== null && box.current.getBoundingClientRect().top < 0)
      box.current.scrollIntoView()
  }
  const layout = width === null ? null : fleetLayout(width, columns.length)
  const view = { fleet, rows, columns, search, onSearch }
  return (
    <>
      <FleetCards fleet={fleet} search={search} onSearch={onSearch} />
      <div ref={box} className={styles.tenants}>
        <FleetToolbar
          fleet={fleet}
          search={search}
          shown={rows.length}
          order={layout === 'cards' && <OrderMenu {...view} />}
          onSearch={onSearch}
        />
        {rows.length === 0 && <NoMatch onClear={() => onSearch({})} />}
        {rows.length > 0 && width !== null && layout === 'cards' && (
          <FleetList {...view} width={width} />
        )}
        {rows.length > 0 && layout !== null && layout !== 'cards' && (
          <FleetTable {...view} withTier={layout === 'wide'} />
        )}
      </div>
    </>
  )
}

function NoMatch({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <EmptyNotice
      icon="search"
      title="No tenant matches"
      text="None has all that the filters ask for. Take one away, or clear them all."
    >
      <Button size="compact-md" variant="default" onClick={onClear}>
        Clear the filters
      </Button>
    </EmptyNotice>
  )
}

function NoTenants(): ReactNode {
  return (
    <EmptyNotice
      icon="fleet"
      title="Create the first one"
      text="Then point an OpenTelemetry Collector or a Prometheus at this server: its service levels appear here within seconds."
    >
      <CommandLine>
        npx tenantry tenant create --id acme --tier enterprise --region eu-west
      </CommandLine>
    </EmptyNotice>
  )
}
