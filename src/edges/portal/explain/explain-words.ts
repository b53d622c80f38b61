/** Why an alert was raised, in sentences out of the numbers that it carries. Pure. */
import type { AlertBody, AlertEventBody } from '../api/bodies.ts'
import { formatBudget, formatBurn } from '../format/format.ts'
import { formatAmount, unitWord, type SloUnitName } from '../format/slo-units.ts'
import { formatSpan } from '../format/time.ts'
import { ACTION_WORDS } from '../slo/burn-words.ts'

type Numbers = Readonly<Record<string, number>>

/** Says what was counted when an alert opened. Worked: "Over 1 h 212 of 5,832 requests were bad:
 *  22.4× the rate that spends the budget by the period's end. The last 5 min burned 24×. Both were
 *  above 14.4×, so a page was raised." */
export function whyRaised(
  { key, action }: Pick<AlertBody, 'key' | 'action'>,
  numbers: Numbers,
  unit: SloUnitName,
): string {
  if (key === 'no-data') {
    const silent = numbers['silentSeconds']
    const span = silent === undefined ? '' : ` for ${formatSpan(silent)}`
    return `The tenant had traffic within a day, and then nothing was heard of it${span}: the service is down, or its metrics are.`
  }
  if (key.startsWith('budget/')) return whyEntered(numbers)
  if (key.endsWith('/clock')) return whyMarked(numbers)
  const { longBurn, shortBurn, threshold, bad, total, longSeconds, shortSeconds } = numbers
  if (longBurn === undefined || shortBurn === undefined || threshold === undefined) {
    return 'It carries no numbers of windows.'
  }
  const { tenants, spokenFor } = numbers
  const whose = tenants === undefined ? '' : groupText(tenants, spokenFor ?? 0)
  const window = (seconds: number | undefined, name: string): string =>
    seconds === undefined ? name : formatSpan(seconds)
  const counts =
    bad === undefined || total === undefined
      ? ''
      : ` ${formatAmount(bad)} of ${formatAmount(total)} ${unitWord(unit, total)} were bad:`
  return (
    `Over ${window(longSeconds, 'the long window')}${counts} ${formatBurn(longBurn)} the rate that spends the budget by the end of the period. ` +
    `The last ${window(shortSeconds, 'short window')} burned ${formatBurn(shortBurn)}. ` +
    `Both were above ${formatBurn(threshold)}, so ${ACTION_WORDS[action]} was raised.${whose}`
  )
}

/** Says whose counts a group's are. */
function groupText(tenants: number, spokenFor: number): string {
  const all = ` Counted are ${formatAmount(tenants)} ${tenants === 1 ? 'tenant' : 'tenants'} together`
  return spokenFor === 0
    ? `${all}.`
    : `${all}, without the ${formatAmount(spokenFor)} that an alert of their own, or of their tier, speaks for already.`
}

/** Says why a step of a budget policy was entered. */
function whyEntered({ budgetLeft, enterLeft }: Numbers): string {
  if (budgetLeft === undefined || enterLeft === undefined) {
    return 'So much of the budget was spent that a step of its policy was entered.'
  }
  return `${formatBudget(budgetLeft)} of the budget was left, and a step of its policy is entered at ${formatBudget(enterLeft)}.`
}

/** Says which mark of its limit a clock had passed. */
function whyMarked({ elapsedSeconds, limitSeconds, markRatio }: Numbers): string {
  if (elapsedSeconds === undefined || limitSeconds === undefined || markRatio === undefined) {
    return 'An impact was open for so long that its clock asked for something.'
  }
  return (
    `An impact had been open for ${formatSpan(elapsedSeconds)}: more than ${Math.round(markRatio * 100)} % of the ${formatSpan(limitSeconds)} to recover in. ` +
    'It grows more urgent with each mark that is passed, and ends with the impact.'
  )
}

export interface NumberRow {
  readonly label: string
  readonly opening: string
  readonly last: string
}

/** Lists an alert's numbers as they were when it opened and as they were last seen. */
export function numberRows(
  { openingNumbers, numbers }: Pick<AlertBody, 'openingNumbers' | 'numbers'>,
  unit: SloUnitName,
): NumberRow[] {
  return ROWS.flatMap(({ label, read }) => {
    const name = label(openingNumbers, unit)
    const [opening, last] = [read(openingNumbers, unit), read(numbers, unit)]
    return opening === null && last === null
      ? []
      : [{ label: name, opening: opening ?? '–', last: last ?? '–' }]
  })
}

interface RowRule {
  readonly label: (numbers: Numbers, unit: SloUnitName) => string
  readonly read: (numbers: Numbers, unit: SloUnitName) => string | null
}

