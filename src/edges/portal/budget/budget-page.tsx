import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { BudgetReviewBody, PolicyAnswerBody } from '../../http/api/slo-policy.schema.ts'
import { useFailure } from '../api/answer.ts'
import { useAge } from '../api/freshness.ts'
import { budgetReviewsQuery, policyQuery } from '../api/queries.ts'
import { ChoiceRow } from '../ui/choice-row.tsx'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { Headline } from '../ui/headline.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { BudgetReviewTable } from './budget-review-table.tsx'
import { BudgetSkeleton } from './budget-skeleton.tsx'
import type { BudgetSearch } from './budget-search.ts'
import { budgetMood, budgetSentence, byState } from './budget-words.ts'
import { HeldSteps } from './held-steps.tsx'
import styles from './budget.module.css'

const CHOICES = [
  { value: 'open', label: 'Open' },
  { value: 'all', label: 'All' },
] as const

/** What budget policies ask for: budget reviews that somebody has to close, and the steps that
 *  hold. */
export function BudgetPage(): ReactNode {
  useDocumentTitle('Budget reviews · Tenantry')
  const { state = 'open' } = useSearch({ from: '/budget-reviews' })
  const navigate = useNavigate({ from: '/budget-reviews' })
  const reviews = useQuery(budgetReviewsQuery(state, null))
  const policy = useQuery(policyQuery(null))
  const ageMs = useAge(policy.data?.asOfMs)
  const failures = [useFailure(reviews), useFailure(policy)]
  const failure = failures.find((each) => each !== null)
  if (failure !== undefined) {
    const retry = (): void => {
      void reviews.refetch()
      void policy.refetch()
    }
    return <ErrorNotice error={failure} onRetry={retry} />
  }
  if (reviews.data === undefined || policy.data === undefined) return <BudgetSkeleton />
  const { items } = reviews.data
  const open = items.filter(({ closedAtMs }) => closedAtMs === null).length
  const onChoose = (chosen: 'open' | 'all'): void => {
    const search: BudgetSearch = chosen === 'all' ? { state: chosen } : {}
    void navigate({ search, replace: true, resetScroll: false })
  }
  return (
    <>
      <Headline
        {...budgetMood(open, policy.data)}
        note={<FreshnessNote asOfMs={policy.data.asOfMs} ageMs={ageMs} />}
      >
        {budgetSentence(open, policy.data.frozenTenants)}
      </Headline>
      <section className={styles.section} aria-label="Budget reviews">
        <div className={styles.bar}>
          <h2 className={styles.heading}>Budget reviews</h2>
          <ChoiceRow label="Which" choices={CHOICES} chosen={state} onChoose={onChoose} />
        </div>
        <Reviews items={items} isAll={state === 'all'} policy={policy.data} />
      </section>
      <section className={styles.section} aria-label="Steps that hold">
        <h2 className={styles.heading}>Steps of budget policies that hold</h2>
        <HeldSteps states={policy.data.states} isNamed />
      </section>
    </>
  )
}

function Reviews({
  items,
  isAll,
  policy,
}: {
  items: readonly BudgetReviewBody[]
  isAll: boolean
  policy: PolicyAnswerBody
}): ReactNode {
  if (items.length > 0) return <BudgetReviewTable reviews={items.toSorted(byState)} isNamed />
  const asking = policy.policies.filter(({ steps }) =>
    steps.some(({ actions }) => actions.includes('open-review')),
  )
  return (
    <EmptyNotice
      icon="ticket"
      title={isAll ? 'No budget review yet' : 'Nothing waits for a review'}
      text={
        asking.length === 0
          ? 'No budget policy asks for one: give a step of one the action open-review.'
          : `One is opened when a budget is used up as far as a policy says: ${asking.map(({ policyId }) => policyId).join(', ')}.`
      }
    />
  )
}
