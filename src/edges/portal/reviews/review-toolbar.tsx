import type { ReactNode } from 'react'
import { ChoiceRow } from '../ui/choice-row.tsx'
import fleetStyles from '../fleet/fleet.module.css'
import { formatCount } from '../format/format.ts'
import {
  readReviewSearch,
  REVIEW_SCOPES,
  REVIEW_SPANS,
  type ReviewSearch,
} from './review-search.ts'

/** What narrows the list of reviews. */
export function ReviewToolbar({
  search,
  shown,
  isMore,
  onSearch,
}: {
  search: ReviewSearch
  shown: number
  isMore: boolean
  onSearch: (search: ReviewSearch) => void
}): ReactNode {
  const set = (key: keyof ReviewSearch) => (value: string) =>
    onSearch(readReviewSearch({ ...search, [key]: value }))
  return (
    <div className={fleetStyles.toolbar} role="search" aria-label="Filter the SLO reviews">
      <ChoiceRow
        label="Span"
        choices={choicesOf(REVIEW_SPANS, 'Any span')}
        chosen={search.span ?? ''}
        onChoose={set('span')}
      />
      <ChoiceRow
        label="Of"
        choices={choicesOf(REVIEW_SCOPES, 'Any scope')}
        chosen={search.scope ?? ''}
        onChoose={set('scope')}
      />
      <span className={fleetStyles.spring} />
      <p className={fleetStyles.count} role="status">
        {isMore ? `The newest ${formatCount(shown)}` : formatCount(shown)}
        {shown === 1 ? ' SLO review' : ' SLO reviews'}
      </p>
    </div>
  )
}

function choicesOf(
  words: Readonly<Record<string, string>>,
  any: string,
): { value: string; label: string }[] {
  const choices = Object.entries(words).map(([value, label]) => ({ value, label }))
  return [{ value: '', label: any }, ...choices]
}
