import type { LabelSet } from '../../core/ports.ts'

export interface LabelledValues<Value> {
  /** Finds the value of a label set, making it the first time. Cost: one map lookup. */
  at(labels?: LabelSet): Value
  entries(): Iterable<readonly [LabelSet, Value]>
}

/** Label values are closed sets; more than this are a mistake, which must not eat up the memory. */
const LABEL_SETS_MAX = 1_000
const OVERFLOW: LabelSet = { overflow: 'true' }

/** Keeps one value a label set, whatever the order in which the labels are named. Past a
 *  thousand sets the rest share one, `overflow="true"`. */
export function openLabelledValues<Value>(make: () => Value): LabelledValues<Value> {
  const byKey = new Map<string, Value>()
  const byLabels = new Map<string, readonly [LabelSet, Value]>()

  const learn = (key: string, labels: LabelSet): Value => {
    const kept = byLabels.size < LABEL_SETS_MAX ? labels : OVERFLOW
    const sorted = Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)))
    const identity = keyOf(sorted)
    const entry = byLabels.get(identity) ?? ([sorted, make()] as const)
    byLabels.set(identity, entry)
    if (kept === labels) byKey.set(key, entry[1])
    return entry[1]
  }
  return {
    at(labels = {}) {
      const key = keyOf(labels)
      return byKey.get(key) ?? learn(key, labels)
    },
    entries: () => byLabels.values(),
  }
}

function keyOf(labels: LabelSet): string {
  let key = ''
  for (const name in labels) key += `${name}\0${labels[name]}\0`
  return key
}
