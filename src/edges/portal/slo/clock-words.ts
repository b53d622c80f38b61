/** What is said of something that runs against a limit. Pure. */
import type { ClockBody } from '../../http/api/slo.schema.ts'
import type { ImpactBody } from '../../http/api/impacts.schema.ts'
import { formatSpan } from '../format/time.ts'

type Left = Pick<ClockBody, 'elapsedSeconds' | 'limitSeconds' | 'leftSeconds'>

/** Tells how much of the limit has passed, at most all of it. */
export function clockShare({ elapsedSeconds, limitSeconds }: Left): number {
  return Math.min(1, Math.max(0, elapsedSeconds / limitSeconds))
}

/** Says how much of the limit has passed, cut off: 99 % is not all. Worked: 10_920 of 14_400 s ->
 *  "75 %". */
export function usedText({ elapsedSeconds, limitSeconds }: Left): string {
  return `${Math.floor((elapsedSeconds / limitSeconds) * 100)} %`
}

/** Says how much is left. Worked: "1 h 50 min left", "20 min over". */
export function leftText({ leftSeconds }: Pick<Left, 'leftSeconds'>): string {
  return leftSeconds > 0 ? `${formatSpan(leftSeconds)} left` : `${formatSpan(-leftSeconds)} over`
}

/** Says what became of a clock so far. */
export function clockText({ mark, ...clock }: Left & Pick<ClockBody, 'mark'>): string {
  const left = leftText(clock)
  if (clock.leftSeconds <= 0) return `${left}: it counts as bad, whenever it ends.`
  if (mark === null) return `${left}. Nothing is raised before half of the time has passed.`
  return `${left}. Past ${mark.percent} % of the time ${ACTIONS[mark.action]}.`
}

const ACTIONS: Readonly<Record<NonNullable<ClockBody['mark']>['action'], string>> = {
  report: 'it is shown',
  ticket: 'a ticket is raised',
  page: 'somebody is paged',
}

/** How an action looks that a mark asks for. */
export const MARK_LOOKS = {
  none: { tone: 'quiet', icon: 'check', word: 'Nothing raised' },
  report: { tone: 'quiet', icon: 'bell', word: 'Report' },
  ticket: { tone: 'warning', icon: 'ticket', word: 'Ticket' },
  page: { tone: 'bad', icon: 'bell', word: 'Page' },
} as const

/** How what an impact counts as looks. */
export const OUTCOME_LOOKS: Readonly<
  Record<
    ImpactBody['outcome'],
    {
      readonly tone: 'good' | 'bad' | 'warning'
      readonly icon: 'check' | 'spent' | 'flame'
      readonly word: string
    }
  >
> = {
  running: { tone: 'warning', icon: 'flame', word: 'Open' },
  overdue: { tone: 'bad', icon: 'flame', word: 'Open too long' },
  recovered: { tone: 'good', icon: 'check', word: 'Recovered' },
  late: { tone: 'bad', icon: 'spent', word: 'Recovered late' },
}