const ROWS: readonly RowRule[] = [
  {
    label: ({ longSeconds }) => `Burn over ${formatSpan(longSeconds ?? null)}`,
    read: ({ longBurn }) => (longBurn === undefined ? null : formatBurn(longBurn)),
  },
  {
    label: ({ shortSeconds }) => `Burn over ${formatSpan(shortSeconds ?? null)}`,
    read: ({ shortBurn }) => (shortBurn === undefined ? null : formatBurn(shortBurn)),
  },
  {
    label: () => 'Raised above',
    read: ({ threshold }) => (threshold === undefined ? null : formatBurn(threshold)),
  },
  {
    label: ({ longSeconds, periodSeconds }, unit) =>
      `Bad ${unitWord(unit, 2)} in ${formatSpan(longSeconds ?? periodSeconds ?? null)}`,
    read: ({ bad, total }) =>
      bad === undefined || total === undefined
        ? null
        : `${formatAmount(bad)} of ${formatAmount(total)}`,
  },
  {
    label: () => 'Budget left',
    read: ({ budgetLeft }) => (budgetLeft === undefined ? null : formatBudget(budgetLeft)),
  },
  {
    label: () => 'Budget gone in',
    read: ({ exhaustsInSeconds }) => {
      if (exhaustsInSeconds === undefined) return null
      return exhaustsInSeconds <= 0 ? 'Gone' : formatSpan(exhaustsInSeconds)
    },
  },
  {
    label: () => 'Open for',
    read: ({ elapsedSeconds }) =>
      elapsedSeconds === undefined ? null : formatSpan(elapsedSeconds),
  },
  {
    label: () => 'Left to recover in time',
    read: ({ leftSeconds }) => {
      if (leftSeconds === undefined) return null
      return leftSeconds <= 0 ? `None, ${formatSpan(-leftSeconds)} over` : formatSpan(leftSeconds)
    },
  },
  {
    label: () => 'Silent for',
    read: ({ silentSeconds }) => (silentSeconds === undefined ? null : formatSpan(silentSeconds)),
  },
]

const EVENTS: Readonly<Record<string, string>> = {
  fired: 'Fired',
  'fired-again': 'Fired again',
  'urgency-raised': 'Became more urgent',
  resolved: 'Resolved',
}

/** Says what happened to an alert. */
export function eventWord({ kind }: Pick<AlertEventBody, 'kind'>): string {
  return EVENTS[kind] ?? kind
}

/** Room before and after an alert, so that what led to it is seen. Units: milliseconds. */
const BEFORE_MS = 3_600_000
const AFTER_MS = 900_000

/** Tells the range of signals that shows an alert. */
export function signalsAround(
  { openedAtMs, resolvedAtMs }: Pick<AlertBody, 'openedAtMs' | 'resolvedAtMs'>,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = Math.min(nowMs, (resolvedAtMs ?? nowMs) + AFTER_MS)
  return { fromMs: openedAtMs - BEFORE_MS, toMs: Math.max(toMs, openedAtMs + AFTER_MS) }
}

/** Finds the other alerts of a tenant that fired at the same time. */
export function alertsBeside(
  alert: Pick<AlertBody, 'alertId' | 'openedAtMs' | 'resolvedAtMs'>,
  others: readonly AlertBody[],
): AlertBody[] {
  return others.filter(
    ({ alertId, openedAtMs, resolvedAtMs }) =>
      alertId !== alert.alertId &&
      openedAtMs < (alert.resolvedAtMs ?? Infinity) &&
      (resolvedAtMs ?? Infinity) > alert.openedAtMs,
  )
}

/** Says how an alert stands to another one that fired at the same time. */
export function besideText(
  alert: Pick<AlertBody, 'key' | 'openedAtMs'>,
  other: Pick<AlertBody, 'key' | 'openedAtMs'>,
): string {
  if (other.key === 'no-data') return 'Silence: meanwhile nothing new is raised for the tenant'
  if (alert.key === 'no-data') return 'Stayed open: silence is no recovery'
  if (alert.key.endsWith('/clock') && other.key.endsWith('/page')) return 'Keeps the impact open'
  if (other.key.endsWith('/clock')) return 'How long the impact is open already'
  if (other.key.startsWith('budget/')) return 'What a budget policy asks for'
  const [cause, otherCause] = [alert.key, other.key].map((key) => key.split('/')[0])
  if (cause !== otherCause) return 'Another cause'
  const isFirst = other.openedAtMs <= alert.openedAtMs
  if (other.key.endsWith('/page'))
    return isFirst ? 'The page of this cause' : 'The page that came of it'
  return isFirst
    ? 'A ticket of this cause that was there before: it goes on beside the page'
    : 'A ticket of this cause, raised while no page was out'
}
