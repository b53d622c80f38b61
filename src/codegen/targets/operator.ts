/** Rule files as PrometheusRule objects, which the Prometheus operator and others pick up. */
import type { Target } from '../artefact.ts'
import { ruleFiles } from '../alerts/rule-files.ts'
import { groupsOf, yamlText } from '../alerts/rules-yaml.ts'
import { runbookFiles } from '../alerts/runbooks.ts'

const FOLDER = 'alerts/operator'
const LABELS = { 'app.kubernetes.io/name': 'tenantry', role: 'alert-rules' }

export const target: Target = {
  artefacts(input) {
    const rules = ruleFiles(input).map((file) => {
      const object = {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        metadata: { name: `tenantry-${file.name}`, labels: LABELS },
        spec: { groups: groupsOf(file) },
      }
      return { path: `${FOLDER}/${file.name}.rules.yaml`, text: yamlText(file.about, object) }
    })
    return [...rules, ...runbookFiles()]
  },
}
