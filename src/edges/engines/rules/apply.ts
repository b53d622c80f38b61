/**
 * Brings rules of owners to what they shall be: what is there is kept first, then replaced, taken
 * over and read back. An owner whose change fails half-way gets back what it had.
 */
import type { TenantId } from '../../../core/ids.ts'
import { isTenantryError } from '../../../core/errors.ts'
import { changesBetween } from './plan.ts'
import { inParallel } from './in-parallel.ts'
import type { OwnerOutcome } from './push.ts'
import type { RuleGroup } from './rule-group.ts'
import type { OwnRules, RulePlace } from './rule-place.ts'

/** Owners that are worked on at once. */
export const OWNERS_AT_ONCE = 8

export interface Wanted {
  readonly owner: TenantId
  readonly groups: readonly RuleGroup[]
  readonly hash: string
}

export interface Applied {
  readonly outcome: OwnerOutcome
  readonly detail: string | null
  readonly changes: number
  /** Given once, before anything is changed. */
  readonly before?: readonly RuleGroup[]
}

export interface ApplyParts {
  readonly place: RulePlace
  /** Says why the engine would not take it. */
  readonly refusal: (wanted: Wanted, there: OwnRules) => string | undefined
  /** Hears of each step of an owner; the last one counts. */
  readonly note: (wanted: Wanted, applied: Applied) => void
}

interface Changed {
  readonly wanted: Wanted
  readonly before: OwnRules
  readonly changes: number
}

/** Applies all of them. Never rejects for what happens to a single one. */
export async function applyAll(wanted: readonly Wanted[], parts: ApplyParts): Promise<void> {
  const replaced = await inParallel(wanted, OWNERS_AT_ONCE, (one) => replaceOne(one, parts))
  const changed = replaced.filter((one) => one !== undefined)
  if (changed.length === 0) return
  try {
    await parts.place.settle()
  } catch (error) {
    const detail = `not taken over: ${textOf(error)}`
    await inParallel(changed, OWNERS_AT_ONCE, (one) => restoreOne(one, parts, detail))
    await parts.place.settle().catch(() => undefined)
    return
  }
  await inParallel(changed, OWNERS_AT_ONCE, (one) => verifyOne(one, parts))
}

async function replaceOne(wanted: Wanted, parts: ApplyParts): Promise<Changed | undefined> {
  const { place, note } = parts
  let before: OwnRules
  try {
    before = await place.read(wanted.owner)
  } catch (error) {
    note(wanted, { outcome: 'unreachable', detail: textOf(error), changes: 0 })
    return undefined
  }
  const refusal = parts.refusal(wanted, before)
  if (refusal !== undefined) {
    note(wanted, { outcome: 'refused', detail: refusal, changes: 0 })
    return undefined
  }
  const groups = place.placed(wanted.owner, wanted.groups)
  const changes = changesBetween(before.groups, groups).length
  if (changes === 0) {
    note(wanted, { outcome: 'unchanged', detail: null, changes })
    return undefined
  }
  note(wanted, { outcome: 'begun', detail: null, changes, before: before.groups })
  try {
    await place.replace(wanted.owner, before, groups)
    return { wanted, before, changes }
  } catch (error) {
    await restoreOne({ wanted, before, changes }, parts, textOf(error))
    return undefined
  }
}

/** Puts back what an owner had. */
async function restoreOne(
  { wanted, before, changes }: Changed,
  { place, note }: ApplyParts,
  why: string,
): Promise<void> {
  try {
    const now = await place.read(wanted.owner)
    await place.replace(wanted.owner, now, before.groups)
    note(wanted, { outcome: 'restored', detail: why, changes })
  } catch (error) {
    const detail = `${why}; then it could not be put back: ${textOf(error)}`
    note(wanted, { outcome: 'half', detail, changes })
  }
}

async function verifyOne({ wanted, changes }: Changed, { place, note }: ApplyParts): Promise<void> {
  try {
    const { groups } = await place.read(wanted.owner)
    const [first, ...others] = changesBetween(groups, place.placed(wanted.owner, wanted.groups))
    if (first === undefined) return note(wanted, { outcome: 'changed', detail: null, changes })
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    const detail = `${first.namespace}/${first.group}${more} reads back otherwise`
    note(wanted, { outcome: 'differs', detail, changes })
  } catch (error) {
    note(wanted, { outcome: 'differs', detail: `not read back: ${textOf(error)}`, changes })
  }
}

/** Says an error in a line. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = isTenantryError(error) && error.cause instanceof Error ? error.cause.message : ''
  return cause === '' ? error.message : `${error.message}: ${cause}`
}
