/** Compares what two readers make of one input. */
import { isDeepStrictEqual } from 'node:util'
import type protobuf from 'protobufjs'
import { odditiesOf, type Oddity } from './oddities.ts'
import { Disagreement, type Attempt, type Verdict } from './target.ts'

/** What may make one reader refuse what the other takes. */
const JUDGED: readonly Oddity[] = [
  'a group',
  'a wrong wire type',
  'a field number out of range',
  'text that is not UTF-8',
  'two members of one oneof',
  'a varint with bits above its type',
  'a field over the end of its message',
]
/** What may make two readers take different values. */
const VALUED: readonly Oddity[] = [
  'a wrong wire type',
  'text that is not UTF-8',
  'a single message twice',
  'two members of one oneof',
  'a varint with bits above its type',
  'a field over the end of its message',
]

/** Judges two attempts at a protobuf message. Throws Disagreement. */
export function judge(
  bytes: Uint8Array,
  type: protobuf.Type,
  ours: Attempt<unknown>,
  theirs: Attempt<unknown>,
): Verdict {
  const isRead = 'value' in ours
  if (isRead !== 'value' in theirs) {
    const other = 'refused' in theirs ? theirs.refused : 'read'
    const own = 'refused' in ours ? ours.refused : 'read'
    return excuse(bytes, type, JUDGED, `here: ${own}; there: ${other}`)
  }
  if (!isRead || !('value' in theirs)) return 'rejected'
  if (isDeepStrictEqual(ours.value, theirs.value)) return 'accepted'
  const shown = JSON.stringify([ours.value, theirs.value])
  return excuse(bytes, type, VALUED, `other values: ${shown.slice(0, 4_000)}`)
}

function excuse(
  bytes: Uint8Array,
  type: protobuf.Type,
  allowed: readonly Oddity[],
  what: string,
): Verdict {
  const oddities = odditiesOf(bytes, type)
  const excuse = allowed.find((oddity) => oddities.has(oddity))
  if (excuse === undefined) throw new Disagreement(what, bytes)
  return `differs: ${excuse}`
}
