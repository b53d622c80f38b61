import type { ReactNode } from 'react'
import { ChoiceRow } from '../ui/choice-row.tsx'
import { countText, FilterBar } from '../ui/filter-bar.tsx'
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
  const counts = { shown, total: shown, isFiltered: false }
  return (
    <FilterBar
      label="Filter the SLO reviews"
      count={`${isMore ? 'The newest ' : ''}${countText(counts, 'SLO review', 'SLO reviews')}`}
      onClear={null}
    >
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
    </FilterBar>
  )
}

function choicesOf(
  words: Readonly<Record<string, string>>,
  any: string,
): { value: string; label: string }[] {
  const choices = Object.entries(words).map(([value, label]) => ({ value, label }))
  return [{ value: '', label: any }, ...choices]
}
