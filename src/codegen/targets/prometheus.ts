/** Rule files as Prometheus loads them, each with its promtool test beside it. */
import type { Target } from '../artefact.ts'
import { ruleFiles } from '../alerts/rule-files.ts'
import { groupsOf, yamlText } from '../alerts/rules-yaml.ts'
import { testFiles } from '../alerts/tests/test-files.ts'
import { runbookFiles } from '../alerts/runbooks.ts'

const FOLDER = 'alerts/prometheus'

export const target: Target = {
  artefacts(input) {
    const rules = ruleFiles(input).map((file) => ({
      path: `${FOLDER}/${file.name}.rules.yaml`,
      text: yamlText(file.about, { groups: groupsOf(file) }),
    }))
    const tests = testFiles(input).map(({ name, content }) => ({
      path: `${FOLDER}/${name}.test.yaml`,
      text: yamlText(`promtool test rules ${name}.test.yaml`, content),
    }))
    return [...rules, ...tests, ...runbookFiles()]
  },
}
