/**
 * What is raised of what burns, so that one cause pages once, over the whole life of a burn. A
 * tenant's SLOs of one cause share one page and one ticket, each with a voice: the SLO and pair
 * whose numbers it shows. The voice may change while the alert goes on; the alert does not, and a
 * faster voice sends nothing again. An alert is raised when a pair of its action holds, speaks
 * through the fastest that does, and is kept until the short windows of all pairs of its action
 * have recovered. Pure.
 */
import type { PairMask } from './decide.ts'
import { sliceOf, type SloTemplate } from './template.ts'
import { bitOf } from './objective.ts'
import { SPEEDS, type PairAction } from './windows.ts'

export type RaisedAction = PairAction

/** Who speaks for a cause. */
export interface Voice {
  /** By template. */
  readonly sloIndex: number
  /** By SPEEDS. */
  readonly speedIndex: number
}

export interface CauseGroup {
  readonly cause: string
  /** Templates by place, in the order in which they speak: those that count events explain more
   *  than those that count minutes. */
  readonly members: readonly number[]
  /** By template: the speeds of its pairs that ask for an action. */
  readonly masks: Readonly<Record<RaisedAction, readonly PairMask[]>>
}

/**
 * Tells which SLOs of a tenant share a cause, or which of those that are picked. Shape: in the
 * order of the templates.
 */
export function causesOf(
  templates: readonly SloTemplate[],
  isPicked: (template: SloTemplate) => boolean = isOfTenants,
): readonly CauseGroup[] {
  const masks = { page: masksOf('page', templates), ticket: masksOf('ticket', templates) }
  const picked = [...templates.keys()].filter((index) => isPicked(templates[index]!))
  return [...new Set(picked.map((index) => templates[index]!.cause))].map((cause) => {
    const own = picked.filter((index) => templates[index]!.cause === cause)
    const coarse = (index: number): number => Number(sliceOf(templates[index]!) !== null)
    return { cause, members: own.sort((left, right) => coarse(left) - coarse(right)), masks }
  })
}

/** What is added up over tenants is raised for groups of them. */
function isOfTenants({ counting }: SloTemplate): boolean {
  return counting.from !== 'tenants'
}

function masksOf(action: RaisedAction, templates: readonly SloTemplate[]): PairMask[] {
  return templates.map(({ pairs }) =>
    pairs
      .filter((pair) => pair.action === action)
      .reduce((mask, { speed }) => mask | bitOf(speed), 0),
  )
}

/** Masks by template: what holds, what has not recovered, whose voice was raised so far. */
export interface CauseFacts {
  readonly holding: readonly PairMask[]
  readonly lingering: readonly PairMask[]
  readonly raised: readonly PairMask[]
  /** Nothing is heard of the tenant, and that is an alert of its own: nothing new is raised, and
   *  what is raised stays, because silence is no recovery. */
  readonly silent: boolean
}

export type Raised = Readonly<Record<RaisedAction, Voice | null>>

/** Decides what a cause raises. A new ticket waits until the page has ended; one that was there
 *  before the page goes on beside it. */
export function raisedOf(group: CauseGroup, facts: CauseFacts): Raised {
  const page = voiceOf('page', group, facts)
  const isInhibited = page !== null && loudest('ticket', group, facts.raised) === null
  return { page, ticket: isInhibited ? null : voiceOf('ticket', group, facts) }
}

/** Finds the fastest pair of an action, and of the SLOs with it the first to speak. */
export function loudest(
  action: RaisedAction,
  { members, masks }: CauseGroup,
  raised: readonly PairMask[],
): Voice | null {
  for (let speedIndex = 0; speedIndex < SPEEDS.length; speedIndex += 1) {
    const bit = 1 << speedIndex
    for (const sloIndex of members) {
      if ((raised[sloIndex]! & masks[action][sloIndex]! & bit) !== 0)
        return { sloIndex, speedIndex }
    }
  }
  return null
}

function voiceOf(
  action: RaisedAction,
  group: CauseGroup,
  { holding, lingering, raised, silent }: CauseFacts,
): Voice | null {
  const before = loudest(action, group, raised)
  if (silent) return before
  const now = loudest(action, group, holding)
  if (now !== null || before === null) return now
  return loudest(action, group, lingering)
}
