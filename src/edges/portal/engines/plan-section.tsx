import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { useMay } from '../api/may.ts'
import { enginePlanQuery } from '../api/queries.ts'
import { formatCount } from '../format/format.ts'
import { Instant } from '../ui/instant.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { Mark } from '../ui/state-mark.tsx'
import { planTold } from './engine-words.ts'
import { OwnerTable } from './owner-table.tsx'
import { PushForm } from './push-form.tsx'
import styles from './engines.module.css'

/** What a push would change, tenant by tenant, and the push. */
export function PlanSection({
  engine,
  owner,
}: {
  engine: string
  owner: string | undefined
}): ReactNode {
  const query = useQuery(enginePlanQuery(engine))
  const failure = useFailure(query)
  const mayPush = useMay('engines:write')
  const [isAsking, setAsking] = useState(false)
  const plan = query.data
  const told = plan && planTold(plan)
  const changed = plan?.owners.filter(({ state }) => state !== 'same') ?? []
  const same = (plan?.owners.length ?? 0) - changed.length
  const isPushable = changed.some(({ state }) => state === 'differs' || state === 'orphan')
  return (
    <section className={styles.section} aria-label="Plan">
      <div className={styles.bar}>
        <h3 className={styles.heading}>
          Rules{' '}
          {told && (
            <Mark tone={told.tone} icon={told.icon}>
              {told.text}
            </Mark>
          )}
        </h3>
        <div className={styles.actions}>
          <Button
            size="compact-md"
            variant="default"
            loading={query.isFetching}
            onClick={() => void query.refetch()}
          >
            Look again
          </Button>
          {mayPush && (
            <Button size="compact-md" disabled={!isPushable} onClick={() => setAsking(true)}>
              Push the rules
            </Button>
          )}
        </div>
      </div>
      {failure !== null && <ErrorNotice error={failure} onRetry={() => void query.refetch()} />}
      {failure === null && plan === undefined && (
        <div aria-busy="true" aria-label="Reading the rules of the engine">
          <Skeleton height={120} my={8} />
        </div>
      )}
      {plan !== undefined && (
        <>
          {changed.length > 0 && <OwnerTable engine={engine} owners={changed} shown={owner} />}
          <p className={styles.quiet}>
            {formatCount(same)} {same === 1 ? 'tenant is' : 'tenants are'} as they shall be. Looked
            at <Instant atMs={plan.atMs} />.
          </p>
        </>
      )}
      {isAsking && plan !== undefined && (
        <PushForm engine={engine} plan={plan} onDone={() => setAsking(false)} />
      )}
    </section>
  )
}
