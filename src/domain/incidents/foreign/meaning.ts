/** What an alert of another system means here: whose it is, how urgent, in which words. Pure. */
import { ACTIONS, type Action } from '../../../core/condition.ts'
import { groupId, type TenantId } from '../../../core/ids.ts'
import { IDENTITY_LABELS } from '../../../core/names/labels.ts'
import type { Meant } from './foreign-alert.ts'
import { FOREIGN_LIMITS } from './limits.ts'
import { fingerprintOf, type LabelPairs, type ToldAlert } from './told-alert.ts'

export interface Meaning {
  /** Tells the tenant that a name means: its id or one of its aliases. */
  readonly resolve: (observed: string) => TenantId | undefined
  /** Names the tenant that a rule of the operator gives what names none. */
  readonly claim: (label: (name: string) => string | undefined) => string | undefined
  /** The key of the alert in our own record that a generated rule's is; null of any other. */
  readonly ownKey: (labels: LabelPairs) => string | null
  /** Labels that tell replicas of one source apart. */
  readonly replicaLabels: readonly string[]
}

/** Tells what an alert means. Undefined where it is of a tenant that the sender is not. */
export function meant(
  { labels, annotations }: ToldAlert,
  sender: TenantId | null,
  meaning: Meaning,
): Meant | undefined {
  const tenantId = tenantOf(labels, sender, meaning)
  if (tenantId === undefined) return undefined
  const fingerprint = fingerprintOf(labels, meaning.replicaLabels)
  const name = cut(labels['alertname'] ?? 'alert', FOREIGN_LIMITS.alertNameLength)
  return {
    tenantId,
    fingerprint,
    key: `${name}/${fingerprint}`,
    ownKey: meaning.ownKey(labels),
    action: actionOf(labels),
    summary: summaryOf(name, annotations),
  }
}

/** What names no known tenant is told to whoever looks after all of them. */
function tenantOf(
  labels: LabelPairs,
  sender: TenantId | null,
  { resolve, claim }: Meaning,
): TenantId | undefined {
  const observed = IDENTITY_LABELS.map((name) => labels[name]).find((value) => value !== undefined)
  if (sender !== null) {
    return observed === undefined || observed === sender || resolve(observed) === sender
      ? sender
      : undefined
  }
  const named = observed ?? claim((name) => labels[name])
  return (named === undefined ? undefined : resolve(named)) ?? groupId(null)
}

const PAGES = /^(?:critical|page|fatal|emergency|sev-?1|p1)$/i
const REPORTS = /^(?:info|information|informational|none|debug|ok|sev-?5|p5)$/i

/** Goes by `action`, as generated rules have it, or by the usual words for severity. */
function actionOf(labels: LabelPairs): Action {
  const asked = ACTIONS.find((action) => action === labels['action'])
  if (asked !== undefined) return asked
  const severity = labels['severity'] ?? labels['priority'] ?? ''
  if (PAGES.test(severity)) return 'page'
  return REPORTS.test(severity) ? 'report' : 'ticket'
}

function summaryOf(name: string, annotations: LabelPairs): string {
  const { summary, description, message } = annotations
  const text = (summary ?? description ?? message ?? name).replaceAll(/\s+/g, ' ').trim()
  return cut(text === '' ? name : text, FOREIGN_LIMITS.summaryLength)
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`
}
