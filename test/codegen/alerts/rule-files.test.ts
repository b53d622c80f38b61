/** What holds of all rules, whatever the SLOs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ALERT_NAMES, ALERTS } from '../../../src/codegen/alerts/alert-table.ts'
import { leftOutSlos, ruleFiles } from '../../../src/codegen/alerts/rule-files.ts'
import { isAlert, type Rule } from '../../../src/codegen/alerts/rule.ts'
import { groupsOf, yamlText } from '../../../src/codegen/alerts/rules-yaml.ts'
import { runbookFiles } from '../../../src/codegen/alerts/runbooks.ts'
import { DEFAULT_INPUT, type CodegenInput } from '../../../src/codegen/input.ts'
import { METRICS, TENANT_METRICS } from '../../../src/core/names/metrics.ts'
import { parseQuery } from '../../../src/domain/slo/formats/promql.ts'
import { EVERY_KIND } from '../every-kind.ts'
import { HOSTILE_SLO, HOSTILE_TITLE } from '../hostile.ts'

const { options } = DEFAULT_INPUT
const INPUTS: Readonly<Record<string, CodegenInput>> = {
  'the default': DEFAULT_INPUT,
  'SLOs of every kind': { slos: EVERY_KIND, options },
  'with anchored': { slos: EVERY_KIND, options: { ...options, anchored: true } },
  "with Sloth's names": { slos: EVERY_KIND, options: { ...options, slothNames: true } },
  "by the platform's metrics": { slos: EVERY_KIND, options: { ...options, reads: 'platform' } },
  'in small groups': { slos: EVERY_KIND, options: { ...options, maxRulesPerGroup: 7, maxGroups: 200 } },
}

const rulesOf = (input: CodegenInput): Rule[] =>
  ruleFiles(input).flatMap(({ groups }) => groups.flatMap(({ rules }) => rules))

describe.each(Object.entries(INPUTS))('rules, %s', (_, input) => {
  const files = ruleFiles(input)
  const groups = files.flatMap((file) => file.groups)
  const rules = rulesOf(input)

  it('are in groups of other names, none empty or larger than a ruler takes', () => {
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length)
    expect(groups.length).toBeLessThanOrEqual(input.options.maxGroups)
    for (const group of groups) {
      expect(group.rules.length).toBeGreaterThan(0)
      expect(group.rules.length).toBeLessThanOrEqual(input.options.maxRulesPerGroup)
    }
  })

  it('are PromQL', () => {
    for (const { expr } of rules) {
      const parsed = parseQuery(expr.replaceAll(/\] anchored/g, ']'))
      expect(parsed.ok, `${expr}: ${parsed.ok ? '' : parsed.reason}`).toBe(true)
    }
  })

  it('read only what is exposed, recorded or of the platform', () => {
    const recorded = new Set(rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record])))
    const exposed = new Set(Object.keys({ ...METRICS, ...TENANT_METRICS }))
    for (const { expr } of rules) {
      const outside = expr.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
      for (const name of outside.match(/\btenantry[_:][\w:]+/g) ?? []) {
        const base = name.replace(/_(bucket|count)$/, '')
        expect(recorded.has(name) || exposed.has(base), name).toBe(true)
      }
    }
  })

  it('read of every window what some group records', () => {
    const keyOf = (series: string, slo: string, window: string): string =>
      `${series} ${slo} ${window}`
    const recorded = new Set(
      rules.flatMap((rule) =>
        isAlert(rule)
          ? []
          : [keyOf(rule.record, rule.labels['slo'] ?? '', rule.labels['window'] ?? '')],
      ),
    )
    const selector = /(tenantry:\w+(?::\w+)?)\{slo="([^"]+)",window="([^"]+)"\}/g
    for (const { expr } of rules) {
      for (const [, series, slo, window] of expr.matchAll(selector)) {
        expect(recorded).toContain(keyOf(series!, slo!, window!))
      }
    }
  })

  it('record nothing twice', () => {
    const keys = rules.flatMap((rule) =>
      isAlert(rule) ? [] : [`${rule.record} ${JSON.stringify(rule.labels)}`],
    )
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('alert with an action, a severity and a runbook that there is; of tenants also with SLO and speed', () => {
    const runbooks = new Set(runbookFiles().map(({ path }) => path))
    for (const rule of rules.filter(isAlert)) {
      expect(rule.labels).toHaveProperty('action')
      expect(rule.labels).toHaveProperty('severity')
      expect(runbooks).toContain(`alerts/${rule.annotations['runbook_url']!}`)
      if (!rule.alert.startsWith('Tenantry')) {
        expect(rule.labels).toMatchObject({
          slo: expect.any(String),
          speed: expect.any(String),
          cause: expect.any(String),
        })
        expect(rule.expr).toMatch(/tenant/)
      }
    }
  })

  it('are the same when the YAML is read back', () => {
    for (const file of files) {
      const text = yamlText(file.about, { groups: groupsOf(file) })
      expect(parse(text)).toEqual({ groups: groupsOf(file) })
    }
  })
})

describe('rules', () => {
  it('raise every alert of the table', () => {
    const raised = new Set(rulesOf(DEFAULT_INPUT).flatMap((rule) => (isAlert(rule) ? [rule.alert] : [])))
    expect([...raised].toSorted()).toEqual(ALERT_NAMES.toSorted())
  })

  it('keep what somebody wrote from being run as a template', () => {
    const [alert] = rulesOf({ slos: [HOSTILE_SLO], options }).filter(
      (rule) => isAlert(rule) && rule.labels['slo'] === 'hostile',
    )
    const summary = alert !== undefined && isAlert(alert) ? alert.annotations['summary']! : ''
    expect(HOSTILE_TITLE).toContain('{{ .Labels.secret }}')
    expect(summary).toContain('{{ "{{" }} .Labels.secret }}')
  })

  it('are refused where a ruler would refuse them, with what to do', () => {
    const input = { slos: EVERY_KIND, options: { ...options, maxGroups: 5 } }
    expect(() => ruleFiles(input)).toThrow(
      expect.objectContaining({ code: 'CODEGEN_TOO_MANY_RULES' }),
    )
  })

  it('leave out what only Tenantry counts, and say so', () => {
    expect(leftOutSlos(DEFAULT_INPUT).map(({ sloId }) => sloId)).toEqual([
      'recovery',
      'recovery-by-tier',
    ])
  })

  it('are as many whatever the number of tenants: 34 an SLO at most', () => {
    for (const { name, groups } of ruleFiles(DEFAULT_INPUT)) {
      const count = groups.reduce((sum, { rules }) => sum + rules.length, 0)
      expect(count, name).toBeLessThanOrEqual(34)
    }
  })
})

describe('runbooks', () => {
  it.each(ALERT_NAMES)('%s says what it means, whom it hurts, where to look, what to do', (name) => {
    const { means, impact, look, act, silence } = ALERTS[name]
    for (const text of [means, impact, silence, ...look, ...act]) expect(text.length).toBeGreaterThan(4)
  })

  it('name commands that there are', () => {
    const folder = join(import.meta.dirname, '../../../src/edges/cli/commands')
    const commands = new Set(
      runbookFiles().flatMap(({ text }) =>
        [...text.matchAll(/`tenantry ([a-z]+)/g)].map(([, name]) => name!),
      ),
    )
    expect(commands.size).toBeGreaterThan(3)
    for (const name of commands) expect(readFileSync(join(folder, `${name}.ts`), 'utf8')).not.toBe('')
  })
})
