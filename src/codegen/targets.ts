/** The table of targets, and what some of them make together. */
import { assert } from '../core/assert.ts'
import type { Artefact, Target } from './artefact.ts'
import type { CodegenInput } from './input.ts'
import { target as grafana } from './targets/grafana.ts'
import { target as k6 } from './targets/k6.ts'
import { target as mimir } from './targets/mimir.ts'
import { target as operator } from './targets/operator.ts'
import { target as prometheus } from './targets/prometheus.ts'
import { target as vmalert } from './targets/vmalert.ts'

export const TARGETS: readonly Target[] = [prometheus, mimir, operator, vmalert, grafana, k6]
export const TARGET_NAMES = TARGETS.map(({ name }) => name)

/** Makes the files of some targets. Shape: sorted by path, each once. */
export function artefactsOf(names: readonly string[], input: CodegenInput): Artefact[] {
  const byPath = new Map<string, Artefact>()
  for (const target of TARGETS.filter(({ name }) => names.includes(name))) {
    for (const artefact of target.artefacts(input)) {
      const same = byPath.get(artefact.path)
      assert(same === undefined || same.text === artefact.text, 'targets agree on shared files')
      byPath.set(artefact.path, artefact)
    }
  }
  return [...byPath.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1))
}
