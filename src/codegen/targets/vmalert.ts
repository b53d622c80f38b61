/**
 * Rule files for vmalert. MetricsQL takes the value before a range by itself, so nothing is
 * anchored.
 */
import type { Target } from '../artefact.ts'
import { ruleFiles } from '../alerts/rule-files.ts'
import { groupsOf, yamlText } from '../alerts/rules-yaml.ts'
import { runbookFiles } from '../alerts/runbooks.ts'

const FOLDER = 'alerts/vmalert'

export const target: Target = {
  artefacts({ slos, options }) {
    const files = ruleFiles({ slos, options: { ...options, anchored: false } })
    const rules = files.map((file) => ({
      path: `${FOLDER}/${file.name}.rules.yaml`,
      text: yamlText(file.about, { groups: groupsOf(file) }),
    }))
    return [...rules, ...runbookFiles()]
  },
}
