/** Rules as the YAML that Prometheus, and all that read its files, take. */
import { stringify } from 'yaml'
import { spanText } from '../../domain/slo/model/span.ts'
import { GENERATED } from '../artefact.ts'
import { isAlert, type Rule, type RuleFile, type RuleGroup } from './rule.ts'

/** Writes an object, with what made it and what it is about on top. */
export function yamlText(about: string, value: unknown): string {
  const head = `# ${GENERATED}\n# ${about.replaceAll(/\s+/g, ' ')}\n`
  return head + stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })
}

/** Turns the groups of a file into the objects of Prometheus' format. */
export function groupsOf({ groups }: Pick<RuleFile, 'groups'>): Record<string, unknown>[] {
  return groups.map(groupOf)
}

function groupOf({ name, intervalSeconds, rules }: RuleGroup): Record<string, unknown> {
  return { name, interval: spanText(intervalSeconds), rules: rules.map(ruleOf) }
}

function ruleOf(rule: Rule): Record<string, unknown> {
  const labels = Object.keys(rule.labels).length === 0 ? {} : { labels: rule.labels }
  if (!isAlert(rule)) return { record: rule.record, expr: rule.expr, ...labels }
  const { alert, expr, forSeconds, annotations } = rule
  const held = forSeconds === 0 ? {} : { for: spanText(forSeconds) }
  return { alert, expr, ...held, ...labels, annotations }
}
