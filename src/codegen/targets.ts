/** The table of targets, and what some of them make together. What makes the files is loaded when
 *  it is asked for: a command that asks for none does not pay for it. */
import { assert } from '../core/assert.ts'
import type { Artefact, Target } from './artefact.ts'
import type { CodegenInput } from './input.ts'

export interface TargetRow {
  readonly name: string
  readonly title: string
  /** How the other system takes the files as they lie: commands, or lines of its configuration. */
  readonly loadedBy: readonly string[]
  readonly load: () => Promise<{ readonly target: Target }>
}

export const TARGETS = [
  {
    name: 'prometheus',
    title: 'rule files for Prometheus, with tests for promtool',
    loadedBy: [
      'rule_files: [alerts/prometheus/*.rules.yaml]',
      'promtool test rules alerts/prometheus/*.test.yaml',
    ],
    load: () => import('./targets/prometheus.ts'),
  },
  {
    name: 'mimir',
    title: 'rule namespaces for Mimir or Cortex, for mimirtool or the ruler API',
    loadedBy: ['mimirtool rules load alerts/mimir/*.rules.yaml'],
    load: () => import('./targets/mimir.ts'),
  },
  {
    name: 'operator',
    title: 'PrometheusRule objects for Kubernetes',
    loadedBy: ['kubectl apply -f alerts/operator'],
    load: () => import('./targets/operator.ts'),
  },
  {
    name: 'vmalert',
    title: 'rule files for vmalert of VictoriaMetrics',
    loadedBy: ["vmalert -rule='alerts/vmalert/*.rules.yaml'"],
    load: () => import('./targets/vmalert.ts'),
  },
  {
    name: 'grafana',
    title: 'dashboards for Grafana, and its provisioning files',
    loadedBy: [
      'cp -r dashboards/provisioning/. /etc/grafana/provisioning/',
      'cp dashboards/*.json /var/lib/grafana/dashboards/tenantry/',
    ],
    load: () => import('./targets/grafana.ts'),
  },
  {
    name: 'k6',
    title: 'the thresholds of load tests, for k6',
    loadedBy: ['npm run loadtest -- throughput --base-url URL'],
    load: () => import('./targets/k6.ts'),
  },
] as const satisfies readonly TargetRow[]

export type TargetName = (typeof TARGETS)[number]['name']
export const TARGET_NAMES: readonly TargetName[] = TARGETS.map(({ name }) => name)

/** Makes the files of some targets. Shape: sorted by path, each once. */
export async function artefactsOf(
  names: readonly string[],
  input: CodegenInput,
): Promise<Artefact[]> {
  const byPath = new Map<string, Artefact>()
  for (const { load } of TARGETS.filter(({ name }) => names.includes(name))) {
    const { target } = await load()
    for (const artefact of target.artefacts(input)) {
      const same = byPath.get(artefact.path)
      assert(same === undefined || same.text === artefact.text, 'targets agree on shared files')
      byPath.set(artefact.path, artefact)
    }
  }
  return [...byPath.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1))
}
