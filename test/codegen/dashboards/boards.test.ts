/** What holds of every dashboard, whoever adds one. */
import { parser } from '@prometheus-io/lezer-promql'
import { describe, expect, it } from 'vitest'
import type { Panel } from '../../../src/codegen/dashboards/board.ts'
import { BOARDS } from '../../../src/codegen/dashboards/board-uids.ts'
import { grafanaDashboard } from '../../../src/codegen/dashboards/grafana-json.ts'
import { ALL_BOARDS } from '../../../src/codegen/targets/grafana.ts'
import { METRICS, TENANT_METRICS } from '../../../src/core/names/metrics.ts'

/** What Prometheus and prom-client call their own. */
const FOREIGN = /^(ALERTS|process_\w+|nodejs_\w+)$/
const SUFFIX = /_(bucket|sum|count)$/
/** What stands for Grafana's variables while a query is parsed. */
const STAND_INS = [
  [/\$__rate_interval/g, '5m'],
  [/\$(tier|region|tenant|slo)\b/g, 'x'],
] as const

function queriesOf(panel: Panel): string[] {
  return (panel.kind === 'table' ? panel.columns : panel.queries).map(({ expr }) => expr)
}

function parsed(expr: string): { readonly isValid: boolean; readonly metrics: string[] } {
  const text = STAND_INS.reduce((all, [found, by]) => all.replaceAll(found, by), expr)
  const metrics: string[] = []
  let isValid = true
  parser.parse(text).iterate({
    enter: ({ name, type, from, to }) => {
      if (type.isError) isValid = false
      if (name === 'Identifier') metrics.push(text.slice(from, to))
    },
  })
  return { isValid, metrics }
}

function isExposed(metric: string): boolean {
  const names: Readonly<Record<string, unknown>> = { ...METRICS, ...TENANT_METRICS }
  return FOREIGN.test(metric) || metric in names || metric.replace(SUFFIX, '') in names
}

it('the boards are those that have a uid', () => {
  expect(ALL_BOARDS.map(({ uid }) => uid).toSorted()).toEqual(Object.keys(BOARDS).toSorted())
})

describe.each(ALL_BOARDS.map((board) => ({ uid: board.uid, board })))('$uid', ({ board }) => {
  const panels = board.rows.flatMap((row) => row.panels)
  const json = grafanaDashboard(board)

  it('asks what Prometheus understands, of series that there are', () => {
    const queries = [
      ...panels.flatMap(queriesOf),
      ...board.annotations.map(({ expr }) => expr),
      ...board.variables.map(({ series }) => series),
    ]
    for (const expr of queries) {
      const { isValid, metrics } = parsed(expr)
      expect(isValid, expr).toBe(true)
      expect(metrics.length, expr).toBeGreaterThan(0)
      expect(
        metrics.filter((metric) => !isExposed(metric)),
        expr,
      ).toEqual([])
    }
  })

  it('reads only choices that its head has', () => {
    const known = new Set(['datasource', ...board.variables.map(({ name }) => name)])
    const used = JSON.stringify(json).matchAll(/\$\{?(\w+)/g)
    const own = [...used].map(([, name]) => name!).filter((name) => !name.startsWith('__'))
    expect([...new Set(own)].filter((name) => !known.has(name))).toEqual([])
    expect([...known].filter((name) => !own.includes(name))).toEqual([])
  })

  it('says of every panel what it tells, and in which unit', () => {
    for (const { title, description, unit } of panels) {
      expect(title).not.toBe('')
      expect(description.length, title).toBeGreaterThan(10)
      expect(description.endsWith('.'), title).toBe(true)
      expect(unit, title).not.toBe('')
    }
    const titles = panels.map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  })

  it('lets no panels overlap or leave the grid', () => {
    const taken = new Set<string>()
    for (const { gridPos } of json.panels ?? []) {
      const { x, y, w, h } = gridPos!
      expect(x + w).toBeLessThanOrEqual(24)
      for (let column = x; column < x + w; column += 1) {
        for (let line = y; line < y + h; line += 1) {
          const cell = `${column}/${line}`
          expect(taken.has(cell), `${json.title}: ${cell}`).toBe(false)
          taken.add(cell)
        }
      }
    }
    const ids = (json.panels ?? []).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('names no data source, and links to boards that there are', () => {
    const text = JSON.stringify(json)
    const sources = [...text.matchAll(/"uid":"([^"]*)"/g)].map(([, uid]) => uid)
    expect(new Set(sources)).toEqual(new Set([board.uid, '${datasource}']))
    const links = [...text.matchAll(/\/d\/([\w-]+)/g)].map(([, uid]) => uid!)
    expect(links.length).toBeGreaterThan(0)
    expect(links.filter((uid) => !(uid in BOARDS))).toEqual([])
  })
})
