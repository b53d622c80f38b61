/**
 * Joins the labels that a target exposes with those of the target itself. Pure. Source: Prometheus
 * documentation, `honor_labels`.
 */
import type { WireLabel } from '../../../machinery/wire/labels.ts'
import type { Labels } from './relabel.ts'

export type TargetLabels = readonly (readonly [name: string, value: string])[]

/**
 * Joins them. With `honorLabels` an exposed label stays, also an empty one; without, it gives way
 * to the target's and is kept as `exported_<name>`, with as many prefixes as it takes.
 */
export function joinLabels(
  exposed: readonly WireLabel[],
  target: TargetLabels,
  honorLabels: boolean,
): Labels {
  const joined: Labels = new Map(exposed.map(({ name, value }) => [name, value]))
  const displaced: [name: string, value: string][] = []
  for (const [name, value] of target) {
    const own = joined.get(name)
    if (honorLabels && own !== undefined) continue
    if (own !== undefined && own !== '') displaced.push([name, own])
    joined.set(name, value)
  }
  for (const [name, value] of displaced.toSorted(([a], [b]) => a.length - b.length)) {
    joined.set(freeName(joined, name), value)
  }
  for (const [name, value] of joined) if (value === '') joined.delete(name)
  return joined
}

function freeName(labels: Labels, name: string): string {
  let free = `exported_${name}`
  while ((labels.get(free) ?? '') !== '') free = `exported_${free}`
  return free
}
