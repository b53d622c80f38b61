import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { enginesQuery } from '../api/queries.ts'
import { CommandLine } from '../ui/command-line.tsx'
import { Headline } from '../ui/headline.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { EngineView } from './engine-view.tsx'
import { EnginesSkeleton } from './engines-skeleton.tsx'
import { counted, ENGINE_TYPES } from './engine-words.ts'
import styles from './engines.module.css'

/** The engines that tenants are handed over to: what is sent there, and which rules are there. */
export function EnginesPage(): ReactNode {
  useDocumentTitle('Engines · Tenantry')
  const search = useSearch({ from: '/engines' })
  const query = useQuery(enginesQuery)
  const failure = useFailure(query)
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <EnginesSkeleton />
  const { items, problems } = query.data
  const shown = items.find(({ name }) => name === search.engine) ?? items[0]
  return (
    <>
      <Headline
        tone={problems.length > 0 ? 'bad' : 'quiet'}
        icon={problems.length > 0 ? 'spent' : 'handover'}
        note={null}
      >
        {problems.length > 0
          ? 'The file of engines is not followed: it has a problem'
          : items.length === 0
            ? 'All tenants stay on this machine'
            : `Tenants are handed over to ${counted(items.length, 'engine')}`}
      </Headline>
      {problems.map((problem) => (
        <p key={problem} className={styles.problem}>
          {problem}
        </p>
      ))}
      {shown === undefined ? (
        <NoEngines />
      ) : (
        <div className={styles.layout}>
          <nav className={styles.engines} aria-label="Engines">
            {items.map(({ name, type }) => (
              <Link
                key={name}
                to="/engines"
                search={{ engine: name }}
                className={styles.engine}
                aria-current={name === shown.name ? 'true' : undefined}
              >
                <strong>{name}</strong>
                <small>{ENGINE_TYPES[type]}</small>
              </Link>
            ))}
          </nav>
          <EngineView key={shown.name} engine={shown} owner={search.owner} />
        </div>
      )}
    </>
  )
}

function NoEngines(): ReactNode {
  return (
    <EmptyNotice
      icon="handover"
      title="No engine"
      text="Where one machine is not enough, series, rules and queries of tenants go to Mimir, Cortex, VictoriaMetrics or Prometheus. engines.yaml in the directory of the configuration says which; to check it:"
    >
      <CommandLine>npx tenantry validate -f config</CommandLine>
    </EmptyNotice>
  )
}
