/** What is said of budget reviews and of the steps that hold. Pure. */
import type {
  BudgetReviewBody,
  PolicyAnswerBody,
  PolicyStateBody,
} from '../../http/api/slo-policy.schema.ts'
import { formatCount } from '../format/format.ts'
import type { Tone } from '../format/slo-condition.ts'
import type { IconName } from '../ui/icon-paths.ts'

/** Says what waits for somebody. Worked: "2 budget reviews are open; deploys of 1 tenant are
 *  frozen". */
export function budgetSentence(open: number, frozenTenants: number): string {
  const reviews =
    open === 0
      ? 'No budget review is open'
      : `${formatCount(open)} budget ${open === 1 ? 'review is' : 'reviews are'} open`
  if (frozenTenants === 0) return `${reviews}; no deploys are frozen`
  const tenants = frozenTenants === 1 ? 'tenant' : 'tenants'
  return `${reviews}; deploys of ${formatCount(frozenTenants)} ${tenants} are frozen`
}

export function budgetMood(
  open: number,
  { frozenTenants }: Pick<PolicyAnswerBody, 'frozenTenants'>,
): { readonly tone: Tone; readonly icon: IconName } {
  if (frozenTenants > 0) return { tone: 'warning', icon: 'pause' }
  return open > 0 ? { tone: 'warning', icon: 'ticket' } : { tone: 'good', icon: 'check' }
}

export const ACTION_WORDS: Readonly<Record<PolicyStateBody['actions'][number], string>> = {
  'freeze-deploys': 'deploys are frozen',
  'raise-priority': 'alerts are more urgent',
  'open-review': 'a budget review is asked for',
  notify: 'somebody is told',
}

/** Says what a step does. Worked: "Deploys are frozen, somebody is told". */
export function actionsText(actions: PolicyStateBody['actions']): string {
  const text = actions.map((action) => ACTION_WORDS[action]).join(', ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** Open ones first, the longest open of them last; then the closed ones, newest first. */
export function byState(left: BudgetReviewBody, right: BudgetReviewBody): number {
  const closed = Number(left.closedAtMs !== null) - Number(right.closedAtMs !== null)
  return closed || right.openedAtMs - left.openedAtMs
}

export const NOTE_MOST = 2_000

/** Tells what is wrong with a note. Null: nothing. */
export function noteFault(note: string): string | null {
  const { length } = note.trim()
  if (length === 0) return 'Say what came of it.'
  return length > NOTE_MOST ? `At most ${formatCount(NOTE_MOST)} characters.` : null
}
