/**
 * Leaves out what the SDK writes and Grafana's published schema (`@grafana/schema`) does not have:
 * of a query's variable what only one of intervals has, of a table the footer, which has become a
 * setting of its fields. Both were written as "none". Pure.
 */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'

const OF_VARIABLES = ['auto', 'auto_min', 'auto_count']
const OF_OPTIONS = ['footer']

export function publishedJson(dashboard: Dashboard): Dashboard {
  const copy = JSON.parse(JSON.stringify(dashboard)) as Dashboard
  for (const variable of copy.templating?.list ?? []) leaveOut(variable, OF_VARIABLES)
  for (const panel of copy.panels ?? []) if ('options' in panel) leaveOut(panel.options, OF_OPTIONS)
  return copy
}

function leaveOut(object: unknown, fields: readonly string[]): void {
  if (typeof object !== 'object' || object === null) return
  for (const field of fields) Reflect.deleteProperty(object, field)
}
