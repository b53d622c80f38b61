/** Plans and pushes of rules in lines. Pure. */
import { counted } from '../output.ts'

export interface EngineList {
  readonly items: readonly {
    readonly name: string
    readonly type: string
    readonly evaluator: string
    readonly purposes: readonly { readonly purpose: string; readonly tenants: number }[]
  }[]
  readonly problems: readonly string[]
}

export interface GroupChange {
  readonly namespace: string
  readonly group: string
  readonly change: 'create' | 'update' | 'delete'
  readonly before: string | null
  readonly after: string | null
}

export interface PlannedOwner {
  readonly owner: string
  readonly state: 'same' | 'differs' | 'orphan' | 'refused' | 'unreachable'
  readonly groups: number
  readonly rules: number
  readonly changes: readonly GroupChange[]
  readonly detail: string | null
}

export interface Plan {
  readonly hash: string
  readonly owners: readonly PlannedOwner[]
}

export interface Push {
  readonly pushId: string
  readonly engine: string
  readonly kind: 'push' | 'rollback'
  readonly begunAtMs: number
  readonly begunBy: string
  readonly outcome: 'running' | 'ok' | 'failed' | 'interrupted'
  readonly owners: number
}

export interface PushDetails extends Push {
  readonly items: readonly {
    readonly owner: string
    readonly outcome: string
    readonly detail: string | null
    readonly changes: number
  }[]
}

export function ownerRow(planned: PlannedOwner): (string | number)[] {
  const { owner, state, groups, rules, changes } = planned
  return [owner, state, groups, rules, changes.length]
}

const SIGNS = { create: '+', update: '~', delete: '-' } as const

/** Worked: `+ tenantry-error-rate/tenantry-error-rate-minute`. */
export function changeLine({ change, namespace, group }: GroupChange): string {
  return `${SIGNS[change]} ${namespace}/${group}`
}

/** Tells what lines of an owner's groups change. Shape: empty where none do. */
export function diffLines({ owner, changes, detail, state }: PlannedOwner): string[] {
  if (state === 'refused' || state === 'unreachable') return [`${owner}: ${state}: ${detail ?? ''}`]
  return changes.flatMap((change) => [
    `--- ${owner}: ${changeLine(change)}`,
    ...changedLines(linesOf(change.before), linesOf(change.after)),
  ])
}

function linesOf(text: string | null): string[] {
  return text === null ? [] : text.trimEnd().split('\n')
}

/** Tells lines that are in one text only, in order, by the longest part that both have. */
export function changedLines(before: readonly string[], after: readonly string[]): string[] {
  const width = after.length + 1
  const common = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      i += 1
      j += 1
    } else if (
      j === after.length ||
      (i < before.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    ) {
      lines.push(`- ${before[i]!}`)
      i += 1
    } else {
      lines.push(`+ ${after[j]!}`)
      j += 1
    }
  }
  return lines
}

/** Tells how a push went: who is not as it shall be, then the sums. */
export function pushSummary({ pushId, kind, outcome, items }: PushDetails): string[] {
  const isGood = (name: string): boolean => name === 'changed' || name === 'unchanged'
  const bad = items.filter((item) => !isGood(item.outcome))
  const sums = [...Map.groupBy(items, (item) => item.outcome)]
    .map(([name, some]) => `${some.length} ${name}`)
    .join(', ')
  const tenants = items.length === 0 ? 'nobody' : `${counted(items.length, 'rule set')}: ${sums}`
  return [
    ...bad.map(({ owner, outcome: what, detail }) => `${owner}: ${what}: ${detail ?? ''}`),
    `${kind} ${pushId} ${outcome}: ${tenants}`,
  ]
}
