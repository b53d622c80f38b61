/** What is said about artefacts. Pure. */
import type {
  ArtefactFileBody,
  ArtefactListBody,
  ArtefactTargetBody,
} from '../../http/api/artefacts.schema.ts'
import { formatCount } from '../format/format.ts'
import type { Tone } from '../format/slo-condition.ts'
import type { IconName } from '../ui/icon-paths.ts'

/** Counts the files of a target that differ from what was rolled out. Null before a roll-out. */
export function changedFiles({ files, removed, rolledOut }: ArtefactTargetBody): number | null {
  if (rolledOut === null) return null
  return removed.length + files.filter(({ change }) => change !== 'same').length
}

export interface Told {
  readonly tone: Tone
  readonly icon: IconName
  readonly text: string
}

/** Answers first: whether another system runs something else than what is made now. */
export function artefactsTold({ targets }: ArtefactListBody): Told {
  const known = targets.map(changedFiles).filter((count) => count !== null)
  const changed = known.filter((count) => count > 0).length
  const files = targets.reduce((sum, target) => sum + target.files.length, 0)
  if (known.length === 0) {
    const text = `${formatCount(files)} files for ${targets.length} other systems; none is said to be rolled out`
    return { tone: 'quiet', icon: 'files', text }
  }
  if (changed > 0) {
    const whose = known.length === 1 ? 'target' : 'targets'
    const verb = changed === 1 ? 'differs' : 'differ'
    const text = `${changed} of ${known.length} rolled-out ${whose} ${verb} from what would be made now`
    return { tone: 'warning', icon: 'question', text }
  }
  const all = known.length === 1 ? 'The target' : `All ${known.length} targets`
  const text = `${all} that ${known.length === 1 ? 'was' : 'were'} rolled out would be made the same now`
  return { tone: 'good', icon: 'check', text }
}

/** Says in a word or two how a target stands. */
export function targetTold(target: ArtefactTargetBody): Told {
  const changed = changedFiles(target)
  if (changed === null) return { tone: 'quiet', icon: 'pause', text: 'Not rolled out' }
  if (changed === 0) return { tone: 'good', icon: 'check', text: 'As rolled out' }
  const text = `${formatCount(changed)} ${changed === 1 ? 'file differs' : 'files differ'}`
  return { tone: 'warning', icon: 'question', text }
}

const CHANGES = {
  same: { tone: 'good', icon: 'check', text: 'Same' },
  changed: { tone: 'warning', icon: 'question', text: 'Changed' },
  added: { tone: 'warning', icon: 'up', text: 'New' },
} as const satisfies Record<string, Told>

export function changeTold(change: ArtefactFileBody['change']): Told | null {
  return change === null ? null : CHANGES[change]
}

/** Names a file by its last part, and where it lies. */
export function placeOf(path: string): { readonly folder: string; readonly name: string } {
  const at = path.lastIndexOf('/') + 1
  return { folder: path.slice(0, at), name: path.slice(at) }
}
