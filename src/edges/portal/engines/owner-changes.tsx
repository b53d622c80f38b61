import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { GroupChangeBody } from '../../http/api/engines.schema.ts'
import { useFailure } from '../api/answer.ts'
import { enginePlanQuery } from '../api/queries.ts'
import { DiffLines } from '../artefacts/diff-lines.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { Panel } from '../ui/panel.tsx'
import { groupHunks } from './engine-words.ts'
import styles from './engines.module.css'

const WORDS: Readonly<Record<GroupChangeBody['change'], string>> = {
  create: 'New group',
  update: 'Changed',
  delete: 'Goes',
}

/** What would change of one tenant's rules, group by group. */
export function OwnerChanges({ engine, owner }: { engine: string; owner: string }): ReactNode {
  const query = useQuery(enginePlanQuery(engine, owner))
  const failure = useFailure(query)
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) {
    return (
      <div aria-busy="true" aria-label="Loading the changes">
        <Skeleton height={160} my={8} />
      </div>
    )
  }
  const changes = query.data.owners.find((each) => each.owner === owner)?.changes ?? []
  return (
    <div className={styles.changes}>
      {changes.map((change) => (
        <Panel
          key={`${change.namespace}/${change.group}`}
          label={`Changes of ${change.group}`}
          head={<h4>{change.group}</h4>}
          actions={<span className={styles.quiet}>{WORDS[change.change]}</span>}
        >
          <DiffLines label={`Changed lines of ${change.group}`} hunks={groupHunks(change)} />
        </Panel>
      ))}
    </div>
  )
}
