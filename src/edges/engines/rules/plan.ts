/** What a push would change, owner by owner. Pure. */
import { stringify } from 'yaml'
import { groupKey, isSameGroup, type RuleGroup } from './rule-group.ts'

export interface GroupChange {
  readonly namespace: string
  readonly group: string
  readonly change: 'create' | 'update' | 'delete'
  /** Null where there is none. */
  readonly before: RuleGroup | null
  readonly after: RuleGroup | null
}

/** Compares what is there with what shall be, by meaning. Shape: in the order of what shall be,
 *  then what goes. */
export function changesBetween(
  before: readonly RuleGroup[],
  after: readonly RuleGroup[],
): GroupChange[] {
  const there = new Map(before.map((group) => [groupKey(group), group]))
  const changes = after.flatMap((group): GroupChange[] => {
    const now = there.get(groupKey(group)) ?? null
    there.delete(groupKey(group))
    if (now !== null && isSameGroup(now, group)) return []
    return [changeOf(now, group)]
  })
  return [...changes, ...[...there.values()].map((group) => changeOf(group, null))]
}

function changeOf(before: RuleGroup | null, after: RuleGroup | null): GroupChange {
  const { namespace, body } = (after ?? before)!
  const change = before === null ? 'create' : after === null ? 'delete' : 'update'
  return { namespace, group: body.name, change, before, after }
}

/** Writes a group as YAML, for people and for differences of lines. */
export function groupText(group: RuleGroup | null): string | null {
  if (group === null) return null
  return stringify(group.body, { lineWidth: 0, aliasDuplicateObjects: false })
}
