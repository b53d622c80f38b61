/** One alerting rule with the labels and annotations that all of them have. */
import type { Action } from '../../core/condition.ts'
import type { AlertName } from './alert-table.ts'
import type { AlertRule, RuleLabels } from './rule.ts'

export interface AlertInput {
  readonly expr: string
  readonly forSeconds?: number
  readonly action: Action
  readonly labels?: RuleLabels
  /** Read as templates. */
  readonly summary: string
  readonly description: string
  readonly runbooks: string
}

/** As most routing trees in the field tell urgency. */
const SEVERITIES: Readonly<Record<Action, string>> = {
  page: 'critical',
  ticket: 'warning',
  report: 'info',
}

export function alertRule(alert: AlertName, input: AlertInput): AlertRule {
  const { expr, forSeconds = 0, action, labels = {}, summary, description, runbooks } = input
  return {
    alert,
    expr,
    forSeconds,
    labels: { ...labels, action, severity: SEVERITIES[action] },
    annotations: { summary, description, runbook_url: runbookUrl(runbooks, alert) },
  }
}

/** Worked: `runbooks/TenantryDown.md`. */
export function runbookUrl(runbooks: string, alert: AlertName): string {
  return `${runbooks.replace(/\/$/, '')}/${alert}.md`
}
