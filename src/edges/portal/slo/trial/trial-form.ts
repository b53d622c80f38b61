/** What a person tries, and what the API is asked for then. Pure. */
import type { PublishedSloBody } from '../slo-list.ts'

/** Texts as they are typed. An empty one: as it is now. */
export interface TrialForm {
  readonly objective: string
  /** By PERIODS. */
  readonly period: string
  /** By speed: the share of the budget in percent; null where the pair is left out. */
  readonly shares: Readonly<Record<string, string | null>>
}

export const PERIODS = [
  { value: '', label: 'As it is' },
  { value: '7d', label: 'Rolling 7 days' },
  { value: '14d', label: 'Rolling 14 days' },
  { value: '28d', label: 'Rolling 28 days' },
  { value: '30d', label: 'Rolling 30 days' },
  { value: '90d', label: 'Rolling 90 days' },
  { value: 'week', label: 'Calendar week' },
  { value: 'month', label: 'Calendar month' },
  { value: 'quarter', label: 'Calendar quarter' },
] as const

export function emptyForm({ pairs }: PublishedSloBody): TrialForm {
  const shares = Object.fromEntries(
    pairs.map(({ speed, budgetPercent }) => [speed, String(budgetPercent)]),
  )
  return { objective: '', period: '', shares }
}

/** Says what is wrong with what was typed. Null where nothing is. */
export function formFault({ objective, shares }: TrialForm): string | null {
  if (objective !== '' && !isPercent(objective, 99.9999)) {
    return 'An objective is more than 0 and less than 100 %, such as 99.5.'
  }
  const isWrong = Object.values(shares).some((share) => share !== null && !isPercent(share, 100))
  return isWrong ? 'A share of the budget is more than 0 and at most 100 %.' : null
}

/** Makes the body of a request. What is as it is now is left out. */
export function trialBody(form: TrialForm, slo: PublishedSloBody, zone: string): object {
  const isSame = slo.pairs.every(
    ({ speed, budgetPercent }) => form.shares[speed] === String(budgetPercent),
  )
  const alerts = slo.pairs
    .filter(({ speed }) => form.shares[speed] !== null)
    .map(({ speed, action, longSeconds, shortSeconds }) => ({
      speed,
      action,
      long: spanOf(longSeconds),
      short: spanOf(shortSeconds),
      budgetPercent: Number(form.shares[speed]),
    }))
  return {
    ...(form.objective === '' ? {} : { objectivePercent: Number(form.objective) }),
    ...(form.period === '' ? {} : { period: periodOf(form.period, zone) }),
    ...(isSame ? {} : { alerts }),
  }
}

function periodOf(period: string, zone: string): object {
  return /^\d/.test(period) ? { rolling: period } : { calendar: period, zone }
}

function isPercent(text: string, most: number): boolean {
  const percent = Number(text)
  return text.trim() !== '' && percent > 0 && percent <= most
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'm'],
] as const

/** Worked: 21_600 -> 6h, 90 -> 90s. */
function spanOf(seconds: number): string {
  const unit = UNITS.find(([length]) => seconds % length === 0)
  return unit === undefined ? `${seconds}s` : `${seconds / unit[0]}${unit[1]}`
}
