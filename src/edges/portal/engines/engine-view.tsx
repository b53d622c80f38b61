import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { EngineBody } from '../../http/api/engines.schema.ts'
import { forwardingQuery } from '../api/queries.ts'
import { engineFacts } from './engine-words.ts'
import { ForwardFigures } from './forward-figures.tsx'
import { PlanSection } from './plan-section.tsx'
import { PushList } from './push-list.tsx'
import styles from './engines.module.css'

/** One engine: what it is for, how forwarding does, what a push would change, and what was pushed. */
export function EngineView({
  engine,
  owner,
}: {
  engine: EngineBody
  owner: string | undefined
}): ReactNode {
  const { name, purposes } = engine
  const forwarding = useQuery(forwardingQuery).data?.items.find(({ target }) => target === name)
  const hasRules = purposes.some(({ purpose }) => purpose === 'rules')
  return (
    <section className={styles.view} aria-label={`Engine ${name}`}>
      <h2 className={styles.name}>{name}</h2>
      <p className={styles.quiet}>{engineFacts(engine).join(' · ')}</p>
      {forwarding !== undefined && <ForwardFigures target={forwarding} />}
      {hasRules ? (
        <>
          <PlanSection engine={name} owner={owner} />
          <PushList engine={name} />
        </>
      ) : (
        <p className={styles.section}>No rules are pushed to it.</p>
      )}
    </section>
  )
}
