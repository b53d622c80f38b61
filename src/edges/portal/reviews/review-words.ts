/** What a list says of a review. Pure. */
import type { ArchivedReviewBody } from '../../http/api/reports.schema.ts'
import type { StateIcon, Tone } from '../format/slo-condition.ts'
import { formatCount } from '../format/format.ts'
import { tierWord } from '../fleet/tier.ts'

/** Names whom it is of. */
export function whomOf({ scope, scopeKey, scopeName }: ArchivedReviewBody): string {
  switch (scope) {
    case 'tenant':
      return scopeName
    case 'tier':
      return `Tier ${tierWord(scopeKey as Parameters<typeof tierWord>[0])}`
    case 'fleet':
      return 'All tenants'
  }
}

/** Writes its days, both inclusive, in its own zone. Worked: 1 Oct 2026 to 31 Oct 2026. */
export function daysOf({ fromMs, toMs, zone }: ArchivedReviewBody): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: zone })
  return `${format.format(fromMs)} to ${format.format(toMs - 1)}`
}

export function keptOf({ kept, counted }: ArchivedReviewBody): string {
  if (counted === 0) return 'Nothing counted'
  return `${formatCount(kept)} of ${formatCount(counted)}`
}

export function keptLook({ kept, counted }: ArchivedReviewBody): { tone: Tone; icon: StateIcon } {
  if (counted === 0) return { tone: 'quiet', icon: 'pause' }
  return kept === counted ? { tone: 'good', icon: 'check' } : { tone: 'bad', icon: 'spent' }
}

/** Says what the newest review of all tenants came to. */
export function reviewsSentence(newest: ArchivedReviewBody | undefined, count: number): string {
  if (newest === undefined) {
    return count === 0 ? 'No SLO review was made yet' : `${formatCount(count)} SLO reviews`
  }
  const { kept, counted, span, isComplete } = newest
  const when = isComplete ? `The last ${span}` : `The ${span} so far`
  if (counted === 0) return `${when} counted nothing`
  if (kept === counted) return `${when} kept all of its ${formatCount(counted)} objectives`
  return `${when} missed ${formatCount(counted - kept)} of ${formatCount(counted)} objectives`
}

export function documentPath(reviewId: string, query: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(query).toString()
  return `/api/v1/reports/${encodeURIComponent(reviewId)}/document?${search}`
}
