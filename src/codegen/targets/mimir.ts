/**
 * Rule files for the ruler of Mimir or Cortex, a namespace each, as `mimirtool rules` takes them.
 */
import type { Target } from '../artefact.ts'
import { ruleFiles } from '../alerts/rule-files.ts'
import { groupsOf, yamlText } from '../alerts/rules-yaml.ts'
import { runbookFiles } from '../alerts/runbooks.ts'

const FOLDER = 'alerts/mimir'

export const target: Target = {
  artefacts(input) {
    const rules = ruleFiles(input).map((file) => {
      const namespace = { namespace: `tenantry-${file.name}`, groups: groupsOf(file) }
      return { path: `${FOLDER}/${file.name}.rules.yaml`, text: yamlText(file.about, namespace) }
    })
    return [...rules, ...runbookFiles()]
  },
}
