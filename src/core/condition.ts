import type { TenantId } from './ids.ts'

/** What may cause an alert. Each source owns the key space below it. */
export const CONDITION_SOURCES = [
  'slo',
  'metrics',
  'cost',
  'capacity',
  'assurance',
  'tenant-data',
  'foreign',
] as const
export type ConditionSource = (typeof CONDITION_SOURCES)[number]

/**
 * How urgent the asked-for action is. `page` wakes somebody; `ticket` waits for working hours;
 * `report` is only shown.
 */
export const ACTIONS = ['page', 'ticket', 'report'] as const
export type Action = (typeof ACTIONS)[number]

/**
 * A fact about one tenant that holds or does not, with the numbers behind it. Pure data: only
 * `incidents/alert` turns it into an alert state.
 * Shape: `key` is unique within source and tenant and stable over time, such as
 * `requests-fail/page`.
 */
export interface Condition {
  readonly source: ConditionSource
  readonly tenantId: TenantId
  readonly key: string
  readonly holds: boolean
  readonly action: Action
  /**
   * One sentence for a person, such as "acme burns its availability budget 15.2 times too fast".
   */
  readonly summary: string
  readonly numbers: Readonly<Record<string, number>>
  readonly labels: Readonly<Record<string, string>>
  readonly atMs: number
}
