/** Asks a real Prometheus all that the dashboards ask, with their choices made. */
import type { Panel } from '../../../src/codegen/dashboards/board.ts'
import { ALL_BOARDS } from '../../../src/codegen/targets/grafana.ts'

export interface AskedQuery {
  readonly board: string
  readonly panel: string
  readonly expr: string
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly values: readonly number[]
  }[]
}

export interface Choices {
  readonly tenant: string
  readonly slo: string
  readonly spanSeconds: number
}

/** Shape: an entry a query, those of tables included, over the last minute by five seconds. What is
 *  shown where nothing is told (`or vector(…)`) is taken away. */
export async function askDashboards(url: string, choices: Choices): Promise<AskedQuery[]> {
  const asked: AskedQuery[] = []
  for (const { uid, rows } of ALL_BOARDS) {
    for (const panel of rows.flatMap(({ panels }) => panels)) {
      for (const text of queriesOf(panel)) {
        const expr = chosen(text, uid, choices)
        asked.push({ board: uid, panel: panel.title, expr, series: await ask(url, expr) })
      }
    }
  }
  return asked
}

function queriesOf(panel: Panel): string[] {
  return (panel.kind === 'table' ? panel.columns : panel.queries).map(({ expr }) => expr)
}

function chosen(expr: string, board: string, { tenant, slo, spanSeconds }: Choices): string {
  return expr
    .replaceAll('$__rate_interval', `${spanSeconds}s`)
    .replaceAll(/\$(tier|region)\b/g, '.*')
    .replaceAll('$tenant', board === 'tenantry-slo' ? '.*' : tenant)
    .replaceAll('$slo', slo)
    .replaceAll(/ or vector\(\d+\)/g, '')
}

async function ask(url: string, query: string): Promise<AskedQuery['series']> {
  const end = Date.now() / 1_000
  const body = new URLSearchParams({ query, start: `${end - 60}`, end: `${end}`, step: '5' })
  const response = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body })
  const answer = (await response.json()) as RangeAnswer
  if (answer.status !== 'success') throw new Error(`${query}: ${String(answer.error)}`)
  return answer.data.result.map(({ metric, values }) => ({
    labels: metric,
    values: values.map(([, value]) => Number(value)),
  }))
}

interface RangeAnswer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly values: readonly (readonly [number, string])[]
    }[]
  }
}
