import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { EnginePushBody } from '../../http/api/engines.schema.ts'
import { useFailure } from '../api/answer.ts'
import { useMay } from '../api/may.ts'
import { enginePushesQuery, enginePushQuery } from '../api/queries.ts'
import { formatCount } from '../format/format.ts'
import { Fault } from '../ui/fault.tsx'
import { Instant } from '../ui/instant.tsx'
import { Mark } from '../ui/state-mark.tsx'
import { ownerName, PUSH_OUTCOMES } from './engine-words.ts'
import { RollbackForm } from './push-form.tsx'
import tables from '../ui/table.module.css'
import styles from './engines.module.css'

const SHOWN = 10
const NONE: readonly EnginePushBody[] = []

/** The last pushes to an engine: how far one has come, what failed, and taking one back. */
export function PushList({ engine }: { engine: string }): ReactNode {
  const query = useQuery(enginePushesQuery(engine))
  const failure = useFailure(query)
  const client = useQueryClient()
  const mayPush = useMay('engines:write')
  const [asked, setAsked] = useState<EnginePushBody | null>(null)
  const items = query.data?.items ?? NONE
  const outcome = items[0]?.outcome
  const wasRunning = useRef(false)
  useEffect(() => {
    if (wasRunning.current && outcome !== 'running') {
      void client.invalidateQueries({ queryKey: ['engines', 'plan', engine] })
    }
    wasRunning.current = outcome === 'running'
  }, [client, engine, outcome])
  return (
    <section className={styles.section} aria-label="Pushes">
      <h3 className={styles.heading}>Last pushes</h3>
      {failure !== null && <Fault error={failure} />}
      {query.data !== undefined && items.length === 0 && (
        <p className={styles.quiet}>Nothing was pushed yet.</p>
      )}
      {items.length > 0 && (
        <table className={tables.table} aria-label="Pushes">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">How it went</th>
              <th scope="col">By</th>
              <th scope="col">Take it back</th>
            </tr>
          </thead>
          <tbody>
            {items.slice(0, SHOWN).map((push, index) => (
              <PushRow
                key={push.pushId}
                engine={engine}
                push={push}
                isNewest={index === 0}
                onTakeBack={mayPush && push.outcome !== 'running' ? setAsked : null}
              />
            ))}
          </tbody>
        </table>
      )}
      {asked !== null && (
        <RollbackForm engine={engine} push={asked} onDone={() => setAsked(null)} />
      )}
    </section>
  )
}

function PushRow({
  engine,
  push,
  isNewest,
  onTakeBack,
}: {
  engine: string
  push: EnginePushBody
  isNewest: boolean
  /** Null where who is signed in may not, or it is not over. */
  onTakeBack: ((push: EnginePushBody) => void) | null
}): ReactNode {
  const { tone, icon, text } = PUSH_OUTCOMES[push.outcome]
  return (
    <tr>
      <td>
        <Instant atMs={push.begunAtMs} />
      </td>
      <td>{push.kind === 'push' ? 'Push' : 'Put back what was there'}</td>
      <td className={tables.wide}>
        <Mark tone={tone} icon={icon}>
          {text}
        </Mark>
        {isNewest ? (
          <Progress engine={engine} push={push} />
        ) : (
          <small>{formatCount(push.owners)} tenants</small>
        )}
      </td>
      <td data-label="By">{push.begunBy}</td>
      <td>
        {onTakeBack !== null && push.kind === 'push' && (
          <Button size="compact-sm" variant="default" onClick={() => onTakeBack(push)}>
            Take it back
          </Button>
        )}
      </td>
    </tr>
  )
}

const FAILED = new Set(['refused', 'unreachable', 'restored', 'half', 'differs'])

/** How far the newest push has come, and whom it failed for. */
function Progress({ engine, push }: { engine: string; push: EnginePushBody }): ReactNode {
  const items = useQuery(enginePushQuery(engine, push)).data?.items ?? []
  const done = items.filter(({ outcome }) => outcome !== 'begun').length
  const failed = items.filter(({ outcome }) => FAILED.has(outcome))
  return (
    <>
      <small>
        {formatCount(done)} of {formatCount(push.owners)} tenants
      </small>
      {failed.map(({ owner, detail, outcome }) => (
        <small key={owner}>
          {ownerName(owner)}: {detail ?? outcome}
        </small>
      ))}
    </>
  )
}
