/**
 * Which pairs of windows of one cause speak, are covered or wait: pure, by the rules that raise
 * conditions. SLOs of a cause share one page and one ticket; the fastest pair that holds speaks; a
 * new ticket waits while the page is out; silence covers all.
 */
import type { SloWindowsBody } from '../../http/api/slo-book.schema.ts'
import type { BurnBody, SloStatusBody } from '../../http/api/slo.schema.ts'
import type { AlertBody } from '../api/bodies.ts'

export type PairRole =
  | 'speaks'
  | 'recovers'
  | 'covered'
  | 'waits'
  | 'silenced'
  | 'holds'
  | 'held-back'
  | 'no-events'
  | 'below'

export interface PairOfCause {
  readonly sloId: string
  readonly title: string
  readonly unit: SloStatusBody['unit']
  readonly burn: BurnBody
  readonly role: PairRole
}

/** Tells the cause of an SLO. Null for one that is not in the book. */
export function causeOf(published: SloWindowsBody | undefined, sloId: string): string | null {
  return published?.slos.find((slo) => slo.sloId === sloId)?.cause ?? null
}

/** Tells the cause that an alert is of. Null for silence, which is of none. */
export function causeOfAlert({ key }: Pick<AlertBody, 'key'>): string | null {
  const end = key.lastIndexOf('/')
  return end < 0 ? null : key.slice(0, end)
}

/**
 * Lists the pairs of all SLOs of a cause, each with its role. Shape: by SLO, then fastest first.
 */
export function pairsOfCause(
  cause: string,
  published: SloWindowsBody,
  { statuses, firing }: { statuses: readonly SloStatusBody[]; firing: readonly AlertBody[] },
): PairOfCause[] {
  const alertOf = (action: string): AlertBody | undefined =>
    firing.find(({ key }) => key === `${cause}/${action}`)
  const [page, ticket] = [alertOf('page'), alertOf('ticket')]
  const isSilent = firing.some(({ key }) => key === 'no-data')
  return statuses
    .filter(({ sloId }) => causeOf(published, sloId) === cause)
    .flatMap(({ sloId, title, unit, burns }) =>
      burns.map((burn) => {
        const own = burn.action === 'page' ? page : ticket
        const isVoice = own?.labels['slo'] === sloId && own.labels['speed'] === burn.speed
        const role = roleOf(burn, { isVoice, own, page, isSilent })
        return { sloId, title, unit, burn, role }
      }),
    )
}

function roleOf(
  burn: BurnBody,
  {
    isVoice,
    own,
    page,
    isSilent,
  }: {
    readonly isVoice: boolean
    readonly own: AlertBody | undefined
    readonly page: AlertBody | undefined
    readonly isSilent: boolean
  },
): PairRole {
  if (isVoice) return burn.holds ? 'speaks' : 'recovers'
  if (burn.holds && own !== undefined) return 'covered'
  if (burn.holds && page !== undefined) return 'waits'
  if (burn.holds) return isSilent ? 'silenced' : 'holds'
  if (burn.suppressed !== null) return 'held-back'
  return burn.longBurn === null && burn.shortBurn === null ? 'no-events' : 'below'
}

/** Says a role. */
export function roleText(role: PairRole, { action, suppressed }: BurnBody): string {
  switch (role) {
    case 'speaks':
      return `Speaks for the ${action}`
    case 'recovers':
      return `Keeps the ${action} open until its short window has recovered`
    case 'covered':
      return `Holds; covered by the ${action} that is out`
    case 'waits':
      return 'Holds; waits while the page is out'
    case 'silenced':
      return 'Holds; nothing is raised while the tenant is silent'
    case 'holds':
      return `Holds; the next evaluation raises the ${action}`
    case 'held-back':
      return `Held back: ${suppressed ?? ''}`
    case 'no-events':
      return 'No events'
    case 'below':
      return 'Does not hold'
  }
}
