/** What is said about engines, plans and pushes. Pure. */
import { structuredPatch } from 'diff'
import type {
  EngineBody,
  EnginePlanBody,
  EnginePushBody,
  GroupChangeBody,
  PlannedOwnerBody,
} from '../../http/api/engines.schema.ts'
import type { ForwardTargetBody } from '../../http/api/forwarding.schema.ts'
import type { Hunk } from '../artefacts/text-lines.ts'
import { formatBytes, formatCount } from '../format/format.ts'
import type { Tone } from '../format/slo-condition.ts'
import { formatSpan } from '../format/time.ts'
import type { IconName } from '../ui/icon-paths.ts'

export interface Told {
  readonly tone: Tone
  readonly icon: IconName
  readonly text: string
}

export const ENGINE_TYPES: Readonly<Record<EngineBody['type'], string>> = {
  mimir: 'Mimir',
  cortex: 'Cortex',
  'victoriametrics-cluster': 'VictoriaMetrics cluster',
  victoriametrics: 'VictoriaMetrics',
  prometheus: 'Prometheus',
}

const PURPOSES = {
  write: 'is sent the series',
  rules: 'has the rules',
  query: 'is asked',
  limits: 'has the limits',
} as const

/** Worked: "Mimir, is sent the series of 12 tenants, has the rules of 12 tenants". */
export function engineFacts({ type, evaluator, purposes }: EngineBody): string[] {
  const doing = purposes.map(({ purpose, tenants }) => {
    return `${PURPOSES[purpose]} of ${counted(tenants, 'tenant')}`
  })
  const decides = evaluator === 'ruler' ? 'its ruler decides' : 'Tenantry decides'
  return [ENGINE_TYPES[type], ...doing, decides]
}

/** A target is late where more waits than half of what may. */
const LATE_SHARE = 0.5

export function forwardTold(target: ForwardTargetBody): Told {
  const { lagBytes, lagSeconds, maxLagBytes, maxLagSeconds, totals, lastError } = target
  const dropped = totals.dropped.reduce((sum, { samples }) => sum + samples, 0)
  const behind = `${formatBytes(lagBytes)} and ${formatSpan(lagSeconds)} behind`
  const share = Math.max(lagBytes / maxLagBytes, lagSeconds / maxLagSeconds)
  if (dropped > 0) {
    return {
      tone: 'bad',
      icon: 'spent',
      text: `${formatCount(dropped)} samples dropped, ${behind}`,
    }
  }
  if (share > LATE_SHARE) return { tone: 'warning', icon: 'question', text: behind }
  if (lastError !== null && lagSeconds > 0)
    return { tone: 'warning', icon: 'question', text: behind }
  return { tone: 'good', icon: 'check', text: lagBytes === 0 ? 'Nothing waits' : behind }
}

/** Answers first: whether engines have what they shall. */
export function planTold({ owners }: Pick<EnginePlanBody, 'owners'>): Told {
  const of = (...states: PlannedOwnerBody['state'][]): number =>
    owners.filter(({ state }) => states.includes(state)).length
  const [failed, changed] = [of('refused', 'unreachable'), of('differs', 'orphan')]
  if (failed > 0) {
    return {
      tone: 'bad',
      icon: 'spent',
      text: `${counted(failed, 'tenant')} cannot be pushed, ${formatCount(changed)} would change`,
    }
  }
  if (changed > 0) {
    const text = `A push would change ${counted(changed, 'tenant')} of ${formatCount(owners.length)}`
    return { tone: 'warning', icon: 'question', text }
  }
  return { tone: 'good', icon: 'check', text: 'The engine has the rules that it shall have' }
}

export const OWNER_STATES: Readonly<Record<PlannedOwnerBody['state'], Told>> = {
  same: { tone: 'good', icon: 'check', text: 'As it shall be' },
  differs: { tone: 'warning', icon: 'question', text: 'Differs' },
  orphan: { tone: 'warning', icon: 'down', text: 'Goes' },
  refused: { tone: 'bad', icon: 'spent', text: 'Does not fit' },
  unreachable: { tone: 'bad', icon: 'spent', text: 'Not reached' },
}

/** Worked: "1 new group, 2 changed, 1 goes". */
export function changesTold(changes: readonly Pick<GroupChangeBody, 'change'>[]): string {
  const many = (kind: GroupChangeBody['change']): number =>
    changes.filter(({ change }) => change === kind).length
  const [made, changed, gone] = [many('create'), many('update'), many('delete')]
  const parts = [
    ...(made > 0 ? [`${formatCount(made)} new`] : []),
    ...(changed > 0 ? [`${formatCount(changed)} changed`] : []),
    ...(gone > 0 ? [`${formatCount(gone)} ${gone === 1 ? 'goes' : 'go'}`] : []),
  ]
  return parts.length === 0 ? '–' : parts.join(', ')
}

/** Compares a group line by line. */
export function groupHunks({ before, after }: GroupChangeBody): Hunk[] {
  const { hunks } = structuredPatch('', '', before ?? '', after ?? '', '', '', { context: 3 })
  return hunks.map(({ oldStart, newStart, lines }) => ({
    fromLine: oldStart,
    toLine: newStart,
    lines,
  }))
}

export const PUSH_OUTCOMES: Readonly<Record<EnginePushBody['outcome'], Told>> = {
  running: { tone: 'quiet', icon: 'clock', text: 'Goes on' },
  ok: { tone: 'good', icon: 'check', text: 'Done' },
  failed: { tone: 'bad', icon: 'spent', text: 'Failed for some' },
  interrupted: { tone: 'warning', icon: 'question', text: 'Interrupted' },
}

export function ownerName(owner: string): string {
  return owner === '__fleet__' ? 'Rules of all tenants' : owner
}

export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}
