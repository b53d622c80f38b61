/** Rules as plain objects, before a target writes them. */
import type { AlertName } from './alert-table.ts'

export type RuleLabels = Readonly<Record<string, string>>

export interface RecordingRule {
  readonly record: string
  readonly expr: string
  readonly labels: RuleLabels
}

export interface AlertRule {
  readonly alert: AlertName
  readonly expr: string
  /** 0: fires as soon as it holds. */
  readonly forSeconds: number
  readonly labels: RuleLabels
  readonly annotations: RuleLabels
}

export type Rule = RecordingRule | AlertRule

export interface RuleGroup {
  readonly name: string
  readonly intervalSeconds: number
  /** In the order in which they read each other. */
  readonly rules: readonly Rule[]
}

/** Rules that are loaded together. */
export interface RuleFile {
  /** Without extension, such as `error-rate`. */
  readonly name: string
  readonly about: string
  readonly groups: readonly RuleGroup[]
}

export function isAlert(rule: Rule): rule is AlertRule {
  return 'alert' in rule
}
