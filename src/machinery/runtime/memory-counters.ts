import { assert } from '../../core/assert.ts'
import { METRICS } from '../../core/names/metrics.ts'
import type { CounterReader, Counters, LabelSet } from '../../core/ports.ts'

export interface MemoryCounters extends Counters, CounterReader {
  /** Adds up every counter, or reads every gauge, of a name whose labels include the given ones.
   *  Zero where there is none. */
  read(name: string, labels?: LabelSet): number
  /** Lists what was observed under a name whose labels include the given ones, in order. */
  observed(name: string, labels?: LabelSet): readonly number[]
}

interface Entry {
  readonly name: string
  readonly labels: LabelSet
  readonly read: () => number
}

/** Opens counters that a test can read. A name that `core/names/metrics` lacks, or of another
 *  kind, is a programmer's error as in production. */
export function memoryCounters(): MemoryCounters {
  const sums = new Map<string, Entry & { sum: number }>()
  const observations: Entry[] = []
  const gauges = new Map<string, Entry>()
  return {
    add(name, amount, labels = {}) {
      assertKind(name, 'counter')
      const key = JSON.stringify([name, labels])
      const entry: Entry & { sum: number } = sums.get(key) ?? {
        name,
        labels,
        sum: 0,
        read: () => entry.sum,
      }
      entry.sum += amount
      sums.set(key, entry)
    },
    observe(name, value, labels = {}) {
      assertKind(name, 'histogram')
      observations.push({ name, labels, read: () => value })
    },
    gauge(name, read, labels = {}) {
      assertKind(name, 'gauge')
      gauges.set(JSON.stringify([name, labels]), { name, labels, read })
    },
    sums: (name) =>
      [...sums.values()]
        .filter((entry) => entry.name === name)
        .map(({ labels, sum }) => ({ labels, sum })),
    read: (name, labels = {}) =>
      [...sums.values(), ...gauges.values()]
        .filter((entry) => matches(entry, name, labels))
        .reduce((sum, entry) => sum + entry.read(), 0),
    observed: (name, labels = {}) =>
      observations.filter((entry) => matches(entry, name, labels)).map((entry) => entry.read()),
  }
}

function matches(entry: Entry, name: string, labels: LabelSet): boolean {
  if (entry.name !== name) return false
  return Object.entries(labels).every(([label, value]) => entry.labels[label] === value)
}

function assertKind(name: string, kind: 'counter' | 'gauge' | 'histogram'): void {
  const row = Object.hasOwn(METRICS, name) ? METRICS[name as keyof typeof METRICS] : undefined
  assert(row?.kind === kind, `${name} is a ${kind} of core/names/metrics`)
}
