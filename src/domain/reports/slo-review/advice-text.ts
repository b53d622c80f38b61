/** How a review says what it advises. Pure. */
import type { Block } from '../../../machinery/documents/report.ts'
import type { ReviewAdvice } from './review.ts'
import { objectiveText, percent } from './review-words.ts'

const ITEMS_TOLD = 50

export function adviceBlocks(advice: readonly ReviewAdvice[], isMany: boolean): Block[] {
  if (advice.length === 0) return []
  const told = advice.slice(0, ITEMS_TOLD)
  const more = advice.length - told.length
  return [
    { kind: 'heading', level: 2, text: 'Objectives to look at' },
    {
      kind: 'list',
      items: [
        ...told.map((each) => `${isMany ? `${each.tenantName}, ` : ''}${adviceText(each)}`),
        ...(more > 0 ? [`and ${more} more`] : []),
      ],
    },
  ]
}

function adviceText(advice: ReviewAdvice): string {
  const { kind, title, objectivePpm, proposedPpm, spentRatio, beforeSpentRatio } = advice
  const seen = `${percent(spentRatio)} of the budget was spent, ${percent(beforeSpentRatio)} in the period before`
  const then = `at ${objectiveText(proposedPpm)} it would have been ${percent(advice.proposedSpentRatio)} and ${percent(advice.proposedBeforeSpentRatio)}`
  switch (kind) {
    case 'tighten':
      return `${title}: ${objectiveText(objectivePpm)} could be ${objectiveText(proposedPpm)}. ${seen}; ${then}.`
    case 'loosen':
      return proposedPpm === null
        ? `${title}: ${objectiveText(objectivePpm)} was missed twice, and no usual objective would have been kept. ${seen}.`
        : `${title}: ${objectiveText(objectivePpm)} was missed twice. ${seen}; ${then}. Mend what fails, or promise ${objectiveText(proposedPpm)}.`
    case 'silent':
      return `${title}: nothing was counted in two periods. Is it measured?`
  }
}
