import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { artefactsQuery } from '../api/queries.ts'
import { Headline } from '../ui/headline.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { ArtefactsSkeleton } from './artefacts-skeleton.tsx'
import { artefactsTold } from './artefact-words.ts'
import { LeftOut } from './left-out.tsx'
import { OptionBar } from './option-bar.tsx'
import { TargetList } from './target-list.tsx'
import { TargetView } from './target-view.tsx'
import styles from './artefacts.module.css'

/** Rules, dashboards and runbooks that are made for other systems, and what they would change. */
export function ArtefactsPage(): ReactNode {
  useDocumentTitle('Artefacts · Tenantry')
  const search = useSearch({ from: '/artefacts' })
  const query = useQuery(artefactsQuery(search))
  const failure = useFailure(query)
  const failureNotice = failure && (
    <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  )
  if (query.data === undefined) return failureNotice ?? <ArtefactsSkeleton />
  const { targets, leftOut, bookVersion, options } = query.data
  const { tone, icon, text } = artefactsTold(query.data)
  const shown = targets.find(({ name }) => name === search.target) ?? targets[0]!
  return (
    <>
      <Headline
        tone={tone}
        icon={icon}
        note={
          <p className={styles.note}>
            Made of{' '}
            {bookVersion === 0 ? 'the usual SLOs' : `version ${bookVersion} of the SLO book`}, as{' '}
            <code>tenantry generate</code> writes them.
          </p>
        }
      >
        {text}
      </Headline>
      <OptionBar search={search} options={options} error={query.error} />
      <div className={styles.layout}>
        <TargetList targets={targets} shown={shown.name} />
        <TargetView target={shown} search={search} />
      </div>
      <LeftOut slos={leftOut} />
    </>
  )
}
