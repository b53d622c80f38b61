/**
 * Changes or drops label sets by Prometheus' relabel rules, for targets and for samples. Pure.
 * Source: Prometheus documentation, "relabel_config"; where it is silent, what Prometheus 3 does.
 */
import { createHash } from 'node:crypto'

export const RELABEL_ACTIONS = [
  'replace',
  'keep',
  'drop',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
] as const
export type RelabelAction = (typeof RELABEL_ACTIONS)[number]

export interface RelabelRule {
  readonly action: RelabelAction
  readonly sourceLabels: readonly string[]
  readonly separator: string
  readonly targetLabel: string
  /** Holds for the whole text: see `wholeText`. */
  readonly regex: RegExp
  readonly modulus: bigint
  readonly replacement: string
}

export type Labels = Map<string, string>

/**
 * Applies rules in order, changing the labels given. An empty value is a label that is not there.
 * Tells whether the label set is kept.
 */
export function relabel(labels: Labels, rules: readonly RelabelRule[]): boolean {
  return rules.every((rule) => apply(labels, rule))
}

/**
 * Makes a regular expression that fits a text only as a whole, `.` fitting line feeds too. RE2's
 * own spellings of named groups and of flags at the beginning are understood. Throws SyntaxError.
 */
export function wholeText(pattern: string): RegExp {
  const named = pattern.replaceAll('(?P<', '(?<')
  const flags = /^\(\?([ims]+)\)/.exec(named)
  const body = flags === null ? named : `(?${flags[1] ?? ''}:${named.slice(flags[0].length)})`
  return new RegExp(`^(?:${body})$`, 's')
}

function apply(labels: Labels, rule: RelabelRule): boolean {
  const value = rule.sourceLabels.map((name) => labels.get(name) ?? '').join(rule.separator)
  switch (rule.action) {
    case 'keep':
      return rule.regex.test(value)
    case 'drop':
      return !rule.regex.test(value)
    case 'keepequal':
      return (labels.get(rule.targetLabel) ?? '') === value
    case 'dropequal':
      return (labels.get(rule.targetLabel) ?? '') !== value
    case 'replace':
      replace(labels, rule, value)
      return true
    case 'lowercase':
      set(labels, rule.targetLabel, value.toLowerCase())
      return true
    case 'uppercase':
      set(labels, rule.targetLabel, value.toUpperCase())
      return true
    case 'hashmod':
      set(labels, rule.targetLabel, String(lastEightBytes(value) % rule.modulus))
      return true
    case 'labelmap':
      mapNames(labels, rule)
      return true
    case 'labeldrop':
      return keepNames(labels, (name) => !rule.regex.test(name))
    case 'labelkeep':
      return keepNames(labels, (name) => rule.regex.test(name))
  }
}

function replace(labels: Labels, rule: RelabelRule, value: string): void {
  const match = rule.regex.exec(value)
  if (match === null) return
  const target = expand(rule.targetLabel, match)
  if (target !== '') set(labels, target, expand(rule.replacement, match))
}

function mapNames(labels: Labels, { regex, replacement }: RelabelRule): void {
  for (const [name, value] of Array.from(labels)) {
    const match = regex.exec(name)
    if (match !== null) set(labels, expand(replacement, match), value)
  }
}

function keepNames(labels: Labels, keeps: (name: string) => boolean): true {
  for (const name of Array.from(labels.keys())) if (!keeps(name)) labels.delete(name)
  return true
}

function set(labels: Labels, name: string, value: string): void {
  if (value === '') labels.delete(name)
  else labels.set(name, value)
}

const REFERENCE = /\$(?:\$|\{(\w+)\}|(\w+))/g

/**
 * Fills in `$1`, `${1}`, `$name` and `${name}` as Go does: the longest word is the name, an unknown
 * one is empty, `$$` is a dollar. Worked: `$1x` names the group `1x`, `${1}x` the first one.
 */
function expand(template: string, match: RegExpExecArray): string {
  if (!template.includes('$')) return template
  return template.replaceAll(REFERENCE, (reference, braced?: string, bare?: string) => {
    if (reference === '$$') return '$'
    const name = braced ?? bare ?? ''
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? ''
  })
}

function lastEightBytes(value: string): bigint {
  return createHash('md5').update(value).digest().readBigUInt64BE(8)
}
