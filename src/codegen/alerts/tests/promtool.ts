/**
 * Tests of rule files as promtool runs them. It evaluates every group at one interval, so tiles
 * overlap there: ratios are the same, counts of longer windows are not. Staging itself is proven on
 * a real Prometheus.
 */
import type { InputSeries } from './traffic.ts'
import { SAMPLE_SECONDS } from './traffic.ts'

export interface RuleTest {
  readonly name: string
  readonly series: readonly InputSeries[]
  readonly checks: readonly RuleCheck[]
}

export interface RuleCheck {
  readonly expr: string
  readonly minute: number
  /** Label sets as PromQL writes them, each with its value. Empty: there is no sample. */
  readonly samples: readonly { readonly labels: string; readonly value: number }[]
}

/** Turns tests into the object that promtool reads. */
export function testFileOf(ruleFiles: readonly string[], tests: readonly RuleTest[]): unknown {
  return {
    rule_files: ruleFiles,
    evaluation_interval: '1m',
    tests: tests.map(({ name, series, checks }) => ({
      name,
      interval: `${SAMPLE_SECONDS}s`,
      input_series: series.map((each) => ({ series: each.series, values: each.values })),
      promql_expr_test: checks.map(({ expr, minute, samples }) => ({
        expr,
        eval_time: `${minute}m`,
        exp_samples: samples.map(({ labels, value }) => ({ labels, value })),
      })),
    })),
  }
}

/** Asks which alerts of a selection fire, by some labels. */
export function firing(by: readonly string[], matchers: string): string {
  return `group by (${by.join(', ')}) (ALERTS{alertstate="firing"${matchers}})`
}
