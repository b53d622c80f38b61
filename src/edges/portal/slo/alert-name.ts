/** What an alert is called in a list: pure. */
import type { AlertBody } from '../api/bodies.ts'

const ACTIONS = { page: 'Page', ticket: 'Ticket', report: 'Report' } as const

/** Worked: "Page, fast", "Ticket, slow", "Page, no data", "Ticket, budget". */
export function alertName({
  action,
  key,
  labels,
}: Pick<AlertBody, 'action' | 'key' | 'labels'>): string {
  const why = key === 'no-data' ? 'no data' : key.startsWith('budget/') ? 'budget' : labels['speed']
  return why === undefined ? ACTIONS[action] : `${ACTIONS[action]}, ${why}`
}
